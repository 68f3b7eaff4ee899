"""What the wallet command tells without changing anything: the balance, packages and purchases."""

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, say, table
from stylestudio_desktop.domain.errors import WalletReadOnly
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.purchase import is_held, only_goes_back
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import deciding, ledger_proof, reconciling
from stylestudio_desktop.services import wallet as purse
from stylestudio_desktop.services.studio import Studio


def show(desk: Desk, studio: Studio) -> int:
    """Say how the wallet stands; no balance is told while the ledger is broken."""
    found, books = purse.summary(studio), purse.books(studio)
    ledger = ledger_proof.standing(studio)
    if ledger.state is State.BROKEN:
        raise WalletReadOnly(ledger.sentence)
    buys = {one.id: found.user.token_balance // one.tokens for one in studio.catalogue.qualities}
    if desk.json:
        print_json(
            {
                "balance": found.user.token_balance,
                "ledger": ledger.state.value,
                "held": found.held,
                "debt": found.debt,
                "low": found.low,
                "pictures": buys,
                "purchased": found.user.total_tokens_purchased,
                "used": found.user.total_tokens_used,
                "granted": found.user.free_tokens_granted,
                "books": {
                    "paid": books.paid, "refunded": books.refunded, "credited": books.credited,
                    "clawed_back": books.clawed_back, "owed": books.owed, "closed": books.closed,
                },
                "waiting": reconciling.mine_waits(studio),
            }
        )  # fmt: skip
        return 0
    say(f"{found.user.name}: {shapes.tokens(found.user.token_balance)}")
    say(f"  {found.held} held for work that waits or runs")
    if found.debt:
        say(f"  {found.debt} owed: they were refunded after they were spent")
    if reconciling.mine_waits(studio):
        say("  A payment is under way: “stylestudio wallet purchases” tells which.")
    for name, number in buys.items():
        say(f"  {number} pictures in quality {name}")
    return 0


def packages(desk: Desk, studio: Studio) -> int:
    """Tell what can be bought, and for how much."""
    found = studio.catalogue.packages
    if desk.json:
        print_json(
            [
                {
                    "id": one.id, "name": one.name, "tokens": one.tokens, "amount": one.cents,
                    "currency": one.currency, "tag": one.tag,
                }
                for one in found
            ]
        )  # fmt: skip
        return 0
    table(
        ("Package", "Tokens", "Price", "A token", ""),
        [
            (
                one.id, one.tokens, written(one.cents, one.currency),
                written(round(one.cents / one.tokens), one.currency), one.tag,
            )
            for one in found
        ],
        right=(1, 2, 3),
    )  # fmt: skip
    return 0


def purchases(desk: Desk, studio: Studio) -> int:
    """Tell the purchases, newest first, each with its state and what can be done."""
    page = purse.bought(studio, desk.arguments.after, desk.arguments.limit)
    back = purse.given_back(studio, page.items)
    if desk.json:
        items = [shapes.purchase(row, back.get(row.id, ())) for row in page.items]
        print_json({"items": items, "next": page.next})
        return 0
    table(
        ("Id", "Bought", "Status", "Package", "Tokens", "Price", "Remark"),
        [
            (
                row.id, shapes.day(row.created_at), shapes.standing(row), row.display_name,
                row.tokens_received, written(row.amount, row.currency),
                row.error or shapes.reason(row)
                or shapes.parts_back(back.get(row.id, ()), row.currency),
            )
            for row in page.items
        ],
        right=(4, 5),
    )  # fmt: skip
    for row in page.items:
        if only_goes_back(row):
            note(f"{row.error} {decide(row)}")
        elif row.status == "pending" and row.checkout_url is not None:
            note(f"Pay purchase {row.id} here: {row.checkout_url}")
    if page.next is not None:
        note(f"There is more: add --after {page.next}")
    return 0


def decide(row: Purchase) -> str:
    """Say how a person decides about money that was paid otherwise than asked."""
    words = f"Type “stylestudio wallet refund {row.id}”"
    if is_held(row):
        words += f" or “stylestudio wallet accept {row.id} --reason …”"
    page = deciding.payment_page(row)
    return f"{words}. The payment is at {page}" if page else f"{words}."
