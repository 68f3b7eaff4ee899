"""Ties records to table columns, and a search to the full-text index, once for all lists."""

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import SQL, NodeList

from stylestudio_desktop.domain.filters import search_terms
from stylestudio_desktop.store.database import Prepared
from stylestudio_desktop.store.tables import PLACE

PORTION = 1000
_RENAMED = {("Generations", "pictures"): "count"}


def columns(table: Any, record: Any) -> list[Any]:
    """Return the table's fields in the order of the record's."""
    return [getattr(table, _RENAMED.get((table.__name__, name), name)) for name in record._fields]


def inserting(table: Any, fields: Sequence[Any]) -> Prepared:
    """Return the INSERT of `fields`, to be run with their values in the same order."""
    return Prepared(table.insert(dict.fromkeys(_in_order(table, fields), PLACE)))


def setting(table: Any, fields: Sequence[Any], where: Any, fixed: Any = None) -> Prepared:
    """Return the UPDATE of `fields` where `where` holds; `fixed` maps fields to SQL.

    To be run with the fields' values in the same order, then those of `where`.
    """
    changes = {**dict.fromkeys(_in_order(table, fields), PLACE), **(fixed or {})}
    return Prepared(table.update(changes).where(where))


def _in_order(table: Any, fields: Sequence[Any]) -> Sequence[Any]:
    # Peewee writes columns in the table's order whatever order is given, and the values of a
    # prepared text would then go into the wrong ones.
    names = [field.name for field in fields]
    ordered = [field.name for field in table._meta.sorted_fields if field.name in names]  # noqa: SLF001
    if names != ordered:
        raise ValueError(f"the table {table.__name__} has its columns in the order {ordered}")
    return fields


def match(user_id: int, text: str, fields: str) -> str | None:
    """Return an FTS5 query for one user's rows, or None where nothing can be searched for.

    Every word is quoted, so no typed sign is an operator (sqlite.org/fts5.html, section 3).
    """
    wanted = []
    unwanted = []
    for term in search_terms(text):
        quoted = '"' + term.text.replace('"', '""') + '"'
        if term.excluded:
            unwanted.append(quoted)
        else:
            wanted.append(quoted if term.phrase else quoted + "*")
    if not wanted and not unwanted:
        return None
    query = f'owner : "u{user_id}"'
    if wanted:
        query += f" AND {{{fields}}} : ({' AND '.join(wanted)})"
    if unwanted:
        query = f"({query}) NOT {{{fields}}} : ({' OR '.join(unwanted)})"
    return query


def portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a list of any length into queries of bounded size: a page or a window is one of them.

    SQLite takes a limited number of values in one statement (sqlite.org/limits.html, 9).
    """
    for begin in range(0, len(ids), PORTION):
        yield ids[begin : begin + PORTION]


def unindexed(field: Any) -> Any:
    """Return the field as a test that no index is chosen for (sqlite.org/optoverview.html, 2).

    Beside a list of ids, the test of the owner is no way to find rows: from some fifty ids on
    SQLite would rather walk everything that the owner has (measured: 0.3 ms or 108 ms for 120
    pictures of 1,000,000).
    """
    return NodeList((SQL("+"), field), glue="")


def placeholders(number: int) -> str:
    """Return `number` question marks for an IN list."""
    return ", ".join("?" * number)
