"""Queries on refunds and disputes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from peewee import SQL, fn

from stylestudio_desktop.domain.purchase import Refund
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting, placeholders, setting
from stylestudio_desktop.store.tables import PLACE, TokenRefunds

_FIELDS = columns(TokenRefunds, Refund)
_INSERT = inserting(TokenRefunds, _FIELDS)
_GET = Prepared(TokenRefunds.select(*_FIELDS).where(TokenRefunds.id == PLACE))
_BY_REMOTE = Prepared(TokenRefunds.select(*_FIELDS).where(TokenRefunds.remote_id == PLACE))
_OF_PURCHASE = Prepared(
    TokenRefunds.select(*_FIELDS).where(TokenRefunds.purchase_id == PLACE).order_by(TokenRefunds.id)
)
_IN_FORCE = "taken < tokens AND status <> 'reversed'"
_OWED = Prepared(
    TokenRefunds.select(*_FIELDS)
    .where((TokenRefunds.user_id == PLACE) & SQL(_IN_FORCE))
    .order_by(TokenRefunds.id)
)
_DEBT = Prepared(
    TokenRefunds.select(fn.SUM(TokenRefunds.tokens - TokenRefunds.taken)).where(
        (TokenRefunds.user_id == PLACE) & SQL(_IN_FORCE)
    )
)
_OPEN = Prepared(
    TokenRefunds.select(*_FIELDS)
    .where(SQL("status = 'asked'") & (TokenRefunds.id > PLACE))
    .order_by(TokenRefunds.id)
    .limit(PLACE)
)
_STEP = setting(
    TokenRefunds,
    [TokenRefunds.status, TokenRefunds.remote_id, TokenRefunds.reason, TokenRefunds.updated_at],
    (TokenRefunds.id == PLACE) & (TokenRefunds.status == PLACE),
)
_TAKE = Prepared(
    TokenRefunds.update({TokenRefunds.taken: TokenRefunds.taken + PLACE}).where(
        TokenRefunds.id == PLACE
    )
)


_BOOKS = """
SELECT
  (SELECT coalesce(sum(tokens_received), 0) FROM token_purchases
    WHERE user_id = ?1 AND status IN ('completed', 'refunded')),
  (SELECT coalesce(sum(tokens), 0) FROM token_refunds
    WHERE purchase_id IN (SELECT id FROM token_purchases WHERE user_id = ?1)
      AND status <> 'reversed'),
  coalesce(sum(iif(kind = 'purchase', delta, 0)), 0),
  -coalesce(sum(iif(kind = 'purchase', 0, delta)), 0),
  (SELECT coalesce(sum(tokens - taken), 0) FROM token_refunds
    WHERE user_id = ?1 AND taken < tokens AND status <> 'reversed')
FROM token_entries
WHERE purchase_id IN (SELECT id FROM token_purchases WHERE user_id = ?1)"""


class InForce(NamedTuple):
    """What the refunds of a purchase that were not reversed add up to."""

    money: int
    tokens: int


def insert(db: Database, row: Refund) -> None:
    """Add a refund."""
    db.run(_INSERT, row)


def get(db: Database, refund_id: int) -> Refund | None:
    """Return a refund by our id, or None."""
    row = db.row(_GET, (refund_id,))
    return None if row is None else Refund._make(row)


def by_remote(db: Database, remote_id: str) -> Refund | None:
    """Return a refund by the gateway's id, or None."""
    row = db.row(_BY_REMOTE, (remote_id,))
    return None if row is None else Refund._make(row)


def of_purchases(db: Database, purchase_ids: Sequence[int]) -> list[Refund]:
    """Return all refunds of the purchases of one page."""
    sql = _of_purchases_sql(len(purchase_ids))
    return [Refund._make(row) for row in db.rows(sql, tuple(purchase_ids))]


@lru_cache(maxsize=64)
def _of_purchases_sql(number: int) -> Prepared:
    among = TokenRefunds.purchase_id << SQL(f"({placeholders(number)})")
    return Prepared(TokenRefunds.select(*_FIELDS).where(among))


def of_purchase(db: Database, purchase_id: int) -> list[Refund]:
    """Return all refunds of a purchase, oldest first."""
    return [Refund._make(row) for row in db.rows(_OF_PURCHASE, (purchase_id,))]


def owed(db: Database, user_id: int) -> list[Refund]:
    """Return the refunds of which a person still owes tokens, oldest first."""
    return [Refund._make(row) for row in db.rows(_OWED, (user_id,))]


def debt(db: Database, user_id: int) -> int:
    """Return the tokens that a person owes."""
    return int(db.value(_DEBT, (user_id,)) or 0)


def books(db: Database, user_id: int) -> tuple[int, ...]:
    """Return a person's tokens paid for, refunded, credited, clawed back and owed."""
    row = db.row(_BOOKS, (user_id,))
    return tuple(int(value) for value in row or (0, 0, 0, 0, 0))


def unfinished(db: Database, after: int, limit: int) -> list[Refund]:
    """Return up to `limit` refunds that were asked for here and not answered, above `after`."""
    return [Refund._make(row) for row in db.rows(_OPEN, (after, limit))]


def step(
    db: Database, row: Refund, status: str, remote_id: str | None, reason: str | None, moment: int
) -> bool:
    """Move a refund on from where `row` saw it; False if it is elsewhere meanwhile."""
    return db.run(_STEP, (status, remote_id, reason, moment, row.id, row.status)) == 1


def take(db: Database, refund_id: int, tokens: int) -> None:
    """Note that `tokens` more were taken for a refund."""
    db.run(_TAKE, (tokens, refund_id))


def in_force(rows: list[Refund]) -> InForce:
    """Add up the refunds that were not reversed."""
    kept = [row for row in rows if row.status != "reversed"]
    return InForce(sum(row.amount for row in kept), sum(row.tokens for row in kept))
