"""Asks SQLite whether a database is sound, and tells its rows from the words of the search.

The words follow from the rows and can be made anew, so they must not keep a library from being
copied. Asking about them takes longer than asking about everything else.
"""

from typing import NamedTuple

from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.words import INDEXES

_VIRTUAL = "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
QUICK, DEEP = "quick_check", "integrity_check"


class Faults(NamedTuple):
    """What SQLite finds wrong with rows, in its words, and which indexes of words are broken."""

    rows: list[str]
    words: list[str]


def of_rows(db: Database, check: str = QUICK) -> list[str]:
    """Return what is wrong with the tables, one by one; every page and row of each is read.

    Whether a page belongs to two of them, or to none, is seen by `of_all` alone. Raises
    StorageError where a table can't be read at all.
    """
    names = [*(name for (name,) in db.rows(_TABLES)), "sqlite_schema"]
    return [said for name in names for said in _asked(db, check, name)]


def of_all(db: Database, check: str = QUICK) -> Faults:
    """Return what is wrong with the whole file. Raises StorageError where it can't be read."""
    said = [str(row[0]) for row in db.rows(f"PRAGMA {check}") if row[0] != "ok"]
    words = [name for (name,) in db.rows(_VIRTUAL) if name in INDEXES] if said else []
    broken = [name for name in words if _asked(db, check, name)]
    return Faults(of_rows(db, check) if broken else said, broken)


def _asked(db: Database, check: str, name: str) -> list[str]:
    quoted = name.replace('"', '""')
    return [str(row[0]) for row in db.rows(f'PRAGMA {check}("{quoted}")') if row[0] != "ok"]
