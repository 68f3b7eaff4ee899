"""Reads whole tables for an export in open formats: names, columns and rows, as they are."""

from collections.abc import Iterator
from typing import Any

from stylestudio_desktop.store.database import Database

_TABLES = """
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  AND sql NOT LIKE 'CREATE VIRTUAL%'
  AND NOT EXISTS (SELECT 1 FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL%'
    AND sqlite_schema.name LIKE v.name || '\\_%' ESCAPE '\\')
ORDER BY name"""


def names(db: Database) -> list[str]:
    """Return every table that holds rows of its own; the search index is made from them."""
    return [str(row[0]) for row in db.rows(_TABLES)]


def columns(db: Database, table: str) -> list[str]:
    """Return a table's columns in their order."""
    return [str(row[0]) for row in db.rows("SELECT name FROM pragma_table_info(?)", (table,))]


def count(db: Database, table: str) -> int:
    """Return how many rows a table has."""
    return int(db.value(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - the schema's own name


def rows(db: Database, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield a table's rows, holding few of them in memory."""
    return db.stream(f'SELECT * FROM "{table}"')  # noqa: S608 - the schema's own name
