"""What was spent by day, service and style, and the monthly budget that stops new work."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import budget
from stylestudio_desktop.services.budget import Month
from stylestudio_desktop.services.insights import Insights, Work, by_service
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.fields import Number
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.charts import Bar, BarChart
from stylestudio_desktop.ui.widgets.forms import Facts, FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

MOST_GROUPS = 5
MOST_BUDGET = 10_000_000


class SpendingCard(Card):
    """The last thirty days, and this month against its budget."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self.body.setSpacing(Space.M)
        self.body.addWidget(label(self.tr("Spent in 30 days"), "title"))
        self.chart = BarChart(self.tr("Tokens by day"))
        self.body.addWidget(self.chart)
        self._nothing = label(self.tr("Nothing was spent in these 30 days."), "muted")
        self._nothing.hide()
        self.body.addWidget(self._nothing)
        groups = QHBoxLayout()
        groups.setSpacing(Space.XL)
        self.services, self.styles = Facts(), Facts()
        groups.addWidget(self.services, 1, Qt.AlignmentFlag.AlignTop)
        groups.addWidget(self.styles, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(groups)
        self.budget = Number(0, MOST_BUDGET, self.tr("tokens"))
        self.budget.setSpecialValueText(self.tr("No budget"))
        self._row = FormRow(self.tr("Monthly budget"), self.budget)
        self.body.addWidget(self._row)
        self.budget.valueChanged.connect(self._on_budget)

    def show_spending(self, found: Insights, month: Month) -> None:
        """Show the sums of `found`, and where `month` stands."""
        by_day = dict(found.by_day)
        bars = []
        for day in range(found.first, found.last + 1):
            tokens = by_day[day].tokens if day in by_day else 0
            said = self.tr("%1: %2 tokens").replace("%1", wording.day(day))
            bars.append(Bar(wording.day(day), tokens, said.replace("%2", wording.count(tokens))))
        self.chart.set_bars(bars)
        spent = any(bar.value for bar in bars)
        self.chart.setVisible(spent)
        self._nothing.setVisible(not spent)
        self.services.set_rows(_groups(by_service(self._studio, found)))
        self.styles.set_rows(
            _groups([(spoken(name.capitalize()), work) for name, work in found.by_style])
        )
        if not self.budget.hasFocus():
            self.budget.set_value(month.budget)
        self._show_month(month)

    def _show_month(self, month: Month) -> None:
        spent = self.tr("%n spent this month", "", month.spent)
        held = self.tr("%n held", "", month.held)
        if not month.budget:
            self._row.say(self.tr("%1, %2.").replace("%1", spent).replace("%2", held))
        elif month.left:
            left = self.tr("%n left", "", month.left)
            words = self.tr("%1, %2, %3.").replace("%1", spent).replace("%2", held)
            self._row.say(words.replace("%3", left))
        else:
            self._row.complain(
                self.tr("The budget of this month is used up, so no new work is begun.")
            )

    def _on_budget(self, value: float) -> None:
        studio = self._studio
        self._window.tasks.run(
            lambda: budget.set_budget(studio, int(value)), failure=self._on_failed, owner=self
        )

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)


def _groups(found: Sequence[tuple[str, Work]]) -> list[tuple[str, str]]:
    paid = [(name, work.tokens) for name, work in found if work.tokens]
    paid.sort(key=lambda one: -one[1])
    return [(name, wording.count(tokens)) for name, tokens in paid[:MOST_GROUPS]]
