"""Keeps the grid's list of ids true: the first at once, the rest behind, changes touched in."""

from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import (
    Event,
    FilesChanged,
    FilesImported,
    GenerationCompleted,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.asking import Around, Asked, Asking, State
from stylestudio_desktop.ui.gallery.foreseeing import FIRST, Foreseen, Front, look_ahead
from stylestudio_desktop.ui.gallery.nearby import around, untrue
from stylestudio_desktop.ui.gallery.source import LibrarySource
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.widgets.grid import Card, Grid
from stylestudio_desktop.ui.widgets.grid.contents import amended
from stylestudio_desktop.ui.widgets.grid.runs import Runs

if TYPE_CHECKING:
    from stylestudio_desktop.services.touching import Places

HEAD = 200
QUIET_MS = 150
REST_MS = 250
SURE_S = 0.5
SURELY_MS = 5_000
TOUCHED = 1_000
"""Changed pictures looked at in one go: taking them out or in is a few milliseconds' work."""


class Listing(QObject):
    """Fills `grid` with what is asked for and keeps it so.

    `loaded` is emitted when the first part is shown, `counted` whenever the number changed,
    `touched(ids)` after pictures were changed (None: any), `failed(error)` when the library could
    not be read.
    """

    loaded, counted = Signal(), Signal()
    failed, touched = Signal(object), Signal(object)

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
        self._net = 0  # by how many the list has grown since that state
        self._changed: dict[int, None] = {}  # told by this process, not looked at yet
        self._touching = False
        self._recent: set[int] = set()  # told since the last look was begun
        self._missed: set[int] = set()  # told since the whole list was begun to be read
        self._looking = False
        self._looked = 0.0
        self._doubted: float | None = None  # since when the counts do not fit
        self._reading = False
        self._took = 0.0
        self._again = self._timer(self._look_around)
        self._anew = self._timer(self.reload)
        self._sure = self._timer(self._confirm)

    def load(self, wanted: Asked) -> None:
        """Show another list from its top; one that is still loading is dropped."""
        self.wanted = wanted
        self.complete = False
        self._sure.stop()
        self._serial += 1
        serial = self._serial

        def op() -> tuple[Front, Sequence[Card]]:
            front = look_ahead(self._studio, self._asking, wanted)
            return front, self._source.cards_of(front.rows)

        def first(found: tuple[Front, Sequence[Card]]) -> None:
            front, cards = found
            if serial == self._serial:
                self._state, self._net = front.state, 0
                self._grid.cards.put(cards)
                self._show_first(front, serial)

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
        self._missed.clear()
        serial, wanted, began = self._serial, self.wanted, monotonic()

        def done(found: "tuple[array[int], State, Runs]") -> None:
            self._reading, self._took = False, monotonic() - began
            if serial == self._serial:
                self.complete = True
                self._state, self._net = found[1], 0
                ids, runs, held = self._with_missed(found[0]), found[2], self._grid.contents
                if ids != held.ids or runs != held.runs:
                    self._grid.refresh_ids(ids, runs)
                self._grid.refresh_cards()
                self.counted.emit()
                self.touched.emit(None)

        self._run(lambda: self._asking.look(wanted), done)

    def _with_missed(self, read: "array[int]") -> "array[int]":
        """Return what was read, with what was told meanwhile as it is shown already.

        That is looked at once more: part of it may have been read, or not be touched in yet.
        """
        missed, self._missed = self._missed, set()
        self._changed.update(dict.fromkeys(missed))
        QTimer.singleShot(0, self, self._touch)
        if not missed or not self.wanted.plain:
            return read
        held = [one for one in missed if self._grid.contents.index_of(one) is not None]
        number, shown = len(read), amended(read, missed.difference(held), held)
        self._net += len(shown) - number
        return shown

    def on_event(self, event: Event) -> None:
        """Touch in what this process changed."""
        if isinstance(event, FilesImported | GenerationCompleted):
            self._look_ahead()
        elif isinstance(event, FilesChanged):
            self._recent.update(event.file_ids)
            if self._reading:
                self._missed.update(event.file_ids)
            self._changed.update(dict.fromkeys(event.file_ids))
            self._touch()

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

    def _show_first(self, front: Front, serial: int) -> None:
        wanted, found = self.wanted, front.ids
        self._grid.set_ids(found, dated=wanted.dated, runs=front.runs)
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
        """Put in front what is newer than all that is shown; another list is touched."""
        if not self.wanted.plain:
            self.on_elsewhere()
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
            self._put_in_front(found)

        self._run(lambda: self._asking.ids(wanted, HEAD), head)

    def _put_in_front(self, found: "array[int]") -> None:
        added = self._grid.insert_front(found)
        if added:
            self._net += added
            self.counted.emit()

    def _touch(self) -> None:
        """Show changed marks; take out what no longer fits, put in what fits again, and where."""
        if self._touching or not self._changed:
            return
        serial, wanted = self._serial, self.wanted
        if wanted.endless and not wanted.plain and not self.complete:
            self._changed.clear()
            self.reload()
            return
        changed = list(islice(self._changed, TOUCHED))
        for one in changed:
            del self._changed[one]
        known = [card for one in changed if (card := self._grid.cards.get(one)) is not None]
        self._touching = True

        def op() -> "tuple[Sequence[Card], Places | None]":
            cards = self._grid.source.fetch_cards([one.id for one in known])
            stacks = {one.stack for one in known if one.stack}
            return cards, self._asking.places(wanted, changed, stacks)

        def done(found: "tuple[Sequence[Card], Places | None]") -> None:
            self._touching = False
            if serial == self._serial:
                self._grid.cards.put(found[0])
                self.reload() if found[1] is None else self._place(*found[1])
                if wanted.stacked:
                    self._grid.refresh_cards()  # how many lie on a stack
                    self._sure_later()
                self._grid.surface.update()
                self.touched.emit(changed)
            self._touch()

        self._run(op, done)

    def _place(self, looked: Collection[int], shown: Mapping[int, int]) -> None:
        """Take out those `looked` at that are not `shown`, and put the others where they belong."""
        ids = self._grid.contents.ids
        if not self.complete and ids:
            # What is older than the part that is here comes with the rest.
            shown = {one: part for one, part in shown.items() if one >= ids[-1]}
        grown = self._grid.settle(looked, shown)
        if grown:
            self._net += grown
            self.counted.emit()

    def _look_around(self) -> None:
        """Make the view true, follow what was done, compare kept counts; read all as the last."""
        if self._looking:
            self._again.start(QUIET_MS)
            return
        self._looking, self._looked = True, monotonic()
        self._recent.clear()
        serial, wanted, span = self._serial, self.wanted, around(self._grid, self.wanted)
        since = self._state and self._state.trail

        def done(found: Around) -> None:
            self._looking = False
            if serial != self._serial:
                return
            if wanted.plain:
                self._put_in_front(found.front)
            if span is not None:
                gone, back = untrue(self._grid.contents.ids, span, found.seen)
                joining = dict.fromkeys(back - self._recent, 0)
                self._place({*(gone - self._recent), *joining}, joining)
            self._grid.refresh_cards()
            self._follow(found)
            self._judge(found.state)

        self._run(lambda: self._asking.look_around(wanted, HEAD, span, since), done)

    def _follow(self, found: Around) -> None:
        """Touch in what was done, here or elsewhere: after us another may have changed the same."""
        before, changed = self._state, found.changed
        if not before or changed is None or found.state.trail == before.trail:
            return
        if self.wanted.counted or not self.wanted.endless:
            self._state = before._replace(trail=found.state.trail)
        else:
            self._state = found.state
            self._sure_later()
        self._changed.update(dict.fromkeys(changed))
        self._touch()

    def _sure_later(self) -> None:
        self._sure.start(max(SURELY_MS, round(20_000 * self._took)))

    def _confirm(self) -> None:
        """Read once more behind what was only touched, when all is quiet: there may be more."""
        if self._again.isActive() or self._looking or self._touching or self._reading:
            self._sure.start(SURELY_MS)
        else:
            self.reload()

    def _judge(self, now: State) -> None:
        """Read the whole list where kept counts say, and go on saying, that others belong to it.

        What this process commits can be read a moment before it is told here.
        """
        if self._recent or self._changed or self._touching or self._reading:
            self._doubted = None
        elif not self.wanted.endless or not now.differs(self._state, self.wanted, self._net):
            self._doubted, self._state, self._net = None, now, 0
            return
        elif self._doubted is None:
            self._doubted = monotonic()
        elif monotonic() - self._doubted >= SURE_S:
            self._doubted = None
            self.reload()
            return
        self._again.start(QUIET_MS)

    def _run(self, op: Callable[[], object], done: Callable[..., None]) -> None:
        self._tasks.run(op, done, self._on_failed, self)

    def _on_failed(self, error: Exception) -> None:
        self._looking = self._reading = self._touching = False
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error)
