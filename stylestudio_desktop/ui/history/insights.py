"""What the history adds up to: work and tokens by day, success, time and cost, storage."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.insights import Insights, Work, by_service, insights
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Task
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card, MetricCard
from stylestudio_desktop.ui.widgets.charts import Bar, BarChart
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

SOON_MS = 400
BARS = 60
CARD = 150
CHART = 360
LEAST, MOST = 140, 560
"""How high the charts are: as high as the window has room for, within these."""

OVER_TIME = 0.6
"""What the charts over time get of that room; the rest is for the one of what is stored."""


class InsightsView(QScrollArea):
    """Reads the kept daily sums in the background and draws them; `refresh` reads them anew."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._task: Task[Insights] | None = None
        self.now: Insights | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self.period = Segments(
            [
                (7, self.tr("7 days"), None),
                (30, self.tr("30 days"), None),
                (90, self.tr("90 days"), None),
                (365, self.tr("12 months"), None),
            ],
            self.tr("Period"),
        )
        self.period.set_value(30)
        self.period.picked.connect(lambda _value: self.refresh())
        self._build()

    def refresh(self) -> None:
        """Read the sums of the chosen period."""
        if self._task is not None:
            self._task.cancel()
        studio, days = self._studio, self.period.value()
        self._task = self._window.tasks.run(
            attached(studio, lambda: insights(studio, days)),
            self._on_read,
            self._on_failed,
            owner=self,
        )

    def touched(self) -> None:
        """Something has ended: read anew soon, if anybody looks."""
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _build(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(Space.XL, Space.S, Space.XL, Space.XL)
        layout.setSpacing(Space.L)
        head = QHBoxLayout()
        head.addWidget(self.period)
        head.addStretch(1)
        head.addWidget(button(self.tr("Copy the numbers"), self._copy, icon="copy"))
        layout.addLayout(head)
        layout.addWidget(self._metrics())
        self._works = BarChart(self.tr("Generations"))
        self._tokens = BarChart(self.tr("Tokens"))
        charts = QWidget()
        flow = FlowLayout(charts, Space.L, fill=CHART)
        flow.addWidget(_framed(self.tr("Generations started"), self._works))
        flow.addWidget(_framed(self.tr("Tokens paid"), self._tokens))
        layout.addWidget(charts)
        self._by_service, self._by_style = QWidget(), QWidget()
        self._stored = BarChart(self.tr("Storage"))
        groups = QWidget()
        flow = FlowLayout(groups, Space.L, fill=CHART, level=True)
        self._service_card = _framed(self.tr("By service"), self._by_service)
        self._style_card = _framed(self.tr("By style"), self._by_style)
        flow.addWidget(self._service_card)
        flow.addWidget(self._style_card)
        flow.addWidget(_framed(self.tr("Storage in MB"), self._stored))
        layout.addWidget(groups)
        layout.addStretch(1)
        self._inside = layout
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        self.setAccessibleName(self.tr("Insights"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the charts over time have what room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        over_time, stored = self._works, self._stored
        taken = self._inside.totalHeightForWidth(self.viewport().width())
        others = taken - over_time.height_asked - stored.height_asked
        room = self.viewport().height() - others
        high = max(LEAST, min(MOST, round(room * OVER_TIME), room - LEAST))
        for chart in (self._works, self._tokens):
            chart.ask_height(high)
        stored.ask_height(max(LEAST, min(MOST, room - high)))

    def _metrics(self) -> QWidget:
        self._pictures = MetricCard(self.tr("Pictures saved"))
        self._paid = MetricCard(self.tr("Tokens paid"))
        self._success = MetricCard(self.tr("Success"))
        self._time = MetricCard(self.tr("Time a picture"))
        self._cost = MetricCard(self.tr("Tokens a picture"))
        made = QWidget()
        flow = FlowLayout(made, Space.L, fill=CARD)
        for card in (self._pictures, self._paid, self._success, self._time, self._cost):
            flow.addWidget(card)
        return made

    def _on_read(self, found: Insights) -> None:
        self.now = found
        total = found.total
        ended = self.tr("%n generation(s) completed", "", total.completed)
        self._pictures.set(wording.count(total.pictures), ended)
        self._paid.set(wording.count(total.tokens), self.tr("%n bought", "", found.bought))
        failed = self.tr("%n failed", "", total.failed)
        self._success.set(_percent(total.success_rate), failed)
        self._time.set(wording.length(total.median_ms), self.tr("typically"))
        self._cost.set(_decimal(total.median_tokens), self.tr("typically"))
        self._works.set_bars(_bars(found, "started", self.tr("%1: %2 started")))
        self._tokens.set_bars(_bars(found, "tokens", self.tr("%1: %2 tokens")))
        services = by_service(self._studio, found)
        styles = [(spoken(name.capitalize()), work) for name, work in found.by_style]
        self._by_service = _swapped(self._service_card, self._by_service, self._groups(services))
        self._by_style = _swapped(self._style_card, self._by_style, self._groups(styles))
        self._stored.set_bars(
            [
                Bar(
                    wording.category(one.key),
                    round(one.total / 1_000_000, 1),
                    f"{wording.category(one.key)}: {wording.size(one.total)}",
                )
                for one in found.storage
                if one.number
            ]
        )
        QTimer.singleShot(0, self, self._fit)  # once the new lines have their type and size

    def _groups(self, found: Sequence[tuple[str, Work]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(0, 1)
        if not found:
            grid.addWidget(label(self.tr("Nothing in this period."), "muted"), 0, 0)
            return made
        heads = (self.tr("Started"), self.tr("Success"), self.tr("Time"), self.tr("Tokens"))
        for column, name in enumerate(heads, start=1):
            grid.addWidget(label(name, "faint"), 0, column, Qt.AlignmentFlag.AlignRight)
        for row, (name, work) in enumerate(found[:8], start=1):
            grid.addWidget(label(name), row, 0)
            values = (
                wording.count(work.started), _percent(work.success_rate),
                wording.length(work.median_ms), _decimal(work.median_tokens),
            )  # fmt: skip
            for column, value in enumerate(values, start=1):
                grid.addWidget(label(value, "muted"), row, column, Qt.AlignmentFlag.AlignRight)
        return made

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _copy(self) -> None:
        if self.now is not None:
            QGuiApplication.clipboard().setText(as_table(self.now))
            self._window.toast(self.tr("Copied. Paste it into a spreadsheet."), "good")


def as_table(found: Insights) -> str:
    """Return all that is shown as lines of tab-separated values, for a spreadsheet."""
    heads = (
        "kind", "name", "started", "completed", "failed", "cancelled", "success rate", "pictures",
        "tokens", "median tokens a picture", "milliseconds", "median milliseconds a picture",
        "bytes",
    )  # fmt: skip
    lines = ["\t".join(heads)]
    groups: list[tuple[str, str, Work]] = [("total", "", found.total)]
    groups += [("day", wording.day(number), work) for number, work in found.by_day]
    groups += [("service", name, work) for name, work in found.by_provider]
    groups += [("style", name, work) for name, work in found.by_style]
    for kind, name, work in groups:
        numbers = (
            work.started, work.completed, work.failed, work.cancelled, _known(work.success_rate),
            work.pictures, work.tokens, _known(work.median_tokens), work.duration_ms,
            _known(work.median_ms), "",
        )  # fmt: skip
        lines.append("\t".join([kind, name, *map(str, numbers)]))
    for one in found.storage:
        row = dict.fromkeys(heads, "") | {"kind": "storage", "name": wording.category(one.key)}
        row |= {"pictures": str(one.number), "bytes": str(one.total)}
        lines.append("\t".join(row.values()))
    return "\n".join(lines) + "\n"


def _known(value: float | None) -> str:
    return "" if value is None else str(round(value, 3))


def _bars(found: Insights, field: str, words: str) -> list[Bar]:
    """Return one bar a day, or a bar for several days where there are too many for the eye."""
    days = found.last - found.first + 1
    step = -(-days // BARS)
    by_day = dict(found.by_day)
    bars = []
    for first in range(found.first, found.last + 1, step):
        span = range(first, min(first + step, found.last + 1))
        value = sum(getattr(by_day[one], field) for one in span if one in by_day)
        name = wording.day(first)
        whole = name if step == 1 else f"{name} – {wording.day(span[-1])}"
        said = words.replace("%1", whole).replace("%2", wording.count(value))
        bars.append(Bar(name, value, said))
    return bars


def _framed(name: str, inside: QWidget) -> Card:
    made = Card()
    made.body.addWidget(label(name, "label"))
    made.body.addWidget(inside)
    made.body.addStretch(1)
    return made


def _swapped(card: Card, old: QWidget, new: QWidget) -> QWidget:
    card.body.replaceWidget(old, new)
    old.hide()
    old.deleteLater()
    return new


def _percent(share: float | None) -> str:
    return "–" if share is None else wording.percent(share)


def _decimal(value: float | None) -> str:
    return "–" if value is None else wording.decimal(value)
