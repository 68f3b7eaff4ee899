"""Queries on batches, their rows and their kept counts."""

from collections.abc import Sequence

from peewee import SQL

from stylestudio_desktop.domain.batch import Batch, BatchItem, BatchStatus, ItemState
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.records import Count
from stylestudio_desktop.store.batch_tables import Batches, BatchItems
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting, setting
from stylestudio_desktop.store.tables import PLACE

_BATCH = columns(Batches, Batch)
_ITEM = columns(BatchItems, BatchItem)
_INSERT = inserting(Batches, _BATCH)
_INSERT_ITEM = inserting(BatchItems, _ITEM)
_GET = Prepared(Batches.select(*_BATCH).where((Batches.id == PLACE) & (Batches.user_id == PLACE)))
_BY_ID = Prepared(Batches.select(*_BATCH).where(Batches.id == PLACE))
_NEWEST = Prepared(
    Batches.select(*_BATCH)
    .where((Batches.user_id == PLACE) & (Batches.id < PLACE))
    .order_by(Batches.id.desc())
    .limit(PLACE)
)
_RUNNING = Prepared(
    Batches.select(*_BATCH)
    .where(Batches.status == SQL("'running'"))
    .order_by(SQL('"t1"."id"'))
    .limit(SQL("100"))
)
_SET_STATUS = setting(
    Batches,
    [Batches.status, Batches.reason, Batches.sentence, Batches.updated_at],
    (Batches.id == PLACE) & (Batches.status == PLACE),
)
_SET_BUDGET = setting(Batches, [Batches.budget, Batches.updated_at], Batches.id == PLACE)
# A batch leaves the timeline when all it made is in the trash.
_SHOWN = (
    "SELECT {} FROM batches AS b WHERE user_id = ? AND id < ?"
    " AND (status IN ('running', 'paused')"
    " OR EXISTS (SELECT 1 FROM generations WHERE batch_id = b.id AND trashed_at IS NULL)"
    " OR NOT EXISTS (SELECT 1 FROM generations WHERE batch_id = b.id))"
    " ORDER BY id DESC LIMIT ?"
)
_COUNTS = "SELECT batch_id, status, number, tokens FROM batch_counts WHERE batch_id IN ({})"
_HEADS = (
    "SELECT batch_id, max(id) FROM generations WHERE batch_id IN ({}) AND trashed_at IS NULL"
    " GROUP BY batch_id"
)
_NEXT = Prepared(
    BatchItems.select(*_ITEM)
    .where((BatchItems.batch_id == PLACE) & (BatchItems.state == SQL("'waiting'")))
    .order_by(SQL('"t1"."position"'))
    .limit(SQL("1"))
)
_OF_STATE = Prepared(
    BatchItems.select(*_ITEM)
    .where((BatchItems.batch_id == PLACE) & (BatchItems.state == PLACE))
    .order_by(SQL('"t1"."position"'))
    .limit(PLACE)
)
_OF_GENERATION = Prepared(BatchItems.select(*_ITEM).where(BatchItems.generation_id == PLACE))
# Only one of two who begin a row succeeds: the row must still wait, in a batch that still runs.
_TAKE = (
    "UPDATE batch_items SET state = 'started', generation_id = ?"
    " WHERE batch_id = ? AND position = ? AND state = 'waiting'"
    " AND (SELECT status FROM batches WHERE id = batch_items.batch_id) = 'running'"
)
_REFUSE = setting(
    BatchItems,
    [BatchItems.error],
    (BatchItems.batch_id == PLACE)
    & (BatchItems.position == PLACE)
    & (BatchItems.state == SQL("'waiting'")),
    {BatchItems.state: SQL("'refused'")},
)
_DROP = setting(
    BatchItems,
    [],
    (BatchItems.batch_id == PLACE) & (BatchItems.state == SQL("'waiting'")),
    {BatchItems.state: SQL("'dropped'")},
)
_OPEN = (
    "SELECT id FROM generations WHERE batch_id = ?"
    " AND +status IN ('pending', 'uploading', 'processing')"
)


def insert(db: Database, batch: Batch, items: Sequence[BatchItem]) -> None:
    """Add a batch with all of its rows."""
    db.run(_INSERT, batch)
    db.run_many(_INSERT_ITEM, items)


def get(db: Database, batch_id: int, user_id: int) -> Batch | None:
    """Return one user's batch, or None."""
    row = db.row(_GET, (batch_id, user_id))
    return None if row is None else Batch._make(row)


def by_id(db: Database, batch_id: int) -> Batch | None:
    """Return a batch whoever owns it, for the worker, or None."""
    row = db.row(_BY_ID, (batch_id,))
    return None if row is None else Batch._make(row)


def newest(db: Database, user_id: int, before: int, limit: int) -> list[Batch]:
    """Return up to `limit` batches of a user with an id below `before`, newest first."""
    return [Batch._make(row) for row in db.rows(_NEWEST, (user_id, before, limit))]


def running(db: Database) -> list[Batch]:
    """Return the batches that still have rows to begin, oldest first."""
    return [Batch._make(row) for row in db.rows(_RUNNING)]


def shown(db: Database, user_id: int, before: int, limit: int) -> list[Batch]:
    """Return up to `limit` batches with an id below `before` that have not gone to the trash."""
    sql = _SHOWN.format(", ".join(Batch._fields))
    return [Batch._make(row) for row in db.rows(sql, (user_id, before, limit))]


def shown_ids(db: Database, user_id: int) -> list[int]:
    """Return the ids of all of a user's batches that `shown` names, newest first."""
    return [row[0] for row in db.rows(_SHOWN.format("id"), (user_id, LARGEST_ID, -1))]


def counts(db: Database, ids: Sequence[int]) -> dict[int, list[Count]]:
    """Return for each batch how many rows stand where, with the tokens charged or held."""
    found: dict[int, list[Count]] = {}
    for batch_id, *rest in db.rows(_among(_COUNTS, len(ids)), ids) if ids else ():
        found.setdefault(batch_id, []).append(Count._make(rest))
    return found


def heads(db: Database, ids: Sequence[int]) -> dict[int, int]:
    """Return the newest generation of each batch that has begun."""
    return {row[0]: row[1] for row in db.rows(_among(_HEADS, len(ids)), ids)} if ids else {}


def _among(sql: str, number: int) -> str:
    return sql.format(", ".join("?" * number))


def next_item(db: Database, batch_id: int) -> BatchItem | None:
    """Return the first row that waits to be begun, or None."""
    row = db.row(_NEXT, (batch_id,))
    return None if row is None else BatchItem._make(row)


def of_state(db: Database, batch_id: int, state: ItemState, limit: int) -> list[BatchItem]:
    """Return a batch's first rows in a state."""
    return [BatchItem._make(row) for row in db.rows(_OF_STATE, (batch_id, state.value, limit))]


def of_generation(db: Database, generation_id: int) -> BatchItem | None:
    """Return the row from which a generation was begun, or None."""
    row = db.row(_OF_GENERATION, (generation_id,))
    return None if row is None else BatchItem._make(row)


def take(db: Database, item: BatchItem, generation_id: int) -> bool:
    """Join a waiting row to its generation; False if it waits no more or the batch rests."""
    return db.run(_TAKE, (generation_id, item.batch_id, item.position)) == 1


def refuse(db: Database, item: BatchItem, sentence: str) -> bool:
    """Note why a row can't be begun; False if it waits no more."""
    return db.run(_REFUSE, (sentence, item.batch_id, item.position)) == 1


def drop(db: Database, batch_id: int) -> None:
    """Give up every row that was not begun."""
    db.run(_DROP, (batch_id,))


def open_generations(db: Database, batch_id: int) -> list[int]:
    """Return the ids of a batch's generations that wait or run."""
    return [row[0] for row in db.rows(_OPEN, (batch_id,))]


def set_status(
    db: Database,
    batch: Batch,
    status: BatchStatus,
    at: int,
    reason: str | None = None,
    sentence: str | None = None,
) -> bool:
    """Let a batch go on, rest or end; False if it stands elsewhere by now than `batch` says."""
    return db.run(_SET_STATUS, (status.value, reason, sentence, at, batch.id, batch.status)) == 1


def set_budget(db: Database, batch_id: int, budget: int, at: int) -> None:
    """Give a batch another budget, in tokens."""
    db.run(_SET_BUDGET, (budget, at, batch_id))
