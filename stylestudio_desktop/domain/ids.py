"""Ids that sort by the moment they were made; lists, dates and cursors need nothing else."""

import secrets
import threading
import time
from typing import NewType

UserId = NewType("UserId", int)
GenerationId = NewType("GenerationId", int)
FileId = NewType("FileId", int)
PurchaseId = NewType("PurchaseId", int)
EntryId = NewType("EntryId", int)
UsageId = NewType("UsageId", int)

RANDOM_BITS = 21
LARGEST_ID = (1 << 63) - 1


class IdSource:
    """Hands out 63-bit ids: 42 bits of UTC milliseconds, then 21 random bits, always increasing.

    The layout follows the idea of RFC 9562 UUIDv7 (time first, then random), cut to the width of
    an SQLite INTEGER PRIMARY KEY. When many ids fall into one millisecond, or the clock steps
    back, the next id grows by a small random step from the last, so order and uniqueness hold.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self, now_ms: int | None = None) -> int:
        """Return the next id; `now_ms` (UTC milliseconds) defaults to the system clock."""
        moment = time.time_ns() // 1_000_000 if now_ms is None else now_ms
        candidate = (moment << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
        with self._lock:
            if candidate <= self._last:
                candidate = self._last + 1 + secrets.randbelow(64)
            self._last = candidate
        return candidate


_source = IdSource()


def new_id() -> int:
    """Return a fresh id for any table."""
    return _source.next()


def id_at(moment_ms: int) -> int:
    """Return the smallest id that a row made at `moment_ms` (UTC milliseconds) can have."""
    return moment_ms << RANDOM_BITS


def made_at(row_id: int) -> int:
    """Return the UTC milliseconds at which `row_id` was handed out."""
    return row_id >> RANDOM_BITS


def now_ms() -> int:
    """Return the current time in UTC milliseconds."""
    return time.time_ns() // 1_000_000
