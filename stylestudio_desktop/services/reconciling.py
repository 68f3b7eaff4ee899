"""Brings this workspace's books and the payment service's together, whatever was missed.

Runs at start, when the window comes to the front, by timer and by command; any number of them
at once do no harm, since everything that they book is booked once.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from stylestudio_desktop.domain.errors import Code, IllegalStep, PaymentError
from stylestudio_desktop.domain.purchase import Refund, is_held
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import Checkout, Gateway, News, RefundFact
from stylestudio_desktop.services import buying, refunding, settling, till
from stylestudio_desktop.services.settling import Outcome
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import purchases, refunds
from stylestudio_desktop.store.database import RuleBroken

_log = logging.getLogger(__name__)
_PORTION = 200
TOGETHER = 50
"""How many purchases are booked in one transaction at most, so that they share one flush."""
_SOON_S = 0.5
"""How long a payment that was seen waits at most for others to be booked with."""
_OVERLAP_S = 3600
_BACK_S = 86_400
Row = TypeVar("Row", Purchase, Refund)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reconciliation came to: numbers, and a sentence for each thing it could not do.

    It books for everybody of the workspace, and tells of the person's at the desk alone.
    """

    looked_at: int
    completed: int
    failed: int
    waiting: int
    held: int
    refunds: int
    problems: tuple[str, ...]


def needed(studio: Studio) -> bool:
    """Say whether there is anything that a payment service could have news about."""
    return purchases.mode(studio.database) is not None


def waiting(studio: Studio) -> bool:
    """Say whether a purchase or refund of anybody waits for the payment service."""
    database = studio.database
    return bool(purchases.pending(database, 0, 1) or refunds.unfinished(database, 0, 1))


def mine_waits(studio: Studio) -> bool:
    """Say whether a purchase or refund of the person at the desk waits for it."""
    database, me = studio.database, studio.user_id
    bought = _all(lambda after: purchases.pending(database, after, _PORTION))
    asked = _all(lambda after: refunds.unfinished(database, after, _PORTION))
    return any(row.user_id == me for row in bought) or any(one.user_id == me for one in asked)


def reconcile(studio: Studio) -> Reconciled:
    """Look at pending purchases, asked refunds, and everything that happened since the last time.

    Raises PaymentError where the payment service can't be asked at all; what was booked until
    then stays booked.
    """
    gateway = till.gateway(studio)
    try:
        return _Round(studio, gateway).run()
    finally:
        gateway.close()


class _Round:
    """One reconciliation."""

    def __init__(self, studio: Studio, gateway: Gateway) -> None:
        self._studio = studio
        self._gateway = gateway
        self._looked = self._completed = self._failed = self._refunds = 0
        # The news may tell once more of what was looked at before.
        self._waiting: set[int] = set()
        self._held: set[int] = set()
        self._problems: list[str] = []
        self._troubled = False
        self._seen: list[tuple[Purchase, Checkout | None]] = []
        self._since = 0.0

    def run(self) -> Reconciled:
        """Go through all steps in their order."""
        database, mode = self._studio.database, self._gateway.mode.value
        try:
            for row in _all(lambda after: purchases.pending(database, after, _PORTION)):
                if row.mode == mode:
                    self._tried(partial(self._look, row), row.user_id)
        finally:
            self._book()  # what was seen is not lost because of what could not be
        for wish in _all(lambda after: refunds.unfinished(database, after, _PORTION)):
            self._tried(partial(self._ask, wish), wish.user_id)
        self._hear()
        return Reconciled(
            self._looked, self._completed, self._failed, len(self._waiting), len(self._held),
            self._refunds, tuple(self._problems),
        )  # fmt: skip

    def _tried(self, step: Callable[[], None], whose: int) -> None:
        """Run a step; what concerns one row only must not keep the others from their turn."""
        try:
            step()
        except (PaymentError, RuleBroken, IllegalStep) as error:
            if isinstance(error, PaymentError) and (error.again or error.code is Code.PAYMENT_KEY):
                raise
            _log.warning("a purchase could not be reconciled: %s", error.sentence)
            self._troubled = True
            if whose == self._studio.user_id:
                self._problems.append(error.sentence)

    def _look(self, row: Purchase) -> None:
        self._looked += row.user_id == self._studio.user_id
        seen = buying.look(row, self._gateway)
        if not self._seen:
            self._since = time.monotonic()
        self._seen.append((row, seen))
        if len(self._seen) >= TOGETHER or time.monotonic() - self._since >= _SOON_S:
            self._book()

    def _book(self) -> None:
        """Book what was seen in one transaction; where that can't be, each in its own."""
        gathered, self._seen = self._seen, []
        if not gathered:
            return
        studio = self._studio
        try:
            with studio.database.write():
                outcomes = [buying.book(studio, row, seen) for row, seen in gathered]
        except (RuleBroken, IllegalStep):
            for row, seen in gathered:
                self._tried(partial(self._book_alone, row, seen), row.user_id)
        else:
            for (row, _), outcome in zip(gathered, outcomes, strict=True):
                self._count(row.id, outcome)

    def _book_alone(self, row: Purchase, seen: Checkout | None) -> None:
        self._count(row.id, buying.book(self._studio, row, seen))

    def _count(self, purchase_id: int, outcome: Outcome) -> None:
        current = purchases.get(self._studio.database, purchase_id)
        if current is None or current.user_id != self._studio.user_id:
            return
        for some in (self._waiting, self._held):
            some.discard(purchase_id)
        if outcome is Outcome.WAITING:
            self._waiting.add(purchase_id)
        elif outcome is Outcome.HELD:
            self._held.add(purchase_id)
        elif current.status == "failed":
            self._failed += 1
        elif outcome is Outcome.BOOKED:
            self._completed += 1

    def _ask(self, wish: Refund) -> None:
        refunding.carry_on(self._studio, wish, self._gateway)
        self._refunds += wish.user_id == self._studio.user_id

    def _hear(self) -> None:
        """Hear the news since the cursor, or list everything where they don't reach that far."""
        studio, gateway = self._studio, self._gateway
        since = till.cursor(studio, gateway.mode)
        if since is None:
            return  # nothing was ever bought in this mode
        now = int(time.time())
        if now - since > gateway.horizon_s:
            self._list_all()
            since = now - gateway.horizon_s + _BACK_S
        last = since
        for told in gateway.news(since - _OVERLAP_S):
            row = self._row_of(told)
            if row is not None:
                self._tried(partial(self._take, told, row), row.user_id)
            last = max(last, told.at)
        if not self._troubled:  # else they are heard again
            till.heard(studio, gateway.mode, last)

    def _row_of(self, told: News) -> Purchase | None:
        """Return the purchase that a piece of news is about, None for another workspace's."""
        database = self._studio.database
        if told.refund is not None:
            return purchases.by_payment(database, told.refund.payment_id)
        return purchases.by_reference(database, told.reference or "")

    def _take(self, told: News, row: Purchase) -> None:
        if told.refund is not None:
            self._book_refund(told.refund, row)
        elif row.status == "pending" and not is_held(row) and told.checkout_id:
            outcome = settling.settle(self._studio, self._gateway.look(told.checkout_id))
            self._count(row.id, outcome)

    def _list_all(self) -> None:
        database, mode = self._studio.database, self._gateway.mode.value
        for row in _all(lambda after: purchases.paid(database, mode, after, _PORTION)):
            self._tried(partial(self._list, row), row.user_id)

    def _list(self, row: Purchase) -> None:
        for fact in self._gateway.refunds_of(row.stripe_payment_intent_id or ""):
            self._book_refund(fact, row)

    def _book_refund(self, fact: RefundFact, row: Purchase) -> None:
        if settling.book_refund(self._studio, fact) is Outcome.BOOKED:
            self._refunds += row.user_id == self._studio.user_id


def _all(portion: Callable[[int], Sequence[Row]]) -> Iterator[Row]:
    """Yield every row in portions; none is read twice, though rows change on the way."""
    after = 0
    while found := portion(after):
        yield from found
        after = found[-1].id
