"""Reads from one moment of a library, and very long lists of ids without keeping the window."""

import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

from stylestudio_desktop.store.database import Database, Sql, Values, translated

LONG = 100_000
"""Ids after which a connection's memory holds pages of an index that nobody asks for again."""

_PACKED = "SELECT group_concat(printf('%016x', id), '') FROM ({})"


@contextmanager
def moment(db: Database) -> Iterator[None]:
    """Read everything inside as it was at one moment, whoever else writes meanwhile."""
    with translated, db.engine.atomic("DEFERRED"):
        yield


def ids(db: Database, sql: Sql, values: Values = ()) -> "array[int]":
    """Return the column `id` of a query in its order: whole numbers from 0 on, however many.

    The engine writes them into one text while other threads go on. Row by row, a million hold the
    interpreter for half a second, and take twice the time.
    """
    found = array("q")
    found.frombytes(bytes.fromhex(db.value(_PACKED.format(sql), values) or ""))
    if sys.byteorder == "little":
        found.byteswap()
    if len(found) >= LONG:
        db.value("PRAGMA shrink_memory")
    return found
