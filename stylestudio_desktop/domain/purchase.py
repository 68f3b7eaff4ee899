"""The life of a token purchase: its states, its refunds, and what each takes and gives."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from stylestudio_desktop.domain.records import Purchase


class PurchaseStatus(str, Enum):
    """Where a purchase stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    REFUNDED = "refunded"


PURCHASE_STEPS: Mapping[PurchaseStatus, frozenset[PurchaseStatus]] = {
    PurchaseStatus.PENDING: frozenset({PurchaseStatus.COMPLETED, PurchaseStatus.FAILED}),
    PurchaseStatus.COMPLETED: frozenset({PurchaseStatus.REFUNDED}),
    PurchaseStatus.FAILED: frozenset(),
    PurchaseStatus.REFUNDED: frozenset(),
}


class Mode(str, Enum):
    """Whether money really moves. A workspace keeps to one of them."""

    TEST = "test"
    LIVE = "live"


class RefundKind(str, Enum):
    """Who took the money back: the merchant, or the buyer's bank."""

    REFUND = "refund"
    DISPUTE = "dispute"


class RefundStatus(str, Enum):
    """Where a refund stands.

    `asked` was committed here and may not have reached the gateway; `reversed` did not happen,
    or was taken back, so its tokens are back as well.
    """

    ASKED = "asked"
    PENDING = "pending"
    DONE = "done"
    REVERSED = "reversed"


REFUND_STEPS: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.ASKED: frozenset({RefundStatus.PENDING, RefundStatus.DONE, RefundStatus.REVERSED}),
    RefundStatus.PENDING: frozenset({RefundStatus.DONE, RefundStatus.REVERSED}),
    RefundStatus.DONE: frozenset({RefundStatus.REVERSED}),
    RefundStatus.REVERSED: frozenset(),
}


class Refund(NamedTuple):
    """Money going back for a purchase, booked by the gateway's own id.

    `amount` is money, `tokens` what that claims, `taken` what could be taken so far; the rest is
    owed.
    """

    id: int
    user_id: int
    purchase_id: int
    kind: str
    status: str
    remote_id: str | None
    amount: int
    tokens: int
    taken: int
    reason: str | None
    created_at: int
    updated_at: int


def is_held(row: Purchase) -> bool:
    """Say whether something else was paid than asked, so that a person has to decide about it.

    The row's `amount` and `currency` are what was paid then; `request` says what was asked.
    """
    return row.status == PurchaseStatus.PENDING.value and row.stripe_payment_intent_id is not None


def is_paying(row: Purchase) -> bool:
    """Say whether the buyer is done and the bank is not: nothing can be paid or cancelled then.

    The payment page has an id and no address any more.
    """
    has_page = row.stripe_checkout_session_id is not None
    waits = row.status == PurchaseStatus.PENDING.value and not is_held(row)
    return waits and has_page and row.checkout_url is None


def is_bounced(row: Purchase) -> bool:
    """Say whether money that went back came back again: the buyer's bank would not take it.

    A purchase whose money is all back says why; where that came undone the reason is gone. One
    that credited tokens has credited them again then.
    """
    over = (PurchaseStatus.FAILED.value, PurchaseStatus.REFUNDED.value)
    paid = row.stripe_payment_intent_id is not None
    return row.status in over and paid and row.refund_reason is None


def is_returned(row: Purchase) -> bool:
    """Say whether money that bought nothing is all back with who paid it."""
    paid = row.stripe_payment_intent_id is not None
    return row.status == PurchaseStatus.FAILED.value and paid and row.refund_reason is not None


def only_goes_back(row: Purchase) -> bool:
    """Say whether a purchase's money lies at the gateway without having bought a token."""
    return is_held(row) or (row.status == PurchaseStatus.FAILED.value and is_bounced(row))


def tokens_for_money(
    tokens: int, amount: int, refunded: int, before_money: int, before_tokens: int
) -> int:
    """Return the tokens that a refund of `refunded` claims.

    `tokens` were bought for `amount`; `before_money` and `before_tokens` are what refunds in
    force claim already. A part is rounded down; whatever completes the whole takes the rest.
    """
    left = tokens - before_tokens
    if before_money + refunded >= amount:
        return left
    return min(left, tokens * refunded // amount)


def money_for_tokens(
    tokens: int, amount: int, unspent: int, before_money: int, before_tokens: int
) -> int:
    """Return the money to give back for `unspent` of the `tokens` bought for `amount`.

    A part is rounded down, so that no refund is dearer than what it is for.
    """
    left = amount - before_money
    if before_tokens + unspent >= tokens:
        return left
    return min(left, amount * unspent // tokens)
