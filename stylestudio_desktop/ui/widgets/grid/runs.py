"""Finds pictures in lists that are not newest first, without looking at each of a million ids.

Oldest first, the ids rise. Best rated first, they fall within each rating: a handful of runs. So
where one stands is found by bisection in each run.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import gt, lt
from typing import NamedTuple

from stylestudio_desktop.ui.widgets.grid import sections
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

MOST = 16
_AT_ONCE = 50_000
"""Ids compared in one go, so that whoever waits for the interpreter gets it in between."""


class Runs(NamedTuple):
    """Where each run of a list begins, and whether its ids rise; none where there are too many."""

    starts: tuple[int, ...] = ()
    rising: bool = False

    def index_of(self, ids: "array[int]", wanted: int) -> int | None:
        """Return where `wanted` stands, or None."""
        return next((at for at, _ in self.positions(ids, [wanted])), None)

    def positions(self, ids: "array[int]", wanted: Iterable[int]) -> Ranges:
        """Return where those of `wanted` stand that are there."""
        falling = sorted(set(wanted), reverse=True)
        found: list[int] = []
        for start, stop in zip(self.starts, (*self.starts[1:], len(ids)), strict=True):
            if self.rising:
                places: Sequence[int] = [bisect_left(ids, one, start, stop) for one in falling]
            else:
                places = [start + at for at in sections.places(ids[start:stop], falling)]
            fits = zip(places, falling, strict=True)
            found += [at for at, one in fits if at < stop and ids[at] == one]
        return Ranges((at, at + 1) for at in found)

    def without(self, gone: Ranges) -> "Runs":
        """Return the runs after those at `gone` left the list; one may be empty then."""
        return self._replace(starts=tuple(start - gone.before(start) for start in self.starts))


def found(ids: "array[int]", rising: bool) -> Runs:
    """Return the runs of a list; takes a tenth of a second for a million, in short pieces."""
    breaks = lt if rising else gt
    starts = [0]
    for begin in range(1, len(ids), _AT_ONCE):
        end = min(len(ids), begin + _AT_ONCE)
        later, earlier = ids[begin:end], ids[begin - 1 : end - 1]
        starts += compress(range(begin, end), map(breaks, later, earlier))
        if len(starts) > MOST:
            return Runs()
    return Runs(tuple(starts), rising)
