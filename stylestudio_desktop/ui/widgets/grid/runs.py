"""Finds pictures, and where others would join them, without looking at each of a million ids.

Newest first, the ids of a list fall; oldest first, they rise. Best rated first, they fall within
each rating: a handful of runs. So where one stands is found by bisection in each run.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from stylestudio_desktop.ui.widgets.grid import sections
from stylestudio_desktop.ui.widgets.grid.selection import Ranges


class Runs(NamedTuple):
    """Where each run of a list begins, and whether its ids rise; none where order is unknown.

    A run may be empty: no picture has that rating.
    """

    starts: tuple[int, ...] = ()
    rising: bool = False

    def index_of(self, ids: "array[int]", wanted: int) -> int | None:
        """Return where `wanted` stands, or None."""
        return next((at for at, _ in self.positions(ids, [wanted])), None)

    def positions(self, ids: "array[int]", wanted: Iterable[int]) -> Ranges:
        """Return where those of `wanted` stand that are there."""
        ordered = sorted(set(wanted), reverse=not self.rising)
        found: list[int] = []
        for start, stop in self._spans(ids):
            fits = zip(self._places(ids, start, stop, ordered), ordered, strict=True)
            found += [at for at, one in fits if at < stop and ids[at] == one]
        return Ranges((at, at + 1) for at in found)

    def run_at(self, position: int) -> int:
        """Return which run a picture at `position` stands in."""
        return bisect_right(self.starts, position) - 1

    def openings(
        self, ids: "array[int]", joining: Mapping[int, int]
    ) -> tuple[list[int], "array[int]", "Runs"]:
        """Return where pictures come in, those pictures in that order, and the runs with them.

        `joining` has the run of each; whoever stands there already does not come in.
        """
        places: list[int] = []
        new = array("q")
        starts: list[int] = []
        for run, (start, stop) in enumerate(self._spans(ids)):
            starts.append(start + len(new))
            mine = (one for one, its in joining.items() if its == run)
            ordered = sorted(mine, reverse=not self.rising)
            for at, one in zip(self._places(ids, start, stop, ordered), ordered, strict=True):
                if at == stop or ids[at] != one:
                    places.append(at)
                    new.append(one)
        return places, new, self._replace(starts=tuple(starts))

    def without(self, gone: Ranges) -> "Runs":
        """Return the runs after those at `gone` left the list."""
        return self._replace(starts=tuple(start - gone.before(start) for start in self.starts))

    def _spans(self, ids: "array[int]") -> Iterable[tuple[int, int]]:
        return pairwise((*self.starts, len(ids))) if self.starts else ()

    def _places(
        self, ids: "array[int]", start: int, stop: int, ordered: Sequence[int]
    ) -> Sequence[int]:
        """Return the first place in a run from which on nothing comes before each of `ordered`."""
        if self.rising:
            return [bisect_left(ids, one, start, stop) for one in ordered]
        return sections.places(ids, ordered, start, stop)


FALLING = Runs((0,))
