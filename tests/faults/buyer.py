"""Buys, settles and half refunds one package, to be struck at any instant; plants bugs in that.

Every call brings whatever is there one step further, so calling it again is what a next start
does. The buyer in the browser is this process as well: the page is paid as soon as its address is
known.
"""

import contextlib
import dataclasses
import uuid
from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.ledger import hold
from stylestudio_desktop.domain.purchase import is_held
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.stripe_direct import StripeDirect
from stylestudio_desktop.services import buying, deciding, reconciling, refunding, settling, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, purchases
from stylestudio_desktop.store.database import Database
from tests.factories import FakeProvider
from tests.payments.counter import KEY
from tests.payments.stripe_server import pay

SPENT = 60


def plant_credit_apart() -> None:
    """A bug: the credit is written in a transaction of its own, after the purchase's state."""
    genuine = entries.append

    def append(db: Any, user_id: int, move: Any, at: int) -> int:
        if move.kind.value == "purchase":
            db.after_commit(lambda: _later(db, user_id, move, at))
            return 1
        return genuine(db, user_id, move, at)

    def _later(db: Any, user_id: int, move: Any, at: int) -> None:
        with db.write():
            genuine(db, user_id, move, at)

    entries.append = append


def plant_fresh_key() -> None:
    """A bug: the key of the request is not the one that was committed."""
    genuine = buying.order_of
    buying.order_of = lambda row: dataclasses.replace(genuine(row), key=uuid.uuid4().hex)


def plant_flushed_later() -> None:
    """A bug: the books are flushed to the disk at some later time, as for a cache."""
    genuine = Database.open

    def lazily(self: Database) -> None:
        genuine(self)
        self.value("PRAGMA synchronous = OFF")

    Database.open = lazily  # type: ignore[method-assign]


def plant_accepted_apart() -> None:
    """A bug: a held payment is credited first, and its purchase completed afterwards."""
    purchases.accepted = _apart(purchases.accepted)


def plant_ended_apart() -> None:
    """A bug: a refund is booked first, and its purchase ended afterwards."""
    genuine = settling._end

    def later(studio: Studio, *told: Any) -> None:
        studio.database.after_commit(lambda: alone(studio, told))

    def alone(studio: Studio, told: Any) -> None:
        with studio.database.write():
            genuine(studio, *told)

    settling._end = later


def _apart(genuine: Any) -> Any:
    def later(db: Any, *values: Any) -> bool:
        db.after_commit(lambda: alone(db, values))
        return True

    def alone(db: Any, values: Any) -> None:
        with db.write():
            genuine(db, *values)

    return later


BUGS = {
    "credit_apart": plant_credit_apart,
    "fresh_key": plant_fresh_key,
    "flushed_later": plant_flushed_later,
}


def main(workspace: Path, address: str) -> None:
    """Bring the one purchase as far as it goes."""
    studio, row = _paid(workspace, address)
    if not _spent(studio):
        with studio.database.write():
            move = hold(new_id(), 0, SPENT)
            entries.append(studio.database, studio.user_id, move, now_ms())
    if not refunding.of_purchase(studio, row.id):
        refunding.ask(studio, row.id)
    reconciling.reconcile(studio)
    close_studio(studio)


def accept(workspace: Path, address: str) -> None:
    """Buy, and accept what was paid though it is not what was asked."""
    studio, row = _paid(workspace, address)
    if is_held(row):
        deciding.accept(studio, row.id, "half was agreed")
    reconciling.reconcile(studio)
    close_studio(studio)


def give_back(workspace: Path, address: str) -> None:
    """Buy, and give back what was paid because it is not what was asked."""
    studio, row = _paid(workspace, address)
    if is_held(row) and not refunding.of_purchase(studio, row.id):
        refunding.ask(studio, row.id)
    reconciling.reconcile(studio)
    close_studio(studio)


def _paid(workspace: Path, address: str) -> tuple[Studio, Purchase]:
    """Open the library and return its one purchase, paid by now if the service answers."""
    opened = open_studio(Workspace(workspace), {"local": FakeProvider()})
    studio = dataclasses.replace(opened, gateways=lambda _: StripeDirect(KEY, address))
    if not wallet.bought(studio).items:
        buying.buy(studio, "standard", buying.Back("http://127.0.0.1:1/p", "http://127.0.0.1:1/c"))
    reconciling.reconcile(studio)
    (row,) = wallet.bought(studio).items
    if row.status == "pending" and row.checkout_url is not None and not is_held(row):
        with contextlib.suppress(OSError):  # the browser's own trouble; the page can be paid later
            pay(row.checkout_url)
        reconciling.reconcile(studio)
        (row,) = wallet.bought(studio).items
    return studio, row


def _spent(studio: Studio) -> bool:
    return any(one.kind == "hold" for one in wallet.movements(studio).items)
