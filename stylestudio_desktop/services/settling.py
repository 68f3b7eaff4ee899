"""Books what a payment gateway tells: once, in one transaction, and only what fits our own row.

Every function here may be called any number of times, in any order and from any number of
processes at once; what is already so is left as it is.
"""

import json
from enum import Enum

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.events import PurchaseChanged
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.purchase import (
    REFUND_STEPS,
    PurchaseStatus,
    Refund,
    RefundKind,
    RefundStatus,
    tokens_for_money,
)
from stylestudio_desktop.domain.records import Action, Purchase, UsageRecord
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState, RefundFact
from stylestudio_desktop.services import attempts
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, purchases, refunds, usage, users

_REASONS = {RefundKind.REFUND: "refunded", RefundKind.DISPUTE: "disputed"}


class Outcome(Enum):
    """What booking a fact came to."""

    BOOKED = "booked"
    ALREADY = "already"
    WAITING = "waiting"
    REFUSED = "refused"


def settle(studio: Studio, seen: Checkout) -> Outcome:
    """Credit the purchase that a payment page belongs to, if it is paid and fits in every way.

    A page that is over without money ends the purchase. The credit's key is the payment's id, so
    no payment is ever credited twice; only a completed purchase counts as done.
    """
    database = studio.database
    with database.write():
        row = purchases.by_reference(database, seen.reference) if seen.reference else None
        if row is None or row.mode != seen.mode.value:
            return Outcome.REFUSED  # of another workspace, or of another mode
        if row.status != PurchaseStatus.PENDING.value:
            return Outcome.ALREADY
        if row.stripe_checkout_session_id not in (None, seen.id):
            return Outcome.REFUSED
        sold = row.tokens_received if seen.tokens is None else seen.tokens
        asked = (row.amount, row.currency.lower(), row.tokens_received)
        if asked != (seen.amount, seen.currency.lower(), sold):
            _fail(studio, row, _unfitting(row, seen))
            return Outcome.REFUSED
        if seen.state is CheckoutState.PAID and seen.payment_id:
            return _credit(studio, row, seen, seen.payment_id)
        if seen.state in (CheckoutState.EXPIRED, CheckoutState.FAILED):
            _fail(studio, row, _over(seen))
            return Outcome.BOOKED
        if row.stripe_checkout_session_id is None:
            purchases.opened(database, row.id, seen.id, seen.url)
        return Outcome.WAITING


def give_up(studio: Studio, purchase_id: int, sentence: str) -> Outcome:
    """End a pending purchase that can't be paid any more; `sentence` says why."""
    with studio.database.write():
        row = purchases.get(studio.database, purchase_id)
        if row is None or row.status != PurchaseStatus.PENDING.value:
            return Outcome.ALREADY
        _fail(studio, row, sentence)
    return Outcome.BOOKED


def book_refund(studio: Studio, fact: RefundFact) -> Outcome:
    """Book a refund or dispute by its own id: take tokens, or give them back when reversed.

    Taken is what the balance has; tokens held by running work are not in it. The rest is owed
    and taken from the next purchase.
    """
    database = studio.database
    with database.write():
        row = purchases.by_payment(database, fact.payment_id) if fact.payment_id else None
        if row is None or row.mode != fact.mode.value:
            return Outcome.REFUSED
        known = refunds.by_remote(database, fact.id) or _asked_here(studio, row, fact)
        if known is None:
            if fact.status is RefundStatus.REVERSED or fact.amount == 0:
                return Outcome.ALREADY  # it never took anything here
            known = _new(studio, row, fact)
        elif known.remote_id == fact.id and not _forward(known, fact.status):
            return Outcome.ALREADY
        _step(studio, row, known, fact.status, fact.id, fact.reason)
    return Outcome.BOOKED


def take_back(studio: Studio, row: Purchase, asked: Refund) -> None:
    """Add a refund and take its tokens, inside a transaction."""
    refunds.insert(studio.database, asked)
    owner = users.balance(studio.database, row.user_id)
    _take(studio, asked, min(asked.tokens, owner), occasion=0)
    moment = now_ms()
    _log(studio, row, Action.TOKENS_REFUNDED, moment, asked.tokens, {"kind": asked.kind})
    attempts.tell_balance(studio, row.user_id)


def let_go(studio: Studio, refund_id: int, reason: str) -> Outcome:
    """Reverse a refund that the gateway refused: its tokens come back."""
    with studio.database.write():
        known = refunds.get(studio.database, refund_id)
        if known is None or known.status == RefundStatus.REVERSED.value:
            return Outcome.ALREADY
        row = purchases.get(studio.database, known.purchase_id)
        assert row is not None  # noqa: S101 - a foreign key says so
        _step(studio, row, known, RefundStatus.REVERSED, known.remote_id, reason)
    return Outcome.BOOKED


def _credit(studio: Studio, row: Purchase, seen: Checkout, payment_id: str) -> Outcome:
    database, moment = studio.database, now_ms()
    known = purchases.by_payment(database, payment_id)
    if known is not None:
        return Outcome.REFUSED  # one payment for two purchases
    purchases.completed(
        database, row.id, seen.id, payment_id, seen.method or "card", moment, seen.receipt
    )
    move = ledger.purchase(row.id, payment_id, row.tokens_received)
    entries.append(database, row.user_id, move, moment)
    _pay_debts(studio, row)
    _log(studio, row, Action.TOKENS_PURCHASED, moment, row.tokens_received, {"mode": row.mode})
    studio.tell(PurchaseChanged(row.user_id, row.id, PurchaseStatus.COMPLETED.value))
    attempts.tell_balance(studio, row.user_id)
    return Outcome.BOOKED


def _pay_debts(studio: Studio, row: Purchase) -> None:
    for owed in refunds.owed(studio.database, row.user_id):
        there = users.balance(studio.database, row.user_id)
        _take(studio, owed, min(owed.tokens - owed.taken, there), occasion=row.id)


def _take(studio: Studio, refund: Refund, tokens: int, occasion: int) -> None:
    if tokens == 0:
        return
    move = ledger.claw_back(refund.purchase_id, refund.id, tokens, occasion)
    entries.append(studio.database, refund.user_id, move, now_ms())
    refunds.take(studio.database, refund.id, tokens)


def _fail(studio: Studio, row: Purchase, sentence: str) -> None:
    purchases.failed(studio.database, row.id, sentence)
    studio.tell(PurchaseChanged(row.user_id, row.id, PurchaseStatus.FAILED.value))


def _new(studio: Studio, row: Purchase, fact: RefundFact) -> Refund:
    before = refunds.in_force(refunds.of_purchase(studio.database, row.id))
    moment = now_ms()
    made = Refund(
        id=new_id(),
        user_id=row.user_id,
        purchase_id=row.id,
        kind=fact.kind.value,
        status=RefundStatus.PENDING.value,
        remote_id=fact.id,
        amount=fact.amount,
        tokens=tokens_for_money(
            row.tokens_received, row.amount, fact.amount, before.money, before.tokens
        ),
        taken=0,
        reason=fact.reason or _REASONS[fact.kind],
        created_at=moment,
        updated_at=moment,
    )
    take_back(studio, row, made)
    return made


def _asked_here(studio: Studio, row: Purchase, fact: RefundFact) -> Refund | None:
    if fact.asked_id is None:
        return None
    asked = refunds.get(studio.database, fact.asked_id)
    fits = asked is not None and asked.purchase_id == row.id and asked.remote_id is None
    # One that was given up for refused, and came about after all, is booked anew.
    return asked if fits and asked and asked.status == RefundStatus.ASKED.value else None


def _forward(known: Refund, status: RefundStatus) -> bool:
    return status in REFUND_STEPS[RefundStatus(known.status)]


def _step(
    studio: Studio,
    row: Purchase,
    known: Refund,
    status: RefundStatus,
    remote_id: str | None,
    reason: str | None,
) -> None:
    database, moment = studio.database, now_ms()
    known = refunds.get(database, known.id) or known
    if _forward(known, status) or known.remote_id != remote_id:
        refunds.step(database, known, status.value, remote_id, reason or known.reason, moment)
    if status is RefundStatus.REVERSED and known.taken:
        move = ledger.reinstate(row.id, known.id, known.taken)
        entries.append(database, row.user_id, move, moment)
        attempts.tell_balance(studio, row.user_id)
    if status is RefundStatus.DONE and _all_is_back(studio, row):
        purchases.refunded(database, row.id, known.reason or _REASONS[RefundKind.REFUND])
    current = purchases.get(database, row.id)
    studio.tell(PurchaseChanged(row.user_id, row.id, current.status if current else row.status))


def _all_is_back(studio: Studio, row: Purchase) -> bool:
    done = [
        one
        for one in refunds.of_purchase(studio.database, row.id)
        if one.status == RefundStatus.DONE.value
    ]
    return sum(one.amount for one in done) >= row.amount


def _over(seen: Checkout) -> str:
    if seen.state is CheckoutState.FAILED:
        return f"The payment did not come about: {seen.reason}. Nothing was charged."
    return "The payment page was closed before anything was paid. Nothing was charged."


def _unfitting(row: Purchase, seen: Checkout) -> str:
    paid = written(seen.amount, seen.currency)
    asked = written(row.amount, row.currency)
    said = f"The payment page is over {paid}, but {asked} was asked. No tokens were credited."
    if seen.state is not CheckoutState.PAID:
        return said
    return f"{said} The payment {seen.payment_id} can be refunded at the payment service."


def _log(
    studio: Studio,
    row: Purchase,
    action: Action,
    moment: int,
    tokens: int,
    about: dict[str, str | None],
) -> None:
    usage.insert(
        studio.database,
        UsageRecord(
            id=new_id(),
            user_id=row.user_id,
            action=action.value,
            timestamp=moment,
            session=None,
            generation_id=None,
            purchase_id=row.id,
            file_id=None,
            provider="",
            style="",
            tokens=tokens,
            pictures=0,
            duration_ms=0,
            metadata=json.dumps(about),
        ),
    )
