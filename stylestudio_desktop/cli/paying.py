"""The command for money: buying, refunds, receipts and the payment key; `purse` tells the rest."""

import sys
import threading
from collections.abc import Callable

from stylestudio_desktop.cli import purse as telling
from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import Bar, note, print_json, say
from stylestudio_desktop.domain.errors import BadInput, PaymentError, WalletReadOnly
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.domain.purchase import is_held, is_paying, only_goes_back
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import (
    buying,
    deciding,
    ledger_proof,
    reconciling,
    refunding,
    till,
)
from stylestudio_desktop.services import wallet as purse
from stylestudio_desktop.services.studio import Studio

_FIRST_LOOK_S, _LATER_LOOK_S = 2.0, 30.0
_PROVEN = ("show", "buy", "cancel", "refund", "accept", "reconcile")
"""The ledger is checked first: what they show is proven, and nobody pays into a broken one."""
_NEEDS = {
    "buy": "a package", "cancel": "a purchase", "refund": "a purchase", "accept": "a purchase",
    "receipt": "a purchase",
}  # fmt: skip


def wallet(desk: Desk) -> int:
    """Carry out one action on the wallet."""
    given = desk.arguments
    needed = _NEEDS.get(given.action)
    if given.action != "relay" and (needed is not None) is not (given.what is not None):
        raise BadInput(
            f"“wallet {given.action}” needs {needed}. Type “stylestudio wallet --help”."
            if needed
            else f"“wallet {given.action}” takes nothing more than options."
        )
    with desk.open() as studio:
        if given.action in _PROVEN:
            ledger_proof.at_start(studio)
        return _ACTIONS[given.action](desk, studio)


def _buy(desk: Desk, studio: Studio) -> int:
    from stylestudio_desktop.payments.return_page import ReturnPage

    came = threading.Event()
    page = ReturnPage(lambda _paid: came.set())
    try:
        back = buying.Back(page.success_url, page.cancel_url)
        row = buying.buy(studio, desk.arguments.what, back)
        if row.checkout_url is not None:
            note(f"Pay {written(row.amount, row.currency)} here: {row.checkout_url}")
        if not desk.arguments.no_wait:
            row = _wait(studio, row, came)
    finally:
        page.close()
    if desk.json:
        print_json(shapes.purchase(row))
    else:
        _tell(studio, row)
    return 4 if row.status == "failed" or is_held(row) else 0


def _wait(studio: Studio, row: Purchase, came: threading.Event) -> Purchase:
    """Look at the payment page again and again until it is over; Ctrl+C leaves it open."""
    pause = _FIRST_LOOK_S
    with Bar("Payment") as bar:
        while row.status == "pending" and not (is_held(row) or is_paying(row)):
            bar.step(0, 1, "Waiting for the payment; Ctrl+C leaves it to later")
            came.wait(pause)
            came.clear()
            pause = min(_LATER_LOOK_S, pause * 1.3)
            try:
                row = buying.look_again(studio, row.id)
            except PaymentError as error:
                if not error.again:
                    raise
    return row


def _tell(studio: Studio, row: Purchase) -> None:
    if is_held(row):
        say(f"{row.error} {telling.decide(row)}")
    elif is_paying(row):
        say(f"The bank is working on purchase {row.id}, which can take days. The tokens come then.")
    elif row.status == "pending":
        say(
            f"Purchase {row.id} waits for its payment. It is completed by itself when the program "
            "runs, or with “stylestudio wallet reconcile”."
        )
    elif row.status == "failed":
        say(row.error or "The purchase did not come about.")
    else:
        left = purse.summary(studio).user.token_balance
        say(f"{shapes.tokens(row.tokens_received)} bought. The balance is {left}.")


def _cancel(desk: Desk, studio: Studio) -> int:
    row = buying.cancel(studio, reading.an_id(desk.arguments.what))
    if desk.json:
        print_json(shapes.purchase(row))
    else:
        _tell(studio, row)
    return 0


def _refund(desk: Desk, studio: Studio) -> int:
    purchase_id = reading.an_id(desk.arguments.what)
    offer = refunding.offer(studio, purchase_id)
    money = written(offer.amount, offer.currency)
    said = f"{shapes.tokens(offer.tokens)} go back, and {money} with them."
    if only_goes_back(offer.purchase):
        said = f"{money} go back. Nothing was credited for them."
    if desk.arguments.dry_run:
        if desk.json:
            print_json({"tokens": offer.tokens, "amount": offer.amount, "currency": offer.currency})
        else:
            say(said)
        return 0
    note(said)
    if sys.stdin.isatty() and not desk.json and not _agreed():
        say("Nothing was changed.")
        return 0
    done = refunding.ask(studio, purchase_id, offer)
    if desk.json:
        print_json(shapes.refund(done))
    else:
        on_way = done.status == "pending"
        say(f"{money} are {'on their way' if on_way else 'given'} back.")
    return 0


def _accept(desk: Desk, studio: Studio) -> int:
    purchase_id = reading.an_id(desk.arguments.what)
    found = deciding.look(studio, purchase_id)
    said = f"{written(found.amount, found.currency)} buy {shapes.tokens(found.tokens)}."
    if desk.arguments.dry_run:
        if desk.json:
            print_json({"tokens": found.tokens, "amount": found.amount, "currency": found.currency})
        else:
            say(said)
        return 0
    note(said)
    row = deciding.accept(studio, purchase_id, desk.arguments.reason, found)
    if desk.json:
        print_json(shapes.purchase(row))
    else:
        _tell(studio, row)
    return 0


def _agreed() -> bool:
    return input("Refund? (y/n) ").strip().lower() in ("y", "yes")


def _reconcile(desk: Desk, studio: Studio) -> int:
    found = reconciling.reconcile(studio)
    books, ledger = purse.books(studio), ledger_proof.standing(studio)
    problems = list(found.problems)
    if ledger.state is State.BROKEN:
        problems.append(WalletReadOnly(ledger.sentence).sentence)
    if desk.json:
        print_json(
            {
                "looked_at": found.looked_at, "completed": found.completed,
                "failed": found.failed, "waiting": found.waiting, "held": found.held,
                "refunds": found.refunds,
                "problems": problems, "closed": books.closed,
            }
        )  # fmt: skip
        return 4 if problems else 0
    say(
        f"Pending purchases looked at: {found.looked_at}; {found.completed} completed, "
        f"{found.failed} failed, {found.waiting} still waiting. Refunds booked: {found.refunds}."
    )
    say(
        f"Tokens paid for {books.paid} − refunded {books.refunded} = credited {books.credited} − "
        f"clawed back {books.clawed_back} − owed {books.owed}: "
        f"{'the books close' if books.closed else 'THE BOOKS DO NOT CLOSE'}."
    )
    if found.held:
        note("A payment waits for your decision: type “stylestudio wallet purchases”.")
    for problem in problems:
        note(problem)
    return 4 if problems else 0


def _receipt(desk: Desk, studio: Studio) -> int:
    from stylestudio_desktop.services import receipts

    if desk.arguments.to is None:
        raise BadInput("“wallet receipt” needs --to FILE.")
    purchase_id = reading.an_id(desk.arguments.what)
    target = receipts.write(studio, purchase_id, path_of(desk.arguments.to))
    if desk.json:
        print_json({"path": str(target)})
    else:
        say(f"The receipt is {target}")
    return 0


def _key(desk: Desk, studio: Studio) -> int:
    if desk.arguments.remove:
        gone = till.forget_key(studio)
        note("The payment key is forgotten." if gone else "The keyring is locked and may hold it.")
    elif sys.stdin.isatty():
        from getpass import getpass

        till.keep_key(studio, getpass("Restricted Stripe key (rk_…): "))
    elif not (typed := sys.stdin.read(4096).strip()):
        pass  # only asked how it stands
    else:
        till.keep_key(studio, typed)
    found = till.standing(studio)
    keeping = studio.secrets.keeping()
    if desk.json:
        print_json(
            {
                "ready": found.ready, "mode": found.mode.value if found.mode else None,
                "key": found.key, "lasting": keeping.lasting, "message": found.sentence,
            }
        )  # fmt: skip
    else:
        say(f"{found.sentence} {found.key}".strip())
        say(keeping.sentence)
    return 0


def _relay(desk: Desk, studio: Studio) -> int:
    """Use a relay, given as “MODE ADDRESS KEY”; or leave it, or say which is used."""
    if desk.arguments.remove:
        till.use_relay(studio, "")
    elif desk.arguments.what is not None:
        till.use_relay(studio, desk.arguments.what)
    found = till.standing(studio)
    if desk.json:
        print_json({"relay": studio.settings.value.payment_relay, "message": found.sentence})
    else:
        say(found.sentence)
    return 0


_ACTIONS: dict[str, Callable[[Desk, Studio], int]] = {
    "show": telling.show,
    "packages": telling.packages,
    "buy": _buy,
    "purchases": telling.purchases,
    "cancel": _cancel,
    "refund": _refund,
    "accept": _accept,
    "reconcile": _reconcile,
    "receipt": _receipt,
    "key": _key,
    "relay": _relay,
}
