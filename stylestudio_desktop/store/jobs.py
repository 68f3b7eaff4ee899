"""Queries on the queue: claiming, keeping what a service said, and setting jobs aside."""

from functools import lru_cache

from peewee import SQL

from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting, placeholders, portions, setting
from stylestudio_desktop.store.tables import PLACE, Generations, Jobs, Pauses

_FIELDS = columns(Jobs, Job)
_INSERT = inserting(Jobs, _FIELDS)
_GET = Prepared(Jobs.select(*_FIELDS).where(Jobs.generation_id == PLACE))
_DELETE = Prepared(Jobs.delete().where(Jobs.generation_id == PLACE))
_ALL = Prepared(Jobs.select(*_FIELDS).order_by(Jobs.rank).limit(PLACE))
# What belongs to a batch that rests is passed over, apart from work that was sent already.
_MAY_GO = """
  AND (submitted_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM generations g JOIN batches b ON b.id = g.batch_id
    WHERE g.id = jobs.generation_id AND b.status = 'paused'))"""
# In the queue's order, whosever turn it is; a person's own jobs are picked out on the way.
_OWNER = Generations.select(Generations.user_id).where(Generations.id == Jobs.generation_id)
_ALL_OF = Prepared(Jobs.select(*_FIELDS).where(_OWNER == PLACE).order_by(Jobs.rank).limit(PLACE))
# Paid work whose answer is waiting comes before new work, soonest sent first.
_NEXT = f"""
SELECT generation_id FROM jobs
WHERE host IS NULL AND review IS NULL AND (not_before <= ? OR not_before > ?)
  AND provider = ?{_MAY_GO}
ORDER BY submitted_at IS NULL, submitted_at, rank LIMIT 1"""  # noqa: S608 - our own text
_UNSENT_WAITS = (
    "SELECT 1 FROM jobs WHERE host IS NULL AND review IS NULL AND submitted_at IS NULL LIMIT 1"
)
_UNSENT_RANKS = (
    "SELECT generation_id, rank FROM jobs"
    " WHERE host IS NULL AND review IS NULL AND submitted_at IS NULL ORDER BY rank"
)
_NEXT_SENT = _NEXT.replace("ORDER BY", "AND submitted_at IS NOT NULL ORDER BY")
_PICTURES = """
SELECT coalesce(sum(g.count), 0) FROM jobs j JOIN generations g ON g.id = j.generation_id
WHERE j.provider = ?"""
_THIS = Jobs.generation_id == PLACE
_NOTHING = SQL("NULL")
_NONE = SQL("0")
_CLAIM = setting(
    Jobs,
    [Jobs.host],
    _THIS & Jobs.host.is_null() & Jobs.review.is_null(),
    {Jobs.stage: SQL("''")},
)
_PUT_BACK = setting(Jobs, [Jobs.tries, Jobs.not_before], _THIS, {Jobs.host: _NOTHING})
_OF_OTHER_HOSTS = Prepared(
    Jobs.select(*_FIELDS).where(Jobs.host.is_null(False) & (Jobs.host != PLACE))
)
_ORPHANED = setting(
    Jobs,
    [],
    _THIS & (Jobs.host == PLACE),
    {Jobs.host: _NOTHING, Jobs.crashes: Jobs.crashes + SQL("1")},
)
_SUBMITTING = setting(Jobs, [Jobs.submitted_at], _THIS, {Jobs.tries: Jobs.tries + SQL("1")})
_UNSENT = setting(
    Jobs,
    [],
    _THIS,
    {Jobs.submitted_at: _NOTHING, Jobs.ref: _NOTHING, Jobs.outputs: _NOTHING},
)
_REF = setting(Jobs, [Jobs.ref], _THIS)
_OUTPUTS = setting(Jobs, [Jobs.outputs], _THIS)
_PROGRESS = setting(Jobs, [Jobs.stage, Jobs.progress], _THIS)
_REVIEW = setting(
    Jobs,
    [Jobs.review],
    _THIS,
    {Jobs.host: _NOTHING, Jobs.stage: SQL("''"), Jobs.progress: _NOTHING},
)
_AGAIN = setting(
    Jobs,
    [Jobs.intent_id],
    _THIS & Jobs.review.is_null(False),
    {
        Jobs.review: _NOTHING,
        Jobs.submitted_at: _NOTHING,
        Jobs.ref: _NOTHING,
        Jobs.outputs: _NOTHING,
        Jobs.crashes: _NONE,
        Jobs.not_before: _NONE,
        Jobs.tries: _NONE,
    },
)
_CANCEL = setting(Jobs, [], _THIS, {Jobs.cancel_requested: SQL("1")})
_CANCELLED = Prepared(
    Jobs.select(Jobs.generation_id).where(
        (Jobs.host == PLACE) & (Jobs.cancel_requested == SQL("1"))
    )
)
_RANK = setting(Jobs, [Jobs.rank], _THIS)
_WAITING = f"SELECT DISTINCT provider FROM jobs WHERE host IS NULL AND review IS NULL{_MAY_GO}"  # noqa: S608
_OPEN = Prepared(Jobs.select(Jobs.generation_id).where(Jobs.review.is_null()).limit(SQL("1")))
_PAUSE = (
    "INSERT INTO pauses (provider, until, reason, sentence) VALUES (?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason,"
    " sentence = excluded.sentence"
)
_RESUME = Prepared(Pauses.delete().where(Pauses.provider == PLACE))
_PAUSED = Prepared(Pauses.select(Pauses.provider, Pauses.until, Pauses.reason, Pauses.sentence))


def insert(db: Database, job: Job) -> None:
    """Give a generation its place in the queue."""
    db.run(_INSERT, job)


def get(db: Database, generation_id: int) -> Job | None:
    """Return a generation's place in the queue, or None once it has left."""
    row = db.row(_GET, (generation_id,))
    return None if row is None else Job._make(row)


def delete(db: Database, generation_id: int) -> None:
    """Take a generation out of the queue."""
    db.run(_DELETE, (generation_id,))


def first(db: Database, limit: int) -> list[Job]:
    """Return the head of the queue in its order."""
    return [Job._make(row) for row in db.rows(_ALL, (limit,))]


def first_of(db: Database, user_id: int, limit: int) -> list[Job]:
    """Return the head of the queue in its order, as far as it is one person's."""
    return [Job._make(row) for row in db.rows(_ALL_OF, (user_id, limit))]


def of_generations(db: Database, ids: list[int]) -> list[Job]:
    """Return the queue's rows for many generations, a thousand a query."""
    return [
        Job._make(row)
        for some in portions(ids)
        for row in db.rows(_of_generations_sql(len(some)), some)
    ]


@lru_cache(maxsize=64)
def _of_generations_sql(number: int) -> Prepared:
    place = SQL(f"({placeholders(number)})")
    return Prepared(Jobs.select(*_FIELDS).where(Jobs.generation_id << place))


def next_due(db: Database, provider: str, now: int, beyond: int, sent: bool = False) -> int | None:
    """Return the generation that a free place at `provider` should take, or None.

    What should wait for longer than until `beyond` was put there by a clock that was wrong. With
    `sent`, only work that the service may have been asked for already.
    """
    found = db.value(_NEXT_SENT if sent else _NEXT, (now, beyond, provider))
    return None if found is None else int(found)


def pictures(db: Database, provider: str, sent: bool = False) -> int:
    """Return how many pictures are asked of `provider` by open jobs, or by those `sent` to it."""
    more = " AND j.submitted_at IS NOT NULL" if sent else ""
    return int(db.value(_PICTURES + more, (provider,)))


def claim(db: Database, generation_id: int, host: str) -> bool:
    """Take a waiting job for `host`; False if another was faster."""
    return db.run(_CLAIM, (host, generation_id)) == 1


def put_back(db: Database, generation_id: int, not_before: int, tries: int) -> None:
    """Let a job wait until `not_before` (UTC milliseconds) for its next try."""
    db.run(_PUT_BACK, (tries, not_before, generation_id))


def of_other_hosts(db: Database, host: str) -> list[Job]:
    """Return jobs that other hosts have claimed."""
    return [Job._make(row) for row in db.rows(_OF_OTHER_HOSTS, (host,))]


def orphaned(db: Database, generation_id: int, dead_host: str) -> bool:
    """Free a job whose host died, and count the crash; False if somebody else did."""
    return db.run(_ORPHANED, (generation_id, dead_host)) == 1


def submitting(db: Database, generation_id: int, at: int) -> None:
    """Note, before anything is sent, that it is about to be."""
    db.run(_SUBMITTING, (at, generation_id))


def unsent(db: Database, generation_id: int) -> None:
    """Note that the service has nothing of a job: it never got it, or forgot it for good."""
    db.run(_UNSENT, (generation_id,))


def set_ref(db: Database, generation_id: int, ref: str) -> None:
    """Keep where the service's job can be found again (JSON)."""
    db.run(_REF, (ref, generation_id))


def set_outputs(db: Database, generation_id: int, outputs: str) -> None:
    """Keep which pictures wait to be fetched (JSON)."""
    db.run(_OUTPUTS, (outputs, generation_id))


def set_progress(db: Database, generation_id: int, stage: str, progress: float | None) -> None:
    """Show how far a job is."""
    db.run(_PROGRESS, (stage, progress, generation_id))


def set_review(db: Database, generation_id: int, reason: str) -> None:
    """Set a job aside until a person decides: what it last said of its progress is over."""
    db.run(_REVIEW, (reason, generation_id))


def again(db: Database, generation_id: int, intent_id: str) -> bool:
    """Send a job that was set aside once more, under a new intent; False if it wasn't."""
    return db.run(_AGAIN, (intent_id, generation_id)) == 1


def request_cancel(db: Database, generation_id: int) -> None:
    """Ask the host of a job to stop it."""
    db.run(_CANCEL, (generation_id,))


def cancelled(db: Database, host: str) -> list[int]:
    """Return the jobs of `host` that somebody wants stopped."""
    return [row[0] for row in db.rows(_CANCELLED, (host,))]


def set_rank(db: Database, generation_id: int, rank: int) -> None:
    """Give a job another place in the order: lower ranks go first."""
    db.run(_RANK, (rank, generation_id))


def any_unsent(db: Database) -> bool:
    """Say whether any job waits that no service was asked for yet."""
    return db.value(_UNSENT_WAITS) is not None


def unsent_ranks(db: Database) -> list[tuple[int, int]]:
    """Return (generation, rank) of all jobs that wait and were not sent yet, in their order."""
    return [(row[0], row[1]) for row in db.rows(_UNSENT_RANKS)]


def anything_left(db: Database) -> bool:
    """Say whether any job, waiting or running, needs no decision."""
    return db.row(_OPEN) is not None


def providers(db: Database) -> list[str]:
    """Return the services that have work waiting in the queue."""
    return [row[0] for row in db.rows(_WAITING)]


def pause(db: Database, provider: str, until: int | None, reason: str, sentence: str) -> None:
    """Let a service ("*": all of them) take no new work until then, or until resumed."""
    db.run(_PAUSE, (provider, until, reason, sentence))


def resume(db: Database, provider: str) -> None:
    """End a pause."""
    db.run(_RESUME, (provider,))


def pauses(db: Database) -> dict[str, tuple[int | None, str, str]]:
    """Return every pause: service → (until, reason, sentence)."""
    return {row[0]: (row[1], row[2], row[3]) for row in db.rows(_PAUSED)}
