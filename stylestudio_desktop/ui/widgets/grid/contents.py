"""Which pictures the grid holds, in what order, and which are selected; without any drawing."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from stylestudio_desktop.ui.widgets.grid import sections
from stylestudio_desktop.ui.widgets.grid.runs import FALLING, Runs
from stylestudio_desktop.ui.widgets.grid.sections import Grouping, Section
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

_FOLLOWED, _FOLLOWED_IN_RUNS = 5000, 1000
FEW = 8
"""Runs of ids that are moved in place: each moves what is behind it, and copies nothing."""


class Settled(NamedTuple):
    """How many pictures left their places, how many came to theirs, and who did both."""

    gone: int
    come: int
    moved: Set[int]


class Contents:
    """Ids newest first, their sections, the selection and the current picture, all by position.

    `ids` may be in any order when `dated` is off; `runs` tell how pictures are found in it.
    `before` is what was selected when a rubber band was begun, and follows as the selection does.
    """

    def __init__(self) -> None:
        self.ids: array[int] = array("q")
        self.dated = True
        self.runs = Runs()
        self.grouping: Grouping = "day"
        self.sections: list[Section] = []
        self.selection = self.before = Ranges()
        self._left: dict[int, int] = {}  # where those stood that left a list of unknown order
        self.current: int | None = None
        self.pivot: int | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def set(self, ids: Iterable[int], *, dated: bool = True, runs: Runs = FALLING) -> None:
        """Hold other pictures; nothing is selected afterwards."""
        self.ids = ids if isinstance(ids, array) else array("q", ids)
        self.dated, self.runs = dated, runs
        self.selection = self.before = Ranges()
        self._left = {}
        self.current = self.pivot = None
        self.divide(self.grouping)

    def append(self, ids: Iterable[int]) -> None:
        """Take pictures at the end of the last run, as they come in from the background."""
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
            self._follow(lambda chosen: chosen.shifted(count))
            self.current = None if self.current is None else self.current + count
            self.pivot = None if self.pivot is None else self.pivot + count
            front = sections.find(self.ids[:count], self.grouping if self.dated else "none")
            self.sections = sections.after(front, count, self.sections)
        return count

    def settle(self, looked: Iterable[int], shown: Mapping[int, int]) -> "Settled":
        """Put in order those pictures of the list that were `looked` at; the rest is as it was.

        Those `shown` stand where their run and their id place them; the others leave the list.
        The selection and the current picture follow. Where the order is unknown, none joins but
        those that left it before, as by an undo: they come back to where they stood.
        """
        held = self.positions(looked)
        at = {self.ids[place]: place for start, stop in held for place in range(start, stop)}
        stay = {one for one, place in at.items() if shown.get(one) == self.runs.run_at(place)}
        if not self.runs.starts:
            stay = at.keys() & shown.keys()
        leaving = Ranges((place, place + 1) for one, place in at.items() if one not in stay)
        moving = at.keys() & shown.keys() - stay
        chosen = [one for one in moving if at[one] in self.selection]
        before = [one for one in moving if at[one] in self.before]
        current, pivot = self._id_at(self.current), self._id_at(self.pivot)
        if not self.runs.starts:
            gone = ((one, place) for one, place in at.items() if one not in stay)
            self._left.update((one, place - leaving.before(place)) for one, place in gone)
        if leaving:
            self.remove(leaving)
        come = self._join({one: run for one, run in shown.items() if one not in stay})
        self.selection = self.selection.united(self.positions(chosen))
        self.before = self.before.united(self.positions(before))
        if current in moving and current is not None:
            self.current = self.index_of(current)
        if pivot in moving and pivot is not None:
            self.pivot = self.index_of(pivot)
        return Settled(len(leaving), come, moving)

    def _join(self, joining: Mapping[int, int]) -> int:
        """Take pictures in, each into its run; return how many were not held before."""
        places, new, runs = self.runs.openings(self.ids, joining)
        if not self.runs.starts:
            places, new = self._returning(joining)
        if not places:
            return 0
        grouping = self.grouping if self.dated else "none"
        self.sections = sections.with_more(self.sections, places, sections.find(new, grouping))
        self.ids, self.runs = _merged(self.ids, places, new), runs
        self._follow(lambda chosen: chosen.opened_up(places))
        self.current = self._opened_up(self.current, places)
        self.pivot = self._opened_up(self.pivot, places)
        return len(places)

    def _returning(self, shown: Mapping[int, int]) -> tuple[list[int], "array[int]"]:
        back = {one: at for one, at in self._left.items() if one in shown}
        self._left = {one: at for one, at in self._left.items() if one not in back}
        ordered = sorted(back, key=lambda one: back[one])
        return [min(back[one], len(self.ids)) for one in ordered], array("q", ordered)

    def positions(self, ids: Iterable[int]) -> Ranges:
        """Return where those of `ids` stand that are held."""
        wanted = set(ids)
        if self.runs.starts or not wanted:
            return self.runs.positions(self.ids, wanted)
        return Ranges((p, p + 1) for p, row_id in enumerate(self.ids) if row_id in wanted)

    def remove(self, gone: Ranges) -> int:
        """Let the pictures at `gone` go, return how many; what is selected closes up."""
        left = sections.without(self.sections, len(self.ids), gone)
        kept = _without(self.ids, gone)
        self._follow(lambda chosen: chosen.closed_up(gone))
        self.current = self._closed_up(self.current, gone, len(kept))
        self.pivot = self._closed_up(self.pivot, gone, len(kept))
        self.ids, self.sections = kept, left
        self.runs = self.runs.without(gone)
        return len(gone)

    def refresh(self, ids: "array[int]", runs: Runs = FALLING) -> None:
        """Hold `ids` in place of the same list asked for earlier.

        What was selected stays selected by id. A selection too large to be followed one by one
        is kept where a range has the same ends and length, and dropped otherwise, so that
        nothing that the user has not seen selected is ever acted on.
        """
        old, current, pivot = self.ids, self._id_at(self.current), self._id_at(self.pivot)
        self.ids, self.runs, self._left = ids, runs, {}
        self._follow(lambda chosen: self._still(old, chosen))
        self.current = None if current is None else self.index_of(current)
        self.pivot = None if pivot is None else self.index_of(pivot)
        self.divide(self.grouping)

    def index_of(self, row_id: int) -> int | None:
        """Return where `row_id` stands, or None."""
        if self.runs.starts:
            return self.runs.index_of(self.ids, row_id)
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

    def _follow(self, where: Callable[[Ranges], Ranges]) -> None:
        """Let what is and was selected go where its pictures went."""
        self.selection, self.before = where(self.selection), where(self.before)

    def _still(self, old: "array[int]", chosen: Ranges) -> Ranges:
        """Return where the pictures chosen in the `old` list stand now."""
        if len(chosen) <= (_FOLLOWED if self.dated else _FOLLOWED_IN_RUNS):
            return self.positions([old[i] for start, stop in chosen for i in range(start, stop)])
        return Ranges(filter(None, (self._same(old, item) for item in chosen)))

    def _same(self, old: "array[int]", item: tuple[int, int]) -> tuple[int, int] | None:
        first, last = self.index_of(old[item[0]]), self.index_of(old[item[1] - 1])
        if first is None or last is None or last - first != item[1] - 1 - item[0]:
            return None
        return first, last + 1

    @staticmethod
    def _opened_up(index: int | None, places: list[int]) -> int | None:
        return None if index is None else index + bisect_right(places, index)

    @staticmethod
    def _closed_up(index: int | None, gone: Ranges, total: int) -> int | None:
        if index is None or total == 0:
            return None
        before = sum(min(stop, index) - start for start, stop in gone if start < index)
        return min(index - before, total - 1)


def amended(ids: "array[int]", gone: Iterable[int], held: Iterable[int]) -> "array[int]":
    """Return falling ids without those `gone` and with those `held`; `ids` may be changed."""
    made = Contents()
    made.grouping = "none"
    made.set(ids)
    made.remove(made.positions(gone))
    made.settle((), dict.fromkeys(held, 0))
    return made.ids


def _without(ids: "array[int]", gone: Ranges) -> "array[int]":
    """Return the ids but those at `gone`: few runs are cut out, many left out of a copy."""
    runs = list(gone)
    if len(runs) <= FEW:
        for start, stop in reversed(runs):
            del ids[start:stop]
        return ids
    with memoryview(ids) as whole:
        ends = [(0, 0), *runs, (len(ids), 0)]
        return array("q", b"".join([whole[a[1] : b[0]] for a, b in pairwise(ends)]))


def _merged(ids: "array[int]", places: list[int], joining: "array[int]") -> "array[int]":
    """Return the ids with one of `joining` before each of `places`, those at one place together."""
    runs = [(at, len(list(same))) for at, same in groupby(places)]
    ends = list(accumulate((number for _, number in runs), initial=0))
    if len(runs) <= FEW:
        for (at, number), begin in reversed(list(zip(runs, ends, strict=False))):
            ids[at:at] = joining[begin : begin + number]
        return ids
    parts: list[memoryview] = []
    with memoryview(ids) as whole, memoryview(joining) as new:
        cursor = 0
        for (at, number), begin in zip(runs, ends, strict=False):
            parts += (whole[cursor:at], new[begin : begin + number])
            cursor = at
        parts.append(whole[cursor:])
        merged = array("q", b"".join(parts))
        parts.clear()
    return merged
