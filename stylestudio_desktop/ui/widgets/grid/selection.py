"""A selection as ranges of positions, so that half a million selected pictures weigh nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

Range = tuple[int, int]


class Ranges:
    """Sorted, disjoint, non-touching half-open ranges of positions."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._ranges: list[Range] = _normal(ranges)

    @classmethod
    def of(cls, ranges: list[Range]) -> "Ranges":
        """Return ranges that are sorted, disjoint and apart already, however many they are."""
        made = cls()
        made._ranges = ranges
        return made

    def __iter__(self) -> Iterator[Range]:
        return iter(self._ranges)

    def __len__(self) -> int:
        """Return the number of positions selected."""
        return self._lengths[-1]

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __contains__(self, position: int) -> bool:
        place = bisect_right(self._ranges, (position, 1 << 62)) - 1
        return place >= 0 and position < self._ranges[place][1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and other._ranges == self._ranges

    __hash__ = None  # type: ignore[assignment]

    def united(self, other: "Ranges") -> "Ranges":
        """Return the positions in either."""
        return Ranges([*self._ranges, *other])

    def without(self, other: "Ranges") -> "Ranges":
        """Return the positions that are not in `other`."""
        result: list[Range] = []
        cuts = list(other)
        place = 0
        for start, stop in self._ranges:
            while place < len(cuts) and cuts[place][1] <= start:
                place += 1
            cursor, cut = start, place
            while cut < len(cuts) and cuts[cut][0] < stop:
                if cuts[cut][0] > cursor:
                    result.append((cursor, cuts[cut][0]))
                cursor = max(cursor, cuts[cut][1])
                cut += 1
            if cursor < stop:
                result.append((cursor, stop))
        return Ranges(result)

    def toggled(self, other: "Ranges") -> "Ranges":
        """Return the positions in exactly one of the two."""
        return self.without(other).united(other.without(self))

    def shifted(self, by: int) -> "Ranges":
        """Return the ranges moved by `by` positions, as when rows are put in front."""
        return Ranges((start + by, stop + by) for start, stop in self._ranges)

    def closed_up(self, removed: "Ranges") -> "Ranges":
        """Return where the selection stands after the positions in `removed` are gone."""
        left = self.without(removed)
        return Ranges((at - removed.before(at), end - removed.before(end)) for at, end in left)

    def before(self, position: int) -> int:
        """Return how many of the positions below one are selected."""
        place = bisect_right(self._ranges, (position, -1))
        number = self._lengths[place]
        if place and self._ranges[place - 1][1] > position:
            number -= self._ranges[place - 1][1] - position
        return number

    @cached_property
    def _lengths(self) -> list[int]:
        """How many positions are selected before each range, and in all."""
        return list(accumulate((stop - start for start, stop in self._ranges), initial=0))

    def opened_up(self, places: Sequence[int]) -> "Ranges":
        """Return where the selection stands after one row each came in before `places`.

        These are ascending positions from before; rows within a range part it.
        """
        result: list[Range] = []
        for start, stop in self._ranges:
            by = bisect_right(places, start)
            for place in places[by : bisect_left(places, stop)]:
                if place > start:
                    result.append((start + by, place + by))
                    start = place
                by += 1
            result.append((start + by, stop + by))
        return Ranges(result)

    def take(self, ids: Sequence[int], limit: int | None = None) -> list[int]:
        """Return the ids at the selected positions, at most `limit` of them."""
        result: list[int] = []
        for start, stop in self._ranges:
            if limit is not None:
                stop = min(stop, start + limit - len(result))
            result.extend(ids[start:stop])
            if limit is not None and len(result) >= limit:
                break
        return result


def _normal(ranges: Iterable[Range]) -> list[Range]:
    result: list[Range] = []
    for start, stop in sorted(item for item in ranges if item[0] < item[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], stop))
        else:
            result.append((start, stop))
    return result
