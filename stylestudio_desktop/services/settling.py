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
    is_held,
    tokens_for_money,
)
from stylestudio_desktop.domain.records import Action, Purchase, UsageRecord
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState, RefundFact
from stylestudio_desktop.services import attempts
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, purchases, refunds, usage, users

_GIVEN_BACK = (
    "It was paid otherwise than asked, and the money was given back. Nothing was credited."
)
_CAME_BACK = (
    "The money that was given back could not be paid out and is at the payment service again. No "
    "tokens were credited. Refund it once more, or see there how else it can be paid out."
)
_MOST = 10**15  # more than any payment, and what SQLite can keep
_REASONS = {RefundKind.REFUND: "refunded", RefundKind.DISPUTE: "disputed"}


class Outcome(Enum):
    """What booking a fact came to."""

    BOOKED = "booked"
    ALREADY = "already"
    WAITING = "waiting"
    REFUSED = "refused"
    HELD = "held"  # paid otherwise than asked: a person decides


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
        if row.status != PurchaseStatus.PENDING.value or is_held(row):
            return Outcome.ALREADY
        if row.stripe_checkout_session_id not in (None, seen.id):
            return Outcome.REFUSED
        if seen.state in (CheckoutState.EXPIRED, CheckoutState.FAILED):
            _fail(studio, row, _over(seen))
            return Outcome.BOOKED
        sold = row.tokens_received if seen.tokens is None else seen.tokens
        asked = (row.amount, row.currency.lower(), row.tokens_received)
        if asked != (seen.amount, seen.currency.lower(), sold):
            return _unfitting(studio, row, seen)
        if seen.state is CheckoutState.PAID and seen.payment_id:
            return _credit(studio, row, seen, seen.payment_id)
        done = seen.state is CheckoutState.PROCESSING  # there is nothing left to do on the page
        if row.stripe_checkout_session_id is None or (done and row.checkout_url is not None):
            purchases.opened(database, row.id, seen.id, None if done else seen.url)
            if done:
                studio.tell(PurchaseChanged(row.user_id, row.id, row.status))
        return Outcome.WAITING


def give_up(studio: Studio, purchase_id: int, sentence: str) -> Outcome:
    """End a pending purchase that can't be paid any more; `sentence` says why."""
    with studio.database.write():
        row = purchases.get(studio.database, purchase_id)
        if row is None or row.status != PurchaseStatus.PENDING.value or is_held(row):
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


def accept(studio: Studio, row: Purchase, tokens: int, method: str, reason: str) -> bool:
    """Credit `tokens` for a held purchase, because a person decided so; False if it moved on."""
    database, moment = studio.database, now_ms()
    remark = f"Accepted, though something else was asked: {reason}"
    with database.write():
        if not purchases.accepted(database, row.id, tokens, method, remark, moment):
            return False
        done = row._replace(tokens_received=tokens)
        move = ledger.purchase(row.id, row.stripe_payment_intent_id or "", tokens)
        entries.append(database, row.user_id, move, moment)
        _after_credit(studio, done, moment, {"mode": row.mode, "accepted": reason})
    return True


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
    _after_credit(studio, row, moment, {"mode": row.mode})
    return Outcome.BOOKED


def _after_credit(studio: Studio, row: Purchase, moment: int, about: dict[str, str | None]) -> None:
    _pay_debts(studio, row)
    _log(studio, row, Action.TOKENS_PURCHASED, moment, row.tokens_received, about)
    studio.tell(PurchaseChanged(row.user_id, row.id, PurchaseStatus.COMPLETED.value))
    attempts.tell_balance(studio, row.user_id)


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
        tokens=_claimed(row, fact, before),
        taken=0,
        reason=fact.reason or _REASONS[fact.kind],
        created_at=moment,
        updated_at=moment,
    )
    take_back(studio, row, made)
    return made


def _claimed(row: Purchase, fact: RefundFact, before: refunds.InForce) -> int:
    if row.completed_at is None:
        return 0  # nothing was credited for it
    return tokens_for_money(
        row.tokens_received, row.amount, fact.amount, before.money, before.tokens
    )


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
    _end(studio, row, status, reason or known.reason or _REASONS[RefundKind.REFUND])
    current = purchases.get(database, row.id)
    studio.tell(PurchaseChanged(row.user_id, row.id, current.status if current else row.status))


def _end(studio: Studio, row: Purchase, status: RefundStatus, reason: str) -> None:
    """Let a purchase end whose money is all back, and say it where that comes undone."""
    database, back = studio.database, _all_is_back(studio, row)
    if status is RefundStatus.DONE and back:
        if is_held(row):
            purchases.failed(database, row.id, _GIVEN_BACK)
        purchases.refunded(database, row.id, reason)
        purchases.returned(database, row.id, reason, _GIVEN_BACK)
    elif status is RefundStatus.REVERSED and not back:
        purchases.returned(database, row.id, None, _CAME_BACK)


def _all_is_back(studio: Studio, row: Purchase) -> bool:
    done = [
        one
        for one in refunds.of_purchase(studio.database, row.id)
        if one.status == RefundStatus.DONE.value
    ]
    return sum(one.amount for one in done) >= row.amount


def _over(seen: Checkout) -> str:
    if seen.state is CheckoutState.FAILED:
        reason = (seen.reason or "no reason was given").rstrip(". ")
        return f"The payment did not come about: {reason}. Nothing was charged."
    return "The payment page was closed before anything was paid. Nothing was charged."


def _unfitting(studio: Studio, row: Purchase, seen: Checkout) -> Outcome:
    """Keep a payment that is none of what was asked; nobody is sent to an unpaid one any more."""
    other = f"{written(seen.amount, seen.currency)} for {seen.tokens or row.tokens_received} tokens"
    asked = f"{written(row.amount, row.currency)} for {row.tokens_received}"
    if seen.state is not CheckoutState.PAID or not seen.payment_id:
        said = (
            f"The payment page is over {other}, but {asked} was asked. Don't pay there: cancel "
            "this purchase and buy again."
        )
        if (row.error, row.stripe_checkout_session_id) != (said, seen.id):
            purchases.doubted(studio.database, row.id, seen.id, said)
            studio.tell(PurchaseChanged(row.user_id, row.id, row.status))
        return Outcome.WAITING
    known = purchases.by_payment(studio.database, seen.payment_id)
    if known is not None or len(seen.currency) != 3 or seen.amount > _MOST:
        return Outcome.REFUSED
    said = (
        f"Paid was {other}, but {asked} was asked (payment {seen.payment_id}). No tokens were "
        "credited yet, and the money is at the payment service. Refund it, or accept it."
    )
    paid = (seen.amount, seen.currency.upper())
    purchases.held(studio.database, row.id, paid, seen.id, seen.payment_id, said, seen.receipt)
    studio.tell(PurchaseChanged(row.user_id, row.id, row.status))
    return Outcome.HELD


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
