"""Queries on purchases of tokens."""

from peewee import SQL

from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting, setting
from stylestudio_desktop.store.tables import PLACE, Meta, TokenPurchases

_FIELDS = columns(TokenPurchases, Purchase)
_INSERT = inserting(TokenPurchases, _FIELDS)
_PAGE = Prepared(
    TokenPurchases.select(*_FIELDS)
    .where((TokenPurchases.user_id == PLACE) & (TokenPurchases.id < PLACE))
    .order_by(TokenPurchases.id.desc())
    .limit(PLACE)
)
_GET = Prepared(TokenPurchases.select(*_FIELDS).where(TokenPurchases.id == PLACE))
_BY_REFERENCE = Prepared(
    TokenPurchases.select(*_FIELDS).where(TokenPurchases.transaction_id == PLACE)
)
_BY_PAYMENT = Prepared(
    TokenPurchases.select(*_FIELDS).where(TokenPurchases.stripe_payment_intent_id == PLACE)
)
_PENDING = Prepared(
    TokenPurchases.select(*_FIELDS)
    .where(
        SQL('"t1"."status" = \'pending\'')
        & TokenPurchases.stripe_payment_intent_id.is_null()
        & (TokenPurchases.id > PLACE)
    )
    .order_by(TokenPurchases.id)
    .limit(PLACE)
)
_PAID = Prepared(
    TokenPurchases.select(*_FIELDS)
    .where(
        (TokenPurchases.id > PLACE)
        & TokenPurchases.stripe_payment_intent_id.is_null(False)
        & (TokenPurchases.mode == PLACE)
    )
    .order_by(TokenPurchases.id)
    .limit(PLACE)
)
_ANY = Prepared(
    TokenPurchases.select(TokenPurchases.mode).where(SQL("mode IS NOT NULL")).limit(SQL("1"))
)
# Each change names the state it comes from, so that of two who try only one succeeds.
_OPENED = setting(
    TokenPurchases,
    [TokenPurchases.stripe_checkout_session_id, TokenPurchases.checkout_url],
    (TokenPurchases.id == PLACE) & SQL("status = 'pending'"),
)
_ASKED = setting(
    TokenPurchases,
    [TokenPurchases.request],
    (TokenPurchases.id == PLACE) & SQL("status = 'pending'"),
)
_COMPLETED = setting(
    TokenPurchases,
    [
        TokenPurchases.stripe_checkout_session_id,
        TokenPurchases.stripe_payment_intent_id,
        TokenPurchases.payment_method,
        TokenPurchases.completed_at,
        TokenPurchases.receipt,
    ],
    (TokenPurchases.id == PLACE) & SQL("status = 'pending'"),
    {
        TokenPurchases.status: SQL("'completed'"),
        TokenPurchases.checkout_url: SQL("NULL"),
        TokenPurchases.error: SQL("NULL"),
    },
)
_DOUBTED = setting(
    TokenPurchases,
    [TokenPurchases.stripe_checkout_session_id, TokenPurchases.error],
    (TokenPurchases.id == PLACE) & SQL("status = 'pending'"),
    {TokenPurchases.checkout_url: SQL("NULL")},
)
_HELD = setting(
    TokenPurchases,
    [
        TokenPurchases.amount,
        TokenPurchases.currency,
        TokenPurchases.stripe_checkout_session_id,
        TokenPurchases.stripe_payment_intent_id,
        TokenPurchases.error,
        TokenPurchases.receipt,
    ],
    (TokenPurchases.id == PLACE)
    & SQL("status = 'pending'")
    & TokenPurchases.stripe_payment_intent_id.is_null(),
    {TokenPurchases.checkout_url: SQL("NULL")},
)
_ACCEPTED = setting(
    TokenPurchases,
    [
        TokenPurchases.tokens_received,
        TokenPurchases.payment_method,
        TokenPurchases.error,
        TokenPurchases.completed_at,
    ],
    (TokenPurchases.id == PLACE)
    & SQL("status = 'pending'")
    & TokenPurchases.stripe_payment_intent_id.is_null(False),
    {TokenPurchases.status: SQL("'completed'")},
)
_FAILED = setting(
    TokenPurchases,
    [TokenPurchases.error],
    (TokenPurchases.id == PLACE) & SQL("status = 'pending'"),
    {TokenPurchases.status: SQL("'failed'"), TokenPurchases.checkout_url: SQL("NULL")},
)
_REFUNDED = setting(
    TokenPurchases,
    [TokenPurchases.refund_reason],
    (TokenPurchases.id == PLACE) & SQL("status = 'completed'"),
    {TokenPurchases.status: SQL("'refunded'")},
)
_RETURNED = """
UPDATE token_purchases SET refund_reason = ?, error = iif(status = 'failed', ?, error)
WHERE id = ? AND status IN ('failed', 'refunded') AND stripe_payment_intent_id IS NOT NULL"""
_STANDING = """
SELECT
  EXISTS (SELECT 1 FROM token_purchases p WHERE p.user_id = u.id AND p.status = 'pending'),
  EXISTS (SELECT 1 FROM token_purchases p
    WHERE p.user_id = u.id AND p.status = 'completed' AND p.gateway IS NOT NULL)
FROM users u WHERE u.id = ?"""
_REMARK = Prepared(Meta.select(Meta.value).where(Meta.key == PLACE))
_NOTE = Prepared(
    Meta.insert({Meta.key: PLACE, Meta.value: PLACE}).on_conflict(
        conflict_target=[Meta.key], update={Meta.value: SQL("excluded.value")}
    )
)


def insert(db: Database, row: Purchase) -> None:
    """Add a purchase."""
    db.run(_INSERT, row)


def get(db: Database, purchase_id: int) -> Purchase | None:
    """Return a purchase, or None."""
    return _one(db.row(_GET, (purchase_id,)))


def by_reference(db: Database, reference: str) -> Purchase | None:
    """Return the purchase with our own reference, or None."""
    return _one(db.row(_BY_REFERENCE, (reference,)))


def by_payment(db: Database, payment_id: str) -> Purchase | None:
    """Return the purchase that a payment completed, or None."""
    return _one(db.row(_BY_PAYMENT, (payment_id,)))


def page(db: Database, user_id: int, before: int, limit: int) -> list[Purchase]:
    """Return up to `limit` purchases with an id below `before`, newest first."""
    return [Purchase._make(row) for row in db.rows(_PAGE, (user_id, before, limit))]


def pending(db: Database, after: int, limit: int) -> list[Purchase]:
    """Return up to `limit` pending purchases of everybody with an id above `after`.

    Those that wait for a person's decision are not among them: asking again changes nothing.
    """
    return [Purchase._make(row) for row in db.rows(_PENDING, (after, limit))]


def paid(db: Database, mode: str, after: int, limit: int) -> list[Purchase]:
    """Return up to `limit` purchases that were paid in `mode`, with an id above `after`."""
    return [Purchase._make(row) for row in db.rows(_PAID, (after, mode, limit))]


def standing(db: Database, user_id: int) -> tuple[bool, bool]:
    """Say whether somebody has a purchase that waits, and one that was paid."""
    waits, paid = db.row(_STANDING, (user_id,)) or (0, 0)
    return bool(waits), bool(paid)


def mode(db: Database) -> str | None:
    """Return the mode of the workspace's purchases, None before the first."""
    found = db.value(_ANY)
    return None if found is None else str(found)


def asked(db: Database, purchase_id: int, request: str) -> None:
    """Keep what the gateway is asked for instead of what it refused."""
    db.run(_ASKED, (request, purchase_id))


def opened(db: Database, purchase_id: int, checkout_id: str, url: str | None) -> bool:
    """Keep where a pending purchase can be paid."""
    return db.run(_OPENED, (checkout_id, url, purchase_id)) == 1


def completed(
    db: Database,
    purchase_id: int,
    checkout_id: str,
    payment_id: str,
    method: str | None,
    moment: int,
    receipt: str | None,
) -> bool:
    """Complete a pending purchase; False if it is not pending any more."""
    values = (checkout_id, payment_id, method, moment, receipt, purchase_id)
    return db.run(_COMPLETED, values) == 1


def doubted(db: Database, purchase_id: int, checkout_id: str, sentence: str) -> bool:
    """Say why nobody should pay on a pending purchase's page; its address is forgotten."""
    return db.run(_DOUBTED, (checkout_id, sentence, purchase_id)) == 1


def held(
    db: Database,
    purchase_id: int,
    paid: tuple[int, str],
    checkout_id: str,
    payment_id: str,
    sentence: str,
    receipt: str | None,
) -> bool:
    """Keep what was `paid` (amount and currency) otherwise than asked, for a person to decide."""
    values = (*paid, checkout_id, payment_id, sentence, receipt, purchase_id)
    return db.run(_HELD, values) == 1


def accepted(
    db: Database, purchase_id: int, tokens: int, method: str, remark: str, moment: int
) -> bool:
    """Complete a held purchase for `tokens`; False if it is not held any more."""
    return db.run(_ACCEPTED, (tokens, method, remark, moment, purchase_id)) == 1


def failed(db: Database, purchase_id: int, sentence: str) -> bool:
    """End a pending purchase without payment; False if it is not pending any more."""
    return db.run(_FAILED, (sentence, purchase_id)) == 1


def refunded(db: Database, purchase_id: int, reason: str) -> bool:
    """Mark a completed purchase as wholly refunded; False if it is not completed."""
    return db.run(_REFUNDED, (reason, purchase_id)) == 1


def returned(db: Database, purchase_id: int, reason: str | None, sentence: str) -> bool:
    """Keep why the money of a purchase that is over is back, None where it came back again.

    `sentence` tells the same of one that credited nothing. False if the purchase is not over.
    """
    return db.run(_RETURNED, (reason, sentence, purchase_id)) == 1


def remark(db: Database, key: str) -> str | None:
    """Return what is kept under `key` about this workspace's payments, or None."""
    found = db.value(_REMARK, (key,))
    return None if found is None else str(found)


def note(db: Database, key: str, value: str) -> None:
    """Keep `value` under `key`, in place of what was there."""
    db.run(_NOTE, (key, value))


def _one(row: tuple[object, ...] | None) -> Purchase | None:
    return None if row is None else Purchase._make(row)
