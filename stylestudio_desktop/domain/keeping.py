"""The rules of keeping copies: how a snapshot is named, and which of many are kept."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum


class Reason(str, Enum):
    """Why a snapshot was taken."""

    HOURLY = "hourly"
    ASKED = "asked"
    MIGRATION = "migration"
    IMPORT = "import"
    RESTORE = "restore"
    REPAIR = "repair"


HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_NAME = re.compile(r"(\d{8}T\d{9})Z-s(\d{1,6})-([a-z]{1,20})\.sqlite3")


@dataclass(frozen=True, slots=True)
class SnapshotName:
    """What a snapshot's file name tells: its moment (UTC milliseconds), schema and reason."""

    moment: int
    schema: int
    reason: Reason

    def __str__(self) -> str:
        """Return the file name; names sort by time."""
        return f"{stamp(self.moment)}-s{self.schema}-{self.reason.value}.sqlite3"


def stamp(moment: int) -> str:
    """Return a moment (UTC milliseconds) as it stands in names: 20261122T223000123Z."""
    when = datetime.fromtimestamp(moment // 1000, UTC)
    return f"{when:%Y%m%dT%H%M%S}{moment % 1000:03}Z"


def unstamp(text: str) -> int:
    """Return the moment (UTC milliseconds) that `stamp` wrote. Raises ValueError."""
    when = datetime.strptime(text[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return int(when.timestamp()) * 1000 + int(text[15:18])


def read_name(name: str) -> SnapshotName | None:
    """Return what a file name says, None if it is no snapshot's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        moment = unstamp(found[1])
        reason = Reason(found[3])
    except ValueError:
        return None
    return SnapshotName(moment, int(found[2]), reason)


def _month(moment: int) -> int:
    when = datetime.fromtimestamp(moment // 1000, UTC)
    return when.year * 12 + when.month


_AGES: tuple[tuple[int, Callable[[int], int]], ...] = (
    (24, lambda moment: moment // HOUR_MS),
    (14, lambda moment: moment // DAY_MS),
    # The first of January 1970 was a Thursday; weeks begin on Monday.
    (8, lambda moment: (moment // DAY_MS + 3) // 7),
    (12, _month),
)
"""How many hours, days, weeks and months keep one snapshot each: the newest in it."""


def superfluous(moments: Iterable[int]) -> set[int]:
    """Return which moments (UTC milliseconds) of snapshots need not be kept.

    The last of each of 24 hours, 14 days, 8 weeks and 12 months stays, counted in hours, days,
    weeks and months that have one; so the newest always stays.
    """
    newest_first = sorted(set(moments), reverse=True)
    kept: set[int] = set()
    for number, period in _AGES:
        last_of: dict[int, int] = {}
        for moment in newest_first:
            last_of.setdefault(period(moment), moment)
        kept.update(list(last_of.values())[:number])
    return set(newest_first) - kept
