"""Queries on named sets of pictures."""

from array import array
from collections import Counter
from collections.abc import Sequence

from stylestudio_desktop.domain.finding import fold
from stylestudio_desktop.domain.records import Collection
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import Collections
from stylestudio_desktop.store.rows import inserting, placeholders, portions, setting
from stylestudio_desktop.store.tables import PLACE

_INSERT = inserting(
    Collections,
    [
        Collections.id,
        Collections.user_id,
        Collections.name,
        Collections.folded,
        Collections.description,
        Collections.created_at,
        Collections.position,
    ],
)
_MINE = (Collections.id == PLACE) & (Collections.user_id == PLACE)
_CHANGE = setting(
    Collections, [Collections.name, Collections.folded, Collections.description], _MINE
)
_PLACE = setting(Collections, [Collections.position], _MINE)
_DELETE = Prepared(Collections.delete().where(_MINE))
_FIND = Prepared(
    Collections.select(Collections.id).where(
        (Collections.user_id == PLACE) & (Collections.folded == PLACE)
    )
)
_LIST = (
    "SELECT c.id, c.name, c.description, c.created_at, c.position, coalesce(k.number, 0)"
    " FROM collections c LEFT JOIN file_facets k"
    " ON k.user_id = c.user_id AND k.facet = 'collection' AND k.value = c.id || ''"
    " WHERE c.user_id = ?"
)
_NEXT = "SELECT max(position) FROM collection_files WHERE collection_id = ?"
_IN_ORDER = (
    "SELECT l.file_id FROM collection_files l INDEXED BY collection_files_by_position"
    " CROSS JOIN files f ON f.id = l.file_id"
    " WHERE l.collection_id = ? AND f.user_id = ? AND f.trashed_at IS NULL"
    " ORDER BY l.position, l.file_id LIMIT ?"
)
_ON = "SELECT collection_id, file_id FROM collection_files WHERE file_id IN ({})"
_MOVE = "UPDATE collection_files SET position = ? WHERE collection_id = ? AND file_id = ?"


def insert(db: Database, user_id: int, row: Collection) -> None:
    """Add a collection. Raises RuleBroken if the user has one of that name."""
    values = (row.description, row.created_at, row.position)
    db.run(_INSERT, (row.id, user_id, row.name, fold(row.name), *values))


def find(db: Database, user_id: int, name: str) -> int | None:
    """Return the id of the user's collection of that name, or None."""
    found = db.value(_FIND, (user_id, fold(name)))
    return None if found is None else int(found)


def change(db: Database, user_id: int, collection_id: int, name: str, description: str) -> bool:
    """Give a collection another name and description; False if it is not there."""
    return db.run(_CHANGE, (name, fold(name), description, collection_id, user_id)) > 0


def place(db: Database, user_id: int, collection_id: int, position: int) -> None:
    """Put a collection at a place of the list."""
    db.run(_PLACE, (position, collection_id, user_id))


def delete(db: Database, user_id: int, collection_id: int) -> bool:
    """Remove a collection; its pictures stay in the library. False if it is not there."""
    return db.run(_DELETE, (collection_id, user_id)) > 0


def listing(db: Database, user_id: int) -> list[Collection]:
    """Return the user's collections in their order, with kept counts."""
    found = [Collection._make(row) for row in db.rows(_LIST, (user_id,))]
    return sorted(found, key=lambda one: (one.position, fold(one.name)))


def on_files(db: Database, ids: Sequence[int]) -> Counter[int]:
    """Return how many of the pictures `ids` each collection holds, by the collection's id."""
    found: Counter[int] = Counter()
    for some in portions(ids):
        found.update(row[0] for row in db.rows(_ON.format(placeholders(len(some))), list(some)))
    return found


def next_position(db: Database, collection_id: int) -> int:
    """Return the place after a collection's last picture."""
    last = db.value(_NEXT, (collection_id,))
    return 0 if last is None else int(last) + 1


def in_order(db: Database, user_id: int, collection_id: int, limit: int = -1) -> "array[int]":
    """Return the ids of a collection's live pictures in the order given to them."""
    found = array("q")
    found.extend(row[0] for row in db.stream(_IN_ORDER, (collection_id, user_id, limit)))
    return found


def arrange(db: Database, collection_id: int, ids: "array[int]") -> None:
    """Give a collection's pictures the places of the order of `ids`."""
    db.run_many(_MOVE, [(place, collection_id, one) for place, one in enumerate(ids)])
