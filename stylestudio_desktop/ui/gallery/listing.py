"""Keeps the grid's list of ids true: the first at once, the rest behind, changes touched in."""

from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import (
    Event,
    FilesChanged,
    FilesImported,
    GenerationCompleted,
    GenerationsChanged,
)
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.ids import made_at
from stylestudio_desktop.domain.records import Count
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.widgets.grid import Card, Grid

FIRST = 400
HEAD = 200
QUIET_MS = 150
REST_MS = 250
_FOLLOWED = 500


class Listing(QObject):
    """Fills `grid` with what a filter lets through and keeps it so.

    `loaded` is emitted when the first part is shown, `counted` whenever the number changed,
    `failed(sentence)` when the library could not be read.
    """

    loaded = Signal()
    counted = Signal()
    failed = Signal(str)

    def __init__(self, studio: Studio, tasks: Tasks, grid: Grid, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = tasks
        self._grid = grid
        self.wanted = FileFilter()
        self.complete = False
        self._serial = 0
        self._totals: list[Count] | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(QUIET_MS)
        self._again.timeout.connect(self._look_around)

    def load(self, wanted: FileFilter) -> None:
        """Show another list from its top; one that is still loading is dropped."""
        self.wanted = wanted
        self.complete = False
        self._serial += 1
        serial = self._serial

        def op() -> "tuple[array[int], list[Count]]":
            totals = library.totals(self._studio, wanted.trashed)
            return library.ids(self._studio, wanted, limit=FIRST), totals

        def first(found: "tuple[array[int], list[Count]]") -> None:
            if serial == self._serial:
                self._totals = found[1]
                self._show_first(found[0], serial)

        self._run(op, first)

    def reload(self) -> None:
        """Read the whole list again; view and selection stay with their pictures."""
        serial, wanted = self._serial, self.wanted

        def done(found: "array[int]") -> None:
            if serial == self._serial:
                self.complete = True
                self._grid.refresh_ids(found)
                self._grid.refresh_cards()
                self.counted.emit()

        self._run(lambda: library.ids(self._studio, wanted), done)

    def on_event(self, event: Event) -> None:
        """Touch in what this process changed."""
        if isinstance(event, FilesImported | GenerationCompleted):
            self._look_ahead()
        elif isinstance(event, FilesChanged):
            self._touch(event.file_ids)
        elif isinstance(event, GenerationsChanged):
            self.reload()

    def on_elsewhere(self) -> None:
        """Another process committed: look, once it is quiet for a moment."""
        if not self._again.isActive():
            self._again.start()

    def _show_first(self, found: "array[int]", serial: int) -> None:
        self._grid.set_ids(found)
        self.complete = len(found) < FIRST
        self.loaded.emit()
        self.counted.emit()
        if self.complete:
            return
        last, wanted = found[-1], self.wanted

        def rest(older: "array[int]") -> None:
            if serial == self._serial:
                self.complete = True
                self._grid.append_ids(older)
                self.counted.emit()

        def begin() -> None:
            if serial == self._serial:
                self._run(lambda: library.ids(self._studio, wanted, before=last), rest)

        # What is in view comes first: a million ids would take the processor from its pictures.
        QTimer.singleShot(REST_MS, self, begin)

    def _look_ahead(self) -> None:
        """Put in front what is newer than all that is shown."""
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

        self._run(lambda: library.ids(self._studio, wanted, limit=HEAD), head)

    def _touch(self, changed: Sequence[int]) -> None:
        """Show changed marks; take out what no longer fits, put in what fits again."""
        if self.wanted.search or len(changed) > _FOLLOWED:
            self.reload()
            return
        serial = self._serial

        def done(cards: Sequence[Card]) -> None:
            if serial != self._serial:
                return
            self._grid.cards.put(cards)
            fitting = {card.id for card in cards if self._fits(card)}
            self._take_out([row_id for row_id in changed if row_id not in fitting])
            self._put_in(sorted(fitting))
            self._grid.viewport().update()

        self._run(lambda: self._grid.source.fetch_cards(list(changed)), done)

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

    def _fits(self, card: Card) -> bool:
        wanted = self.wanted
        made = made_at(card.id)
        return (
            card.trashed == wanted.trashed
            and (wanted.category in (None, card.category))
            and (card.favourite or not wanted.favourite)
            and (wanted.since is None or made >= wanted.since)
            and (wanted.until is None or made < wanted.until)
        )

    def _look_around(self) -> None:
        """Compare kept counts with those seen last; read all only where they differ."""
        serial, wanted = self._serial, self.wanted

        def op() -> "tuple[array[int], list[Count]]":
            totals = library.totals(self._studio, wanted.trashed)
            return library.ids(self._studio, wanted, limit=HEAD), totals

        def done(found: "tuple[array[int], list[Count]]") -> None:
            if serial != self._serial:
                return
            before, self._totals = self._totals, found[1]
            added = self._grid.insert_front(found[0])
            if wanted.favourite or _sum(found[1]) - _sum(before or []) != added:
                self.reload()
            else:
                self._grid.refresh_cards()
            if added:
                self.counted.emit()

        self._run(op, done)

    def _run(self, op: Callable[[], object], done: Callable[..., None]) -> None:
        self._tasks.run(op, done, self._on_failed, owner=self)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error.sentence)


def _sum(totals: Sequence[Count]) -> int:
    return sum(count.number for count in totals)
