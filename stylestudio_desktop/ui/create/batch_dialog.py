"""Many pictures at once, products by people by styles: what they would cost, then their start."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.batch import Batch, Plan, Wish
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.providers.protocol import Capabilities
from stylestudio_desktop.services import batches
from stylestudio_desktop.services.batch_plan import TABLES, Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.create.draft import Draft, shown_options
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.chips import Chip
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.forms import Facts
from stylestudio_desktop.ui.widgets.labels import label

MOST_PROBLEMS = 100
_WIDTH = 560


class BatchDialog(QDialog):
    """Plans as soon as it opens and when styles are ticked.

    `started(batch)` is emitted once the batch stands.
    """

    started = Signal(object)

    def __init__(
        self, studio: Studio, tasks: Tasks, sources: Sources, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.tr("Many pictures at once"))
        self.setMinimumWidth(_WIDTH)
        self._studio, self._tasks, self._sources = studio, tasks, sources
        self.plan: Plan | None = None
        self.head = label("", "title", wrap=True)
        self.said = label("", "muted", wrap=True)
        self.facts = Facts()
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setAccessibleName(words.tr("What can't be made"))
        self.budget = QSpinBox()
        self.budget.setRange(1, 1_000_000)
        self.budget.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.budget.setAccessibleName(words.tr("Budget in tokens"))
        self.styles = {one.id: Chip(spoken(one.name)) for one in studio.catalogue.styles}
        self.go = button(words.tr("Start"), self.start, "primary", "sparkles")
        self._budget_row = QWidget()
        self._readings = 0
        self._own: int | None = None  # the budget, where it was set below the price
        self._build()
        self._read()

    def start(self) -> None:
        """Start what the plan can make, within the budget."""
        made = self.plan
        if made is None or not self.go.isEnabled():
            return
        self.go.setEnabled(False)
        studio, budget = self._studio, self.budget.value()
        within = _within(made, budget)
        # A budget beyond the price says nothing, so it is not kept as one.
        kept = None if budget >= made.price else budget
        asked = replace(made, budget=kept, within=within)
        background.run(
            self._tasks,
            attached(studio, lambda: batches.start(studio, asked)),
            self._on_started,
            self._on_refused,
            self,
        )

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        row = QHBoxLayout(self._budget_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(words.tr("Stop before it costs more than"), "label"))
        row.addWidget(self.budget)
        row.addWidget(label(words.tr("tokens"), "muted"))
        row.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(words.tr("Cancel"), self.reject))
        foot.addWidget(self.go)
        parts = (
            self.head,
            self._build_styles(),
            self.facts,
            self.problems,
            self.said,
            self._budget_row,
        )
        for part in parts:
            layout.addWidget(part)
        layout.addLayout(foot)
        self.budget.valueChanged.connect(self._show_budget)

    def _build_styles(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        flow = FlowLayout(spacing=Space.S)
        table = Path(self._sources.paths[0]).suffix.lower() in TABLES
        where = words.tr("Where a line names no style") if table else words.tr("In these styles")
        column.addWidget(label(where, "label"))
        column.addLayout(flow)
        chosen = self._sources.styles or (self._sources.settings.style,)
        for name, chip in self.styles.items():
            chip.setChecked(name in chosen)
            chip.clicked.connect(self._on_styles)
            flow.addWidget(chip)
        return made

    def _on_styles(self) -> None:
        chosen = tuple(name for name, chip in self.styles.items() if chip.isChecked())
        if not chosen:  # a picture has a style: the one that was let go stays
            for name in self._sources.styles or (self._sources.settings.style,):
                self.styles[name].setChecked(True)
            return
        if self.plan is not None:
            budget = self.budget.value()
            self._own = budget if budget < _most(self.plan) else None
        self._sources = replace(self._sources, styles=chosen)
        self._read()

    def _read(self) -> None:
        self._readings += 1
        reading = self._readings
        self.plan = None
        self.said.setText("")
        self.head.setText(words.tr("Reading…"))
        for part in (self.facts, self.problems, self._budget_row):
            part.setVisible(False)
        self.go.setEnabled(False)
        studio, sources = self._studio, self._sources
        background.run(
            self._tasks,
            attached(studio, lambda: plan(studio, sources)),
            lambda made: self._on_planned(made) if reading == self._readings else None,
            lambda error: self._on_refused(error) if reading == self._readings else None,
            self,
        )

    def _on_planned(self, made: Plan) -> None:
        self.plan = made
        self.head.setText(made.name)
        length = "" if made.seconds is None else wording.length(made.seconds * 1000)
        self.facts.set_rows(
            [
                (words.tr("Made of"), _matrix(made)),
                (words.tr("Generations"), wording.count(len(made.wishes))),
                (words.tr("Pictures"), wording.count(made.pictures)),
                (words.tr("Price"), words.tokens(made.price)),
                (words.tr("In your wallet"), self._balance(made)),
                (words.tr("Takes about"), length or words.tr("Not known yet")),
            ]
        )
        self.facts.setVisible(True)
        lines = [
            spoken(one.sentence)
            if one.line is None
            else f"{words.tr('Line %1').replace('%1', str(one.line))}: {spoken(one.sentence)}"
            for one in made.problems[:MOST_PROBLEMS]
        ]
        self.problems.setPlainText("\n".join([*map(spoken, made.notes), *lines]))
        self.problems.setVisible(bool(lines or made.notes))
        self._budget_row.setVisible(bool(made.wishes))
        self.budget.setValue(_most(made) if self._own is None else min(self._own, _most(made)))
        self._show_budget()
        self.adjustSize()  # what was hidden while it was read has its room now

    @staticmethod
    def _balance(made: Plan) -> str:
        unknown = words.tr("not known until the ledger is in order")
        return unknown if made.balance is None else words.tokens(made.balance)

    def _show_budget(self) -> None:
        made = self.plan
        if made is None:
            return
        within = _within(made, self.budget.value())
        most = min(made.price, self.budget.value())
        self.go.setEnabled(within > 0 and most <= (made.balance or 0))
        self.go.setText(words.tr("Start for up to %n token(s)", most))
        if not made.wishes:
            self.said.setText(words.tr("Nothing in it can be made. Mend what is listed above."))
        elif made.balance is None:
            self.said.setText(words.tr("Nothing new starts until the ledger is in order."))
        elif most > made.balance:
            self.said.setText(words.tr("There are not enough tokens in your wallet for this."))
        elif within < len(made.wishes):
            text = words.tr("The budget ends it after %n generation(s).", within)
            self.said.setText(text)
        elif made.problems:
            text = words.tr("%n line(s) can't be made and are left out.", len(made.problems))
            self.said.setText(text)
        else:
            self.said.setText(words.tr("It goes on in the queue and can be paused at any time."))

    def _on_started(self, batch: Batch) -> None:
        self.started.emit(batch)
        self.accept()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        if self.plan is None:
            self.head.setText(words.tr("This can't be read"))
        self.said.setText(spoken(error.sentence))
        self.go.setEnabled(self.plan is not None)


def _most(made: Plan) -> int:
    """Return the budget that lets all of a plan be made that the balance allows."""
    return max(1, made.price if made.balance is None else min(made.price, made.balance))


def _matrix(made: Plan) -> str:
    """Return how many products, people and styles a plan multiplies."""
    people = {wish.models for wish in made.wishes if wish.models}
    parts = [words.tr("%n product(s)", len({wish.products for wish in made.wishes}))]
    parts += [words.tr("%n model(s)", len(people))] if people else []
    parts.append(words.tr("%n style(s)", len({wish.style for wish in made.wishes})))
    return " × ".join(parts)


def _within(made: Plan, budget: int) -> int:
    spent = 0
    for number, price in enumerate(made.prices):
        spent += price
        if spent > budget:
            return number
    return len(made.prices)


def sources_of(paths: Sequence[str], draft: Draft, able: Capabilities) -> Sources:
    """Return paths or ids of products with what Create shows for all that they do not say."""
    usual = Wish(
        (),
        style=draft.style,
        quality=draft.quality,
        ratio=draft.ratio,
        prompt=draft.prompt,
        negative_prompt=draft.negative_prompt,
        provider=draft.provider,
        service_model=draft.model,
        seed=draft.seed,
        count=draft.count,
        options=tuple(shown_options(draft, able).items()),
    )
    behind = None if draft.background is None else str(draft.background.id)
    people = tuple(str(one.id) for one in draft.models)
    return Sources(tuple(paths), models=people, background=behind, settings=usual)
