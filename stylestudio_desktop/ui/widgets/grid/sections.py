"""Finds where days and months begin in a list of ids, newest first, without looking at each id."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from operator import neg
from time import localtime, mktime
from typing import Literal, NamedTuple

from stylestudio_desktop.domain.ids import id_at, made_at
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

Grouping = Literal["none", "month", "day"]


class Section(NamedTuple):
    """A run of pictures from one local day or month: index of the first, and its first day."""

    start: int
    began: date | None


def find(ids: Sequence[int], grouping: Grouping) -> list[Section]:
    """Return the sections of `ids` (descending), newest first; empty for no ids.

    Each boundary is found by bisection, so the work grows with the number of days and not with
    the number of pictures.
    """
    if not ids:
        return []
    if grouping == "none":
        return [Section(0, None)]
    found: list[Section] = []
    start, total = 0, len(ids)
    while start < total:
        began, second = _began(ids[start], grouping)
        found.append(Section(start, began))
        first = id_at(round(second * 1000))
        # Never less than one further, whatever a daylight-saving change does to the boundary.
        start = max(start + 1, bisect_right(ids, -first, lo=start, key=neg))
    return found


def after(front: list[Section], length: int, back: list[Section]) -> list[Section]:
    """Return the sections of a list of `length` pictures followed by another.

    A day that the first list ends and the second begins with is one section.
    """
    moved = [Section(start + length, began) for start, began in back]
    if front and moved and front[-1].began == moved[0].began:
        del moved[0]
    return front + moved


def without(sections: list[Section], length: int, gone: Ranges) -> list[Section]:
    """Return the sections of a list of `length` pictures after those at `gone` left it."""
    ends = [*(section.start for section in sections[1:]), length]
    left: list[Section] = []
    for section, end in zip(sections, ends, strict=True):
        start, stop = gone.before(section.start), gone.before(end)
        if stop - start < end - section.start:
            left.append(Section(section.start - start, section.began))
    return left


def with_more(sections: list[Section], places: Sequence[int], more: list[Section]) -> list[Section]:
    """Return the sections after one row each came in before `places` of the list.

    `places` are ascending; `more` are the sections of the rows that came in, by themselves.
    """
    starts = {one.began: one.start + bisect_right(places, one.start) for one in sections}
    for one in more:
        place = places[one.start] + one.start
        starts[one.began] = min(place, starts.get(one.began, place))
    return sorted(Section(start, began) for began, start in starts.items())


def _began(row_id: int, grouping: Grouping) -> tuple[date, float]:
    """Return the local day or month of a picture and the second (UTC) at which it began."""
    moment = localtime(made_at(row_id) / 1000)
    day = moment.tm_mday if grouping == "day" else 1
    began = mktime((moment.tm_year, moment.tm_mon, day, 0, 0, 0, 0, 0, -1))
    return date(moment.tm_year, moment.tm_mon, day), began


def index_of(ids: Sequence[int], wanted: int) -> int | None:
    """Return where `wanted` stands in `ids` (descending), or None."""
    index = insertion(ids, wanted)
    return index if index < len(ids) and ids[index] == wanted else None


def places(
    ids: Sequence[int], wanted: Sequence[int], low: int = 0, stop: int | None = None
) -> list[int]:
    """Return `insertion` for each of many ids, which are descending as `ids` are.

    Only the part of `ids` from `low` and before `stop` counts. Neighbours are looked for near each
    other: a step as wide as they lie apart, and then twice.
    """
    found: list[int] = []
    total = len(ids) if stop is None else stop
    wide = max(1, (total - low) // max(1, len(wanted)))
    for one in wanted:
        step, high = wide, low
        while high < total and ids[high] > one:
            low, high, step = high + 1, high + step, 2 * step
        low = bisect_right(ids, -one - 1, lo=low, hi=min(high, total), key=neg)
        found.append(low)
    return found


def insertion(ids: Sequence[int], wanted: int) -> int:
    """Return the first index whose id is not above `wanted`, in descending `ids`."""
    return bisect_right(ids, -wanted - 1, key=neg)


def merged_front(ids: "array[int]", new: Sequence[int]) -> "tuple[array[int], int]":
    """Return `ids` with those of `new` that are newer than all of it put first, and their number.

    `new` may be in any order and may repeat ids that are there already.
    """
    newest = ids[0] if ids else -1
    fresh = sorted({row_id for row_id in new if row_id > newest}, reverse=True)
    if not fresh:
        return ids, 0  # a million of them are not copied at each look
    return array("q", fresh) + ids, len(fresh)
