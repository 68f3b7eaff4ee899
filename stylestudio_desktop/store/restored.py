"""Makes a restored database fit to be opened again: work set aside, purchases brought along."""

import json
from typing import Any

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Review
from stylestudio_desktop.domain.ledger import Kind, Movement
from stylestudio_desktop.store import entries, jobs
from stylestudio_desktop.store.database import Database

PAUSED = Code.RESTORED.value
"""The reason of the pause that holds until a person has looked."""

_SET_ASIDE = "UPDATE jobs SET host = NULL, review = ? WHERE review IS NULL"
_PAID = (
    "SELECT user_id, kind, delta, purchase_id, idempotency_key, created_at FROM token_entries"
    " WHERE generation_id IS NULL ORDER BY id"
)
_STEPS = {
    "token_purchases": ("pending", "failed", "completed", "refunded"),
    "token_refunds": ("asked", "pending", "done", "reversed"),
}
"""What is copied row by row, with the states a row goes through, in their order."""


def mark(db: Database, moment: int, at: int, sentence: str) -> None:
    """Set work in flight aside, pause everything, and note which moment this library is of.

    `moment` is what was restored, `at` is now (both UTC milliseconds). Belongs in a transaction.
    """
    db.run(_SET_ASIDE, (Review.RESTORED.value,))
    jobs.pause(db, "*", None, PAUSED, sentence)
    story = [*history(db), {"moment": moment, "at": at}]
    db.run(
        "INSERT INTO meta (key, value) VALUES ('restored', ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value",
        (json.dumps(story),),
    )


def history(db: Database) -> list[dict[str, int]]:
    """Return every restore that this library has been through, oldest first."""
    found = db.value("SELECT value FROM meta WHERE key = 'restored'")
    return [] if found is None else list(json.loads(found))


def bring_purchases(old: Database, new: Database) -> int:
    """Bring along what was bought, refunded and given in `old` since; return how many entries.

    Tokens that were paid for are never lost by going back. Both databases have one schema.
    Belongs in a transaction of `new`. Raises RuleBroken where the sums do not allow it.
    """
    people = {row[0] for row in new.rows("SELECT id FROM users")}
    for table, steps in _STEPS.items():
        columns = [row[1] for row in new.rows(f"PRAGMA table_info({table})")]
        known = {row["id"]: row["status"] for row in _rows(new, table, columns)}
        for row in _rows(old, table, columns):
            if row["user_id"] not in people:
                continue
            if row["id"] not in known:
                _insert(new, table, row)
            elif steps.index(row["status"]) > steps.index(known[row["id"]]):
                _update(new, table, row, known[row["id"]])
    return _entries(old, new, people)


def _rows(db: Database, table: str, columns: list[str]) -> list[dict[str, Any]]:
    names = ", ".join(columns)
    found = db.rows(f"SELECT {names} FROM {table} ORDER BY id")  # noqa: S608 - the schema's names
    return [dict(zip(columns, row, strict=True)) for row in found]


def _insert(new: Database, table: str, row: dict[str, Any]) -> None:
    names, places = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - the schema's names
    new.run(sql, list(row.values()))


def _update(new: Database, table: str, row: dict[str, Any], status: str) -> None:
    if row["status"] == "refunded" and status == "pending":  # no step goes that far at once
        new.run("UPDATE token_purchases SET status = 'completed' WHERE id = ?", (row["id"],))
    changes = {name: value for name, value in row.items() if name not in ("id", "user_id")}
    setting = ", ".join(f"{name} = ?" for name in changes)
    sql = f"UPDATE {table} SET {setting} WHERE id = ?"  # noqa: S608 - the schema's names
    new.run(sql, [*changes.values(), row["id"]])


def _entries(old: Database, new: Database, people: set[int]) -> int:
    known = {row[4] for row in new.rows(_PAID)}
    added = 0
    for user_id, kind, delta, purchase_id, key, at in old.rows(_PAID):
        if user_id in people and key not in known:
            move = Movement(Kind(kind), delta, 0, key, purchase_id=purchase_id)
            added += entries.append(new, user_id, move, at)
    return added
