"""Queries on the words that a person puts on pictures."""

from collections import Counter
from collections.abc import Sequence

from stylestudio_desktop.domain.finding import fold
from stylestudio_desktop.domain.records import Tag
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import Tags
from stylestudio_desktop.store.rows import inserting, placeholders, portions, setting
from stylestudio_desktop.store.tables import PLACE

_INSERT = inserting(Tags, [Tags.id, Tags.user_id, Tags.name, Tags.folded])
_FIND = Prepared(Tags.select(Tags.id).where((Tags.user_id == PLACE) & (Tags.folded == PLACE)))
_MINE = (Tags.id == PLACE) & (Tags.user_id == PLACE)
_RENAME = setting(Tags, [Tags.name, Tags.folded], _MINE)
_DELETE = Prepared(Tags.delete().where(_MINE))
_LIST = (
    "SELECT t.id, t.name, coalesce(k.number, 0) FROM tags t LEFT JOIN file_facets k"
    " ON k.user_id = t.user_id AND k.facet = 'tag' AND k.value = t.id || ''"
    " WHERE t.user_id = ?"
)
_ON = "SELECT tag_id, file_id FROM file_tags WHERE file_id IN ({})"
_OF_FILE = (
    "SELECT t.id, t.name, 0 FROM file_tags l JOIN tags t ON t.id = l.tag_id"
    " WHERE l.file_id = ? AND t.user_id = ?"
)


def insert(db: Database, tag_id: int, user_id: int, name: str) -> None:
    """Add a tag. Raises RuleBroken if the user has one of that name."""
    db.run(_INSERT, (tag_id, user_id, name, fold(name)))


def find(db: Database, user_id: int, name: str) -> int | None:
    """Return the id of the user's tag of that name, or None."""
    found = db.value(_FIND, (user_id, fold(name)))
    return None if found is None else int(found)


def rename(db: Database, user_id: int, tag_id: int, name: str) -> bool:
    """Give a tag another name; False if it is not there."""
    return db.run(_RENAME, (name, fold(name), tag_id, user_id)) > 0


def delete(db: Database, user_id: int, tag_id: int) -> bool:
    """Remove a tag from every picture and for good; False if it is not there."""
    return db.run(_DELETE, (tag_id, user_id)) > 0


def listing(db: Database, user_id: int) -> list[Tag]:
    """Return the user's tags with their kept counts, the most used first."""
    found = [Tag._make(row) for row in db.rows(_LIST, (user_id,))]
    return sorted(found, key=lambda tag: (-tag.number, fold(tag.name)))


def on_files(db: Database, ids: Sequence[int]) -> Counter[int]:
    """Return how many of the pictures `ids` carry each tag, by the tag's id."""
    found: Counter[int] = Counter()
    for some in portions(ids):
        found.update(row[0] for row in db.rows(_ON.format(placeholders(len(some))), list(some)))
    return found


def of_file(db: Database, user_id: int, file_id: int) -> list[Tag]:
    """Return one picture's tags by name; their counts are left out."""
    found = [Tag._make(row) for row in db.rows(_OF_FILE, (file_id, user_id))]
    return sorted(found, key=lambda tag: fold(tag.name))
