"""Writes the walk over one index of pictures, or over the text index, that answers a query."""

from functools import lru_cache

LIVE = "f.user_id = ? AND f.trashed_at IS NULL"
TRASHED_STATE = "f.user_id = ? AND f.trashed_at IS NOT NULL"
SOURCES = {
    "text": ("file_search AS s CROSS JOIN files AS f", "s.rowid", ""),
    "tag": ("file_tags AS d CROSS JOIN files AS f", "d.file_id", "d.tag_id = ?"),
    "collection": (
        "collection_files AS d CROSS JOIN files AS f",
        "d.file_id",
        "d.collection_id = ?",
    ),
    "rating": ("files AS f INDEXED BY files_by_rating", "f.id", "f.rating = ? AND f.rating > 0"),
    "favourite": ("files AS f INDEXED BY files_favourite", "f.id", "f.favourite = 1"),
    "style": ("files AS f INDEXED BY files_by_style", "f.id", "f.style = ?"),
    "provider": ("files AS f INDEXED BY files_by_provider", "f.id", "f.provider = ?"),
    "look": (
        "files AS f INDEXED BY files_by_style_and_provider",
        "f.id",
        "f.style = ? AND f.provider = ?",
    ),
    "noted": ("files AS f INDEXED BY files_noted", "f.id", "f.note IS NOT NULL"),
    "stacked": ("files AS f INDEXED BY files_stacked", "f.id", "f.stack_id IS NOT NULL"),
    "category": ("files AS f INDEXED BY files_by_category", "f.id", "f.category = ?"),
    "all": ("files AS f INDEXED BY files_by_user", "f.id", ""),
    "trash": ("files AS f INDEXED BY files_trashed", "f.id", ""),
}
_JOINED = {"text": "f.id = s.rowid", "tag": "f.id = d.file_id", "collection": "f.id = d.file_id"}


@lru_cache(maxsize=512)
def walk(
    leader: str,
    streams: int,
    fragments: tuple[str, ...],
    trashed: bool,
    oldest: bool,
    whole: bool = False,
) -> str:
    """Return the walk over an index, newest first up to a limit, or the `whole` in any order."""
    source, key, condition = SOURCES[leader]
    if leader == "text":
        condition = "file_search MATCH ?"
    state = TRASHED_STATE if trashed else LIVE
    tests = [condition, f"{key} >= ? AND {key} < ?", _JOINED.get(leader, ""), state, *fragments]
    where = " AND ".join(test for test in tests if test)
    one = f"SELECT {key} AS id FROM {source} WHERE {where}"  # noqa: S608 - our own texts
    if whole:
        return " UNION ALL ".join([one] * streams)
    order = f"ORDER BY {key if streams == 1 else '1'} {'ASC' if oldest else 'DESC'} LIMIT ?"
    return f"{' UNION ALL '.join([one] * streams)} {order}"
