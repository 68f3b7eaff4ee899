"""Takes pictures of the Wallet pane: `python -m tests.ui.wallet.shots OUTDIR [NAME...]`."""

import dataclasses
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.purchase import is_held
from stylestudio_desktop.services import (
    budget,
    buying,
    deciding,
    ledger_proof,
    reconciling,
    refunding,
    till,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.window import HISTORY, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens
from tests.payments.bank import Bank
from tests.payments.counter import KEY, at
from tests.ui.pane_shots import settle, take
from tests.ui.studios import furnish
from tests.vault.drawer import Drawer, with_backend


def plain(window: MainWindow, _studio: Studio) -> None:
    """Show the wallet."""
    window.open_pane(WALLET)


def asked(window: MainWindow, _studio: Studio) -> None:
    """Show the wallet when another pane needs tokens."""
    window.open_pane(WALLET, GetTokens(HISTORY))


def trade(studio: Studio, folder: Path) -> None:
    """Buy and give back, so that purchases stand in every state."""
    furnish(studio, folder)
    bank = Bank()
    till.keep_key(studio, KEY)
    buyer = dataclasses.replace(studio, gateways=at(bank))
    back = buying.Back("http://127.0.0.1/", "http://127.0.0.1/")
    rows = [buying.buy(buyer, name, back) for name in ("starter", "standard", "pro", "starter")]
    for row in rows[:3]:
        bank.pay(str(row.stripe_checkout_session_id))
    buying.cancel(buyer, rows[3].id)
    reconciling.reconcile(buyer)
    refunding.ask(buyer, rows[0].id)
    buying.buy(buyer, "enterprise", back)


BANKS: dict[Path, Bank] = {}


def undecided(studio: Studio, folder: Path) -> None:
    """Have payments of another sum wait for a decision, be given back, and come back."""
    furnish(studio, folder)
    bank = BANKS[studio.workspace.root] = Bank()
    till.keep_key(studio, KEY)
    buyer = dataclasses.replace(studio, gateways=at(bank))
    back = buying.Back("http://127.0.0.1/", "http://127.0.0.1/")
    rows = [buying.buy(buyer, name, back) for name in ("starter", "pro", "standard")]
    for row, amount in zip(rows, (1200, 5000, 1500), strict=True):
        page = str(row.stripe_checkout_session_id)
        bank.sessions[page]["amount_total"] = amount
        bank.pay(page)
    reconciling.reconcile(buyer)
    for row in rows[:2]:
        refunding.ask(buyer, row.id)
    bank.refund_ends(list(bank.refunds)[1], "failed")
    reconciling.reconcile(buyer)


def indebted(studio: Studio, folder: Path) -> None:
    """Owe tokens after a refund of spent ones, run low, and have the month's budget reached."""
    furnish(studio, folder)
    bank = Bank()
    till.keep_key(studio, KEY)
    buyer = dataclasses.replace(studio, gateways=at(bank))
    row = buying.buy(buyer, "pro", buying.Back("http://127.0.0.1/", "http://127.0.0.1/"))
    bank.pay(str(row.stripe_checkout_session_id))
    reconciling.reconcile(buyer)
    with studio.database.write():
        move = ledger.hold(new_id(), 0, wallet.summary(studio).user.token_balance - 40)
        entries.append(studio.database, studio.user_id, move, now_ms())
    bank.give_back(next(iter(bank.intents)), 7999)
    reconciling.reconcile(buyer)
    budget.set_budget(studio, 50)


def tampered(studio: Studio, folder: Path) -> None:
    """Have the ledger found broken."""
    kept = with_backend(Drawer())
    for name in ("_looked", "_backend", "_backend_name"):
        setattr(studio.secrets, name, getattr(kept, name))
    ledger_proof.at_start(studio)
    trade(studio, folder)
    studio.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(studio)


def accepting(window: MainWindow, studio: Studio) -> None:
    """Ask why a payment of another sum is accepted, over the wallet."""
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    settle(window)
    buyer = dataclasses.replace(studio, gateways=at(BANKS[studio.workspace.root]))
    held = next(row for row in wallet.bought(studio).items if is_held(row))
    pane.desk._ask_reason(deciding.look(buyer, held.id))
    settle(window)
    dialog = pane.desk.accepting
    assert dialog is not None
    dialog.reason.setText("The price was agreed on the phone")
    alone(dialog, f"accept-alone-{theme().palette.name}-{window.width()}.png")
    dialog.reject()


def alone(dialog: QWidget, name: str) -> None:
    """Save a dialog's own picture, since the window's does not hold it."""
    dialog.grab().save(str(Path(sys.argv[1]) / name))


def bottom(window: MainWindow, studio: Studio) -> None:
    """Show purchases and spending."""
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    settle(window)
    pane._scroll.verticalScrollBar().setValue(pane._scroll.verticalScrollBar().maximum())


SCENES = {
    "wallet-bought": (trade, bottom),
    "wallet-undecided": (undecided, bottom),
    "wallet-indebted": (indebted, plain),
    "wallet-budget": (indebted, bottom),
    "wallet-tampered": (tampered, plain),
    "wallet-accepting": (undecided, accepting),
    "wallet": (furnish, plain),
    "wallet-new": (None, plain),
    "wallet-asked": (furnish, asked),
}

if __name__ == "__main__":
    take(SCENES, Path(sys.argv[1]), sys.argv[2:])
