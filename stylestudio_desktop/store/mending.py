"""Works out anew what the database keeps twice: counts, daily sums, and the words for searching.

All of it follows from other rows, so nothing that a person made is touched.
"""

from collections.abc import Iterable

from stylestudio_desktop.store import facets
from stylestudio_desktop.store.database import Database

_COUNTS = (
    "DELETE FROM generation_counts",
    "INSERT INTO generation_counts (user_id, status, number, tokens)"
    " SELECT user_id, status, count(*), sum(tokens_used) FROM generations GROUP BY 1, 2",
    "DELETE FROM file_counts",
    "INSERT INTO file_counts (user_id, category, trashed, number, bytes)"
    " SELECT user_id, category, trashed_at IS NOT NULL, count(*), sum(size) FROM files"
    " GROUP BY 1, 2, 3",
    "DELETE FROM usage_days",
    "INSERT INTO usage_days"
    " (user_id, day, action, provider, style, number, pictures, tokens, duration_ms)"
    " SELECT user_id, timestamp / 86400000, action, provider, style, count(*), sum(pictures),"
    " sum(tokens), sum(duration_ms) FROM usage GROUP BY 1, 2, 3, 4, 5",
)
_WORDS = (
    "DELETE FROM generation_search WHERE rowid IN (SELECT id FROM generation_search_docsize"
    " WHERE id NOT IN (SELECT id FROM generations))",
    "INSERT INTO generation_search (rowid, owner, prompt)"
    " SELECT id, 'u' || user_id, prompt FROM generations"
    " WHERE id NOT IN (SELECT id FROM generation_search_docsize)",
    "DELETE FROM file_search WHERE rowid IN (SELECT id FROM file_search_docsize"
    " WHERE id NOT IN (SELECT id FROM files))",
    """
INSERT INTO file_search (rowid, owner, name, prompt, tags, notes)
SELECT f.id, 'u' || f.user_id, f.filename, coalesce(g.prompt, ''),
  coalesce((SELECT group_concat(t.name, ' ') FROM file_tags l JOIN tags t ON t.id = l.tag_id
    WHERE l.file_id = f.id), ''), coalesce(f.note, '')
FROM files f LEFT JOIN generations g ON g.id = f.generation_id
WHERE f.id NOT IN (SELECT id FROM file_search_docsize)""",
)


def recount(db: Database) -> None:
    """Count and add up everything anew, in the running transaction."""
    for statement in _COUNTS:
        db.run(statement)
    facets.recount(db)


def find_words_again(db: Database) -> None:
    """Put into the search what is missing there, and take out what is gone."""
    for statement in _WORDS:
        db.run(statement)


def make_words_anew(db: Database, broken: Iterable[str]) -> None:
    """Empty the `broken` indexes of the search and fill them from the library's own rows."""
    for name in broken:
        db.run(f"INSERT INTO {name} ({name}) VALUES ('delete-all')")  # noqa: S608 - our names
    find_words_again(db)
