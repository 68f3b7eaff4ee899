"""What the user does to pictures: off the UI thread, one after the other, each one undo step."""

from collections.abc import Callable, Sequence
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from stylestudio_desktop.domain.errors import IllegalStep, StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery import telling
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from stylestudio_desktop.services.bulk import Done
    from stylestudio_desktop.services.undo import Taken
    from stylestudio_desktop.ui.frame.toasts import Toast
    from stylestudio_desktop.ui.widgets.labels import Tone

CLOSING_MS = 4000
TOLD_EVERY_S = 0.05
Ids = Sequence[int]
Progress = Callable[[int, int], None]


class _Refused(NamedTuple):
    """A step that can't be taken back or done again: which, and why."""

    action_id: int
    sentence: str


class Acting(QObject):
    """`progressed(done, all)` follows long work; `finished` ends each piece.

    Deeds wait for each other on a thread of their own, so that none is lost and none keeps the
    panes' reading waiting.
    """

    progressed = Signal(int, int)
    finished = Signal()

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._stops: list[Event] = []
        self._said: Toast | None = None
        window.closing.connect(self._on_closing)

    @property
    def busy(self) -> bool:
        """Return whether something is being done or waits to be."""
        return bool(self._stops)

    def trash(self, ids: Ids) -> None:
        """Move pictures to the trash."""
        self._do("trashed", "trash", ids)

    def restore(self, ids: Ids) -> None:
        """Bring pictures back from the trash."""
        self._do("restored", "restore", ids)

    def favour(self, ids: Ids, favourite: bool) -> None:
        """Mark or unmark favourites."""
        kind = "marked" if favourite else "unmarked"
        self._do(kind, "favourite", ids, favourite, quiet=len(ids) == 1)

    def rate(self, ids: Ids, rating: int) -> None:
        """Rate pictures."""
        self._do("rated", "rate", ids, rating, quiet=len(ids) == 1)

    def unstack(self, ids: Ids) -> None:
        """Take pictures off their stacks."""
        self._do("unstacked", "unstack", ids)

    def note(self, ids: Ids, text: str) -> None:
        """Write one note on pictures; an empty one takes theirs away."""
        self._do("noted" if text.strip() else "unnoted", "note", ids, text)

    def tag(self, ids: Ids, name: str) -> None:
        """Put a tag on pictures."""
        self._do("tagged", "tag", ids, name)

    def untag(self, ids: Ids, tag_id: int) -> None:
        """Take a tag off pictures."""
        self._do("untagged", "untag", ids, tag_id)

    def collect(self, ids: Ids, collection_id: int) -> None:
        """Put pictures into a collection."""
        self._do("collected", "collect", ids, collection_id)

    def collect_anew(self, ids: Ids, name: str) -> None:
        """Put pictures into a new collection."""
        from stylestudio_desktop.services import organising

        def made(stop: Event, progress: Progress) -> "Done":
            from stylestudio_desktop.services import bulk

            shelf = organising.new_collection(self._studio, name)
            chosen = bulk.Selection(ids=ids)
            return bulk.collect(self._studio, chosen, shelf.id, progress, stop)

        self._begin(made, lambda done: self._tell("collected", done, quiet=False))

    def uncollect(self, ids: Ids, collection_id: int) -> None:
        """Take pictures out of a collection."""
        self._do("uncollected", "uncollect", ids, collection_id)

    def undo(self, action_id: int | None = None) -> None:
        """Take back the newest step, also one of an earlier start; or `action_id` if it is that."""
        self._turn(back=True, action_id=action_id)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._turn(back=False)

    def stop(self) -> None:
        """Stop after the portion in hand; what is done stays and can be undone."""
        for stop in self._stops:
            stop.set()

    def _do(self, kind: str, deed: str, ids: Ids, *values: object, quiet: bool = False) -> None:
        if not ids:
            return

        def op(stop: Event, progress: Progress) -> "Done":
            from stylestudio_desktop.services import bulk

            work: Callable[..., Done] = getattr(bulk, deed)
            return work(self._studio, bulk.Selection(ids=ids), *values, progress, stop)

        self._begin(op, lambda done: self._tell(kind, done, quiet))

    def _turn(self, *, back: bool, action_id: int | None = None) -> None:
        def op(stop: Event, progress: Progress) -> "Taken | _Refused | None":
            from stylestudio_desktop.services import undo

            step = undo.next_undo(self._studio) if back else undo.next_redo(self._studio)
            try:
                if back:
                    return undo.undo(self._studio, progress, stop, action_id)
                return undo.redo(self._studio, progress, stop)
            except IllegalStep as error:
                if step is None or action_id not in (None, step.id):
                    raise
                return _Refused(step.id, spoken(error.sentence))

        self._begin(op, lambda taken: self._tell_turn(taken, back))

    def _tell(self, kind: str, done: "Done", quiet: bool) -> None:
        action = done.action_id
        if action is None or (quiet and not done.cancelled):
            return
        text = telling.done(kind, done.changed)
        if done.cancelled:
            text = f"{text} {self.tr('Stopped before the rest.')}"
        self._say(text, "good", (self.tr("Undo"), lambda: self.undo(action)))

    def _tell_turn(self, taken: "Taken | _Refused | None", back: bool) -> None:
        if taken is None:
            nothing = self.tr("Nothing to undo.") if back else self.tr("Nothing to do again.")
            self._window.toast(nothing)
        elif isinstance(taken, _Refused):
            forget = (self.tr("Forget this step"), lambda: self._forget(taken.action_id))
            self._window.toast(spoken(taken.sentence), "warning", forget)
        else:
            form = self.tr("Undone: %1") if back else self.tr("Done again: %1")
            text = form.replace("%1", telling.done(taken.kind, taken.changed))
            if not taken.finished:
                text = f"{text} {self.tr('Stopped before the rest.')}"
            again = (self.tr("Do again"), self.redo) if back else (self.tr("Undo"), self.undo)
            self._say(text, "neutral", again)

    def _say(self, text: str, tone: "Tone", then: tuple[str, Callable[[], object]]) -> None:
        """Tell of a step in place of the one before: only the newest can be taken back."""
        if self._said is not None and isValid(self._said):
            self._said.deleteLater()
        self._said = self._window.toast(text, tone, then)

    def _forget(self, action_id: int) -> None:
        def op(_stop: Event, _progress: Progress) -> None:
            from stylestudio_desktop.services import undo

            undo.forget(self._studio, action_id)

        self._begin(op, lambda _done: None)

    def _begin(self, work: Callable[[Event, Progress], Any], told: Callable[[Any], object]) -> None:
        stop = Event()
        self._stops.append(stop)
        last = [0.0]

        def progress(done: int, total: int) -> None:
            now = monotonic()
            if now - last[0] >= TOLD_EVERY_S:
                last[0] = now
                self.progressed.emit(done, total)

        def success(result: object) -> None:
            self._end(stop)
            told(result)

        def failure(error: Exception) -> None:
            self._end(stop)
            if not isinstance(error, StudioError):
                raise error
            self._window.tell(error)

        op = attached(self._studio, lambda: work(stop, progress))
        self._tasks.run(op, success, failure, owner=self)

    def _end(self, stop: Event) -> None:
        self._stops.remove(stop)
        self.finished.emit()

    def _on_closing(self) -> None:
        self.stop()
        self._tasks.close(CLOSING_MS)
