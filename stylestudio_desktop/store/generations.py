"""Queries on generations, their steps and the files they use."""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from peewee import SQL

from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Role, Status
from stylestudio_desktop.domain.ids import LARGEST_ID, id_at
from stylestudio_desktop.domain.records import (
    Generation,
    GenerationCard,
    LinkedFile,
    StateChange,
)
from stylestudio_desktop.store import reading
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import (
    columns,
    inserting,
    match,
    placeholders,
    portions,
    setting,
)
from stylestudio_desktop.store.tables import (
    PLACE,
    Files,
    GenerationFiles,
    Generations,
    GenerationStates,
)

_FIELDS = columns(Generations, Generation)
_CARD = columns(Generations, GenerationCard)
_INSERT = inserting(Generations, _FIELDS)
_LINK = inserting(
    GenerationFiles,
    [
        GenerationFiles.generation_id,
        GenerationFiles.role,
        GenerationFiles.position,
        GenerationFiles.file_id,
        GenerationFiles.is_primary,
    ],
)
_RESULTS = (GenerationFiles.generation_id == PLACE) & (GenerationFiles.role == SQL("'result'"))
_PLACES = Prepared(
    GenerationFiles.select(GenerationFiles.position, GenerationFiles.is_primary)
    .where(_RESULTS)
    .order_by(GenerationFiles.position)
)
_PROMOTE = setting(
    GenerationFiles,
    [GenerationFiles.is_primary],
    _RESULTS & (GenerationFiles.position == PLACE),
)
_GET = Prepared(
    Generations.select(*_FIELDS).where((Generations.id == PLACE) & (Generations.user_id == PLACE))
)
_BY_ID = Prepared(Generations.select(*_FIELDS).where(Generations.id == PLACE))
_STATES = Prepared(
    GenerationStates.select(*columns(GenerationStates, StateChange))
    .where(GenerationStates.generation_id == PLACE)
    .order_by(GenerationStates.id)
)
# A change of state names the state and attempt it comes from, so that of two who try only one
# succeeds, and a worker that was left behind by a retry can't end the new attempt.
_STEP = setting(
    Generations,
    [
        Generations.status,
        Generations.tokens_used,
        Generations.error_code,
        Generations.error,
        Generations.retry_count,
        Generations.processing_time_ms,
        Generations.updated_at,
        Generations.completed_at,
    ],
    (Generations.id == PLACE) & (Generations.status == PLACE) & (Generations.retry_count == PLACE),
)
_REMOTE = setting(
    Generations, [Generations.remote_id, Generations.updated_at], Generations.id == PLACE
)
_TRASH = setting(
    Generations,
    [Generations.updated_at, Generations.trashed_at],
    (Generations.id == PLACE) & (Generations.user_id == PLACE),
)
# Two indexes answer this; the row of each of a million would be read for what it says itself.
_OF_NO_BATCH = '"t1"."id" NOT IN (SELECT id FROM generations WHERE batch_id > 0)'
_IN_TRASH = (
    "SELECT count(*), max(trashed_at) FROM generations INDEXED BY generations_in_trash"
    " WHERE user_id = ? AND trashed_at IS NOT NULL"
)


def insert(db: Database, row: Generation) -> None:
    """Add a generation."""
    db.run(_INSERT, row)


def link(
    db: Database, generation_id: int, role: Role, files: Sequence[int], primary: bool = False
) -> None:
    """Say which files play `role` in a generation; `primary` marks the first of them."""
    db.run_many(
        _LINK,
        [
            (generation_id, role.value, position, file_id, int(primary and position == 0))
            for position, file_id in enumerate(files)
        ],
    )


def link_at(db: Database, generation_id: int, role: Role, position: int, file_id: int) -> None:
    """Add one file of a generation at `position`, or at the first free one where that is taken."""
    taken = {one.position for one in linked(db, [generation_id]) if one.role == role.value}
    free = (place for place in (position, *range(len(taken) + 1)) if place not in taken)
    place = next(free)
    db.run_many(_LINK, [(generation_id, role.value, place, file_id, 0)])


def promote(db: Database, generation_id: int) -> None:
    """Make the first picture that is left the main one, if a generation has lost its main one."""
    left = db.rows(_PLACES, (generation_id,))
    if left and not any(primary for _, primary in left):
        db.run(_PROMOTE, (1, generation_id, left[0][0]))


def get(db: Database, generation_id: int, user_id: int) -> Generation | None:
    """Return one user's generation, or None."""
    row = db.row(_GET, (generation_id, user_id))
    return None if row is None else Generation._make(row)


def by_id(db: Database, generation_id: int) -> Generation | None:
    """Return a generation whoever owns it, for the worker, or None."""
    row = db.row(_BY_ID, (generation_id,))
    return None if row is None else Generation._make(row)


def cards(db: Database, ids: Sequence[int]) -> list[GenerationCard]:
    """Return generations as lists show them, whoever owns them, a thousand a query."""
    return [
        GenerationCard._make(row)
        for some in portions(ids)
        for row in db.rows(_cards_sql(len(some)), some)
    ]


@lru_cache(maxsize=64)
def _cards_sql(number: int) -> Prepared:
    place = SQL(f"({placeholders(number)})")
    return Prepared(Generations.select(*_CARD).where(Generations.id << place))


def states(db: Database, generation_id: int) -> list[StateChange]:
    """Return every state a generation reached, oldest first."""
    return [StateChange._make(row) for row in db.rows(_STATES, (generation_id,))]


def step(db: Database, old: Generation, status: Status, at: int, **changes: Any) -> bool:
    """Move a generation on from the state `old` shows; False if it stands elsewhere by now.

    `changes` may set tokens_used, error_code, error, completed_at, processing_time_ms and
    retry_count; what is left out stays as `old` has it.
    """
    new = old._replace(status=status.value, updated_at=at, **changes)
    values = (
        new.status,
        new.tokens_used,
        new.error_code,
        new.error,
        new.retry_count,
        new.processing_time_ms,
        new.updated_at,
        new.completed_at,
        old.id,
        old.status,
        old.retry_count,
    )
    return db.run(_STEP, values) == 1


def set_remote_id(db: Database, generation_id: int, remote_id: str, at: int) -> None:
    """Keep the service's own id of a generation."""
    db.run(_REMOTE, (remote_id, at, generation_id))


def in_trash(db: Database, user_id: int) -> tuple[int, int]:
    """Return how many generations are in the trash, and when the last one went there."""
    number, last = db.row(_IN_TRASH, (user_id,)) or (0, None)
    return number, last or 0


def set_trashed(
    db: Database, user_id: int, ids: Sequence[int], trashed_at: int | None, at: int
) -> None:
    """Move generations to the trash (`trashed_at`) or back (None)."""
    db.run_many(_TRASH, [(at, trashed_at, generation_id, user_id) for generation_id in ids])


def linked(db: Database, ids: Sequence[int]) -> list[LinkedFile]:
    """Return the files of many generations, a thousand a query, in role and position order."""
    return [
        LinkedFile._make(row)
        for some in portions(ids)
        for row in db.rows(_linked_sql(len(some)), some)
    ]


@lru_cache(maxsize=64)
def _linked_sql(number: int) -> Prepared:
    place = SQL(f"({placeholders(number)})")
    return Prepared(
        GenerationFiles.select(
            GenerationFiles.generation_id,
            GenerationFiles.role,
            GenerationFiles.position,
            GenerationFiles.is_primary,
            GenerationFiles.file_id,
            Files.storage_id,
            Files.filename,
            Files.width,
            Files.height,
        )
        .join(Files, on=(Files.id == GenerationFiles.file_id))
        .where(GenerationFiles.generation_id << place)
        .order_by(GenerationFiles.generation_id, GenerationFiles.role, GenerationFiles.position)
    )


def page(
    db: Database,
    user_id: int,
    wanted: GenerationFilter,
    before: int,
    limit: int,
    *,
    loose: bool = False,
) -> list[GenerationCard]:
    """Return up to `limit` generations with an id below `before`, newest first.

    `loose` leaves out those that belong to a batch.
    """
    below, values, query = _bounds(user_id, wanted, before)
    if query is not None:
        values = [query, *values]
    sql = _page_sql(query is not None, wanted, below, loose=loose)
    return [GenerationCard._make(row) for row in db.rows(sql, [*values, limit])]


def ids(
    db: Database, user_id: int, wanted: GenerationFilter, *, loose: bool = False
) -> "array[int]":
    """Return the ids of all generations that fit, newest first; `loose`: of no batch's."""
    below, values, query = _bounds(user_id, wanted, LARGEST_ID)
    if query is not None:
        values = [query, *values]
    sql = _page_sql(query is not None, wanted, below, True, loose=loose)
    return reading.ids(db, sql, [*values, -1])


def _bounds(
    user_id: int, wanted: GenerationFilter, before: int
) -> tuple[bool, list[Any], str | None]:
    query = match(user_id, wanted.search, "prompt") if wanted.search.strip() else None
    if wanted.until is not None:
        before = min(before, id_at(wanted.until))
    values: list[Any] = [before]
    if wanted.since is not None:
        values.append(id_at(wanted.since))
    values.append(user_id)
    if wanted.status is not None:
        values.append(wanted.status)
    if wanted.batch is not None:
        values.append(wanted.batch)
    values += [one for one in (wanted.style, wanted.provider) if one is not None]
    return wanted.since is not None, values, query


def _page_sql(
    search: bool, wanted: GenerationFilter, since: bool, only_ids: bool = False, *, loose: bool
) -> Prepared:
    narrowed = (wanted.status is not None, wanted.trashed, wanted.batch is not None)
    looks = (wanted.style is not None, wanted.provider is not None)
    return _narrowed_sql(search, *narrowed, since, only_ids, loose, looks)


@lru_cache(maxsize=64)
def _narrowed_sql(
    search: bool,
    status: bool,
    trashed: bool,
    batch: bool,
    since: bool,
    only_ids: bool,
    loose: bool,
    looks: tuple[bool, bool],
) -> Prepared:
    fields = [Generations.id] if only_ids else _CARD
    key: Any = Generations.id
    if search:
        # CROSS JOIN keeps the full-text index outside, where it delivers rows newest first.
        query = Generations.select(*fields).from_(
            SQL('"generation_search" AS "s" CROSS JOIN "generations" AS "t1"')
        )
        key = SQL('"s"."rowid"')
        query = query.where(SQL('"generation_search" MATCH ?') & SQL('"t1"."id" = "s"."rowid"'))
    else:
        query = Generations.select(*fields)
    query = query.where(key < PLACE)
    if since:
        query = query.where(key >= PLACE)
    # One index is the way: a batch's, a style's, a service's or a state's, in this order. The sign
    # + keeps the others out of the choice.
    query = query.where(SQL('+"t1"."user_id" = ?') if batch else Generations.user_id == PLACE)
    way = not (batch or search or trashed)
    if status:
        aside = batch or (way and any(looks))
        query = query.where(SQL('+"t1"."status" = ?') if aside else Generations.status == PLACE)
    if batch:
        query = query.where(Generations.batch_id == PLACE)
    for asked, column in zip(looks, ("style", "provider"), strict=True):
        if asked:
            query = query.where(SQL(f'{"" if way else "+"}"t1"."{column}" = ?'))
            way = False
    if loose:
        query = query.where(SQL(_OF_NO_BATCH if only_ids else '+"t1"."batch_id" IS NULL'))
    if trashed:
        query = query.where(Generations.trashed_at.is_null(False))
    else:
        query = query.where(Generations.trashed_at.is_null())
    order = SQL('"s"."rowid" DESC') if search else Generations.id.desc()
    return Prepared(query.order_by(order).limit(PLACE))


def owner(db: Database, generation_id: int) -> int | None:
    """Return whose generation this is, None where it is gone."""
    found = db.value("SELECT user_id FROM generations WHERE id = ?", (generation_id,))
    return None if found is None else int(found)
