"""Makes a restored database fit to be opened again: work set aside, purchases brought along."""

import json
from typing import Any

from stylestudio_desktop.domain.generation import Review
from stylestudio_desktop.domain.ledger import Kind, Movement
from stylestudio_desktop.store import entries, jobs
from stylestudio_desktop.store.database import Database

PAUSED = "restored"
"""The reason of the pause that holds until a person has looked."""

_SET_ASIDE = "UPDATE jobs SET host = NULL, review = ? WHERE review IS NULL"
_OURS = "SELECT * FROM token_purchases ORDER BY id"
_PAID = (
    "SELECT user_id, kind, delta, purchase_id, idempotency_key, created_at FROM token_entries"
    " WHERE kind IN ('purchase', 'refund') ORDER BY id"
)
_STEPS = {"pending": 0, "failed": 1, "completed": 1, "refunded": 2}


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
    """Bring along what was bought and refunded in `old` since; return how many entries that is.

    Tokens that were paid for are never lost by going back. Both databases have one schema.
    Belongs in a transaction of `new`.
    """
    people = {row[0] for row in new.rows("SELECT id FROM users")}
    columns, there = _purchases(new)
    known = {row["id"]: row["status"] for row in there}
    for row in _purchases(old)[1]:
        if row["user_id"] not in people:
            continue
        if row["id"] not in known:
            places = ", ".join("?" * len(columns))
            names = ", ".join(columns)
            new.run(
                f"INSERT INTO token_purchases ({names}) VALUES ({places})",  # noqa: S608 - schema
                [row[name] for name in columns],
            )
        elif _STEPS[row["status"]] > _STEPS[known[row["id"]]]:
            _step(new, row, known[row["id"]], columns)
    return _entries(old, new, people)


def _step(new: Database, row: dict[str, Any], status: str, columns: list[str]) -> None:
    if row["status"] == "refunded" and status == "pending":
        new.run("UPDATE token_purchases SET status = 'completed' WHERE id = ?", (row["id"],))
    fields = [name for name in columns if name not in ("id", "user_id")]
    setting = ", ".join(f"{name} = ?" for name in fields)
    new.run(
        f"UPDATE token_purchases SET {setting} WHERE id = ?",  # noqa: S608 - the schema's names
        [*(row[name] for name in fields), row["id"]],
    )


def _purchases(db: Database) -> tuple[list[str], list[dict[str, Any]]]:
    columns = [row[1] for row in db.rows("PRAGMA table_info(token_purchases)")]
    return columns, [dict(zip(columns, row, strict=True)) for row in db.rows(_OURS)]


def _entries(old: Database, new: Database, people: set[int]) -> int:
    known = {row[4] for row in new.rows(_PAID)}
    added = 0
    for user_id, kind, delta, purchase_id, key, at in old.rows(_PAID):
        if user_id in people and key not in known:
            move = Movement(Kind(kind), delta, 0, key, purchase_id=purchase_id)
            added += entries.append(new, user_id, move, at)
    return added
