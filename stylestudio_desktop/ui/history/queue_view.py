"""The queue and the batches as people know them from downloads: in line, to be moved and paused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.batch import Progress
from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import arranging, batches, lineup, steering
from stylestudio_desktop.services.lineup import Pause, Place
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.queue_rows import BatchCard, JobRow
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import CREATE, MainWindow

SOON_MS = 250
MOST_JOBS, MOST_BATCHES = 40, 10


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
        self._seen: dict[int, Progress] = {}
        self._shape: object = None
        self._asking = self._again = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.refresh)
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
        seen = self._seen.get(wanted)
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
        self._window.toast(error.sentence, "bad")
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, StudioError):
            raise error
        self._window.toast(error.sentence, "bad")

    def _on_seen(self, seen: Seen) -> None:
        self._asking = False
        self._seen = {one.batch.id: one for one in seen.batches}
        shape = (
            [(one.job.generation_id, one.job.provider) for one in seen.places],
            [(one.provider, one.sentence) for one in seen.pauses],
            [one.batch.id for one in seen.batches],
        )
        if shape == self._shape:
            for place in seen.places:
                self.rows[place.job.generation_id].show_place(place)
            for batch in seen.batches:
                self.cards[batch.batch.id].show_progress(batch)
        else:
            self._shape = shape
            self._build(seen)
        if self._again:
            self._again = False
            self.refresh()

    def _build(self, seen: Seen) -> None:
        place = self.verticalScrollBar().value()
        self.rows, self.cards = {}, {}
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        layout.setSpacing(Space.S)
        if not seen.places and not seen.batches and not seen.pauses:
            layout.addWidget(self._nothing())
        for pause in seen.pauses:
            layout.addLayout(self._pause_row(pause))
        if seen.batches:
            layout.addWidget(label(self.tr("Batches"), "label"))
        for batch in seen.batches:
            self.cards[batch.batch.id] = BatchCard(batch, self.act_on_batch)
            layout.addWidget(self.cards[batch.batch.id])
        if seen.places:
            layout.addLayout(self._line_head(seen))
        for one in seen.places:
            others = {
                name: title for name, title in seen.services.items() if name != one.job.provider
            }
            service = seen.services.get(one.job.provider, one.job.provider)
            self.rows[one.job.generation_id] = JobRow(one, service, others, self.act)
            layout.addWidget(self.rows[one.job.generation_id])
        if len(seen.places) == MOST_JOBS:
            layout.addWidget(label(self.tr("What waits behind these is not shown."), "faint"))
        layout.addStretch(1)
        self.setWidget(inside)
        self.verticalScrollBar().setValue(place)

    def _nothing(self) -> QWidget:
        return EmptyState(
            "clock", self.tr("Nothing in the queue"),
            self.tr("What you ask for waits here for its turn, and a table or a folder of photos "
                    "becomes a batch with its own progress."),
            [(self.tr("Make pictures"), lambda: self._window.open_pane(CREATE))],
        )  # fmt: skip

    def _pause_row(self, pause: Pause) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(label(pause.sentence, wrap=True), 1)
        go_on = partial(self.resume, pause.provider)
        row.addWidget(button(self.tr("Go on"), go_on, "primary", "play"))
        return row

    def _line_head(self, seen: Seen) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(label(self.tr("In line"), "label"), 1)
        held = {one.provider for one in seen.pauses}
        used = sorted({one.job.provider for one in seen.places})
        if "*" not in held:
            everything = self.tr("Pause everything")
            row.addWidget(button(everything, partial(self.pause, "*"), "quiet", "pause"))
        for provider in used if len(used) > 1 else []:
            if provider not in held:
                text = self.tr("Pause %1").replace("%1", seen.services.get(provider, provider))
                row.addWidget(button(text, partial(self.pause, provider), "quiet", "pause"))
        return row


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
        services={one.card.id: one.card.name for one in studio.providers.values()},
    )
