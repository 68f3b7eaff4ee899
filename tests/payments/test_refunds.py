"""Money that goes back takes its tokens along, by the refund's own id, and never more than once."""

import pytest

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import BadInput, IllegalStep, PaymentError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.purchase import Mode, RefundKind, RefundStatus
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import RefundFact
from stylestudio_desktop.services import (
    buying,
    health,
    reconciling,
    refunding,
    settling,
    till,
    wallet,
)
from stylestudio_desktop.services.settling import Outcome
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from tests.payments.bank import Bank
from tests.payments.test_buying import balance, buy, session, sound


@pytest.fixture
def bought(studio: Studio, bank: Bank) -> Purchase:
    """100 tokens for 29.99, beside the 10 free ones."""
    return complete(studio, bank)


def complete(studio: Studio, bank: Bank, package: str = "standard") -> Purchase:
    row = buy(studio, package)
    bank.pay(session(row))
    reconciling.reconcile(studio)
    return buying.purchase(studio, row.id)


def payment(row: Purchase) -> str:
    assert row.stripe_payment_intent_id is not None
    return row.stripe_payment_intent_id


def hold(studio: Studio, tokens: int) -> None:
    """Take tokens out of the balance, as running work does."""
    with studio.database.write():
        move = ledger.hold(now_ms(), tokens, tokens)
        entries.append(studio.database, studio.user_id, move, now_ms())


def books(studio: Studio) -> None:
    wrong = {"books of purchases", "purchases", "refunds", "ledger sums", "ledger references"}
    found = health.verify(studio).problems
    assert [one.sentence for one in found if one.rule in wrong] == []


def test_an_unspent_purchase_is_given_back_whole(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    shown = refunding.offer(studio, bought.id)
    assert (shown.tokens, shown.amount, shown.currency) == (100, 2999, "USD")
    done = refunding.ask(studio, bought.id, shown)
    assert (done.status, done.taken) == ("done", 100)
    assert bank.money(payment(bought)) == 0
    assert balance(studio) == 10
    ended = buying.purchase(studio, bought.id)
    assert ended.status == "refunded"
    for _ in range(2):
        reconciling.reconcile(studio)
    assert balance(studio) == 10
    assert len(refunding.of_purchase(studio, bought.id)) == 1
    with pytest.raises(IllegalStep):
        refunding.offer(studio, bought.id)
    sound(studio)


def test_only_what_is_unspent_goes_back(studio: Studio, bank: Bank, bought: Purchase) -> None:
    hold(studio, 70)  # 40 are left
    shown = refunding.offer(studio, bought.id)
    assert (shown.tokens, shown.amount) == (40, 2999 * 40 // 100)
    refunding.ask(studio, bought.id)
    assert balance(studio) == 0
    assert buying.purchase(studio, bought.id).status == "completed"
    assert bank.money(payment(bought)) == 2999 - 1199
    with pytest.raises(BadInput, match="nothing to give back"):
        refunding.offer(studio, bought.id)
    books(studio)


def test_an_offer_that_is_no_longer_true_is_not_taken(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    shown = refunding.offer(studio, bought.id)
    hold(studio, 50)
    with pytest.raises(BadInput, match="another one"):
        refunding.ask(studio, bought.id, shown)
    assert bank.refunds == {}


def test_a_refused_refund_gives_the_tokens_back(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    bank.intents[payment(bought)]["amount"] = 1  # the bank has less to give
    with pytest.raises(PaymentError, match="yours again"):
        refunding.ask(studio, bought.id)
    assert balance(studio) == 110
    assert buying.purchase(studio, bought.id).status == "completed"
    books(studio)


@pytest.mark.parametrize("fault", ["down_before", "down_after", "busy"])
def test_a_lost_answer_refunds_once(
    studio: Studio, bank: Bank, bought: Purchase, fault: str
) -> None:
    bank.faults = [fault]
    with pytest.raises(PaymentError):
        refunding.ask(studio, bought.id)
    assert balance(studio) == 10  # nobody can spend them meanwhile
    assert reconciling.waiting(studio)
    found = reconciling.reconcile(studio)
    assert found.refunds >= 1
    assert len(bank.refunds) == 1
    assert buying.purchase(studio, bought.id).status == "refunded"
    assert balance(studio) == 10
    sound(studio)


@pytest.mark.parametrize("arrived", [True, False])
def test_after_a_day_a_lost_refund_is_looked_for(
    studio: Studio, bank: Bank, bought: Purchase, arrived: bool
) -> None:
    bank.faults = ["down_after" if arrived else "down_before"]
    with pytest.raises(PaymentError):
        refunding.ask(studio, bought.id)
    bank.forget_keys()
    with studio.database.write():
        studio.database.run("UPDATE token_refunds SET created_at = created_at - 100000000")
    reconciling.reconcile(studio)
    assert len(bank.refunds) == arrived
    assert balance(studio) == (10 if arrived else 110)
    sound(studio)


def test_a_refund_given_up_that_came_about_is_booked_anew(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    bank.faults = ["down_before"]
    with pytest.raises(PaymentError):
        refunding.ask(studio, bought.id)
    (wish,) = refunding.of_purchase(studio, bought.id)
    assert settling.let_go(studio, wish.id, "given up") is Outcome.BOOKED
    assert settling.let_go(studio, wish.id, "given up") is Outcome.ALREADY
    assert balance(studio) == 110
    made = bank.give_back(payment(bought), 2999)
    bank.refunds[made]["metadata"] = {"refund": str(wish.id)}
    bank.events[-1]["data"]["object"]["metadata"] = {"refund": str(wish.id)}
    reconciling.reconcile(studio)
    assert balance(studio) == 10
    sound(studio)


def test_partial_refunds_from_the_dashboard(studio: Studio, bank: Bank, bought: Purchase) -> None:
    for amount in (1000, 1000, 999):
        bank.give_back(payment(bought), amount)
    reconciling.reconcile(studio)
    taken = [one.tokens for one in refunding.of_purchase(studio, bought.id)]
    assert taken == [33, 33, 34]
    assert balance(studio) == 10
    assert buying.purchase(studio, bought.id).status == "refunded"
    reconciling.reconcile(studio)
    assert balance(studio) == 10
    sound(studio)


def test_a_part_that_went_back_is_seen_beside_its_purchase(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    assert wallet.given_back(studio, []) == {}
    assert wallet.given_back(studio, [bought]) == {}
    bank.give_back(payment(bought), 1000)
    gone = bank.dispute(payment(bought))
    reconciling.reconcile(studio)
    back = wallet.given_back(studio, [bought])[bought.id]
    assert sorted((one.kind, one.amount) for one in back) == [("dispute", 2999), ("refund", 1000)]
    assert "10.00 USD back" in shapes.parts_back(back, bought.currency)
    [told] = [shapes.purchase(bought, back)["refunds"]]
    assert {one["kind"] for one in told} == {"dispute", "refund"}
    bank.dispute_ends(gone, won=True)
    reconciling.reconcile(studio)
    assert [one.kind for one in wallet.given_back(studio, [bought])[bought.id]] == ["refund"]


def test_what_is_spent_is_owed_and_paid_by_the_next_purchase(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    hold(studio, 90)  # 20 are left, and the held ones are not touched
    bank.give_back(payment(bought), 2999)
    reconciling.reconcile(studio)
    assert balance(studio) == 0
    assert refunding.debt(studio) == 80
    books(studio)
    complete(studio, bank, "starter")
    assert balance(studio) == 0
    assert refunding.debt(studio) == 55
    books(studio)
    complete(studio, bank)
    assert balance(studio) == 45
    assert refunding.debt(studio) == 0
    books(studio)


def test_a_refund_that_fails_gives_back_what_it_took(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    hold(studio, 50)
    made = bank.give_back(payment(bought), 2999, "pending")
    reconciling.reconcile(studio)
    assert (balance(studio), refunding.debt(studio)) == (0, 40)
    assert buying.purchase(studio, bought.id).status == "completed"
    bank.refund_ends(made, "failed")
    for _ in range(2):
        reconciling.reconcile(studio)
    assert (balance(studio), refunding.debt(studio)) == (60, 0)
    books(studio)


def test_disputes_take_and_give_back(studio: Studio, bank: Bank, bought: Purchase) -> None:
    warned = bank.dispute(payment(bought), "warning_needs_response")
    reconciling.reconcile(studio)
    assert balance(studio) == 110
    del bank.disputes[warned]
    made = bank.dispute(payment(bought))
    reconciling.reconcile(studio)
    assert balance(studio) == 10
    bank.dispute_ends(made, won=True)
    reconciling.reconcile(studio)
    assert balance(studio) == 110
    lost = bank.dispute(payment(bought))
    bank.dispute_ends(lost, won=False)
    reconciling.reconcile(studio)
    assert balance(studio) == 10
    ended = buying.purchase(studio, bought.id)
    assert (ended.status, ended.refund_reason) == ("refunded", "fraudulent")
    sound(studio)


def test_with_nothing_left_all_is_owed_and_the_books_still_close(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    hold(studio, 110)
    bank.give_back(payment(bought), 2999)
    reconciling.reconcile(studio)
    assert (balance(studio), refunding.debt(studio)) == (0, 100)
    found = wallet.books(studio)
    assert found == wallet.Books(paid=100, refunded=100, credited=100, clawed_back=0, owed=100)
    assert found.closed
    assert wallet.summary(studio).debt == 100


def fact(row: Purchase, id: str, status: RefundStatus, amount: int = 2999) -> RefundFact:
    return RefundFact(id, Mode.TEST, RefundKind.REFUND, status, payment(row), amount, "usd")


def test_facts_in_any_order_end_the_same(studio: Studio, bank: Bank, bought: Purchase) -> None:
    done, late = RefundStatus.DONE, RefundStatus.PENDING
    assert settling.book_refund(studio, fact(bought, "re_x", done)) is Outcome.BOOKED
    assert settling.book_refund(studio, fact(bought, "re_x", late)) is Outcome.ALREADY
    assert settling.book_refund(studio, fact(bought, "re_x", done)) is Outcome.ALREADY
    back = RefundStatus.REVERSED
    assert settling.book_refund(studio, fact(bought, "re_x", back)) is Outcome.BOOKED
    assert settling.book_refund(studio, fact(bought, "re_x", done)) is Outcome.ALREADY
    assert settling.book_refund(studio, fact(bought, "re_never", back)) is Outcome.ALREADY
    assert balance(studio) == 110
    foreign = RefundFact("re_y", Mode.TEST, RefundKind.REFUND, done, "pi_other", 5, "usd")
    assert settling.book_refund(studio, foreign) is Outcome.REFUSED
    nameless = RefundFact("re_z", Mode.TEST, RefundKind.REFUND, done, "", 5, "usd")
    assert settling.book_refund(studio, nameless) is Outcome.REFUSED
    sound(studio)


def test_beyond_the_events_horizon_everything_is_listed(
    studio: Studio, bank: Bank, bought: Purchase
) -> None:
    disputed = complete(studio, bank, "starter")
    bank.give_back(payment(bought), 2999)
    bank.dispute(payment(disputed))
    bank.events.clear()
    long_ago = bank.now - 40 * 86_400
    till.heard(studio, Mode.TEST, long_ago)
    found = reconciling.reconcile(studio)
    assert found.refunds == 2
    assert balance(studio) == 10
    moved = till.cursor(studio, Mode.TEST)
    assert moved is not None
    assert moved > long_ago
    assert ("list_refunds") in [verb for verb, _ in bank.asked]
    bank.asked.clear()
    reconciling.reconcile(studio)
    assert "list_refunds" not in [verb for verb, _ in bank.asked]


def test_an_unpaid_purchase_has_nothing_to_give_back(studio: Studio) -> None:
    row = buy(studio)
    with pytest.raises(IllegalStep, match="pending"):
        refunding.offer(studio, row.id)
