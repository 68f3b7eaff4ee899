"""The queue and the batches as people know them from downloads: in line, to be moved and paused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QScrollArea,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.batch import Progress
from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import arranging, batches, lineup, steering
from stylestudio_desktop.services.lineup import Pause, Place
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.paused import CURED_IN
from stylestudio_desktop.ui.history.queue_rows import BatchCard, JobRow
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.boxes import emptied, put, take_away
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import CREATE, SETTINGS, MainWindow

SOON_MS = 120
MOST_JOBS, MOST_BATCHES = 40, 10
WIDEST = 1200
"""On a wide screen a job's buttons still stand near its name, in device-independent pixels."""
W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the view shows, read in one go in the background."""

    places: Sequence[Place]
    pauses: Sequence[Pause]
    batches: Sequence[Progress]
    services: dict[str, str]


class QueueView(QScrollArea):
    """`opened(id)` asks for a story, `batch_asked(id)` for the pictures of a batch."""

    opened = Signal(object)
    batch_asked = Signal(object)

    def __init__(
        self, window: MainWindow, studio: Studio, live: Live, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._window, self._studio = window, studio
        self.cards: dict[int, BatchCard] = {}
        self.rows: dict[int, JobRow] = {}
        self._places: list[JobRow] = []
        self._batches: dict[int, Progress] = {}
        self._now: Seen | None = None
        self._shape: object = None
        self._asking = self._again = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._add_row)
        self._build()
        live.happened.connect(self._on_happened)
        live.changed_elsewhere.connect(self._on_happened)

    def refresh(self) -> None:
        """Read what is true now; nothing while nobody looks."""
        if self._asking:
            self._again = True
            return
        self._asking = True
        self._window.tasks.run(
            attached(self._studio, partial(_look, self._studio)),
            self._on_seen,
            self._on_failed,
            owner=self,
        )

    def act(self, verb: str, wanted: int) -> None:
        """Do what a button says, in the background, and show what became of it."""
        if verb == "open":
            self.opened.emit(wanted)
        elif verb.startswith("elsewhere "):
            self._run(partial(arranging.elsewhere, self._studio, wanted, verb.split()[1]))
        else:
            self._run(partial(_JOBS[verb], self._studio, wanted))

    def act_on_batch(self, verb: str, wanted: int) -> None:
        """Do to a batch what its button says."""
        seen = self._batches.get(wanted)
        if verb == "show":
            self.batch_asked.emit(wanted)
        elif verb == "resume" and seen and seen.batch.reason == Code.BUDGET_REACHED.value:
            self._ask_budget(seen)
        else:
            self._run(partial(_BATCHES[verb], self._studio, wanted))

    def _ask_budget(self, seen: Progress) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setWindowTitle(self.tr("Another budget"))
        dialog.setLabelText(self.tr("Its budget is used up. Tokens it may cost altogether:"))
        dialog.setIntRange(seen.tokens + 1, max(seen.tokens + 1, seen.batch.price))
        dialog.setIntValue(seen.batch.price)
        dialog.intValueSelected.connect(
            lambda budget: self._run(
                partial(batches.resume, self._studio, seen.batch.id, int(budget))
            )
        )
        dialog.open()

    def pause(self, provider: str) -> None:
        """Hold one service up, or ("*") all of them."""
        if provider == "*":
            self._run(partial(steering.pause_queue, self._studio))
        else:
            self._run(partial(arranging.pause_service, self._studio, provider))

    def resume(self, provider: str) -> None:
        """End a pause."""
        self._run(partial(steering.resume_queue, self._studio, provider))

    def _run(self, op: Callable[[], object]) -> None:
        self._window.tasks.run(
            attached(self._studio, op), lambda _done: self.refresh(), self._on_refused, owner=self
        )

    def _on_happened(self, _fact: object = None) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_seen(self, seen: Seen) -> None:
        self._asking = False
        self._now = seen
        self._batches = {one.batch.id: one for one in seen.batches}
        self._show_heads(seen)
        self._show_cards(seen)
        self._show_rows()
        if self._again:
            self._again = False
            self.refresh()

    def _show_heads(self, seen: Seen) -> None:
        """Build pauses, headings and the empty place anew where they are others than before."""
        used = sorted({one.job.provider for one in seen.places})
        shape = (tuple(seen.pauses), tuple(used), bool(seen.batches))
        if shape == self._shape:
            return
        self._shape = shape
        emptied(self._pauses)
        emptied(self._head)
        for pause in seen.pauses:
            self._pauses.addWidget(self._pause_row(pause))
        if seen.places:
            self._head.addWidget(self._line_head(seen, used))
        elif not seen.batches and not seen.pauses:
            self._head.addWidget(self._nothing())
        self._batches_head.setVisible(bool(seen.batches))

    def _show_cards(self, seen: Seen) -> None:
        wanted = [one.batch.id for one in seen.batches]
        _drop(self.cards, wanted, self._cards_box)
        for place, batch in enumerate(seen.batches):
            card = self.cards.get(batch.batch.id)
            if card is None:
                card = self.cards[batch.batch.id] = BatchCard(batch, self.act_on_batch)
            else:
                card.show_progress(batch)
            put(self._cards_box, place, card)

    def _show_rows(self) -> None:
        """Show the line in the places that are there, and add what places it lacks."""
        seen = self._now
        if seen is None:
            return
        held = self._focused()
        while len(self._places) > len(seen.places):
            take_away(self._places.pop(), self._rows_box)
        for row, one in zip(self._places, seen.places, strict=False):
            _show(row, one, seen.services)
        self._add_row()
        if held is not None and held[0] in self.rows:
            self.rows[held[0]].buttons[held[1]].setFocus()
        self._more.setVisible(len(seen.places) == MOST_JOBS)

    def _add_row(self) -> None:
        """Add the next place that the line needs: one in a turn, so that none of them is felt.

        The room of those to come is kept free, as everything would be painted anew if it grew.
        """
        seen = self._now
        missing = 0 if seen is None else len(seen.places) - len(self._places)
        if seen is not None and missing > 0:
            row = JobRow(self.act)
            _show(row, seen.places[len(self._places)], seen.services)
            self._places.append(row)
            self._rows_box.addWidget(row)
            missing -= 1
        each = self._places[0].sizeHint().height() + self._rows_box.spacing() if missing > 0 else 0
        if (room := max(0, missing) * each) != self._room.sizeHint().height():
            self._room.changeSize(0, room)
            self._rows_box.invalidate()
        self.rows = {row.job_id: row for row in self._places}
        if missing > 0:
            self._rest.start()

    def _focused(self) -> tuple[int, str] | None:
        """Return the job and the verb whose button has the focus: it goes with the job."""
        for row in self._places:
            for verb, made in row.buttons.items():
                if made.hasFocus():
                    return row.job_id, verb
        return None

    def _build(self) -> None:
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        layout.setSpacing(Space.S)
        self._pauses, self._cards_box = QVBoxLayout(), QVBoxLayout()
        self._head, self._rows_box = QVBoxLayout(), QVBoxLayout()
        self._batches_head = label(self.tr("Batches"), "label")
        self._more = label(self.tr("What waits behind these is not shown."), "faint")
        layout.addLayout(self._pauses)
        layout.addWidget(self._batches_head)
        layout.addLayout(self._cards_box)
        layout.addLayout(self._head)
        layout.addLayout(self._rows_box)
        self._room = QSpacerItem(0, 0)
        layout.addItem(self._room)
        layout.addWidget(self._more)
        layout.addStretch(1)
        self._batches_head.hide()
        self._more.hide()
        self.setWidget(inside)

    def _nothing(self) -> QWidget:
        return EmptyState(
            "clock", self.tr("Nothing in the queue"),
            self.tr("What you ask for waits here for its turn, and a table or a folder of photos "
                    "becomes a batch with its own progress."),
            [(self.tr("Make pictures"), lambda: self._window.open_pane(CREATE))],
        )  # fmt: skip

    def _pause_row(self, pause: Pause) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(label(spoken(pause.sentence), wrap=True), 1)
        part = CURED_IN.get(pause.reason)
        if part is not None:
            there = partial(self._window.open_pane, SETTINGS, part)
            row.addWidget(button(self.tr("Open settings"), there, "primary", "settings"))
        go_on = partial(self.resume, pause.provider)
        row.addWidget(button(self.tr("Go on"), go_on, "normal" if part else "primary", "play"))
        return made

    def _line_head(self, seen: Seen, used: Sequence[str]) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(label(self.tr("In line"), "label"), 1)
        held = {one.provider for one in seen.pauses}
        if "*" not in held:
            everything = self.tr("Pause everything")
            row.addWidget(button(everything, partial(self.pause, "*"), "quiet", "pause"))
        for provider in used if len(used) > 1 else []:
            if provider not in held:
                name = seen.services.get(provider, provider)
                text = self.tr("Pause %1").replace("%1", name)
                if provider == "local":
                    text = self.tr("Pause this computer")
                row.addWidget(button(text, partial(self.pause, provider), "quiet", "pause"))
        return made


def _show(row: JobRow, place: Place, services: dict[str, str]) -> None:
    """Let `row` be the place of a job."""
    provider = place.job.provider
    others = {name: title for name, title in services.items() if name != provider}
    row.show_place(place, services.get(provider, provider), others)


def _drop(kept: dict[int, W], wanted: Sequence[int], box: QVBoxLayout) -> None:
    """Take away what is no longer wanted."""
    for one in kept.keys() - set(wanted):
        take_away(kept.pop(one), box)


_JOBS: dict[str, Callable[[Studio, int], object]] = {
    "top": steering.move_to_top,
    "up": lambda studio, wanted: arranging.move_by(studio, wanted, -1),
    "down": lambda studio, wanted: arranging.move_by(studio, wanted, 1),
    "cancel": steering.cancel,
}
_BATCHES: dict[str, Callable[[Studio, int], object]] = {
    "pause": batches.pause,
    "resume": batches.resume,
    "cancel": batches.cancel,
}


def _look(studio: Studio) -> Seen:
    moment = now_ms()
    found = batches.listing(studio, MOST_BATCHES)
    return Seen(
        places=lineup.places(studio, MOST_JOBS),
        pauses=[one for one in lineup.pauses(studio) if one.until is None or one.until > moment],
        batches=sorted(found, key=lambda one: one.over),
        services={one.card.id: spoken(one.card.name) for one in studio.providers.values()},
    )
