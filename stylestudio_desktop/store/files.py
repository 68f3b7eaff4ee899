"""Queries on the pictures of the library."""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from peewee import SQL

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.ids import LARGEST_ID, id_at
from stylestudio_desktop.domain.records import FileCard, StoredFile
from stylestudio_desktop.store import reading
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import (
    columns,
    inserting,
    match,
    placeholders,
    portions,
    setting,
    unindexed,
)
from stylestudio_desktop.store.tables import PLACE, Files, GenerationFiles

_FIELDS = columns(Files, StoredFile)
_CARD = columns(Files, FileCard)
_INSERT = inserting(Files, [*_FIELDS, Files.perceptual_hash])
_GET = Prepared(Files.select(*_FIELDS).where((Files.id == PLACE) & (Files.user_id == PLACE)))
_FAVOURITE = setting(Files, [Files.favourite], (Files.id == PLACE) & (Files.user_id == PLACE))
_RATING = setting(Files, [Files.rating], (Files.id == PLACE) & (Files.user_id == PLACE))
_TRASH = setting(Files, [Files.trashed_at], (Files.id == PLACE) & (Files.user_id == PLACE))
_HASHED = setting(Files, [Files.perceptual_hash], Files.id == PLACE)
_SAME = Prepared(
    Files.select(Files.id)
    .where(
        (Files.storage_id == PLACE)
        & (Files.user_id == PLACE)
        & (Files.category == PLACE)
        & Files.trashed_at.is_null()
    )
    .limit(SQL("1"))
)
_STORED = Prepared(Files.select(Files.id).where(Files.storage_id == PLACE).limit(SQL("1")))
_NAME = Prepared(
    Files.select(Files.filename)
    .where((Files.storage_id == PLACE) & (unindexed(Files.user_id) == PLACE))
    .limit(SQL("1"))
)
_TAKEN = Prepared(Files.select(Files.id).where(Files.id == PLACE))
_NEWEST_OF_ALL = "SELECT max(id) FROM files"
# Not indexed: an index of the owner's would be walked and sorted whole for a few of the newest.
_JOINED = "SELECT id FROM files NOT INDEXED WHERE id > ? AND user_id = ? ORDER BY id LIMIT ?"
_EXPIRED = Prepared(
    Files.select(*_FIELDS)
    .where((Files.user_id == PLACE) & Files.trashed_at.is_null(False) & (Files.trashed_at < PLACE))
    .limit(PLACE)
)
_MADE_FROM = (
    "SELECT f.id FROM generation_files AS l INDEXED BY generation_files_by_file"
    " CROSS JOIN files AS f INDEXED BY files_by_generation ON f.generation_id = l.generation_id"
    " WHERE l.file_id = ? AND l.role <> 'result' AND f.user_id = ?"
)
_FIRST_PRODUCT = (
    "SELECT l.file_id FROM files AS f CROSS JOIN generation_files AS l"
    " ON l.generation_id = f.generation_id AND l.role = 'product' AND l.position = 0"
    " WHERE f.id = ? AND f.user_id = ?"
)
_USES = Prepared(
    GenerationFiles.select(GenerationFiles.generation_id, GenerationFiles.role).where(
        GenerationFiles.file_id == PLACE
    )
)
_UNLINK = Prepared(GenerationFiles.delete().where(GenerationFiles.file_id == PLACE))
_DELETE = Prepared(Files.delete().where(Files.id == PLACE))


def insert(db: Database, row: StoredFile, perceptual_hash: int | None = None) -> None:
    """Add a picture whose bytes are already safe in the file store."""
    db.run(_INSERT, [*row, perceptual_hash])


def insert_many(db: Database, rows: Sequence[StoredFile]) -> None:
    """Add many pictures at once."""
    db.run_many(_INSERT, [[*row, None] for row in rows])


def get(db: Database, file_id: int, user_id: int) -> StoredFile | None:
    """Return one user's picture, or None."""
    row = db.row(_GET, (file_id, user_id))
    return None if row is None else StoredFile._make(row)


def by_ids(db: Database, user_id: int, ids: Sequence[int]) -> list[StoredFile]:
    """Return many of one user's pictures, a thousand a query, in no particular order."""
    return [
        StoredFile._make(row)
        for some in portions(ids)
        for row in db.rows(_by_ids_sql(len(some), False), [*some, user_id])
    ]


def cards(db: Database, user_id: int, ids: Sequence[int]) -> list[FileCard]:
    """Return the grid's view of many pictures, a thousand a query, in no particular order."""
    return [
        FileCard._make(row)
        for some in portions(ids)
        for row in db.rows(_by_ids_sql(len(some), True), [*some, user_id])
    ]


@lru_cache(maxsize=256)
def _by_ids_sql(number: int, card: bool) -> Prepared:
    place = SQL(f"({placeholders(number)})")
    query = Files.select(*(_CARD if card else _FIELDS))
    return Prepared(query.where((Files.id << place) & (unindexed(Files.user_id) == PLACE)))


def same(db: Database, user_id: int, storage_id: str, category: str) -> int | None:
    """Return the id of a picture with these bytes that the user already has, or None."""
    found = db.value(_SAME, (storage_id, user_id, category))
    return None if found is None else int(found)


def stored(db: Database, storage_id: str) -> bool:
    """Say whether any row of any user refers to these bytes."""
    return db.row(_STORED, (storage_id,)) is not None


def name_of(db: Database, user_id: int, storage_id: str) -> str | None:
    """Return a name under which the user keeps these bytes, or None."""
    found = db.value(_NAME, (storage_id, user_id))
    return None if found is None else str(found)


def taken(db: Database, file_id: int) -> bool:
    """Say whether an id is a picture's already, whoever owns it."""
    return db.row(_TAKEN, (file_id,)) is not None


def uses(db: Database, file_id: int) -> list[tuple[int, str]]:
    """Return (generation id, role) of every generation that refers to a picture."""
    return [(row[0], row[1]) for row in db.rows(_USES, (file_id,))]


def set_favourite(db: Database, user_id: int, ids: Sequence[int], favourite: bool) -> None:
    """Mark pictures as favourites, or no longer."""
    db.run_many(_FAVOURITE, [(int(favourite), file_id, user_id) for file_id in ids])


def set_rating(db: Database, user_id: int, ids: Sequence[int], rating: int) -> None:
    """Rate pictures from 0 (none) to 5."""
    db.run_many(_RATING, [(rating, file_id, user_id) for file_id in ids])


def set_trashed(db: Database, user_id: int, ids: Sequence[int], at: int | None) -> None:
    """Move pictures to the trash (`at` in UTC milliseconds) or back (None)."""
    db.run_many(_TRASH, [(at, file_id, user_id) for file_id in ids])


def set_hash(db: Database, file_id: int, perceptual_hash: int) -> None:
    """Keep a picture's perceptual hash."""
    db.run(_HASHED, (perceptual_hash, file_id))


def trashed_before(db: Database, user_id: int, moment: int, limit: int) -> list[StoredFile]:
    """Return pictures that went to the trash before `moment` (UTC milliseconds)."""
    return [StoredFile._make(row) for row in db.rows(_EXPIRED, (user_id, moment, limit))]


def delete(db: Database, file_id: int) -> None:
    """Remove a picture's row and its links; its bytes are the file store's concern."""
    db.run(_UNLINK, (file_id,))
    db.run(_DELETE, (file_id,))


def page(
    db: Database, user_id: int, wanted: FileFilter, before: int, limit: int
) -> list[StoredFile]:
    """Return up to `limit` pictures with an id below `before`, newest first."""
    sql, values = _listing(user_id, wanted, before, only_ids=False)
    return [StoredFile._make(row) for row in db.rows(sql, [*values, limit])]


def ids(
    db: Database, user_id: int, wanted: FileFilter, before: int = LARGEST_ID, limit: int = -1
) -> "array[int]":
    """Return the ids of pictures that fit, newest first, as 64-bit numbers (-1: all of them)."""
    sql, values = _listing(user_id, wanted, before, only_ids=True)
    return reading.ids(db, sql, [*values, limit])


def made_from(db: Database, user_id: int, file_id: int) -> "array[int]":
    """Return the ids of all pictures made from a photo, in no order, one perhaps twice."""
    return reading.ids(db, _MADE_FROM, (file_id, user_id))


def product_of(db: Database, user_id: int, file_id: int) -> int | None:
    """Return the id of the first product photo that a picture was made from."""
    found = db.value(_FIRST_PRODUCT, (file_id, user_id))
    return None if found is None else int(found)


def _listing(
    user_id: int, wanted: FileFilter, before: int, only_ids: bool
) -> tuple[Prepared, list[Any]]:
    query = match(user_id, wanted.search, "name prompt") if wanted.search.strip() else None
    if wanted.until is not None:
        before = min(before, id_at(wanted.until))
    values: list[Any] = [] if query is None else [query]
    values.append(before)
    if wanted.since is not None:
        values.append(id_at(wanted.since))
    values.append(user_id)
    if wanted.category is not None:
        values.append(wanted.category)
    sql = _listing_sql(
        query is not None,
        wanted.since is not None,
        wanted.category is not None,
        wanted.favourite,
        wanted.trashed,
        only_ids,
    )
    return sql, values


def newest_of_all(db: Database) -> int:
    """Return the newest id there is, whoever owns it; 0 in an empty library."""
    return int(db.value(_NEWEST_OF_ALL) or 0)


def joined(db: Database, user_id: int, since: int, limit: int) -> list[int]:
    """Return ids above `since`, oldest first."""
    return [row[0] for row in db.rows(_JOINED, (since, user_id, limit))]


@lru_cache(maxsize=128)
def _listing_sql(
    search: bool, since: bool, category: bool, favourite: bool, trashed: bool, only_ids: bool
) -> Prepared:
    query = Files.select(*([Files.id] if only_ids else _FIELDS))
    key: Any = Files.id
    order: Any = Files.id.desc()
    if search:
        # CROSS JOIN keeps the full-text index outside, where it delivers rows newest first.
        query = query.from_(SQL('"file_search" AS "s" CROSS JOIN "files" AS "t1"'))
        query = query.where(SQL('"file_search" MATCH ?') & SQL('"t1"."id" = "s"."rowid"'))
        key = SQL('"s"."rowid"')
        order = SQL('"s"."rowid" DESC')
    query = query.where(key < PLACE)
    if since:
        query = query.where(key >= PLACE)
    query = query.where(Files.user_id == PLACE)
    if category:
        query = query.where(Files.category == PLACE)
    if favourite:
        query = query.where(Files.favourite == SQL("1"))
    query = query.where(Files.trashed_at.is_null(not trashed))
    return Prepared(query.order_by(order).limit(PLACE))
