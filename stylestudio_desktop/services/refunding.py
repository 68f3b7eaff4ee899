"""Gives money back for unspent tokens: what it would be, asking for it, and finding it again."""

import time
from dataclasses import dataclass

from stylestudio_desktop.domain.errors import BadInput, IllegalStep, PaymentError
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.purchase import (
    PurchaseStatus,
    Refund,
    RefundKind,
    RefundStatus,
    is_bounced,
    money_for_tokens,
    only_goes_back,
)
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import Gateway, RefundOrder
from stylestudio_desktop.services import buying, settling, till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import purchases, refunds, users

_ASKED_FOR = "asked for by the buyer"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be given back for a purchase now: `tokens` go, `amount` of `currency` comes."""

    purchase: Purchase
    tokens: int
    amount: int
    currency: str


def offer(studio: Studio, purchase_id: int) -> Offer:
    """Return what a refund would be, without asking for it. Raises NotFound, IllegalStep, BadInput.

    Only unspent tokens can be refunded, and none that a refund claims already. For money that
    was held no token was credited, so all of it can go back.
    """
    return _offer(studio, buying.purchase(studio, purchase_id))


def ask(studio: Studio, purchase_id: int, shown: Offer | None = None) -> Refund:
    """Refund a purchase's unspent tokens and return how far that came.

    The tokens are taken and the wish is committed before the gateway is asked, so none can be
    spent meanwhile; they come back if it refuses. With `shown`, nothing is done when the offer
    is another one by now. An error with `again` set leaves the refund to reconciliation.
    """
    gateway = till.gateway(studio)
    try:
        with studio.database.write():
            row = buying.purchase(studio, purchase_id)
            now = _offer(studio, row)
            if shown is not None and (shown.tokens, shown.amount) != (now.tokens, now.amount):
                raise BadInput(
                    "Meanwhile something was spent, so the refund would be another one. Nothing "
                    "was changed. Look at the amount again."
                )
            wish = _wish(row, now)
            settling.take_back(studio, row, wish)
        carry_on(studio, wish, gateway)
    finally:
        gateway.close()
    found = refunds.get(studio.database, wish.id)
    assert found is not None  # noqa: S101 - refunds are never removed
    if found.status == RefundStatus.REVERSED.value:
        still = "The tokens are yours again." if found.tokens else "It can be asked for again."
        raise PaymentError(
            f"The payment service did not give the money back: {found.reason}. {still}"
        )
    return found


def carry_on(studio: Studio, wish: Refund, gateway: Gateway) -> settling.Outcome:
    """Ask for a committed refund, or find out what became of it. Raises PaymentError."""
    row = purchases.get(studio.database, wish.purchase_id)
    assert row is not None  # noqa: S101 - a foreign key says so
    payment = row.stripe_payment_intent_id or ""
    if time.time() - wish.created_at / 1000 < buying.KEY_LIVES_S:
        order = RefundOrder(wish.id, f"refund/{wish.id}", payment, wish.amount, row.receipt)
        try:
            return settling.book_refund(studio, gateway.refund(order))
        except PaymentError as error:
            if error.again:
                raise
            reason = error.sentence
    else:
        reason = "it never arrived there"
    for fact in gateway.refunds_of(payment):
        if fact.asked_id == wish.id:
            return settling.book_refund(studio, fact)
    return settling.let_go(studio, wish.id, reason)


def of_purchase(studio: Studio, purchase_id: int) -> list[Refund]:
    """Return the refunds and disputes of a purchase of the person at the desk. Raises NotFound."""
    return refunds.of_purchase(studio.database, buying.purchase(studio, purchase_id).id)


def debt(studio: Studio) -> int:
    """Return the tokens that were refunded after they were spent, and are still owed."""
    return refunds.debt(studio.database, studio.user_id)


def _offer(studio: Studio, row: Purchase) -> Offer:
    if only_goes_back(row):
        before = refunds.in_force(refunds.of_purchase(studio.database, row.id))
        if row.amount <= before.money:
            raise IllegalStep("This money is on its way back already. Nothing was changed.")
        return Offer(row, 0, row.amount - before.money, row.currency)
    bought = row.status == PurchaseStatus.COMPLETED.value or is_bounced(row)
    if not bought or row.gateway is None:
        raise IllegalStep(
            f"This purchase is {row.status}, so there is nothing to give back. Nothing was changed."
        )
    before = refunds.in_force(refunds.of_purchase(studio.database, row.id))
    there = users.balance(studio.database, row.user_id)
    tokens = min(there, row.tokens_received - before.tokens)
    amount = money_for_tokens(row.tokens_received, row.amount, tokens, before.money, before.tokens)
    if tokens <= 0 or amount <= 0:
        raise BadInput(
            "The tokens of this purchase are spent or refunded, so there is nothing to give back. "
            "Nothing was changed."
        )
    return Offer(row, tokens, amount, row.currency)


def _wish(row: Purchase, found: Offer) -> Refund:
    moment = now_ms()
    return Refund(
        id=new_id(),
        user_id=row.user_id,
        purchase_id=row.id,
        kind=RefundKind.REFUND.value,
        status=RefundStatus.ASKED.value,
        remote_id=None,
        amount=found.amount,
        tokens=found.tokens,
        taken=0,
        reason=_ASKED_FOR,
        created_at=moment,
        updated_at=moment,
    )
