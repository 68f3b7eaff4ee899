"""A purchase is credited once, for money that fits, whatever happens on the way."""

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import IllegalStep, NotFound, PaymentError, WalletReadOnly
from stylestudio_desktop.domain.purchase import is_paying
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import buying, health, reconciling, settling, till, wallet
from stylestudio_desktop.services.buying import Back
from stylestudio_desktop.services.settling import Outcome
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, purchases, seals
from tests.factories import open_test_studio
from tests.payments.bank import Bank
from tests.payments.counter import KEY, LIVE_KEY, Counter, at

BACK = Back("http://127.0.0.1:1/back", "http://127.0.0.1:1/cancelled")


def balance(studio: Studio) -> int:
    return wallet.summary(studio).user.token_balance


def credits(studio: Studio) -> list[int]:
    found = wallet.movements(studio).items
    return [one.delta for one in found if one.kind == "purchase"]


def buy(studio: Studio, package: str = "standard") -> Purchase:
    return buying.buy(studio, package, BACK)


def session(row: Purchase) -> str:
    assert row.stripe_checkout_session_id is not None
    return row.stripe_checkout_session_id


def sound(studio: Studio) -> None:
    assert [one.sentence for one in health.verify(studio).problems] == []


def test_bought_paid_and_credited_once(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    assert row.status == "pending"
    assert row.checkout_url
    assert balance(studio) == 10
    bank.pay(session(row))
    for _ in range(3):
        reconciling.reconcile(studio)
    done = buying.purchase(studio, row.id)
    assert (done.status, done.checkout_url, done.error) == ("completed", None, None)
    assert done.stripe_payment_intent_id in bank.intents
    assert balance(studio) == 110
    assert credits(studio) == [100]
    assert wallet.summary(studio).user.total_tokens_purchased == 100
    sound(studio)


def test_what_the_bank_was_asked(studio: Studio, bank: Bank) -> None:
    row = buy(studio, "starter")
    verb, given = bank.asked[0]
    assert verb == "create_session"
    params = given["params"]
    assert params["client_reference_id"] == row.transaction_id
    assert params["line_items"][0]["price_data"]["unit_amount"] == 999
    assert params["line_items"][0]["price_data"]["currency"] == "usd"
    assert given["key"] == f"purchase/{row.transaction_id}"
    assert params["metadata"]["workspace"] == till.workspace_id(studio)


def test_a_redirect_without_payment_credits_nothing(studio: Studio) -> None:
    row = buy(studio)
    assert buying.look_again(studio, row.id).status == "pending"
    assert balance(studio) == 10


def test_many_that_were_paid_are_booked_a_portion_at_a_time(
    studio: Studio, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "TOGETHER", 2)
    monkeypatch.setattr(reconciling, "_SOON_S", 3600.0)
    for row in [buy(studio) for _ in range(5)]:
        bank.pay(session(row))
    begun = balance(studio)

    done = reconciling.reconcile(studio)

    assert (done.looked_at, done.completed) == (5, 5)
    assert balance(studio) == begun + 5 * 100
    assert len(credits(studio)) == 5
    sound(studio)


@pytest.mark.parametrize("fault", ["down_before", "down_after", "busy"])
def test_a_lost_answer_leads_to_one_page(studio: Studio, bank: Bank, fault: str) -> None:
    bank.faults = [fault]
    with pytest.raises(PaymentError) as told:
        buy(studio)
    assert told.value.again
    (row,) = wallet.bought(studio).items
    assert row.status == "pending"
    reconciling.reconcile(studio)
    assert len(bank.sessions) == 1
    row = buying.purchase(studio, row.id)
    assert row.checkout_url
    bank.pay(session(row))
    reconciling.reconcile(studio)
    assert credits(studio) == [100]
    sound(studio)


def test_a_refused_page_ends_the_purchase_and_names_the_right(studio: Studio, bank: Bank) -> None:
    bank.faults = ["forbidden"]
    with pytest.raises(PaymentError, match="rak_checkout_session_write") as told:
        buy(studio)
    assert "rk_test_" not in told.value.sentence
    (row,) = wallet.bought(studio).items
    assert row.status == "failed"
    assert "Checkout Sessions: Write" in (row.error or "")
    sound(studio)


def test_where_only_https_is_taken_as_the_way_back(studio: Studio, bank: Bank) -> None:
    bank.faults = ["no_http", "down_after"]
    with pytest.raises(PaymentError) as told:
        buy(studio)
    assert told.value.again
    reconciling.reconcile(studio)
    (made,) = bank.sessions.values()
    assert made["success_url"] == studio.settings.value.payment_return_page
    bank.pay(made["id"])
    reconciling.reconcile(studio)
    assert credits(studio) == [100]
    bank.faults = ["no_http", "no_http"]
    with pytest.raises(PaymentError, match="HTTPS"):
        buy(studio)
    assert wallet.bought(studio).items[0].status == "failed"
    sound(studio)


def aged(studio: Studio, row: Purchase, hours: float) -> None:
    """Let a purchase have been begun some hours ago."""
    with studio.database.write():
        studio.database.run(
            "UPDATE token_purchases SET created_at = created_at - ? WHERE id = ?",
            (round(hours * 3_600_000), row.id),
        )


def test_after_a_day_it_is_looked_for_and_never_asked_again(studio: Studio, bank: Bank) -> None:
    bank.faults = ["down_after"]
    with pytest.raises(PaymentError):
        buy(studio)
    (row,) = wallet.bought(studio).items
    (made,) = bank.sessions.values()
    bank.pay(made["id"])
    bank.forget_keys()
    aged(studio, row, 26)
    made["created"] -= 26 * 3600
    reconciling.reconcile(studio)
    assert len(bank.sessions) == 1
    assert credits(studio) == [100]
    sound(studio)


def test_after_a_day_a_page_that_never_was_is_given_up(studio: Studio, bank: Bank) -> None:
    bank.faults = ["down_before"]
    with pytest.raises(PaymentError):
        buy(studio)
    (row,) = wallet.bought(studio).items
    aged(studio, row, 26)
    reconciling.reconcile(studio)
    assert bank.sessions == {}
    done = buying.purchase(studio, row.id)
    assert done.status == "failed"
    assert "never made" in (done.error or "")


def test_too_late_for_the_same_request_it_is_looked_for(studio: Studio, bank: Bank) -> None:
    bank.faults = ["down_before"]
    with pytest.raises(PaymentError):
        buy(studio)
    bank.now += 3000  # the page would be open for less than Stripe takes
    found = reconciling.reconcile(studio)
    assert (found.failed, bank.sessions) == (1, {})


def test_cancelled_expired_and_slow_payments_end_rightly(studio: Studio, bank: Bank) -> None:
    cancelled = buying.cancel(studio, buy(studio).id)
    assert cancelled.status == "failed"
    with pytest.raises(IllegalStep):
        buying.cancel(studio, cancelled.id)
    expired = buy(studio)
    bank.now += 4000
    reconciling.reconcile(studio)
    assert buying.purchase(studio, expired.id).status == "failed"
    bank.now = int(time.time())
    slow, refused = buy(studio), buy(studio)
    for row in (slow, refused):
        bank.pay(session(row), later=True)
    assert reconciling.reconcile(studio).waiting == 2
    assert balance(studio) == 10
    bank.bank_answers(session(slow), well=True)
    bank.bank_answers(session(refused), well=False)
    reconciling.reconcile(studio)
    assert buying.purchase(studio, slow.id).status == "completed"
    ended = buying.purchase(studio, refused.id)
    assert ended.status == "failed"
    assert "too little money" in (ended.error or "")
    assert credits(studio) == [100]
    sound(studio)


def test_paid_in_the_instant_of_cancelling_it_is_completed(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.pay(session(row))
    assert buying.cancel(studio, row.id).status == "completed"
    assert credits(studio) == [100]


def test_cancelled_before_its_page_was_known(studio: Studio, bank: Bank) -> None:
    bank.faults = ["down_after"]
    with pytest.raises(PaymentError):
        buy(studio)
    (row,) = wallet.bought(studio).items
    assert buying.cancel(studio, row.id).status == "failed"
    assert [one["status"] for one in bank.sessions.values()] == ["expired"]


TAMPERED: list[dict[str, Any]] = [
    {"amount_total": 1}, {"currency": "eur"}, {"client_reference_id": "somebody-else"},
    {"client_reference_id": None}, {"livemode": True},
]  # fmt: skip


@pytest.mark.parametrize("change", TAMPERED, ids=str)
def test_what_does_not_fit_is_not_credited(
    studio: Studio, bank: Bank, change: dict[str, Any]
) -> None:
    row = buy(studio)
    bank.pay(session(row))
    bank.sessions[session(row)].update(change)
    reconciling.reconcile(studio)
    assert credits(studio) == []
    assert balance(studio) == 10
    assert buying.purchase(studio, row.id).status != "completed"
    sound(studio)


def test_a_changed_amount_is_told(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.sessions[session(row)]["amount_total"] = 5
    reconciling.reconcile(studio)
    ended = buying.purchase(studio, row.id)
    assert "0.05 USD" in (ended.error or "")
    row = buy(studio)
    bank.pay(session(row))
    bank.sessions[session(row)]["amount_total"] = 5
    reconciling.reconcile(studio)
    assert "Refund it" in (buying.purchase(studio, row.id).error or "")


def test_one_payment_does_not_complete_two_purchases(studio: Studio, bank: Bank) -> None:
    first, second = buy(studio), buy(studio)
    for row in (first, second):
        bank.pay(session(row))
    twin = bank.sessions[session(first)]["payment_intent"]
    bank.sessions[session(second)]["payment_intent"] = twin
    reconciling.reconcile(studio)
    assert credits(studio) == [100]
    sound(studio)


def test_another_page_for_the_same_purchase_is_not_taken(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    seen = Counter(bank).look(session(row))
    forged = dataclasses.replace(seen, id="cs_forged")
    assert settling.settle(studio, forged) is Outcome.REFUSED
    assert settling.settle(studio, dataclasses.replace(seen, reference="")) is Outcome.REFUSED


def test_another_workspaces_payment_is_none_of_ours(
    studio: Studio, bank: Bank, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = dataclasses.replace(open_test_studio(tmp_path / "other"), gateways=at(bank))
    theirs, ours = buy(other), buy(studio)
    bank.pay(session(theirs))
    reconciling.reconcile(studio)
    assert credits(studio) == []
    assert buying.purchase(studio, ours.id).status == "pending"
    with pytest.raises(NotFound):
        buying.purchase(studio, theirs.id)
    reconciling.reconcile(other)
    assert credits(other) == [100]
    close_studio(other)


def test_an_open_page_that_somebody_else_completed_by_event(studio: Studio, bank: Bank) -> None:
    """A purchase whose page's id was never stored is found by its event as well."""
    bank.faults = ["down_after"]
    with pytest.raises(PaymentError):
        buy(studio)
    (made,) = bank.sessions.values()
    bank.pay(made["id"])
    found = reconciling.reconcile(studio)
    assert found.completed == 1
    assert credits(studio) == [100]


def test_test_and_live_never_mix(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.pay(session(row))
    live = dataclasses.replace(studio, gateways=at(Bank(live=True)))
    with pytest.raises(PaymentError, match="holds test purchases"):
        buy(live)
    with pytest.raises(PaymentError, match="holds test purchases"):
        reconciling.reconcile(live)
    seen = dataclasses.replace(Counter(bank).look(session(row)), mode=Counter(Bank(live=True)).mode)
    assert settling.settle(studio, seen) is Outcome.REFUSED
    with pytest.raises(PaymentError, match="holds test purchases"):
        till.keep_key(studio, LIVE_KEY)
    assert credits(studio) == []


def test_one_rows_trouble_does_not_stop_the_others(studio: Studio, bank: Bank) -> None:
    lost, fine = buy(studio), buy(studio)
    del bank.sessions[session(lost)]
    bank.pay(session(fine))
    heard = till.cursor(studio, Counter(bank).mode)
    found = reconciling.reconcile(studio)
    assert found.completed == 1
    assert "No such object" in found.problems[0]
    assert till.cursor(studio, Counter(bank).mode) == heard
    assert buying.purchase(studio, lost.id).status == "pending"


def test_a_key_that_was_revoked_ends_no_purchase(studio: Studio, bank: Bank) -> None:
    bank.faults = ["down_before"]
    with pytest.raises(PaymentError):
        buy(studio)
    bank.faults = ["revoked"]
    with pytest.raises(PaymentError, match="does not accept"):
        reconciling.reconcile(studio)
    (row,) = wallet.bought(studio).items
    assert row.status == "pending"


@pytest.mark.parametrize("fault", ["busy", "revoked"])
def test_a_silent_service_ends_the_round(studio: Studio, bank: Bank, fault: str) -> None:
    buy(studio)
    bank.faults = [fault]
    with pytest.raises(PaymentError):
        reconciling.reconcile(studio)


def test_ended_purchases_stay_as_they_are(studio: Studio, bank: Bank) -> None:
    row = buy(studio)
    bank.pay(session(row))
    reconciling.reconcile(studio)
    assert buying.look_again(studio, row.id).status == "completed"
    assert settling.give_up(studio, row.id, "no") is Outcome.ALREADY
    assert settling.settle(studio, Counter(bank).look(session(row))) is Outcome.ALREADY
    assert not purchases.failed(studio.database, row.id, "no")


def test_what_is_needed_is_known_without_asking(studio: Studio, bank: Bank) -> None:
    assert not reconciling.needed(studio)
    assert not reconciling.waiting(studio)
    row = buy(studio)
    assert reconciling.needed(studio)
    assert reconciling.waiting(studio)
    bank.pay(session(row))
    reconciling.reconcile(studio)
    assert not reconciling.waiting(studio)


def test_nothing_was_ever_bought(studio: Studio, bank: Bank) -> None:
    found = reconciling.reconcile(studio)
    assert found == reconciling.Reconciled(0, 0, 0, 0, 0, 0, ())
    assert bank.asked == []


def test_the_key(studio: Studio) -> None:
    plain = dataclasses.replace(studio, gateways=None)
    assert not till.has_key(plain)
    assert not till.standing(plain).ready
    with pytest.raises(PaymentError, match="No payment key"):
        till.gateway(plain)
    with pytest.raises(PaymentError, match="secret key"):
        till.keep_key(plain, "sk_test_abc")
    till.keep_key(plain, KEY)
    assert till.has_key(plain)
    found = till.standing(plain)
    assert (found.ready, found.key) == (True, "…cdef")
    assert "test" in found.sentence
    made = till.gateway(plain)
    assert (made.name, made.mode.value) == ("stripe", "test")
    made.close()
    assert till.forget_key(plain)
    assert not till.has_key(plain)
    plain.secrets.set(till.secret_name(plain), "rubbish-that-is-no-key")
    assert "no restricted" in till.standing(plain).sentence
    till.keep_key(plain, LIVE_KEY)
    assert till.standing(plain).sentence == "Payments are real."


def test_without_network_nothing_is_asked(studio: Studio, bank: Bank) -> None:
    studio.settings.change(no_network=True)
    with pytest.raises(PaymentError, match="switched off"):
        buy(studio)
    assert bank.asked == []
    assert wallet.bought(studio).items == []


def test_what_was_seen_is_booked_though_the_network_goes(studio: Studio, bank: Bank) -> None:
    rows = [buy(studio) for _ in range(3)]
    for row in rows:
        bank.pay(session(row))
    bank.faults = ["", "", "down_before"]
    with pytest.raises(PaymentError):
        reconciling.reconcile(studio)
    assert credits(studio) == [100, 100]
    assert reconciling.reconcile(studio).completed == 1
    sound(studio)


def test_one_that_breaks_the_rules_keeps_no_other_waiting(studio: Studio, bank: Bank) -> None:
    rows = [buy(studio) for _ in range(3)]
    for row in rows:
        bank.pay(session(row))
    payment = bank.sessions[session(rows[1])]["payment_intent"]
    with studio.database.write():  # a stranger's entry has its key
        move = ledger.purchase(rows[1].id, payment, 1)
        entries.append(studio.database, studio.user_id, move, 1)
    found = reconciling.reconcile(studio)
    assert found.completed == 2
    assert found.problems
    assert all("break its rules" in one for one in found.problems)
    states = [buying.purchase(studio, row.id).status for row in rows]
    assert states == ["completed", "pending", "completed"]


def test_nobody_is_sent_to_pay_while_the_wallet_is_read_only(studio: Studio, bank: Bank) -> None:
    with studio.database.write():
        seals.set_trouble(studio.database, "The entry 3 was changed.")
    with pytest.raises(WalletReadOnly, match="entry 3"):
        buy(studio)
    assert bank.asked == []
    assert wallet.bought(studio).items == []
    with studio.database.write():
        seals.set_trouble(studio.database, None)
    assert buy(studio).status == "pending"


def test_a_payment_that_a_bank_works_on_can_neither_be_paid_nor_cancelled(
    studio: Studio, bank: Bank
) -> None:
    row = buying.buy(studio, "pro", BACK)
    assert not is_paying(row)
    bank.pay(session(row), later=True)
    found = reconciling.reconcile(studio)
    assert (found.looked_at, found.waiting) == (1, 1)
    row = buying.purchase(studio, row.id)
    assert is_paying(row)
    with pytest.raises(IllegalStep, match="The bank is working on this payment"):
        buying.cancel(studio, row.id)
    bank.bank_answers(session(row), True)
    reconciling.reconcile(studio)
    assert credits(studio) == [300]
    second = buying.buy(studio, "pro", BACK)
    bank.pay(session(second), later=True)
    bank.bank_answers(session(second), False)
    reconciling.reconcile(studio)
    error = buying.purchase(studio, second.id).error or ""
    assert error.endswith(". Nothing was charged.")
    assert ".." not in error
