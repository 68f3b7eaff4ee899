"""Money that was paid otherwise than asked waits for a person, who gives it back or accepts it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import BadInput, IllegalStep, PaymentError
from stylestudio_desktop.domain.purchase import is_bounced, is_held
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState
from stylestudio_desktop.services import (
    buying,
    deciding,
    profiles,
    reconciling,
    refunding,
    settling,
    wallet,
)
from stylestudio_desktop.services.settling import Outcome
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from tests.cli.conftest import Shell
from tests.payments.bank import Bank
from tests.payments.counter import KEY, Counter
from tests.payments.stripe_server import StripeServer, pay
from tests.payments.test_buying import balance, buy, credits, session, sound


def strange(studio: Studio, bank: Bank, **paid: Any) -> Purchase:
    """Buy, and have the bank take something else than was asked."""
    row = buy(studio)
    bank.sessions[session(row)].update(paid or {"amount_total": 1500})
    bank.pay(session(row))
    assert reconciling.reconcile(studio).held == 1
    return buying.purchase(studio, row.id)


def test_held_once_and_asked_no_more(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    assert is_held(row)
    assert (row.status, row.amount, row.currency) == ("pending", 1500, "USD")
    assert "Paid was 15.00 USD for 100 tokens, but 29.99 USD" in (row.error or "")
    assert row.stripe_payment_intent_id in (row.error or "-")
    assert not reconciling.waiting(studio)
    before = len(bank.asked)
    assert reconciling.reconcile(studio).held == 0
    assert [verb for verb, _ in bank.asked[before:]] == ["list_events"]
    assert buying.look_again(studio, row.id) == row
    assert settling.settle(studio, Counter(bank).look(session(row))) is Outcome.ALREADY
    with pytest.raises(IllegalStep, match="is paid"):
        buying.cancel(studio, row.id)
    assert credits(studio) == []
    sound(studio)


def test_accepted_with_a_reason(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    shown = deciding.look(studio, row.id)
    assert (shown.tokens, shown.amount) == (50, 1500)
    for reason in ("", "  \n ", "x" * 201):
        with pytest.raises(BadInput, match="Say in at most"):
            deciding.accept(studio, row.id, reason, shown)
    assert credits(studio) == []
    done = deciding.accept(studio, row.id, " half was \n agreed ", shown)
    assert (done.status, done.tokens_received, done.amount) == ("completed", 50, 1500)
    assert (done.error or "").endswith("half was agreed")
    assert credits(studio) == [50]
    assert balance(studio) == 60
    assert wallet.books(studio).closed
    sound(studio)
    with pytest.raises(IllegalStep, match="nothing to accept"):
        deciding.accept(studio, row.id, "again", shown)
    refunding.ask(studio, row.id)
    assert balance(studio) == 10
    assert buying.purchase(studio, row.id).status == "refunded"
    sound(studio)


def test_two_who_accept_at_once_credit_once(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    assert settling.accept(studio, row, 50, "card", "first")
    assert not settling.accept(studio, row, 50, "card", "second")
    assert credits(studio) == [50]


def test_somebody_else_decides_while_the_bank_is_asked(
    studio: Studio, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = strange(studio, bank)
    monkeypatch.setattr(settling, "accept", lambda *_: False)
    with pytest.raises(IllegalStep, match="Somebody decided"):
        deciding.accept(studio, row.id, "mine")


def test_what_was_shown_must_still_be_so(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    shown = dataclasses.replace(deciding.look(studio, row.id), tokens=99)
    with pytest.raises(BadInput, match="another one by now"):
        deciding.accept(studio, row.id, "seen", shown)
    bank.sessions[session(row)]["amount_total"] = 2999
    with pytest.raises(PaymentError, match="something else"):
        deciding.look(studio, row.id)
    assert credits(studio) == []


def test_given_back_from_here(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    offer = refunding.offer(studio, row.id)
    assert (offer.tokens, offer.amount) == (0, 1500)
    done = refunding.ask(studio, row.id, offer)
    assert (done.status, done.amount, done.tokens) == ("done", 1500, 0)
    assert [one["amount"] for one in bank.refunds.values()] == [1500]
    ended = buying.purchase(studio, row.id)
    assert (ended.status, is_held(ended)) == ("failed", False)
    assert "given back" in (ended.error or "")
    assert balance(studio) == 10
    sound(studio)
    with pytest.raises(IllegalStep):
        refunding.offer(studio, row.id)


def test_a_refused_giving_back_can_be_tried_again(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    kept = bank.intents[row.stripe_payment_intent_id or ""]
    kept["amount"] = 1
    with pytest.raises(PaymentError, match="asked for again"):
        refunding.ask(studio, row.id)
    kept["amount"] = 1500
    sound(studio)
    refunding.ask(studio, row.id)
    assert buying.purchase(studio, row.id).status == "failed"
    sound(studio)


def test_given_back_at_stripe_in_parts(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    payment = row.stripe_payment_intent_id or ""
    bank.give_back(payment, 500)
    reconciling.reconcile(studio)
    assert is_held(buying.purchase(studio, row.id))
    assert refunding.offer(studio, row.id).amount == 1000
    with pytest.raises(IllegalStep, match="Refund the rest"):
        deciding.look(studio, row.id)
    sound(studio)
    bank.give_back(payment, 1000)
    reconciling.reconcile(studio)
    assert buying.purchase(studio, row.id).status == "failed"
    assert (balance(studio), refunding.debt(studio)) == (10, 0)
    sound(studio)


def test_on_its_way_back_is_not_sent_twice(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    bank.give_back(row.stripe_payment_intent_id or "", 1500, "pending")
    reconciling.reconcile(studio)
    with pytest.raises(IllegalStep, match="on its way back"):
        refunding.offer(studio, row.id)
    sound(studio)


def test_a_dispute_of_it_takes_no_tokens(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    made = bank.dispute(row.stripe_payment_intent_id or "")
    reconciling.reconcile(studio)
    bank.dispute_ends(made, won=False)
    reconciling.reconcile(studio)
    assert buying.purchase(studio, row.id).status == "failed"
    assert (balance(studio), refunding.debt(studio)) == (10, 0)
    sound(studio)


def test_money_that_could_not_be_paid_out_has_a_way_on(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    refunding.ask(studio, row.id)
    given = buying.purchase(studio, row.id)
    assert (given.status, is_bounced(given)) == ("failed", False)
    (sent,) = bank.refunds
    bank.refund_ends(sent, "failed")
    reconciling.reconcile(studio)
    back = buying.purchase(studio, row.id)
    assert (back.status, is_bounced(back), is_held(back)) == ("failed", True, False)
    assert "Refund it once more" in (back.error or "")
    with pytest.raises(IllegalStep, match="nothing to accept"):
        deciding.look(studio, row.id)
    sound(studio)
    offer = refunding.offer(studio, row.id)
    assert (offer.tokens, offer.amount) == (0, 1500)
    refunding.ask(studio, row.id, offer)
    again = buying.purchase(studio, row.id)
    assert (again.status, is_bounced(again)) == ("failed", False)
    assert "given back" in (again.error or "")
    assert (balance(studio), refunding.debt(studio)) == (10, 0)
    with pytest.raises(IllegalStep):
        refunding.offer(studio, row.id)
    sound(studio)


def test_a_refund_that_could_not_be_paid_out_is_asked_for_again(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.pay(session(row))
    reconciling.reconcile(studio)
    refunding.ask(studio, row.id)
    (sent,) = bank.refunds
    bank.refund_ends(sent, "failed")
    reconciling.reconcile(studio)
    back = buying.purchase(studio, row.id)
    assert (back.status, is_bounced(back)) == ("refunded", True)
    assert balance(studio) == 110
    assert refunding.offer(studio, row.id).tokens == 100
    refunding.ask(studio, row.id)
    assert not is_bounced(buying.purchase(studio, row.id))
    assert balance(studio) == 10
    sound(studio)


def test_a_held_payment_is_never_given_up(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    assert settling.give_up(studio, row.id, "over") is Outcome.ALREADY
    assert is_held(buying.purchase(studio, row.id))


@pytest.mark.parametrize("paid", [{"currency": "eur"}, {"amount_total": 1}], ids=str)
def test_what_buys_no_token_can_only_go_back(
    studio: Studio, bank: Bank, paid: dict[str, Any]
) -> None:
    row = strange(studio, bank, **paid)
    with pytest.raises(BadInput, match="can't be counted in tokens"):
        deciding.look(studio, row.id)
    refunding.ask(studio, row.id)
    assert buying.purchase(studio, row.id).status == "failed"
    sound(studio)


@pytest.mark.parametrize("paid", [{"currency": "dollars"}, {"amount_total": 10**19}], ids=str)
def test_no_currency_and_no_sum_at_all_is_kept_out(
    studio: Studio, bank: Bank, paid: dict[str, Any]
) -> None:
    row = buy(studio)
    bank.pay(session(row))
    bank.sessions[session(row)].update(paid)
    assert reconciling.reconcile(studio).held == 0
    assert not is_held(buying.purchase(studio, row.id))
    sound(studio)


def test_a_wrong_page_is_not_paid_on(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.sessions[session(row)]["amount_total"] = 9999
    for _ in range(2):
        reconciling.reconcile(studio)
    seen = buying.purchase(studio, row.id)
    assert (seen.status, seen.checkout_url, is_held(seen)) == ("pending", None, False)
    assert "Don't pay there" in (seen.error or "")
    assert buying.cancel(studio, row.id).status == "failed"
    sound(studio)


def test_what_a_relay_signed_is_what_it_buys(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    told = Checkout(
        id=session(row), mode=Counter(bank).mode, reference=row.transaction_id,
        state=CheckoutState.PAID, amount=2500, currency="usd", payment_id="pi_relay", tokens=80,
    )  # fmt: skip
    assert settling.settle(studio, told) is Outcome.HELD

    class Selling(Counter):
        def look(self, checkout_id: str) -> Checkout:
            return told

    there = dataclasses.replace(studio, gateways=lambda _: Selling(bank))
    assert deciding.accept(there, row.id, "the seller's own price").tokens_received == 80
    sound(studio)


def test_where_the_payment_is_looked_at(studio: Studio, bank: Bank) -> None:
    row = strange(studio, bank)
    payment = row.stripe_payment_intent_id
    page = deciding.payment_page(row)
    assert page == f"https://dashboard.stripe.com/test/payments/{payment}"
    live = deciding.payment_page(row._replace(mode="live"))
    assert live == f"https://dashboard.stripe.com/payments/{payment}"
    assert deciding.payment_page(row._replace(gateway="relay")) is None


@pytest.fixture
def server() -> Iterator[StripeServer]:
    made = StripeServer()
    yield made
    made.close()


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    server: StripeServer,
) -> Shell:  # fmt: skip
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("STYLESTUDIO_STRIPE_API", server.address)
    return Shell(tmp_path / "workspace", capsys.readouterr)


def oddly_paid(shell: Shell, server: StripeServer) -> str:
    bought = shell.json("wallet", "buy", "standard", "--no-wait")
    server.bank.sessions[bought["stripe_checkout_session_id"]]["amount_total"] = 1500
    pay(bought["checkout_url"])
    found = shell.json("wallet", "reconcile")
    assert (found["held"], found["failed"], found["closed"]) == (1, 0, True)
    return str(bought["id"])


def test_by_command(shell: Shell, server: StripeServer) -> None:
    one = oddly_paid(shell, server)
    (listed,) = shell.json("wallet", "purchases")["items"]
    assert (listed["held"], listed["status"], listed["amount"]) == (True, "pending", 1500)
    assert shell.run("wallet", "purchases") == 0
    assert "undecided" in shell.out
    assert f"wallet refund {one}" in shell.err
    assert f"wallet accept {one} --reason" in shell.err
    assert "https://dashboard.stripe.com/test/payments/pi_" in shell.err
    assert shell.json("wallet", "accept", one, "--dry-run")["tokens"] == 50
    assert shell.run("wallet", "accept", one) != 0
    assert "Say in at most" in shell.err
    assert shell.json("wallet", "accept", one, "--reason", "half, as agreed")["held"] is False
    assert shell.json("wallet")["balance"] == 60
    other = oddly_paid(shell, server)
    assert shell.run("wallet", "refund", other) == 0
    assert "15.00 USD go back. Nothing was credited for them." in shell.err
    assert shell.json("wallet")["balance"] == 60
    assert shell.json("verify")["ok"] is True
    (sent,) = server.bank.refunds
    server.bank.refund_ends(sent, "failed")
    shell.json("wallet", "reconcile")
    assert shell.run("wallet", "purchases") == 0
    assert "refund bounced" in shell.out
    assert "Refund it once more" in shell.err
    assert "wallet accept" not in shell.err
    assert shell.run("wallet", "refund", other) == 0
    assert shell.run("wallet", "purchases") == 0
    assert "refund bounced" not in shell.out
    assert shell.json("verify")["ok"] is True


def test_a_round_books_for_everybody_and_tells_of_nobody_else(studio: Studio, bank: Bank) -> None:
    ben = profiles.add(studio, "Ben")
    his = dataclasses.replace(studio, user_id=ben.id)
    rows = [buy(his) for _ in range(3)]
    for row, amount in zip(rows, (2999, 2999, 1500), strict=True):
        bank.sessions[session(row)]["amount_total"] = amount
        bank.pay(session(row))
    assert reconciling.mine_waits(his)
    assert not reconciling.mine_waits(studio)
    payment = bank.sessions[session(rows[1])]["payment_intent"]
    with studio.database.write():  # his second one can't be booked
        entries.append(studio.database, ben.id, ledger.purchase(rows[1].id, payment, 1), 1)
    bank.give_back(bank.sessions[session(rows[0])]["payment_intent"], 1000)
    found = reconciling.reconcile(studio)
    told = (found.looked_at, found.completed, found.held, found.refunds)
    assert told == (0, 0, 0, 0)
    assert found.problems == ()
    assert buying.purchase(his, rows[0].id).status == "completed"
    assert is_held(buying.purchase(his, rows[2].id))
    assert [one.status for one in refunding.of_purchase(his, rows[0].id)] == ["done"]
    assert wallet.bought(studio).items == []
    assert reconciling.reconcile(his).problems
