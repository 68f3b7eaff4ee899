"""Takes those hits of the text index that another index gives too, from the newest on.

A page of a common word beside other conditions needs the front of that index only. So its newest
entries are taken, the hits between them compared with those, and then the next, until the page is
full: as many as the share of hits among the last ones says.
"""

import json
from array import array
from typing import Any, NamedTuple

from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.walking import walk

PORTION = 4
"""Entries taken first for each picture of the page; the first share of hits is a guess."""

MOST_PROBED = 700
"""Entries that are asked for one by one, where so few fit: each costs as much as PROBE hits."""

PROBE = 200
_PROBED = (
    "SELECT j.value FROM json_each(?) AS j WHERE EXISTS"
    " (SELECT 1 FROM file_search WHERE file_search MATCH ? AND rowid = j.value) LIMIT ?"
)
_HITS = "SELECT count(*) FROM (SELECT 1 FROM file_search WHERE file_search MATCH ? LIMIT ?)"

GROWING = 16
AMPLE = 1.3
"""More than the share of hits asks for: it is never quite the same further on."""


class Bounds(NamedTuple):
    """Which ids a list may hold: from `low` on and below `high`."""

    low: int = 0
    high: int = LARGEST_ID


class Compared(NamedTuple):
    """The index that is compared with, what else its entries must fit, and the text's own query.

    Each of its streams has the values before the bounds and those after them.
    """

    held: str
    fragments: tuple[str, ...]
    streams: tuple[tuple[list[Any], list[Any]], ...]
    match: str
    trashed: bool
    oldest: bool
    number: int
    """About how many entries fit."""

    def whole(self, bounds: Bounds, limit: int) -> tuple[str, list[Any]]:
        """Return the statement that compares with the whole index, and its values."""
        sql = walk(
            self.held, len(self.streams), self.fragments, self.trashed, self.oldest, whole=True
        )
        return self._among(sql), [self.match, *self._values(bounds), *bounds, limit]

    def front(self, bounds: Bounds, number: int, limit: int) -> tuple[str, list[Any]]:
        """Return the statement that compares with the first `number` entries within bounds."""
        sql, values = self.entries(bounds, number)
        return self._among(f"SELECT id FROM ({sql})"), [self.match, *values, *bounds, limit]  # noqa: S608

    def entries(self, bounds: Bounds, number: int) -> tuple[str, list[Any]]:
        """Return the walk over the first `number` entries, and its values."""
        sql = walk(self.held, len(self.streams), self.fragments, self.trashed, self.oldest)
        return sql, [*self._values(bounds), number]

    def _values(self, bounds: Bounds) -> list[Any]:
        return [one for before, after in self.streams for one in (*before, *bounds, *after)]

    def _among(self, inner: str) -> str:
        # The sign keeps the index of texts from being asked about one id after the other.
        return (
            "SELECT s.rowid AS id FROM file_search AS s WHERE file_search MATCH ?"  # noqa: S608
            f" AND +s.rowid IN ({inner}) AND s.rowid >= ? AND s.rowid < ?"
            f" ORDER BY s.rowid {'ASC' if self.oldest else 'DESC'} LIMIT ?"
        )


def pages(db: Database, compared: Compared, bounds: Bounds, limit: int) -> "array[int]":
    """Return the first `limit` ids in order, walking no further than they lie."""
    probed = _probed(db, compared, bounds, limit)
    if probed is not None:
        return probed
    found = array("q")
    number = PORTION * limit
    while len(found) < limit and bounds.low < bounds.high:
        if number >= compared.number:  # nothing is left out that would have to be gone on with
            sql, values = compared.whole(bounds, limit - len(found))
            found.extend(row[0] for row in db.rows(sql, values))
            break
        sql, values = compared.entries(bounds, number)
        last = "max" if compared.oldest else "min"
        there, edge = db.row(f"SELECT count(*), {last}(id) FROM ({sql})", values) or (0, None)  # noqa: S608
        if not there:
            break
        part = Bounds(bounds.low, edge + 1) if compared.oldest else Bounds(edge, bounds.high)
        sql, values = compared.front(part, number, limit - len(found))
        hits = [row[0] for row in db.rows(sql, values)]
        found.extend(hits)
        if there < number:
            break
        bounds = Bounds(edge + 1, bounds.high) if compared.oldest else Bounds(bounds.low, edge)
        wanted = AMPLE * (limit - len(found)) * there / max(1, len(hits))
        number = min(GROWING * number, max(limit, round(wanted)))
    return found


def _probed(db: Database, compared: Compared, bounds: Bounds, limit: int) -> "array[int] | None":
    """Return the page by asking of each entry whether it is a hit, None where that costs more.

    A few hundred entries against a word of hundreds of thousands of hits: to walk all of these
    for less than a page takes five times as long.
    """
    if compared.number > MOST_PROBED:
        return None
    sql, values = compared.entries(bounds, MOST_PROBED + 1)
    entries = [row[0] for row in db.rows(sql, values)]
    if len(entries) > MOST_PROBED:
        return None  # more than was guessed
    least = len(entries) * PROBE // 4  # hits; to count them all would cost as much
    if int(db.value(_HITS, (compared.match, least))) < least:
        return None
    rows = db.rows(_PROBED, (json.dumps(entries), compared.match, limit))
    return array("q", [row[0] for row in rows])
