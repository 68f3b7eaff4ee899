"""A broken ledger is told in the wallet, and the way out works from there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import ledger_proof, till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.window import WALLET, MainWindow
from tests.factories import FakeProvider, give
from tests.payments.counter import KEY
from tests.vault.drawer import Drawer, with_backend


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    workspace = Workspace(tmp_path / "workspace")
    opened = open_studio(workspace, {"local": FakeProvider()}, with_backend(Drawer()))
    ledger_proof.at_start(opened)
    give(opened, 30)
    yield opened
    close_studio(opened)


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

    studio.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(studio)
    qtbot.waitUntil(notice.isVisible)
    assert "4000" in notice.said.text()
    assert not notice.accept_button.isEnabled()
    assert not buying.isEnabled()
    assert buying.toolTip() == "The wallet is read-only"

    notice.reason.setText("I tried something out.")
    notice.accept_button.click()
    qtbot.waitUntil(lambda: not notice.isVisible())
    calm()
    assert buying.isEnabled()
    assert ledger_proof.standing(studio).state is State.PROVEN
    assert ledger_proof.history(studio)[-1].reason == "I tried something out."
    give(studio, 1)
