"""Finds where days and months begin in a list of ids, newest first, without looking at each id."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import neg
from typing import Literal

from stylestudio_desktop.domain.ids import id_at, made_at

Grouping = Literal["none", "month", "day"]


@dataclass(frozen=True, slots=True)
class Section:
    """A run of pictures from one day or month: index of the first, and the local time it began."""

    start: int
    began: datetime | None


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
        began = _began(ids[start], grouping)
        found.append(Section(start, began))
        first = id_at(round(began.timestamp() * 1000))
        # Never less than one further, whatever a daylight-saving change does to the boundary.
        start = max(start + 1, bisect_right(ids, -first, lo=start, key=neg))
    return found


def _began(row_id: int, grouping: Grouping) -> datetime:
    moment = datetime.fromtimestamp(made_at(row_id) / 1000).astimezone()
    naive = datetime(moment.year, moment.month, moment.day if grouping == "day" else 1)
    return naive.astimezone()


def index_of(ids: Sequence[int], wanted: int) -> int | None:
    """Return where `wanted` stands in `ids` (descending), or None."""
    index = insertion(ids, wanted)
    return index if index < len(ids) and ids[index] == wanted else None


def insertion(ids: Sequence[int], wanted: int) -> int:
    """Return the first index whose id is not above `wanted`, in descending `ids`."""
    return bisect_right(ids, -wanted - 1, key=neg)


def merged_front(ids: "array[int]", new: Sequence[int]) -> "tuple[array[int], int]":
    """Return `ids` with those of `new` that are newer than all of it put first, and their number.

    `new` may be in any order and may repeat ids that are there already.
    """
    newest = ids[0] if ids else -1
    fresh = sorted({row_id for row_id in new if row_id > newest}, reverse=True)
    return array("q", fresh) + ids, len(fresh)
