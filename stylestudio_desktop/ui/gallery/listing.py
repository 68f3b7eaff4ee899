"""Keeps the grid's list of ids true: the first at once, the rest behind, changes touched in."""

from array import array
from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import (
    Event,
    FilesChanged,
    FilesImported,
    GenerationCompleted,
    GenerationsChanged,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.asking import Asked, Asking, State
from stylestudio_desktop.ui.gallery.foreseeing import FIRST, Foreseen, Front, look_ahead
from stylestudio_desktop.ui.gallery.source import LibrarySource
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.widgets.grid import Card, Grid

HEAD = 200
Looked = tuple["array[int]", State | None]
QUIET_MS = 150
REST_MS = 250
MOST_TOUCHED = 500


class _Touched(NamedTuple):
    """Cards of changed pictures, and which of them belong in the list."""

    cards: Sequence[Card]
    fitting: set[int]


class Listing(QObject):
    """Fills `grid` with what is asked for and keeps it so.

    `loaded` is emitted when the first part is shown, `counted` whenever the number changed,
    `failed(sentence)` when the library could not be read.
    """

    loaded = Signal()
    counted = Signal()
    failed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        grid: Grid,
        source: LibrarySource,
        parent: QObject,
        foreseen: Foreseen | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = tasks
        self._grid = grid
        self._source = source
        self._foreseen = foreseen
        self._asking = Asking(studio)
        self.wanted = Asked()
        self.complete = False
        self._serial = 0
        self._state: State | None = None
        self._looking = False
        self._looked = 0.0
        self._reading = False
        self._took = 0.0
        self._again = self._timer(self._look_around)
        self._anew = self._timer(self.reload)

    def load(self, wanted: Asked) -> None:
        """Show another list from its top; one that is still loading is dropped."""
        self.wanted = wanted
        self.complete = False
        self._serial += 1
        serial = self._serial

        def op() -> tuple[Front, Sequence[Card]]:
            front = look_ahead(self._studio, self._asking, wanted)
            return front, self._source.cards_of(front.rows)

        def first(found: tuple[Front, Sequence[Card]]) -> None:
            front, cards = found
            if serial == self._serial:
                self._state = front.state
                self._grid.cards.put(cards)
                self._show_first(front.ids, serial)

        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None and wanted == Asked():
            foreseen.take(
                lambda front: first((front, self._source.cards_of(front.rows))),
                lambda: self._run(op, first),
            )
        else:
            self._run(op, first)

    def reload(self) -> None:
        """Read the whole list again; view and selection stay with their pictures.

        Asked for again while it reads, it reads once more after a pause twice as long as it took.
        """
        if self._reading:
            self._anew.start(max(QUIET_MS, round(2000 * self._took)))
            return
        self._reading = True
        serial, wanted, began = self._serial, self.wanted, monotonic()

        def done(found: Looked) -> None:
            self._reading, self._took = False, monotonic() - began
            if serial == self._serial:
                self.complete = True
                self._state = found[1]
                self._grid.refresh_ids(found[0])
                self._grid.refresh_cards()
                self.counted.emit()

        self._run(lambda: self._asking.look(wanted), done)

    def on_event(self, event: Event) -> None:
        """Touch in what this process changed."""
        if isinstance(event, FilesImported | GenerationCompleted):
            self._look_ahead()
        elif isinstance(event, FilesChanged):
            if event.file_ids:
                self._touch(event.file_ids)
        elif isinstance(event, GenerationsChanged):
            self.reload()

    def on_elsewhere(self) -> None:
        """Another connection committed: look at once, and then not before a pause."""
        if not self._again.isActive():
            passed = (monotonic() - self._looked) * 1000
            self._again.start(max(0, QUIET_MS - round(passed)))

    def _timer(self, run: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.timeout.connect(run)
        return made

    def _show_first(self, found: "array[int]", serial: int) -> None:
        wanted = self.wanted
        self._grid.set_ids(found, dated=wanted.dated)
        # A list of stacks may be short at first and still go on.
        self.complete = not wanted.endless or (len(found) < FIRST and not wanted.stacked)
        self.loaded.emit()
        self.counted.emit()
        if self.complete:
            return
        last = found[-1]

        def rest(older: "array[int]") -> None:
            if serial == self._serial:
                self.complete = True
                self._grid.append_ids(older)
                self.counted.emit()

        def begin() -> None:
            if serial != self._serial:
                return
            if wanted.plain:
                self._run(lambda: self._asking.ids(wanted, before=last), rest)
            else:
                self.reload()

        # What is in view comes first: a million ids would take the processor from its pictures.
        QTimer.singleShot(REST_MS, self, begin)

    def _look_ahead(self) -> None:
        """Put in front what is newer than all that is shown."""
        if not self.wanted.plain:
            if self.wanted.endless:
                self.reload()
            return
        serial, wanted = self._serial, self.wanted

        def head(found: "array[int]") -> None:
            if serial != self._serial:
                return
            ids = self._grid.contents.ids
            newest = ids[0] if ids else -1
            if len(found) == HEAD and found[-1] > newest:
                self.reload()
                return
            if self._grid.insert_front(found):
                self.counted.emit()

        self._run(lambda: self._asking.ids(wanted, HEAD), head)

    def _touch(self, changed: Sequence[int]) -> None:
        """Show changed marks; take out what no longer fits, put in what fits again."""
        if len(changed) > MOST_TOUCHED or not (self.wanted.plain or not self.wanted.endless):
            self.reload()
            return
        serial, wanted = self._serial, self.wanted

        def op() -> _Touched:
            cards = self._grid.source.fetch_cards(list(changed))
            return _Touched(cards, self._asking.fitting(wanted, changed))

        def done(found: _Touched) -> None:
            if serial != self._serial:
                return
            self._grid.cards.put(found.cards)
            self._take_out([row_id for row_id in changed if row_id not in found.fitting])
            if wanted.endless:
                self._put_in(sorted(found.fitting))
            self._grid.surface.update()

        self._run(op, done)

    def _take_out(self, gone: Sequence[int]) -> None:
        held = [row_id for row_id in gone if self._grid.contents.index_of(row_id) is not None]
        if held:
            self._grid.remove_ids(held)
            self.counted.emit()

    def _put_in(self, back: Sequence[int]) -> None:
        contents = self._grid.contents
        missing = [row_id for row_id in back if contents.index_of(row_id) is None]
        if not self.complete and contents.ids:
            # What is older than the part that is here comes with the rest.
            missing = [row_id for row_id in missing if row_id > contents.ids[-1]]
        if missing:
            self._grid.refresh_ids(array("q", sorted([*contents.ids, *missing], reverse=True)))
            self.counted.emit()

    def _look_around(self) -> None:
        """Compare kept counts with those seen last; read all only where they may differ."""
        if self._looking:
            self._again.start(QUIET_MS)
            return
        self._looking, self._looked = True, monotonic()
        serial, wanted = self._serial, self.wanted

        def done(found: Looked) -> None:
            self._looking = False
            if serial != self._serial:
                return
            before, self._state = self._state, found[1]
            added = self._grid.insert_front(found[0]) if wanted.plain else 0
            if wanted.endless and self._differs(before, found[1], added):
                self.reload()
            else:
                self._grid.refresh_cards()
            if added:
                self.counted.emit()

        head = HEAD if wanted.plain else 0
        self._run(lambda: self._asking.look(wanted, head), done)

    def _differs(self, before: State | None, now: State | None, added: int) -> bool:
        """Say whether others belong to the list than those shown, with `added` put in front."""
        if before is None or now is None:
            return True
        if self.wanted.counted:
            return now.number - before.number != added
        return now != before

    def _run(self, op: Callable[[], object], done: Callable[..., None]) -> None:
        self._tasks.run(op, done, self._on_failed, owner=self)

    def _on_failed(self, error: Exception) -> None:
        self._looking = self._reading = False
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error.sentence)
