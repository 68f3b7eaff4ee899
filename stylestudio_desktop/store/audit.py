"""Reads a library for its proof: one consistent moment of it, in portions, by whole tables."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import peewee

from stylestudio_desktop.store import soundness
from stylestudio_desktop.store.checks import Fault
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.schema import MIGRATIONS

DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS
MOST = 1000
"""Faults of one kind that are listed; a broken rule is seen long before."""

_TABLES = {
    "users": "users",
    "generations": "generations",
    "pictures": "files",
    "links": "generation_files",
    "states": "generation_states",
    "ledger_entries": "token_entries",
    "purchases": "token_purchases",
    "log_records": "usage",
    "queued": "jobs",
}
_ENTRIES = (
    "SELECT id, user_id, kind, delta, settled, balance_after, generation_id, idempotency_key"
    " FROM token_entries ORDER BY id"
)
_WALLETS = (
    "SELECT id, token_balance, total_tokens_purchased, total_tokens_used, free_tokens_granted"
    " FROM users"
)
_OPEN = (
    "SELECT id, retry_count FROM generations WHERE status IN ('pending', 'uploading', 'processing')"
)
_HISTORIES = """
SELECT g.id, g.status, g.retry_count, (SELECT group_concat(status || ' ' || attempt, '>')
  FROM (SELECT status, attempt FROM generation_states
    WHERE generation_id = g.id ORDER BY id)) FROM generations g"""
_MONTH = """
SELECT timestamp / 86400000, action, provider, style, count(*), sum(pictures), sum(tokens),
  sum(duration_ms)
FROM usage WHERE user_id = ? AND timestamp >= ? AND timestamp < ? GROUP BY 1, 2, 3, 4"""
_KEPT_MONTH = """
SELECT day, action, provider, style, number, pictures, tokens, duration_ms
FROM usage_days WHERE user_id = ? AND day >= ? AND day < ? AND number <> 0"""
_STORED = (
    "SELECT storage_id, min(size), max(size), min(id) FROM files"
    " WHERE storage_id > ? GROUP BY storage_id ORDER BY storage_id LIMIT 500"
)


class Wallet(NamedTuple):
    """What a user's row says: the balance and the totals, in tokens."""

    user_id: int
    balance: int
    purchased: int
    used: int
    granted: int


class Bytes(NamedTuple):
    """One stored file as rows describe it; the sizes agree where all is well."""

    storage_id: str
    least: int
    most: int
    file_id: int


def counted(db: Database) -> dict[str, int]:
    """Return how many rows each table holds."""
    return {
        name: int(db.value(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - our own names
        for name, table in _TABLES.items()
    }


def faults(db: Database, fault: Fault) -> Iterator[tuple[Any, ...]]:
    """Yield up to MOST rows that break a rule."""
    for number, row in enumerate(db.stream(fault.sql, size=100)):
        if number == MOST:
            return
        yield row


def owner(db: Database, table: str, row_id: object) -> int | None:
    """Return whose a row is, None if it is not there."""
    column = "id" if table == "users" else "user_id"
    found = db.value(f'SELECT {column} FROM "{table}" WHERE id = ?', (row_id,))  # noqa: S608 - ours
    return None if found is None else int(found)


def entries(db: Database) -> Iterator[tuple[Any, ...]]:
    """Yield the whole ledger in its order.

    Columns: id, user, kind, delta, settled, balance_after, generation, key.
    """
    return db.stream(_ENTRIES)


def wallets(db: Database) -> list[Wallet]:
    """Return what every user's row says."""
    return [Wallet._make(row) for row in db.rows(_WALLETS)]


def open_generations(db: Database) -> dict[int, int]:
    """Return the open generations and the number of their attempt."""
    return dict(db.rows(_OPEN))


def histories(db: Database) -> Iterator[tuple[int, str, int, str | None]]:
    """Yield (generation, status, attempt, "pending 0>uploading 0>…") of every generation."""
    return db.stream(_HISTORIES)


def kept_days(db: Database) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield (user, (day, action, service, style)) where a daily sum differs from its records.

    Month by month, so that no more than one month's sums are ever held in memory.
    """
    for (user_id,) in db.rows("SELECT id FROM users"):
        first, last = _span(db, user_id)
        for begin in range(first, last, MONTH_MS):
            days = (begin // DAY_MS, (begin + MONTH_MS) // DAY_MS)
            true = set(db.rows(_MONTH, (user_id, begin, begin + MONTH_MS)))
            kept = set(db.rows(_KEPT_MONTH, (user_id, *days)))
            for key in sorted({line[:4] for line in true ^ kept}):
                yield user_id, key


def _span(db: Database, user_id: int) -> tuple[int, int]:
    """Return the whole months (UTC milliseconds) that hold anything of a user's log."""
    found: list[int] = []
    for sql, unit in (
        ("SELECT min(timestamp), max(timestamp) FROM usage WHERE user_id = ?", 1),
        ("SELECT min(day), max(day) FROM usage_days WHERE user_id = ? AND number <> 0", DAY_MS),
    ):
        row = db.row(sql, (user_id,))
        found += [value * unit for value in row or () if value is not None]
    if not found:
        return 0, 0
    return min(found) // DAY_MS * DAY_MS, max(found) + DAY_MS


def stored_bytes(db: Database) -> Iterator[Bytes]:
    """Yield every distinct stored file that rows refer to, in the order of its id.

    Read in portions, each a moment of its own: checking the bytes may take hours, and no
    reader should hold the library's journal that long.
    """
    last = ""
    while portion := db.rows(_STORED, (last,)):
        yield from map(Bytes._make, portion)
        last = portion[-1][0]


def structure(db: Database, deep: bool) -> soundness.Faults:
    """Return what SQLite itself finds wrong with the file; `deep` compares indexes too."""
    found = soundness.of_all(db, soundness.DEEP if deep else soundness.QUICK)
    if deep:
        found.rows.extend(
            f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there"
            for row in db.rows("PRAGMA foreign_key_check")[:MOST]
        )
    return found


def schema_differences(db: Database) -> list[str]:
    """Return the names of tables, indexes and triggers that are not as the program makes them.

    Litestream's own two tables are none: somebody may have it copy the library elsewhere.
    """
    found = _objects(db.rows(_OBJECTS))
    found = {name: sql for name, sql in found.items() if _LITESTREAM.get(name) != sql}
    return sorted(name for name, _ in _fresh().items() ^ found.items())


@functools.cache
def _fresh() -> dict[str, str]:
    """Return what the program makes of an empty library; it is the same as long as it runs."""
    from playhouse.migrations import Runner

    fresh = peewee.SqliteDatabase(":memory:")
    with fresh.connection_context():
        Runner(fresh, str(MIGRATIONS)).up()
        return _objects(fresh.execute_sql(_OBJECTS).fetchall())


_LITESTREAM = {
    "_litestream_seq": "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    "_litestream_lock": "CREATE TABLE _litestream_lock (id INTEGER)",
}

_OBJECTS = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND sql NOT NULL"


def _objects(rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in rows}


def claimed(db: Database) -> bool:
    """Say whether a host works on anything just now."""
    return db.row("SELECT 1 FROM jobs WHERE host IS NOT NULL LIMIT 1") is not None


def intents(db: Database) -> set[str]:
    """Return the intents of all jobs, by which their working folders are named."""
    return {row[0] for row in db.rows("SELECT intent_id FROM jobs")}
