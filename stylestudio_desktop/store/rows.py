"""Ties records to table columns, and a search to the full-text index, once for all lists."""

from typing import Any

from stylestudio_desktop.domain.filters import search_terms

_RENAMED = {("Generations", "pictures"): "count"}


def columns(table: Any, record: Any) -> list[Any]:
    """Return the table's fields in the order of the record's."""
    return [
        getattr(table, _RENAMED.get((table.__name__, name), name)) for name in record._fields
    ]


def match(user_id: int, text: str, fields: str) -> str | None:
    """Return an FTS5 query for one user's rows, or None where nothing can be searched for.

    Every word is quoted, so no typed sign is an operator (sqlite.org/fts5.html#full_text_query_syntax).
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


def placeholders(number: int) -> str:
    """Return `number` question marks for an IN list, rounded up so that few texts are cached."""
    return ", ".join("?" * number)
