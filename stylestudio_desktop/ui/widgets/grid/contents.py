"""Which pictures the grid holds, in what order, and which are selected; without any drawing."""

from array import array
from collections.abc import Iterable, Sequence

from stylestudio_desktop.ui.widgets.grid import sections
from stylestudio_desktop.ui.widgets.grid.sections import Grouping, Section
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

_FOLLOWED = 5000


class Contents:
    """Ids newest first, their sections, the selection and the current picture, all by position.

    `ids` may be any order when `dated` is off (a search by relevance); then nothing is inserted.
    """

    def __init__(self) -> None:
        self.ids: array[int] = array("q")
        self.dated = True
        self.grouping: Grouping = "day"
        self.sections: list[Section] = []
        self.selection = Ranges()
        self.current: int | None = None
        self.pivot: int | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def set(self, ids: Iterable[int], *, dated: bool = True) -> None:
        """Hold other pictures; nothing is selected afterwards."""
        self.ids = ids if isinstance(ids, array) else array("q", ids)
        self.dated = dated
        self.selection = Ranges()
        self.current = self.pivot = None
        self.divide(self.grouping)

    def append(self, ids: Iterable[int]) -> None:
        """Take older pictures at the end, as they come in from the background."""
        older = array("q", ids)
        found = sections.find(older, self.grouping if self.dated else "none")
        self.sections = sections.after(self.sections, len(self.ids), found)
        self.ids.extend(older)

    def divide(self, grouping: Grouping) -> None:
        """Find the sections anew, by day or by month."""
        self.grouping = grouping
        self.sections = sections.find(self.ids, grouping if self.dated else "none")

    def insert_front(self, new: Sequence[int]) -> int:
        """Take pictures newer than all held; return how many there were. The selection follows."""
        self.ids, count = sections.merged_front(self.ids, new)
        if count:
            self.selection = self.selection.shifted(count)
            self.current = None if self.current is None else self.current + count
            self.pivot = None if self.pivot is None else self.pivot + count
            front = sections.find(self.ids[:count], self.grouping if self.dated else "none")
            self.sections = sections.after(front, count, self.sections)
        return count

    def positions(self, ids: Iterable[int]) -> Ranges:
        """Return where those of `ids` stand that are held."""
        if self.dated:
            found = (sections.index_of(self.ids, row_id) for row_id in ids)
            return Ranges((place, place + 1) for place in found if place is not None)
        wanted = set(ids)
        if not wanted:
            return Ranges()
        return Ranges((p, p + 1) for p, row_id in enumerate(self.ids) if row_id in wanted)

    def remove(self, gone: Ranges) -> None:
        """Let the pictures at `gone` go; what is selected and current closes up."""
        kept: array[int] = array("q")
        cursor = 0
        for start, stop in gone:
            kept += self.ids[cursor:start]
            cursor = stop
        kept += self.ids[cursor:]
        self.selection = self.selection.closed_up(gone)
        self.current = self._closed_up(self.current, gone, len(kept))
        self.pivot = self._closed_up(self.pivot, gone, len(kept))
        self.ids = kept
        self.divide(self.grouping)

    def refresh(self, ids: "array[int]") -> None:
        """Hold `ids` in place of the same list asked for earlier.

        What was selected stays selected by id. A selection too large to be followed one by one
        is kept where a range has the same ends and length, and dropped otherwise, so that
        nothing that the user has not seen selected is ever acted on.
        """
        ranges = list(self.selection)
        old, current = self.ids, self._id_at(self.current)
        self.ids = ids
        if len(self.selection) <= _FOLLOWED:
            kept = self.positions([old[i] for start, stop in ranges for i in range(start, stop)])
        else:
            kept = Ranges(filter(None, (self._same(old, item) for item in ranges)))
        self.selection = kept
        self.current = self.pivot = None if current is None else self.index_of(current)
        self.divide(self.grouping)

    def index_of(self, row_id: int) -> int | None:
        """Return where `row_id` stands, or None."""
        if self.dated:
            return sections.index_of(self.ids, row_id)
        try:
            return self.ids.index(row_id)
        except ValueError:
            return None

    def selected_ids(self, limit: int | None = None) -> list[int]:
        """Return the selected ids in order, at most `limit`."""
        return self.selection.take(self.ids, limit)

    def selected_array(self) -> "array[int]":
        """Return the selected ids in order; half a million take a millisecond."""
        chosen: array[int] = array("q")
        for start, stop in self.selection:
            chosen += self.ids[start:stop]
        return chosen

    def _id_at(self, index: int | None) -> int | None:
        return None if index is None or index >= len(self.ids) else self.ids[index]

    def _same(self, old: "array[int]", item: tuple[int, int]) -> tuple[int, int] | None:
        first, last = self.index_of(old[item[0]]), self.index_of(old[item[1] - 1])
        if first is None or last is None or last - first != item[1] - 1 - item[0]:
            return None
        return first, last + 1

    @staticmethod
    def _closed_up(index: int | None, gone: Ranges, total: int) -> int | None:
        if index is None or total == 0:
            return None
        before = sum(min(stop, index) - start for start, stop in gone if start < index)
        return min(index - before, total - 1)
