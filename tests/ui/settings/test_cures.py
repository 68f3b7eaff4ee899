"""A notice of what went wrong has a button that helps: it does it, or leads to where it is done."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    NotEnoughTokens,
    PaymentError,
    StorageBusy,
    StorageFull,
    StudioError,
    WalletReadOnly,
)
from stylestudio_desktop.files import rights
from stylestudio_desktop.files.disk import storage_error
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import diagnoses
from stylestudio_desktop.ui.cures import cure
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.window import SETTINGS, WALLET, MainWindow
from tests.ui.settings.test_settings import engine_folder, toasts

__all__ = ["engine_folder"]
FORBIDDEN = storage_error(OSError(errno.EACCES, "Permission denied"), "saving a picture")
READ_ONLY = storage_error(OSError(errno.EROFS, "Read-only file system"), "saving a picture")


def offers(window: MainWindow) -> list[str]:
    """Return what the buttons of the notices say."""
    return [one.text() for toast in window.findChildren(Toast) for one in _buttons(toast)]


def press(window: MainWindow, text: str) -> None:
    """Press the notice's button that says `text`."""
    (found,) = [
        one for toast in window.findChildren(Toast) for one in _buttons(toast) if one.text() == text
    ]
    found.click()


def _buttons(toast: Toast) -> list[QPushButton]:
    return [one for one in toast.findChildren(QPushButton) if one.text()]


@pytest.mark.parametrize(
    ("error", "button"),
    [
        (StorageFull("Full."), "See what takes room"),
        (READ_ONLY, "Open the folder"),
        (FORBIDDEN, "Allow writing again"),
        (diagnoses.damaged("malformed"), "Check the library"),
        (diagnoses.known("attempt to write a readonly database"), "Allow writing again"),
        (NotEnoughTokens(5, 1), "Get tokens"),
        (WalletReadOnly("a sum."), "Open the wallet"),
        (PaymentError("No key.", code=Code.PAYMENT_KEY), "Open settings"),
    ],
)
def test_what_went_wrong_has_a_button_and_is_said_once(
    window: MainWindow, error: StudioError, button: str
) -> None:
    for _ in range(2):
        window.tell(error)
    assert offers(window) == [button]
    assert toasts(window) == spoken(error.sentence)
    assert "“stylestudio" not in toasts(window)


@pytest.mark.parametrize("error", [BadInput("No photo."), StorageBusy("Somebody writes.")])
def test_what_is_cured_by_what_is_shown_has_none(window: MainWindow, error: StudioError) -> None:
    window.tell(error)
    assert offers(window) == []


def test_a_full_disk_leads_to_what_takes_room(window: MainWindow, calm: Callable[[], None]) -> None:
    window.tell(StorageFull("Full."))
    press(window, "See what takes room")
    calm()
    assert window.current == SETTINGS


def test_a_damaged_library_is_checked_at_once(
    window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    window.tell(diagnoses.damaged("malformed"))
    press(window, "Check the library")
    pane = window.pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    qtbot.waitUntil(lambda: pane.health.found.text() == "Everything is as it should be.")


def test_a_wallet_that_is_read_only_leads_there(window: MainWindow) -> None:
    window.tell(WalletReadOnly("a sum."))
    press(window, "Open the wallet")
    assert window.current == WALLET


def test_lost_rights_are_given_back_where_they_are_our_own(
    window: MainWindow, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.home = root = studio.workspace.root
    (root / "library.sqlite3").chmod(0o400)
    window.tell(FORBIDDEN)
    press(window, "Allow writing again")
    qtbot.waitUntil(lambda: "Writing is allowed again" in toasts(window))
    assert (root / "library.sqlite3").stat().st_mode & 0o777 == 0o600
    window.tell(FORBIDDEN)
    press(window, "Allow writing again")
    qtbot.waitUntil(lambda: "the disk itself" in toasts(window))
    monkeypatch.setattr(rights, "_strange", lambda _found: True)
    window.tell(FORBIDDEN)
    press(window, "Allow writing again")
    qtbot.waitUntil(lambda: "another account" in toasts(window))


def test_a_disk_that_refuses_that_too_is_said(
    window: MainWindow, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.home = studio.workspace.root

    def refuse(path: Path, _mode: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    (studio.workspace.root / "library.sqlite3").chmod(0o400)
    monkeypatch.setattr(Path, "chmod", refuse)
    window.tell(FORBIDDEN)
    press(window, "Allow writing again")
    qtbot.waitUntil(lambda: "can only be read" in toasts(window))


def test_a_folder_without_a_file_manager_is_named(
    window: MainWindow, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.home = studio.workspace.root
    asked: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url))
    offer = cure(window, READ_ONLY)
    assert offer is not None
    offer[1]()
    assert asked == [QUrl.fromLocalFile(str(studio.workspace.root))]
    assert str(studio.workspace.root) in toasts(window)
