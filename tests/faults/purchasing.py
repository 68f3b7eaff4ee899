"""The ways of one purchase: half refunded, or paid oddly and decided about; what must hold.

The payment service runs in the process that looks, so its memory outlives every strike;
afterwards its books and the program's are compared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.purchase import is_returned
from stylestudio_desktop.services import health, refunding, wallet
from tests.factories import FakeProvider, open_test_studio
from tests.faults import buyer
from tests.faults.buyer import SPENT
from tests.faults.generating import books_hold
from tests.faults.points import Way
from tests.payments.stripe_server import StripeServer

TOKENS, PRICE, FREE, HALF = 100, 2999, 10, 1500
BACK = FREE + TOKENS - SPENT
"""What is unspent when the refund is asked for: the last tokens bought."""


def prepare(folder: Path) -> None:
    """Make an empty workspace."""
    close_studio(open_test_studio(folder))


@contextmanager
def outlasting() -> Iterator[tuple[object, str]]:
    """Yield the payment service and its address."""
    server = StripeServer()
    try:
        yield server, server.address
    finally:
        server.close()


def look(world: Path, memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong after the purchase went on to its end."""
    assert isinstance(memory, StripeServer)
    workspace, server = world / "workspace", memory
    if not finished:
        return [one for one in books_hold(workspace) if "eneration" not in one]
    found: list[str] = []
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    for problem in health.verify(studio).problems:
        # What is spent is held for a generation that is not there.
        if "eneration" not in problem.sentence:
            found.append(f"verify: {problem.sentence}")
    rows = wallet.bought(studio).items
    bank = server.bank
    if len(rows) != 1 or len(bank.sessions) != 1:
        found.append(f"{len(rows)} purchases and {len(bank.sessions)} pages instead of one")
    paid = [one for one in bank.sessions.values() if one["payment_status"] == "paid"]
    if [row.status for row in rows] != ["completed"] or len(paid) != 1:
        found.append(f"it ended as {[row.status for row in rows]}, {len(paid)} pages are paid")
    credited = [one.delta for one in wallet.movements(studio).items if one.kind == "purchase"]
    if credited != [TOKENS]:
        found.append(f"credited {credited}")
    given = [one["amount"] for one in bank.refunds.values()]
    if given != [PRICE * BACK // TOKENS]:
        found.append(f"the service gave {given} back")
    ours = [
        (one.status, one.taken) for row in rows for one in refunding.of_purchase(studio, row.id)
    ]
    if ours != [("done", BACK)] or wallet.summary(studio).user.token_balance:
        found.append(f"the refunds are {ours}")
    close_studio(studio)
    return found


@contextmanager
def otherwise() -> Iterator[tuple[object, str]]:
    """Yield a payment service that takes half of what was asked, and its address."""
    with outlasting() as (server, address):
        assert isinstance(server, StripeServer)
        bank, genuine = server.bank, server.bank.pay

        def half(id: str, later: bool = False) -> None:
            bank.sessions[id]["amount_total"] = HALF
            genuine(id, later)

        bank.pay = half  # type: ignore[method-assign]
        yield server, address


def look_accepted(world: Path, memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong after the other sum was accepted."""
    assert isinstance(memory, StripeServer)
    found = books_hold(world / "workspace")
    if not finished:
        return found
    studio = open_studio(Workspace(world / "workspace"), {"local": FakeProvider()})
    ended = [(row.status, row.amount, row.tokens_received) for row in wallet.bought(studio).items]
    credited = [one.delta for one in wallet.movements(studio).items if one.kind == "purchase"]
    balance = wallet.summary(studio).user.token_balance
    close_studio(studio)
    if ended != [("completed", HALF, TOKENS * HALF // PRICE)] or len(memory.bank.sessions) != 1:
        found.append(f"it ended as {ended}, with {len(memory.bank.sessions)} pages")
    if credited != [TOKENS * HALF // PRICE] or balance != FREE + sum(credited):
        found.append(f"credited {credited}, and {balance} tokens are there")
    return found


def look_given(world: Path, memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong after the other sum was given back."""
    assert isinstance(memory, StripeServer)
    found = books_hold(world / "workspace")
    if not finished:
        return found
    studio = open_studio(Workspace(world / "workspace"), {"local": FakeProvider()})
    ended = [(row.status, row.amount, is_returned(row)) for row in wallet.bought(studio).items]
    balance = wallet.summary(studio).user.token_balance
    close_studio(studio)
    if ended != [("failed", HALF, True)] or balance != FREE or len(memory.bank.sessions) != 1:
        pages = len(memory.bank.sessions)
        found.append(f"it ended as {ended}, with {pages} pages, and {balance} tokens are there")
    given = [one["amount"] for one in memory.bank.refunds.values()]
    if given != [HALF]:
        found.append(f"the service gave {given} back")
    return found


def act(world: Path, address: str) -> None:
    """Bring the one purchase as far as it goes."""
    buyer.main(world / "workspace", address)


def act_accepted(world: Path, address: str) -> None:
    """Buy, and accept what was paid."""
    buyer.accept(world / "workspace", address)


def act_given(world: Path, address: str) -> None:
    """Buy, and give back what was paid."""
    buyer.give_back(world / "workspace", address)


ACCEPT_BUGS = {**buyer.BUGS, "accepted_apart": buyer.plant_accepted_apart}
GIVEN_BUGS = {
    "ended_apart": buyer.plant_ended_apart,
    "fresh_key": buyer.plant_fresh_key,
    "flushed_later": buyer.plant_flushed_later,
}
WAYS = [
    Way("purchase", prepare, act, look, buyer.BUGS, outlasting, network=True),
    Way("accept", prepare, act_accepted, look_accepted, ACCEPT_BUGS, otherwise, network=True),
    Way("give-back", prepare, act_given, look_given, GIVEN_BUGS, otherwise, network=True),
]
