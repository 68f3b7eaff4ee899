"""Whatever happens in whatever order, the books agree with the bank's; and bugs are caught."""

import dataclasses
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState
from stylestudio_desktop.services import buying, reconciling, settling
from stylestudio_desktop.services.studio import Studio
from tests.payments.bank import Bank
from tests.payments.machine import Market
from tests.payments.test_buying import balance, buy, credits, session, sound

USUAL = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestMarket = Market.TestCase
TestMarket.settings = USUAL


def credit_on_redirect(patch: pytest.MonkeyPatch) -> None:
    """The browser came back, so it must be paid."""
    genuine = buying.look_again

    def look_again(studio: Studio, purchase_id: int) -> Any:
        row = buying.purchase(studio, purchase_id)
        if row.status == "pending" and row.stripe_checkout_session_id:
            seen = Checkout(
                row.stripe_checkout_session_id, Mode.TEST, row.transaction_id,
                CheckoutState.PAID, row.amount, row.currency, payment_id=f"pi_{row.id}",
            )  # fmt: skip
            settling.settle(studio, seen)
        return genuine(studio, purchase_id)

    patch.setattr(buying, "look_again", look_again)


def seen_before_credit(patch: pytest.MonkeyPatch) -> None:
    """A payment is noted as seen first, and credited afterwards."""
    genuine, seen_before = settling.settle, set[str]()

    def settle(studio: Studio, seen: Checkout) -> settling.Outcome:
        if seen.state is CheckoutState.PAID:
            if seen.id + str(studio.user_id) in seen_before:
                return settling.Outcome.ALREADY
            seen_before.add(seen.id + str(studio.user_id))
        return genuine(studio, seen)

    patch.setattr(settling, "settle", settle)


def refund_by_total(patch: pytest.MonkeyPatch) -> None:
    """A refund is booked by what the charge says is refunded in all."""
    genuine, totals = settling.book_refund, dict[str, int]()

    def book_refund(studio: Studio, fact: Any) -> settling.Outcome:
        key = f"{studio.user_id}{fact.payment_id}"
        totals[key] = totals.get(key, 0) + fact.amount
        return genuine(studio, dataclasses.replace(fact, amount=totals[key]))

    patch.setattr(settling, "book_refund", book_refund)


def key_not_stored(patch: pytest.MonkeyPatch) -> None:
    """Every attempt makes a key of its own."""
    genuine = buying.order_of

    def order_of(row: Any) -> Any:
        return dataclasses.replace(genuine(row), key=uuid.uuid4().hex)

    patch.setattr(buying, "order_of", order_of)


def story() -> None:
    """One life of a purchase with a crash, a lost answer and partial refunds on the way."""
    market = Market()
    try:
        market.buy("standard", "down_after", 0)
        market.reconcile("", 0)
        checked(market)
        market.come_back_from_the_browser(0, "", 0)
        checked(market)
        market.pay(0, later=False)
        market.reconcile("", 1)
        checked(market)
        market.the_day_ends()
        for share in (0.3, 0.5):
            market.refund_at_the_dashboard(0, share, pending=False)
            market.the_day_ends()
            checked(market)
    finally:
        market.teardown()


def checked(market: Market) -> None:
    """Hold the machine's invariants, as it does after each step."""
    market.no_reference_has_two_pages()
    market.nothing_is_credited_that_was_not_paid()


def test_the_story_goes_well() -> None:
    story()


@pytest.mark.parametrize(
    "plant", [credit_on_redirect, seen_before_credit, refund_by_total, key_not_stored]
)
def test_a_planted_bug_is_caught(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        story()


def test_many_settle_the_same_payment_at_once(studio: Studio, bank: Bank) -> None:
    rows = [buy(studio) for _ in range(5)]
    for row in rows:
        bank.pay(session(row))
        bank.give_back(bank.sessions[session(row)]["payment_intent"], 1000)
    begin = threading.Barrier(6)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with studio.database.connection():
                begin.wait()
                reconciling.reconcile(studio)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert credits(studio) == [100] * 5
    assert balance(studio) == 10 + 5 * (100 - 33)
    sound(studio)
