"""Merges what the search's indexes of words gathered, so that they are as fast as after one import.

Every commit leaves a small segment of its own, and SQLite merges only those of like size. A
library that grew for a year has a dozen, and each is looked through for every picture asked about.
"""

from typing import NamedTuple

from stylestudio_desktop.store.database import Database

INDEXES = ("file_search", "generation_search")
FEWEST = 4
"""Segments from which on merging is worth it."""

SMALLEST = 256
"""Pages (1 MB) beside the largest segment that are worth it."""

SHARE = 4
"""One in so many pages lies beside the largest segment when it is merged again."""


class Segments(NamedTuple):
    """How many segments an index has, their pages in all, and the largest one's."""

    number: int
    pages: int
    largest: int

    @property
    def scattered(self) -> bool:
        """Whether merging them saves more than it costs: all pages are written anew for it."""
        beside = self.pages - self.largest
        return self.number >= FEWEST and beside >= max(SMALLEST, self.pages // SHARE)


def segments(db: Database, index: str) -> Segments:
    """Return what one of INDEXES consists of, by a few seeks in its %_idx table.

    That has a row for each page on which a term begins, in the order of the terms; its number
    without the lowest bit is the page's (sqlite.org/src, ext/fts5/fts5_index.c, “%_idx”).
    """
    first, last = _ends(index)
    sizes: list[int] = []
    segment = -1
    while (row := db.row(first, (segment,))) is not None:
        segment, begin = row
        sizes.append((int(db.value(last, (segment,))) >> 1) - (begin >> 1) + 1)
    return Segments(len(sizes), sum(sizes), max(sizes, default=0))


def _ends(index: str) -> tuple[str, str]:
    """Return how the first page of the next segment is asked for, and the last one of a segment."""
    of = f"FROM {index}_idx WHERE segid"
    return (
        f"SELECT segid, pgno {of} > ? ORDER BY segid, term LIMIT 1",
        f"SELECT pgno {of} = ? ORDER BY term DESC LIMIT 1",
    )


def merge(db: Database, index: str, pages: int) -> bool:
    """Merge so many pages in one transaction, and return whether there is more to do.

    Less than nothing puts all segments up for merging first (sqlite.org/fts5.html, “merge”; that
    page also says how the end is told: by a change of fewer than two rows).
    """
    with db.write():
        before = int(db.value("SELECT total_changes()"))
        db.run(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608
        return int(db.value("SELECT total_changes()")) - before >= 2
