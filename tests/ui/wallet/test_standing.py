"""A broken ledger is told in the wallet, and the way out works from there."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import buying as purchases
from stylestudio_desktop.services import ledger_proof, till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import seals
from stylestudio_desktop.ui.frame.balance import ShownBalance
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.window import SETTINGS, WALLET, MainWindow
from tests.factories import FakeProvider, give
from tests.payments.bank import Bank
from tests.payments.counter import KEY, at
from tests.ui.pane_shots import window_on
from tests.ui.settings.test_settings import toasts
from tests.vault.drawer import Drawer, with_backend


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    workspace = Workspace(tmp_path / "workspace")
    opened = open_studio(workspace, {"local": FakeProvider()}, with_backend(Drawer()))
    ledger_proof.at_start(opened)
    give(opened, 30)
    yield opened
    close_studio(opened)


@pytest.fixture
def keyless(tmp_path: Path) -> Iterator[Studio]:
    opened = open_studio(
        Workspace(tmp_path / "keyless"), {"local": FakeProvider()}, with_backend(None)
    )
    yield opened
    close_studio(opened)


def test_without_a_keyring_the_way_out_works(keyless: Studio, qtbot: QtBot) -> None:
    window = window_on(keyless)
    qtbot.addWidget(window)
    window.show()
    keyless.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(keyless)
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    notice = pane.notice
    qtbot.waitUntil(notice.isVisible)
    assert not notice._hindered.isVisible()
    notice.reason.setText("A slip of the finger.")
    notice.accept_button.click()
    # The check that follows tells the pane, too: the notice may go before this is said.
    qtbot.waitUntil(lambda: "The wallet is open again." in toasts(window))
    qtbot.waitUntil(lambda: not notice.isVisible())
    assert keyless.database.value("SELECT token_balance FROM users") == 10

    with keyless.database.write():
        seals.set_trouble(keyless.database, "Entry 4 was changed.")
    notice.refresh()
    qtbot.waitUntil(notice._hindered.isVisible)
    assert "no keyring" in notice._hindered.text()
    notice.reason.setText("Never mind.")
    assert not notice.accept_button.isEnabled()
    notice.restore_button.click()
    settings = window.open_pane(SETTINGS)
    assert isinstance(settings, SettingsPane)
    qtbot.waitUntil(lambda: not settings.backups.visibleRegion().isEmpty())
    qtbot.waitUntil(lambda: not window.tasks.busy())
    window.close()
    assert window.tasks.close(5000)


def test_a_broken_ledger_is_told_and_accepted(
    window: MainWindow, studio: Studio, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    till.keep_key(studio, KEY)
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    calm()
    notice, buying = pane.notice, pane.cards[0].buy
    assert not notice.isVisible()
    assert buying.isEnabled()

    bank = Bank()
    buyer = dataclasses.replace(studio, gateways=at(bank))
    pending = purchases.buy(buyer, "starter", purchases.Back("http://x/", "http://x/"))
    qtbot.waitUntil(pane.waiting.pay.isVisible)
    studio.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(studio)
    qtbot.waitUntil(notice.isVisible)
    assert "4,000" in notice.said.text()
    assert not notice.accept_button.isEnabled()
    assert not buying.isEnabled()
    assert buying.toolTip() == "The wallet is read-only"
    assert pane.standing.balance.text() == "–"
    shown = ShownBalance(window, studio)
    shown.checked()
    pill = window.top_bar.pill
    assert (pill.text(), pill.toolTip()) == ("–", "The wallet is read-only")
    pane.waiting.show_waiting([pending])
    assert pane.waiting.isVisible()
    assert not pane.waiting.pay.isVisible()
    assert "don't pay now" in pane.waiting.said.text()
    assert pane.standing.words.text() == "not known until the ledger is in order"

    notice.reason.setText("I tried something out.")
    notice.accept_button.click()
    qtbot.waitUntil(lambda: not notice.isVisible())
    calm()
    assert buying.isEnabled()
    assert pane.standing.balance.text() == "40"  # and at no time what was edited
    shown.checked()
    assert pill.text() == f"{pane.standing.balance.text()} tokens"
    assert ledger_proof.standing(studio).state is State.PROVEN
    assert ledger_proof.history(studio)[-1].reason == "I tried something out."
    give(studio, 1)
