"""Audits a library from outside: recounts everything by plain SQL, sharing no code with it."""

import itertools
from collections import Counter, defaultdict
from typing import Any

from stylestudio_desktop.store.database import Database
from tests.unit.diagram import RUN_ARROWS, STATES

OPEN = STATES[:3]
# What full-text tables keep inside is the engine's own affair; which rows they hold is not.
_ENGINES_OWN = ("_data", "_idx", "_config")


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, to be compared before and after a change."""
    names = [
        name
        for (name,) in database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        )
        if not name.endswith(_ENGINES_OWN)
    ]
    return {
        name: sorted(database.rows(f'SELECT * FROM "{name}"'), key=repr) for name in sorted(names)
    }


def faults(database: Database) -> list[str]:
    """Return every broken rule of the ledger, the states, the counts and the links, in words."""
    found: list[str] = []
    found += _wallets(database)
    found += _attempts(database)
    found += _queue(database)
    found += _counts(database)
    found += _walks(database)
    found += _links(database)
    found += [str(row) for row in database.rows("PRAGMA foreign_key_check")]
    found += [row[0] for row in database.rows("PRAGMA quick_check") if row[0] != "ok"]
    return found


def _wallets(database: Database) -> list[str]:
    found = []
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for user, kind, delta, settled, after in database.rows(
        "SELECT user_id, kind, delta, settled, balance_after FROM token_entries ORDER BY id"
    ):
        mine = sums[user]
        mine["balance"] += delta
        mine["used"] += settled
        mine[kind] += delta
        if mine["balance"] != after:
            found.append(f"an entry of {user} says {after}, the sum is {mine['balance']}")
        if mine["balance"] < 0:
            found.append(f"the balance of {user} was {mine['balance']} once")
    for user, *totals in database.rows(
        "SELECT id, token_balance, total_tokens_purchased, total_tokens_used, free_tokens_granted"
        " FROM users"
    ):
        mine = sums[user]
        said = [mine["balance"], mine["purchase"], mine["used"], mine["grant"]]
        if totals != said:
            found.append(f"user {user} shows {totals}, the ledger says {said}")
        asked = database.value(
            "SELECT coalesce(sum(price), 0) FROM generations WHERE user_id = ?"
            " AND status IN ('pending', 'uploading', 'processing')",
            (user,),
        )
        held = -(mine["hold"] + mine["settle"] + mine["release"]) - mine["used"]
        if asked != held:
            found.append(f"user {user} holds {held}, the open generations ask {asked}")
    return found


def _attempts(database: Database) -> list[str]:
    found = []
    for row_id, status, price, used, attempts in database.rows(
        "SELECT id, status, price, tokens_used, retry_count + 1 FROM generations"
    ):
        kinds = Counter(
            kind
            for (kind,) in database.rows(
                "SELECT kind FROM token_entries WHERE generation_id = ?", (row_id,)
            )
        )
        keys = {
            key
            for (key,) in database.rows(
                "SELECT idempotency_key FROM token_entries WHERE generation_id = ?", (row_id,)
            )
        }
        closed = attempts - (status in OPEN)
        wanted = {f"hold/{row_id}/{number}" for number in range(attempts)}
        wanted |= {f"close/{row_id}/{number}" for number in range(closed)}
        if keys != wanted:
            found.append(f"generation {row_id} ({status}) has the entries {sorted(keys)}")
        if kinds["settle"] != (status == "completed"):
            found.append(f"generation {row_id} ({status}) was charged {kinds['settle']} times")
        settled = database.value(
            "SELECT coalesce(sum(settled), 0) FROM token_entries WHERE generation_id = ?", (row_id,)
        )
        costs = price if status in OPEN else settled
        if used != costs or (status in ("failed", "cancelled") and settled):
            found.append(f"generation {row_id} ({status}) shows {used}, charged {settled}")
    return found


def _queue(database: Database) -> list[str]:
    waiting = set(database.rows("SELECT generation_id, attempt FROM jobs"))
    unfinished = set(
        database.rows(
            "SELECT id, retry_count FROM generations"
            " WHERE status IN ('pending', 'uploading', 'processing')"
        )
    )
    return [] if waiting == unfinished else [f"queue {waiting} against open {unfinished}"]


_RECOUNTS = (
    (
        "SELECT user_id, status, number, tokens FROM generation_counts WHERE number <> 0",
        "SELECT user_id, status, count(*), sum(tokens_used) FROM generations GROUP BY 1, 2",
    ),
    (
        "SELECT user_id, category, trashed, number, bytes FROM file_counts WHERE number <> 0",
        "SELECT user_id, category, trashed_at IS NOT NULL, count(*), sum(size) FROM files"
        " GROUP BY 1, 2, 3",
    ),
    (
        "SELECT user_id, day, action, provider, style, number, pictures, tokens, duration_ms"
        " FROM usage_days WHERE number <> 0",
        "SELECT user_id, timestamp / 86400000, action, provider, style, count(*), sum(pictures),"
        " sum(tokens), sum(duration_ms) FROM usage GROUP BY 1, 2, 3, 4, 5",
    ),
    ("SELECT id FROM generation_search_docsize", "SELECT id FROM generations"),
    ("SELECT id FROM file_search_docsize", "SELECT id FROM files"),
)


def _counts(database: Database) -> list[str]:
    found = []
    for kept, counted in _RECOUNTS:
        if sorted(database.rows(kept)) != sorted(database.rows(counted)):
            found.append(f"{kept}: {database.rows(kept)} against {database.rows(counted)}")
    enqueued = database.value("SELECT count(*) FROM generations")
    by_state = database.value("SELECT coalesce(sum(number), 0) FROM generation_counts")
    if enqueued != by_state:
        found.append(f"{enqueued} were enqueued, the states add up to {by_state}")
    empty = database.value("SELECT count(*) FROM generation_counts WHERE number = 0 AND tokens")
    if empty:
        found.append("a state without generations keeps tokens")
    return found


def _walks(database: Database) -> list[str]:
    found = []
    for row_id, status, retries in database.rows("SELECT id, status, retry_count FROM generations"):
        walk = [
            name
            for (name,) in database.rows(
                "SELECT status FROM generation_states WHERE generation_id = ? ORDER BY id",
                (row_id,),
            )
        ]
        arrows = list(itertools.pairwise(walk))
        if walk[:1] != ["pending"] or walk[-1:] != [status] or not set(arrows) <= RUN_ARROWS:
            found.append(f"generation {row_id} walked {walk} to {status}")
        if arrows.count(("failed", "pending")) != retries:
            found.append(f"generation {row_id} counts {retries} retries, walked {walk}")
    return found


def _links(database: Database) -> list[str]:
    found = [
        f"a link of generation {row[0]} breaks the rules"
        for row in database.rows(
            "SELECT l.generation_id FROM generation_files l"
            " JOIN generations g ON g.id = l.generation_id LEFT JOIN files f ON f.id = l.file_id"
            " WHERE f.id IS NULL OR f.user_id <> g.user_id OR f.category <> CASE l.role"
            " WHEN 'product' THEN 'product_image' WHEN 'model' THEN 'model_image'"
            " WHEN 'background' THEN 'background_image' ELSE 'generated_image' END"
        )
    ]
    for row_id, status in database.rows("SELECT id, status FROM generations"):
        products, models, results, primaries = database.row(  # type: ignore[misc]
            "SELECT sum(role = 'product'), sum(role = 'model'), sum(role = 'result'),"
            " sum(is_primary) FROM generation_files WHERE generation_id = ?",
            (row_id,),
        )
        if not 1 <= products <= 5 or models > 3 or primaries > 1:
            found.append(f"generation {row_id} has {products} products, {primaries} primaries")
        if bool(results) != (status == "completed"):
            found.append(f"generation {row_id} ({status}) has {results} results")
    return found
