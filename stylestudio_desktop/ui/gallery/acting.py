"""What the user does to pictures: in chunks off the UI thread, told once, undone in one step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.window import MainWindow

CHUNK = 500
_UNDO_STEPS = 50
Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done: what it is called, and the work that takes it back."""

    text: str
    undo: Callable[[], None]


class Acting(QObject):
    """`progressed(done, all)` follows long work; `finished` ends it. One thing at a time."""

    progressed = Signal(int, int)
    finished = Signal()

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._steps: list[Step] = []
        self._stop = Event()
        self.busy = False

    def trash(self, ids: Ids) -> None:
        """Move pictures to the trash, with an undo."""
        text = self.tr("%n picture(s) moved to the trash", "", len(ids))
        self._do(ids, lambda part: library.trash(self._studio, part), text, self._restore_part)

    def restore(self, ids: Ids) -> None:
        """Bring pictures back from the trash, with an undo."""
        text = self.tr("%n picture(s) brought back", "", len(ids))
        self._do(ids, self._restore_part, text, lambda part: library.trash(self._studio, part))

    def favour(self, ids: Ids, favourite: bool) -> None:
        """Mark or unmark favourites; undone to what each was before."""
        before: dict[int, bool] = {}

        def op(part: Ids) -> None:
            before.update((c.id, bool(c.favourite)) for c in library.cards(self._studio, part))
            library.mark_favourite(self._studio, part, favourite)

        def back(part: Ids) -> None:
            for value in (False, True):
                chosen = [row_id for row_id in part if before.get(row_id) is value]
                if chosen:
                    library.mark_favourite(self._studio, chosen, value)

        text = self.tr("%n favourite(s) marked", "", len(ids))
        gone = self.tr("%n picture(s) no longer favourites", "", len(ids))
        self._do(ids, op, text if favourite else gone, back, quiet=len(ids) == 1)

    def rate(self, ids: Ids, rating: int) -> None:
        """Rate pictures; undone to what each was rated before."""
        before: dict[int, int] = {}

        def op(part: Ids) -> None:
            before.update((card.id, card.rating) for card in library.cards(self._studio, part))
            library.rate(self._studio, part, rating)

        def back(part: Ids) -> None:
            for value in set(before.values()):
                chosen = [row_id for row_id in part if before.get(row_id) == value]
                if chosen:
                    library.rate(self._studio, chosen, value)

        text = self.tr("%n picture(s) rated", "", len(ids))
        self._do(ids, op, text, back, quiet=len(ids) == 1)

    def undo(self) -> None:
        """Take back the last thing done in this session."""
        if self._steps and not self.busy:
            step = self._steps.pop()
            self._begin(step.undo, lambda: self._window.toast(
                self.tr("Undone: %1").replace("%1", step.text)
            ))  # fmt: skip

    def stop(self) -> None:
        """Stop after the chunk in hand; what is done stays and can be undone."""
        self._stop.set()

    def _restore_part(self, part: Ids) -> None:
        library.restore(self._studio, part)

    def _do(
        self,
        ids: Ids,
        op: Callable[[Ids], None],
        text: str,
        back: Callable[[Ids], None],
        *,
        quiet: bool = False,
    ) -> None:
        if not ids or self.busy:
            return
        done: list[int] = []

        def work() -> None:
            for begin in range(0, len(ids), CHUNK):
                if self._stop.is_set():
                    return
                part = ids[begin : begin + CHUNK]
                op(part)
                done.extend(part)
                self.progressed.emit(len(done), len(ids))

        def undo() -> None:
            for begin in range(0, len(done), CHUNK):
                back(done[begin : begin + CHUNK])
                self.progressed.emit(begin, len(done))

        def told() -> None:
            if not done:
                return
            self._steps = [*self._steps, Step(text, undo)][-_UNDO_STEPS:]
            if not quiet:
                self._window.toast(text, "good", (self.tr("Undo"), self.undo))

        self._begin(work, told)

    def _begin(self, work: Callable[[], None], told: Callable[[], object]) -> None:
        self.busy = True
        self._stop.clear()

        def success(_done: None) -> None:
            self._end()
            told()

        def failure(error: Exception) -> None:
            self._end()
            told()  # what was done before the failure can still be undone
            if not isinstance(error, StudioError):
                raise error
            self._window.toast(error.sentence, "bad")

        self._window.tasks.run(work, success, failure, owner=self)

    def _end(self) -> None:
        self.busy = False
        self.finished.emit()
