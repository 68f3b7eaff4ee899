"""A selection as ranges of positions, so that half a million selected pictures weigh nothing."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

Range = tuple[int, int]


class Ranges:
    """Sorted, disjoint, non-touching half-open ranges of positions."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._ranges: list[Range] = _normal(ranges)

    def __iter__(self) -> Iterator[Range]:
        return iter(self._ranges)

    def __len__(self) -> int:
        """Return the number of positions selected."""
        return sum(stop - start for start, stop in self._ranges)

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
        gone = list(removed)
        lengths = [0]
        for start, stop in gone:
            lengths.append(lengths[-1] + stop - start)

        def moved(position: int) -> int:
            place = bisect_right(gone, (position, -1))
            return position - lengths[place]

        return Ranges((moved(start), moved(stop)) for start, stop in self.without(removed))

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
