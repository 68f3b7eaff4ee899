"""Writes very many rows at once while every rule holds: triggers step aside, sums go in by groups.

What a trigger would do row by row is done here for a whole portion inside the same transaction,
and the triggers are back, letter for letter, before it ends. So a portion is there whole and
lawful, or not at all.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.seals import end_of_chain, seal_after

PLACES = 10


class Story(NamedTuple):
    """One generation with everything from which its rows in all tables follow.

    `ord` orders the ledger; `before` is the user's balance before it. `began_at` is None where
    no work was done; `failed_at` is when the first attempt failed, for those with a retry.
    `picture` numbers the first of its `saved` results among all results of the load.
    """

    ord: int
    id: int
    user_id: int
    status: str
    prompt: str
    full_prompt: str
    provider: str
    style: str
    quality: str
    aspect_ratio: str
    pictures: int
    seed: int
    price: int
    tokens_used: int
    error_code: str | None
    error: str | None
    retry_count: int
    duration_ms: int | None
    created_at: int
    failed_at: int | None
    began_at: int | None
    ended_at: int | None
    trashed_at: int | None
    before: int
    product_id: int
    model_id: int | None
    saved: int
    picture: int
    favourite: int
    rating: int


class Bought(NamedTuple):
    """One purchase; `before` is the balance before it, None for one that failed."""

    ord: int
    id: int
    user_id: int
    cents: int
    currency: str
    tokens: int
    package: str
    title: str
    at: int
    before: int | None


class Drawn(NamedTuple):
    """A stored picture that results share."""

    number: int
    storage_id: str
    size: int
    width: int
    height: int


class Wallet(NamedTuple):
    """What a portion adds to a user's totals, and the balance it ends with."""

    balance: int
    bought: int
    used: int
    user_id: int


_STAGES = (
    ("bulk_story", Story._fields),
    ("bulk_bought", Bought._fields),
    ("bulk_drawn", Drawn._fields),
    ("bulk_place", ("position",)),
)
# Ids carry their moment in the high bits and a number that never repeats nearby in the low ones.
_ID = "(({moment}) << 21) | (({number}) & 2097151)"
_RESULT_ID = _ID.format(moment="s.ended_at", number="s.picture + p.position")
_RESULTS = """
FROM bulk_story s JOIN bulk_place p ON p.position < s.saved
JOIN bulk_drawn d ON d.number = (s.picture + p.position) % (SELECT count(*) FROM bulk_drawn)"""
_FILENAME = "s.style || '-' || s.id || '-' || (p.position + 1) || '.jpg'"

_GENERATIONS = """
INSERT INTO generations (id, user_id, status, prompt, negative_prompt, full_prompt, provider,
  model, style, quality, aspect_ratio, count, seed, options, price, tokens_used, error_code,
  error, retry_count, processing_time_ms, created_at, updated_at, completed_at, trashed_at)
SELECT id, user_id, status, prompt, '', full_prompt, provider, NULL, style, quality,
  aspect_ratio, pictures, seed, '{}', price, tokens_used, error_code, error, retry_count,
  duration_ms, created_at, coalesce(trashed_at, ended_at, created_at), ended_at, trashed_at
FROM bulk_story"""
_STEP = "INSERT INTO generation_states (generation_id, status, at, attempt) SELECT "
_STATES = (
    f"{_STEP} id, 'pending', created_at, 0 FROM bulk_story",
    f"{_STEP} id, 'uploading', created_at + 20, 0 FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_STEP} id, 'processing', created_at + 40, 0 FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_STEP} id, 'failed', failed_at, 0 FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_STEP} id, 'pending', failed_at + 5000, 1 FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_STEP} id, 'uploading', began_at, retry_count FROM bulk_story WHERE began_at IS NOT NULL",
    f"{_STEP} id, 'processing', began_at + 20, retry_count FROM bulk_story"
    " WHERE began_at IS NOT NULL",
    f"{_STEP} id, status, ended_at, retry_count FROM bulk_story WHERE ended_at IS NOT NULL",
)
_FILES = f"""
INSERT INTO files (id, user_id, filename, content_type, size, storage_id, uploaded_at, category,
  width, height, format, generation_id, favourite, rating, style, provider, facts, trashed_at)
SELECT {_RESULT_ID}, s.user_id, {_FILENAME}, 'image/jpeg', d.size, d.storage_id, s.ended_at,
  'generated_image', d.width, d.height, 'JPEG', s.id, s.favourite, s.rating, s.style, s.provider,
  '{{"seed": ' || (s.seed + p.position) || '}}', s.trashed_at {_RESULTS}"""
_LINK = "INSERT INTO generation_files (generation_id, role, position, file_id, is_primary) SELECT "
_LINKS = (
    f"{_LINK} id, 'model', 0, model_id, 0 FROM bulk_story WHERE model_id IS NOT NULL",
    f"{_LINK} id, 'product', 0, product_id, 0 FROM bulk_story",
    f"{_LINK} s.id, 'result', p.position, {_RESULT_ID}, p.position = 0 {_RESULTS}",
)
_SEARCH = (
    "INSERT INTO generation_search (rowid, owner, prompt)"
    " SELECT id, 'u' || user_id, prompt FROM bulk_story",
    "INSERT INTO file_search (rowid, owner, name, prompt)"
    f" SELECT {_RESULT_ID}, 'u' || s.user_id, {_FILENAME}, s.prompt {_RESULTS}",
)
_PURCHASES = """
INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received, status,
  transaction_id, payment_method, package_name, display_name, error, created_at, completed_at)
SELECT id, user_id, cents, currency, tokens, iif(before IS NULL, 'failed', 'completed'),
  'sample-' || id, 'card', package, title, iif(before IS NULL, 'The card was declined.', NULL),
  at, iif(before IS NULL, NULL, at) FROM bulk_bought"""
_ENTRIES = """
INSERT INTO token_entries (user_id, kind, delta, settled, balance_after, generation_id,
  purchase_id, idempotency_key, created_at)
SELECT user_id, kind, delta, settled, balance, generation_id, purchase_id, key, at FROM (
  SELECT ord * 8 AS place, user_id, 'hold' AS kind, -price AS delta, 0 AS settled,
    before - price AS balance, id AS generation_id, NULL AS purchase_id,
    'hold/' || id || '/0' AS key, created_at AS at FROM bulk_story
  UNION ALL SELECT ord * 8 + 1, user_id, 'release', price, 0, before, id, NULL,
    'close/' || id || '/0', failed_at FROM bulk_story WHERE failed_at IS NOT NULL
  UNION ALL SELECT ord * 8 + 2, user_id, 'hold', -price, 0, before - price, id, NULL,
    'hold/' || id || '/1', failed_at + 5000 FROM bulk_story WHERE failed_at IS NOT NULL
  UNION ALL SELECT ord * 8 + 3, user_id, iif(status = 'completed', 'settle', 'release'),
    price - tokens_used, tokens_used, before - tokens_used, id, NULL,
    'close/' || id || '/' || retry_count, ended_at FROM bulk_story WHERE ended_at IS NOT NULL
  UNION ALL SELECT ord * 8, user_id, 'purchase', tokens, 0, before + tokens, NULL, id,
    'purchase/' || id, at FROM bulk_bought WHERE before IS NOT NULL
) ORDER BY place"""
_USED = """
INSERT INTO usage (id, user_id, action, timestamp, generation_id, purchase_id, provider, style,
  tokens, pictures, duration_ms, metadata) SELECT """
_USAGE = (
    f"{_USED} {_ID.format(moment='created_at', number='ord * 4')}, user_id, 'generation_started',"
    " created_at, id, NULL, provider, style, price, 0, 0, '{}' FROM bulk_story",
    f"{_USED} {_ID.format(moment='failed_at', number='ord * 4 + 1')}, user_id, 'generation_failed',"
    ' failed_at, id, NULL, provider, style, 0, 0, 0, \'{"error": "service_failed"}\''
    " FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_USED} {_ID.format(moment='failed_at + 5000', number='ord * 4 + 2')}, user_id,"
    " 'generation_started', failed_at + 5000, id, NULL, provider, style, price, 0, 0, '{}'"
    " FROM bulk_story WHERE failed_at IS NOT NULL",
    f"{_USED} {_ID.format(moment='ended_at', number='ord * 4 + 3')}, user_id,"
    " 'generation_' || status, ended_at, id, NULL, provider, style, tokens_used, saved,"
    " iif(status = 'completed', coalesce(duration_ms, 0), 0),"
    " iif(error_code IS NULL, '{}', json_object('error', error_code))"
    " FROM bulk_story WHERE ended_at IS NOT NULL",
    f"{_USED} {_ID.format(moment='at', number='ord * 4')}, user_id, 'tokens_purchased', at, NULL,"
    " id, '', '', tokens, 0, 0, '{}' FROM bulk_bought WHERE before IS NOT NULL",
)
# All texts here are put together from our own names alone.
_ADD = "ON CONFLICT DO UPDATE SET number = number + excluded.number, "
_COUNTS = (
    "INSERT INTO generation_counts (user_id, status, number, tokens)"
    " SELECT user_id, status, count(*), sum(tokens_used) FROM bulk_story WHERE true"
    " GROUP BY user_id, status ON CONFLICT DO UPDATE SET number = number + excluded.number,"
    " tokens = tokens + excluded.tokens",
    "INSERT INTO file_counts (user_id, category, trashed, number, bytes)"
    " SELECT s.user_id, 'generated_image', s.trashed_at IS NOT NULL, count(*), sum(d.size)"
    f" {_RESULTS} WHERE true GROUP BY 1, 3 {_ADD} bytes = bytes + excluded.bytes",
)
_FACETS = tuple(
    "INSERT INTO file_facets (user_id, facet, value, number)"  # noqa: S608 - our own texts
    f" SELECT f.user_id, '{facet}', {value}, count(*)"
    " FROM bulk_story s JOIN files f ON f.generation_id = s.id"
    f" WHERE f.trashed_at IS NULL AND {shown} GROUP BY 1, 3"
    " ON CONFLICT DO UPDATE SET number = number + excluded.number"
    for facet, value, shown in (
        ("category", "f.category", "1"),
        ("style", "f.style", "f.style IS NOT NULL"),
        ("provider", "f.provider", "f.provider IS NOT NULL"),
        ("rating", "f.rating || ''", "1"),
        ("favourite", "'1'", "f.favourite = 1"),
    )
)
_DAY = """
INSERT INTO usage_days (user_id, day, action, provider, style, number, pictures, tokens,
  duration_ms) SELECT """
_DAY_END = (
    f" GROUP BY 1, 2, 3, 4, 5 {_ADD} pictures = pictures + excluded.pictures,"
    " tokens = tokens + excluded.tokens, duration_ms = duration_ms + excluded.duration_ms"
)
_DAYS = (
    f"{_DAY} user_id, created_at / 86400000, 'generation_started', provider, style, count(*), 0,"
    f" sum(price), 0 FROM bulk_story WHERE true {_DAY_END}",
    f"{_DAY} user_id, failed_at / 86400000, 'generation_failed', provider, style, count(*), 0, 0,"
    f" 0 FROM bulk_story WHERE failed_at IS NOT NULL {_DAY_END}",
    f"{_DAY} user_id, (failed_at + 5000) / 86400000, 'generation_started', provider, style,"
    f" count(*), 0, sum(price), 0 FROM bulk_story WHERE failed_at IS NOT NULL {_DAY_END}",
    f"{_DAY} user_id, ended_at / 86400000, 'generation_' || status, provider, style, count(*),"
    " sum(saved), sum(tokens_used), sum(iif(status = 'completed', coalesce(duration_ms, 0), 0))"
    f" FROM bulk_story WHERE ended_at IS NOT NULL {_DAY_END}",
    f"{_DAY} user_id, at / 86400000, 'tokens_purchased', '', '', count(*), 0, sum(tokens), 0"
    f" FROM bulk_bought WHERE before IS NOT NULL {_DAY_END}",
)
_JOBS = """
INSERT INTO jobs (generation_id, intent_id, attempt, provider, seed, rank)
SELECT id, lower(hex(randomblob(16))), retry_count, provider, seed, id
FROM bulk_story WHERE ended_at IS NULL"""
_WALLETS = (
    "UPDATE users SET token_balance = ?, total_tokens_purchased = total_tokens_purchased + ?,"
    " total_tokens_used = total_tokens_used + ? WHERE id = ?"
)
_IN_ORDER = (
    _GENERATIONS, *_STATES, _FILES, *_LINKS, *_SEARCH, _PURCHASES, _ENTRIES, *_USAGE, *_COUNTS,
    *_FACETS,
    *_DAYS, _JOBS,
)  # fmt: skip


def write(
    db: Database,
    stories: Sequence[Story],
    bought: Sequence[Bought],
    drawn: Sequence[Drawn],
    wallets: Sequence[Wallet],
) -> int:
    """Write a portion in the running transaction and return how many rows it added.

    The caller has read the balances inside this transaction (`balances`), so the ledger
    continues where it stands.
    """
    head = end_of_chain(db)
    with _without_triggers(db):
        _stage(db, "bulk_story", stories)
        _stage(db, "bulk_bought", bought)
        _stage(db, "bulk_drawn", drawn)
        _stage(db, "bulk_place", [(position,) for position in range(PLACES)])
        rows = sum(max(0, db.run(sql)) for sql in _IN_ORDER)
        db.run_many(_WALLETS, wallets)
        seal_after(db, head)
    return rows


def balances(db: Database, users: Sequence[int]) -> dict[int, int]:
    """Return what each of some users can spend."""
    found = {}
    for user_id in users:
        found[user_id] = int(db.value("SELECT token_balance FROM users WHERE id = ?", (user_id,)))
    return found


def other_users(db: Database, user_id: int, limit: int) -> list[int]:
    """Return users besides one, oldest first."""
    rows = db.rows("SELECT id FROM users WHERE id <> ? ORDER BY id LIMIT ?", (user_id, limit))
    return [row[0] for row in rows]


def _stage(db: Database, table: str, rows: Sequence[Sequence[Any]]) -> None:
    names = dict(_STAGES)[table]
    db.run(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({', '.join(names)})")
    db.run(f"DELETE FROM {table}")  # noqa: S608 - our own names
    marks = ", ".join("?" * len(names))
    db.run_many(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names


@contextmanager
def _without_triggers(db: Database) -> Iterator[None]:
    triggers = db.rows(
        "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
    )
    for name, _ in triggers:
        db.run(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        db.run(sql)
