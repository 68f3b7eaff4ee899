"""Reads one person's rows of every table for an export in open formats, as they are."""

from collections.abc import Iterator
from typing import Any

from stylestudio_desktop.store.database import Database

_TABLES = """
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  AND sql NOT LIKE 'CREATE VIRTUAL%'
  AND NOT EXISTS (SELECT 1 FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL%'
    AND sqlite_schema.name LIKE v.name || '\\_%' ESCAPE '\\')
ORDER BY name"""

_OWNERS = {
    "generation_id": "generations", "batch_id": "batches", "file_id": "files",
    "collection_id": "collections", "tag_id": "tags", "action_id": "gallery_actions",
    "folder_id": "watch_folders",
}  # fmt: skip
"""What a row without a user belongs to, by the name of the first such column."""
SHARED = ("ledger_anchors", "meta", "pauses", "schema_migration")
"""Tables of the workspace itself; their rows are about nobody."""
_ABOUT_NOBODY = {"meta": " WHERE key NOT LIKE 'ledger\\_%' ESCAPE '\\'"}
"""But for these: what the ledger's check found says whose balance was what."""


def names(db: Database) -> list[str]:
    """Return every table that holds rows of its own; the search index is made from them."""
    return [str(row[0]) for row in db.rows(_TABLES)]


def columns(db: Database, table: str) -> list[str]:
    """Return a table's columns in their order."""
    return [str(row[0]) for row in db.rows("SELECT name FROM pragma_table_info(?)", (table,))]


def rows(db: Database, table: str, user_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield what is this person's in a table, and what a SHARED one says of nobody, a few at once.

    Raises LookupError for a table of which nobody knows whose its rows are.
    """
    sql = f'SELECT * FROM "{table}"'  # noqa: S608 - the schema's own name
    if table in SHARED:
        return db.stream(sql + _ABOUT_NOBODY.get(table, ""))
    return db.stream(f"{sql} WHERE {_whose(table, columns(db, table))}", (user_id,))


def _whose(table: str, found: list[str]) -> str:
    if table == "users":
        return "id = ?"
    if "user_id" in found:
        return "user_id = ?"
    for name in found:
        if name in _OWNERS:
            owners = f'SELECT id FROM "{_OWNERS[name]}" WHERE user_id = ?'  # noqa: S608 - as above
            return f'"{name}" IN ({owners})'
    raise LookupError(f"whose the rows of {table} are")
