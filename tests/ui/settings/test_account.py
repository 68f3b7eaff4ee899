"""Profiles in the settings, and the passphrase that is asked for before a window opens."""

import threading
from collections.abc import Callable

import argon2.profiles
import pytest
import requests
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.services import leaving, profiles, signing_in, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.account import AccountSection
from stylestudio_desktop.ui.settings.delete_dialog import DeleteDialog
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.unlock import UnlockDialog, admitted
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from stylestudio_desktop.vault import github, passphrase
from stylestudio_desktop.vault.asking import Person
from tests.factories import photo
from tests.ui.settings.test_settings import toasts
from tests.vault.drawer import Drawer, with_backend
from tests.vault.github_standin import GitHub
from tests.vault.provider import CLIENT, Provider

WORD = "open sesame"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "PARAMETERS", argon2.profiles.CHEAPEST)


@pytest.fixture
def section(window: MainWindow, calm: Callable[[], None]) -> AccountSection:
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    calm()
    return pane.account


def buttons(section: AccountSection, text: str) -> list[QPushButton]:
    return [
        one for one in section.findChildren(QPushButton) if one.text() == text and one.isVisible()
    ]


def test_a_profile_is_named_pictured_and_joined_by_another(
    section: AccountSection,
    window: MainWindow,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section.name.setText("Anna")
    section.name.editingFinished.emit()
    calm()
    assert profiles.current(studio).name == "Anna"
    path = photo(studio.workspace.root)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    buttons(section, "Picture…")[0].click()
    calm()
    assert profiles.current(studio).profile_image_id is not None
    avatar = window.top_bar.avatar
    qtbot.waitUntil(lambda: not avatar._image.isNull())
    assert avatar._image.width() == avatar._image.height()
    section.new_name.setText("Ben")
    section.add_button.click()
    calm()
    assert [one.name for one in profiles.listing(studio)] == ["Anna", "Ben"]
    qtbot.waitUntil(lambda: len(buttons(section, "Switch")) == 1)


@pytest.mark.parametrize("guard", [None, WORD])
def test_switching_opens_the_window_anew_for_somebody_else(
    section: AccountSection,
    window: MainWindow,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
    guard: str | None,
) -> None:
    ben = profiles.add(studio, "Ben", passphrase=guard)
    section.refresh()
    calm()
    qtbot.waitUntil(lambda: len(buttons(section, "Switch")) == 1)
    buttons(section, "Switch")[0].click()
    qtbot.waitUntil(lambda: window.isHidden())
    assert window.property("reopen")
    assert studio.settings.value.profile == str(ben.id)


def test_locking_needs_a_passphrase_and_closes_the_window(
    section: AccountSection,
    window: MainWindow,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
) -> None:
    assert not section.lock_button.isEnabled()
    profiles.set_passphrase(studio, None, WORD)
    section.refresh()
    calm()
    section.lock_button.click()
    qtbot.waitUntil(lambda: window.isHidden())
    assert profiles.current(studio).locked_at is not None


def asked(section: AccountSection, qtbot: QtBot) -> DeleteDialog:
    """Press “Delete this account…” and return what asks about it."""
    before = section.leaving
    section.delete_button.click()
    qtbot.waitUntil(lambda: section.leaving is not before)
    assert section.leaving is not None
    return section.leaving


def test_an_account_is_deleted_after_a_question(
    section: AccountSection,
    window: MainWindow,
    studio: Studio,
    qtbot: QtBot,
) -> None:
    profiles.add(studio, "Ben")
    asking = asked(section, qtbot)
    assert not asking.passphrase.isVisible()
    asking.no.click()
    assert len(profiles.listing(studio)) == 2
    asked(section, qtbot).yes.click()
    qtbot.waitUntil(lambda: window.isHidden())
    assert [one.name for one in profiles.listing(studio)] == ["Ben"]


def test_what_is_lost_with_an_account_is_said_before(
    section: AccountSection, studio: Studio, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    profiles.rename(studio, "<b>Mara</b>")
    section.refresh()
    calm()
    tokens = wallet.summary(studio).user.token_balance
    asking = asked(section, qtbot)
    assert asking.title.text() == "Delete the account “<b>Mara</b>”?"
    assert asking.title.textFormat() is Qt.TextFormat.PlainText
    said = [one.text() for one in asking.findChildren(QLabel)]
    assert f"Lost with it: {tokens} unspent token(s)." in said
    asking.no.click()
    with studio.database.write():
        for number, status in enumerate(("pending", "completed")):
            studio.database.run(
                "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received,"
                " status, transaction_id, package_name, display_name, created_at, gateway)"
                " VALUES (?, ?, 499, 'EUR', 50, ?, ?, 'small', 'Small', 1, 'stripe')",
                (number + 1, studio.user_id, status, f"by-hand-{number}"),
            )
    said = [one.text() for one in asked(section, qtbot).findChildren(QLabel)]
    assert any("if you refund it first" in one for one in said)
    assert any("still waits for its payment" in one for one in said)


def test_an_account_that_is_at_work_is_not_deleted(
    section: AccountSection,
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise BadInput("Pictures are being made. Nothing was deleted.")

    monkeypatch.setattr(leaving, "delete", refuse)
    asking = asked(section, qtbot)
    asking.yes.click()
    qtbot.waitUntil(lambda: "Nothing was deleted" in toasts(window))


def test_a_guarded_account_is_deleted_with_its_passphrase(
    section: AccountSection,
    window: MainWindow,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
) -> None:
    profiles.add(studio, "Ben")
    profiles.set_passphrase(studio, None, WORD)
    section.refresh()
    calm()
    asking = asked(section, qtbot)
    assert not asking.yes.isEnabled()
    asking.passphrase.setText("wrong word")
    asking.yes.click()
    qtbot.waitUntil(lambda: "not the passphrase" in asking.passphrase.accessibleDescription())
    assert len(profiles.listing(studio)) == 2
    asking.passphrase.setText(WORD)
    assert asking.passphrase.accessibleDescription() == ""
    asking.yes.click()
    qtbot.waitUntil(lambda: window.isHidden())
    assert [one.name for one in profiles.listing(studio)] == ["Ben"]


def test_who_knows_the_passphrase_is_admitted(studio: Studio, qtbot: QtBot) -> None:
    ben = profiles.add(studio, "Ben", passphrase=WORD)
    profiles.set_passphrase(studio, None, "another word")

    def answer() -> None:
        asking = QApplication.activeModalWidget()
        assert isinstance(asking, UnlockDialog)
        asking.who.setCurrentIndex(asking.who.findData(ben.id))
        asking.passphrase.setText("wrong word")
        asking.open_button.click()
        qtbot.waitUntil(lambda: asking.open_button.isEnabled())
        assert "not the passphrase" in asking.passphrase.accessibleDescription()
        asking.passphrase.setText(WORD)
        asking.open_button.click()

    QTimer.singleShot(0, answer)
    guest = admitted(studio)
    assert guest is not None
    assert guest.user_id == ben.id
    assert studio.settings.value.profile == str(ben.id)

    def leave() -> None:
        asking = QApplication.activeModalWidget()
        assert isinstance(asking, UnlockDialog)
        asking.reject()

    QTimer.singleShot(0, leave)
    assert admitted(studio) is None


def test_a_passphrase_is_set_typed_twice_and_taken_away(
    section: AccountSection, window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    section._change_passphrase()
    asked = section.guarding
    assert asked is not None
    assert not asked.save_button.isEnabled()
    asked.new.setText(WORD)
    asked.save_button.click()
    assert "not the same" in asked.again.accessibleDescription()
    asked.again.setText(WORD)
    with qtbot.waitSignal(asked.changed):
        asked.save_button.click()
    assert not asked.isVisible()
    assert asked.new.text() == ""
    qtbot.waitUntil(section.lock_button.isEnabled)
    section._change_passphrase()
    guarded = section.guarding
    assert guarded is not None
    guarded.now.setText("wrong word")
    before = guarded.height()
    guarded.save_button.click()
    qtbot.waitUntil(lambda: "not the passphrase" in guarded.now.accessibleDescription())
    assert guarded.isVisible()
    assert guarded.height() > before
    guarded.now.setText(WORD)
    with qtbot.waitSignal(guarded.changed):
        guarded.save_button.click()
    assert not profiles.current(studio).guarded


def test_a_passphrase_that_is_too_short_is_told_where_it_is_typed(
    section: AccountSection, studio: Studio, qtbot: QtBot
) -> None:
    section._change_passphrase()
    asked = section.guarding
    assert asked is not None
    asked.new.setText("ab")
    asked.again.setText("ab")
    asked.save_button.click()
    qtbot.waitUntil(lambda: bool(asked.new.accessibleDescription().startswith("A passphrase")))
    assert asked.isVisible()
    asked.reject()
    assert not profiles.current(studio).guarded


def test_who_has_no_passphrase_is_not_asked_for_one(studio: Studio, qtbot: QtBot) -> None:
    ben = profiles.add(studio, "Ben")
    profiles.set_passphrase(studio, None, WORD)
    asking = UnlockDialog(studio)
    qtbot.addWidget(asking)
    asking.show()
    qtbot.waitExposed(asking)
    assert asking.passphrase.isVisible()
    asking.who.setCurrentIndex(asking.who.findData(ben.id))
    assert not asking.passphrase.isVisible()
    with qtbot.waitSignal(asking.accepted):
        asking.open_button.click()
    assert asking.studio.user_id == ben.id


def test_somebody_signs_in_with_the_browser(
    section: AccountSection, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider()

    def browse(address: QUrl) -> bool:
        back = provider.agree(address.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        to = back.pop("to")
        threading.Thread(
            target=lambda: requests.get(to, params=back, timeout=5), daemon=True
        ).start()
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", browse)
    panel = section.sign_in
    panel.issuer.setText("https://127.0.0.1:1")
    panel.go_button.click()
    qtbot.waitUntil(lambda: "can't be reached" in panel._said.text())
    panel.issuer.setText(provider.issuer)
    panel.client.setText(CLIENT)
    with qtbot.waitSignal(panel.arrived, timeout=10_000):
        panel.go_button.click()
    assert profiles.current(studio).email == "Anna@Example.com"
    assert studio.settings.value.sign_in_issuer == provider.issuer
    qtbot.waitUntil(lambda: section._address.text() == "Anna@Example.com")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _address: False)
    panel.go_button.click()
    qtbot.waitUntil(lambda: "No browser answered" in panel._said.text())
    panel.stop_button.click()
    qtbot.waitUntil(lambda: "stopped" in panel._said.text())
    provider.close()


def test_somebody_signs_in_with_a_code_typed_anywhere(
    section: AccountSection, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = GitHub()
    monkeypatch.setattr(github, "ISSUER", service.address)
    monkeypatch.setattr(github, "API", service.address)
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda address: opened.append(address.toString()) or True
    )
    panel = section.sign_in
    panel.issuer.setText(service.address)
    panel.client.setText("Iv1.0123456789abcdef")
    panel.go_button.click()  # GitHub knows no other way
    qtbot.waitUntil(lambda: "WDJB-MJHT" in panel._said.text())
    assert opened == [f"{service.address}/login/device"]
    with qtbot.waitSignal(panel.arrived, timeout=10_000):
        pass
    assert profiles.current(studio).email == "Mona@Example.com"
    service.polls = [{"error": "access_denied"}]
    panel.code_button.click()
    qtbot.waitUntil(lambda: "did not agree" in panel._said.text())
    assert panel.code_button.isEnabled()
    service.close()


def test_somebody_signs_out_and_keeps_everything(
    section: AccountSection,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = with_backend(Drawer())
    for name in ("_looked", "_backend", "_backend_name"):
        monkeypatch.setattr(studio.secrets, name, getattr(kept, name))
    panel = section.sign_in
    someone = Person("https://id.example.com", "sub-1", "anna@example.com", "Anna", "token-1")
    signing_in.arrive(studio, someone)
    section.refresh()
    qtbot.waitUntil(lambda: not panel.out_button.isHidden())
    calm()
    panel.out_button.click()
    qtbot.waitUntil(panel.out_button.isHidden)
    assert not signing_in.keeps_token(studio)
    assert "Signed out" in panel._said.text()
    assert profiles.current(studio).email == "anna@example.com"
