"""Steers a studio and a bank through anything, and holds the books against the bank's own.

What must be true is worked out from the bank's memory and a few plain numbers; nothing of the
program's own rules is used for it.
"""

import contextlib
import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.purchase import is_bounced, is_held
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments import stripe_reading as reading
from stylestudio_desktop.services import (
    buying,
    deciding,
    health,
    reconciling,
    refunding,
    settling,
    wallet,
)
from stylestudio_desktop.store import entries
from tests.factories import open_test_studio
from tests.payments.bank import Bank, Told
from tests.payments.counter import Counter, at

ANY = st.integers(0, 1_000_000)
FAULTS = st.sampled_from(["", "", "", "down_before", "down_after", "busy"])
CRASHES = st.sampled_from([0, 0, 0, 1, 2, 3])
FREE = 10
PACKAGES = {"starter": (25, 999), "standard": (100, 2999)}


class Crash(Exception):
    """The program ends in this instant; what was not committed never was."""


class Market(RuleBasedStateMachine):
    """One buyer, one bank."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.bank = Bank()
        opened = open_test_studio(Path(self._folder.name))
        opened.database.run("PRAGMA synchronous = OFF")
        self.studio = dataclasses.replace(opened, gateways=at(self.bank))
        self.spent = 0
        self.accepted: set[str] = set()
        self._write = self.studio.database.write

    def teardown(self) -> None:
        problems = [one.sentence for one in health.verify(self.studio).problems]
        close_studio(self.studio)
        self._folder.cleanup()
        # What is spent here is held for generations that are not there.
        assert not [one for one in problems if "eneration" not in one]

    # -- what may go wrong around any step

    @contextlib.contextmanager
    def trouble(self, fault: str = "", crash: int = 0) -> Iterator[None]:
        """Let a request fail, or the program end before its `crash`-th commit."""
        self.bank.faults = [fault] if fault else []
        left = [crash]

        @contextlib.contextmanager
        def write() -> Iterator[None]:
            outermost = not self.studio.database.engine.in_transaction()
            with self._write():
                yield
                if outermost and crash:
                    left[0] -= 1
                    if left[0] == 0:
                        raise Crash

        self.studio.database.write = write  # type: ignore[method-assign]
        try:
            yield
        except (StudioError, Crash):
            pass
        finally:
            self.studio.database.write = self._write  # type: ignore[method-assign]
            self.bank.faults = []

    def rows(self) -> list[Purchase]:
        return wallet.bought(self.studio, limit=500).items

    def pick(self, number: int) -> Purchase:
        found = self.rows()
        return found[number % len(found)]

    def sessions(self, *states: str) -> list[Told]:
        return [one for one in self.bank.sessions.values() if one["status"] in states]

    def paid(self) -> list[Told]:
        return [one for one in self.bank.sessions.values() if one["payment_status"] == "paid"]

    # -- what the buyer does

    @rule(package=st.sampled_from(["starter", "standard"]), fault=FAULTS, crash=CRASHES)
    def buy(self, package: str, fault: str, crash: int) -> None:
        with self.trouble(fault, crash):
            buying.buy(self.studio, package, buying.Back("http://x/p", "http://x/c"))

    @precondition(lambda self: self.sessions("open"))
    @rule(number=ANY, later=st.booleans())
    def pay(self, number: int, later: bool) -> None:
        found = self.sessions("open")
        self.bank.pay(found[number % len(found)]["id"], later)

    @precondition(lambda self: self.sessions("open"))
    @rule(number=ANY, amount=st.sampled_from([1, 500, 999, 1500, 2998, 6000]), later=st.booleans())
    def pay_another_sum(self, number: int, amount: int, later: bool) -> None:
        found = self.sessions("open")
        session = found[number % len(found)]
        session["amount_total"] = amount
        self.bank.pay(session["id"], later)

    @precondition(lambda self: any(is_held(row) for row in self.rows()))
    @rule(number=ANY, fault=FAULTS, crash=CRASHES)
    def accept(self, number: int, fault: str, crash: int) -> None:
        held = [row for row in self.rows() if is_held(row)]
        row = held[number % len(held)]
        with self.trouble(fault, crash):
            deciding.accept(self.studio, row.id, "as agreed")
            self.accepted.add(row.transaction_id)

    @precondition(lambda self: self.rows())
    @rule(number=ANY, fault=FAULTS, crash=CRASHES)
    def cancel(self, number: int, fault: str, crash: int) -> None:
        with self.trouble(fault, crash):
            buying.cancel(self.studio, self.pick(number).id)

    @precondition(lambda self: self.rows())
    @rule(number=ANY, fault=FAULTS, crash=CRASHES)
    def come_back_from_the_browser(self, number: int, fault: str, crash: int) -> None:
        with self.trouble(fault, crash):
            buying.look_again(self.studio, self.pick(number).id)

    @precondition(lambda self: self.rows())
    @rule(number=ANY, fault=FAULTS, crash=CRASHES)
    def ask_money_back(self, number: int, fault: str, crash: int) -> None:
        with self.trouble(fault, crash):
            refunding.ask(self.studio, self.pick(number).id)

    @rule(share=st.floats(0, 1))
    def spend(self, share: float) -> None:
        tokens = round(self.balance() * share)
        with self.studio.database.write():
            move = ledger.hold(new_id(), 0, tokens)
            entries.append(self.studio.database, self.studio.user_id, move, now_ms())
        self.spent += tokens

    # -- what the bank and the merchant do

    @precondition(lambda self: self.sessions("open"))
    @rule(number=ANY)
    def expire(self, number: int) -> None:
        found = self.sessions("open")
        self.bank._expire(found[number % len(found)])

    @precondition(lambda self: self.slow())
    @rule(number=ANY, well=st.booleans())
    def slow_bank_answers(self, number: int, well: bool) -> None:
        found = self.slow()
        self.bank.bank_answers(found[number % len(found)]["id"], well)

    def slow(self) -> list[Told]:
        return [
            one for one in self.sessions("complete")
            if self.bank.intents[one["payment_intent"]]["status"] == "processing"
        ]  # fmt: skip

    @precondition(lambda self: self.paid())
    @rule(number=ANY, share=st.floats(0.01, 1), pending=st.booleans())
    def refund_at_the_dashboard(self, number: int, share: float, pending: bool) -> None:
        one = self.paid()[number % len(self.paid())]
        payment = one["payment_intent"]
        left = one["amount_total"] - self.bank._refunded(payment)
        disputed = any(it["payment_intent"] == payment for it in self.bank.disputes.values())
        if left > 0 and not disputed:
            amount = max(1, round(left * share))
            self.bank.give_back(payment, amount, "pending" if pending else "succeeded")

    @precondition(lambda self: self.bank.refunds)
    @rule(number=ANY, well=st.booleans())
    def refund_ends(self, number: int, well: bool) -> None:
        found = list(self.bank.refunds.values())[number % len(self.bank.refunds)]
        # A refund that went through may still come back, when the account is closed by then.
        if found["status"] == "pending" or (found["status"] == "succeeded" and not well):
            self.bank.refund_ends(found["id"], "succeeded" if well else "failed")

    @precondition(lambda self: self.paid())
    @rule(number=ANY)
    def dispute(self, number: int) -> None:
        payment = self.paid()[number % len(self.paid())]["payment_intent"]
        known = [one["payment_intent"] for one in self.bank.disputes.values()]
        if payment not in known and not self.bank._refunded(payment):
            self.bank.dispute(payment)

    @precondition(lambda self: self.bank.disputes)
    @rule(number=ANY, won=st.booleans())
    def dispute_ends(self, number: int, won: bool) -> None:
        found = list(self.bank.disputes.values())[number % len(self.bank.disputes)]
        if found["status"] == "needs_response":
            self.bank.dispute_ends(found["id"], won)

    # -- what the program does by itself

    @rule(fault=FAULTS, crash=CRASHES)
    def reconcile(self, fault: str, crash: int) -> None:
        with self.trouble(fault, crash):
            reconciling.reconcile(self.studio)

    @precondition(lambda self: self.bank.events)
    @rule(order=st.randoms(use_true_random=False), crash=CRASHES)
    def hear_old_news_again(self, order: Any, crash: int) -> None:
        news = [one["data"]["object"] for one in self.bank.events]
        order.shuffle(news)
        with self.trouble(crash=crash):
            for about in news:
                self._hear(about)

    def _hear(self, about: Told) -> None:
        counter = Counter(self.bank)
        if about["object"] == "checkout.session":
            settling.settle(self.studio, counter.look(about["id"]))
        else:
            read = reading.refund if about["object"] == "refund" else reading.dispute
            fact = read(about)
            assert fact is not None
            settling.book_refund(self.studio, dataclasses.replace(fact, mode=counter.mode))

    @rule()
    def the_day_ends(self) -> None:
        """After a round without trouble both books say the same."""
        reconciling.reconcile(self.studio)
        self.compare()

    # -- what must be true

    def balance(self) -> int:
        return wallet.summary(self.studio).user.token_balance

    @invariant()
    def no_reference_has_two_pages(self) -> None:
        references = [one["client_reference_id"] for one in self.bank.sessions.values()]
        assert len(set(references)) == len(references)

    @invariant()
    def nothing_is_credited_that_was_not_paid(self) -> None:
        paid = {one["payment_intent"] for one in self.paid()}
        credited = [
            one.stripe_payment_intent_id for one in self.rows()
            if one.status in ("completed", "refunded")
        ]  # fmt: skip
        assert set(credited) <= paid
        assert len(set(credited)) == len(credited)
        assert wallet.books(self.studio).closed
        assert self.balance() >= 0

    def compare(self) -> None:
        expected = FREE - self.spent
        for row in self.rows():
            session = self.bank.session_of(row.transaction_id)
            paid = session is not None and session["payment_status"] == "paid"
            tokens = self._bought(row, session) if session is not None and paid else 0
            assert (row.status in ("completed", "refunded")) is (tokens > 0), (row, session)
            if row.status == "pending" and not is_held(row):
                assert session is not None
                assert session["status"] in ("open", "complete")
            if session is not None and paid:
                claimed = self._claimed(row, session, tokens)
                expected += tokens - claimed
                self._waits_for_somebody(row, session, tokens)
            else:
                assert not is_held(row)
                assert not is_bounced(row)
        state = wallet.summary(self.studio)
        assert state.user.token_balance - state.debt == expected

    def _bought(self, row: Purchase, session: Told) -> int:
        """Return what a paid page credits: another sum counts once a person accepted it."""
        tokens, price = PACKAGES[row.package_name]
        if session["amount_total"] == price:
            return tokens
        accepted = row.transaction_id in self.accepted
        return tokens * int(session["amount_total"]) // price if accepted else 0

    def _waits_for_somebody(self, row: Purchase, session: Told, tokens: int) -> None:
        """Money that bought nothing is never forgotten: all of it is back, or it is shown."""
        gone = sum(
            one["amount"]
            for one in (*self.bank.refunds.values(), *self.bank.disputes.values())
            if one["payment_intent"] == session["payment_intent"]
            and one["status"] in ("succeeded", "lost")
        )
        all_back = gone >= session["amount_total"]
        if tokens == 0:
            assert (is_held(row) or is_bounced(row)) is not all_back, (row, gone)
        elif all_back:
            assert row.status == "refunded"
            assert not is_bounced(row)

    def _claimed(self, row: Purchase, session: Told, tokens: int) -> int:
        """Return the tokens that refunds claim, after holding them against the bank's money."""
        payment, amount = session["payment_intent"], session["amount_total"]
        theirs = {
            one["id"]: one["amount"]
            for one in (*self.bank.refunds.values(), *self.bank.disputes.values())
            if one["payment_intent"] == payment and one["status"] not in ("failed", "won")
        }
        ours = [
            one for one in refunding.of_purchase(self.studio, row.id) if one.status != "reversed"
        ]
        assert {one.remote_id: one.amount for one in ours} == theirs
        money, claimed = sum(theirs.values()), sum(one.tokens for one in ours)
        assert claimed <= tokens
        if money >= amount:
            assert claimed == tokens
        assert abs(claimed - tokens * min(money, amount) / amount) <= len(ours) + 1
        if not theirs:
            assert claimed == 0
        return claimed
