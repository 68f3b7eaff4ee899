"""Backups and health in the settings: seen at a glance, made and mended by a button."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import lineup
from stylestudio_desktop.services.backup import reading, record, snapshots, swap
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs, journal
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import REOPEN
from tests.ui.settings.test_settings import engine_folder, press, toasts

__all__ = ["engine_folder"]


@pytest.fixture
def pane(window: MainWindow, calm: Callable[[], None]) -> SettingsPane:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    calm()
    return opened


def idle(pane: SettingsPane, qtbot: QtBot, calm: Callable[[], None]) -> None:
    """Wait until the errands are over and shown."""
    qtbot.waitUntil(lambda: not pane.backups.errand.busy and not pane.health.errand.busy)
    calm()


def test_a_snapshot_is_made_and_shown(
    pane: SettingsPane, studio: Studio, window: MainWindow, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    assert "Last snapshot, checked: never" in pane.backups.facts.text()
    assert "no verified backup" in pane.health.verified.text()
    press(pane.backups, "Snapshot now", qtbot)
    idle(pane, qtbot, calm)
    assert len(snapshots.listing(studio.workspace)) == 1
    assert "Last snapshot, checked: just now" in pane.backups.facts.text()
    assert pane.backups.moments.count() == 1
    assert "Snapshot taken." in toasts(window)
    pane.shown()
    calm()
    assert "Last verified backup: just now" in pane.health.verified.text()


def test_a_full_backup_asks_for_its_place_once(
    pane: SettingsPane,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "disk"
    asked: list[int] = []

    def choose(*_: object) -> str:
        asked.append(1)
        return str(place)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    press(pane.backups, "Full backup now", qtbot)
    idle(pane, qtbot, calm)
    assert len(reading.versions(place)) == 1
    assert "Backed up" in toasts(window)
    qtbot.waitUntil(lambda: studio.settings.value.backup_place == str(place))
    press(pane.backups, "Full backup now", qtbot)
    idle(pane, qtbot, calm)
    assert len(asked) == 1
    assert len(reading.versions(place)) == 2
    press(pane.backups, "Try a restore", qtbot)
    idle(pane, qtbot, calm)
    assert record.read(studio.workspace).drill_ok
    pane.backups.days.setValue(3)
    qtbot.waitUntil(lambda: studio.settings.value.backup_every_days == 3)


def test_going_back_is_asked_and_waits_for_the_next_start(
    pane: SettingsPane,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not pane.backups.back_button.isEnabled()
    pane.backups.go_back()
    assert "no snapshot" in toasts(window)
    snapshots.take(studio, Reason.ASKED)
    pane.shown()
    calm()
    press(pane.backups, "Go back", qtbot)
    qtbot.mouseClick(pane.backups.question.no, Qt.MouseButton.LeftButton)
    assert not pane.backups.errand.busy
    press(pane.backups, "Go back", qtbot)
    qtbot.mouseClick(pane.backups.question.yes, Qt.MouseButton.LeftButton)
    idle(pane, qtbot, calm)
    assert swap.is_planned(studio.workspace)
    assert "start it again" in toasts(window)
    (now,) = [one for one in window.findChildren(QPushButton) if one.text() == "Open it now"]
    now.click()
    assert window.property("reopen") == REOPEN
    assert not window.isVisible()


def test_after_a_restore_one_button_lets_the_queue_go_on(
    pane: SettingsPane, studio: Studio, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    with studio.database.write():
        jobs.pause(studio.database, "*", None, "restored", "Brought back.")
    record.change(studio.workspace, trouble="The disk failed.", trouble_at=5)
    pane.shown()
    calm()
    assert not pane.backups.looked.isHidden()
    assert pane.backups.trouble.text() == "The disk failed."
    press(pane.backups, "I have looked", qtbot)
    qtbot.waitUntil(lambda: lineup.pauses(studio) == [])
    qtbot.waitUntil(pane.backups.looked.isHidden)


def test_trouble_is_told_and_the_next_try_is_possible(
    pane: SettingsPane,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
) -> None:
    press(pane.backups, "Try a restore", qtbot)
    idle(pane, qtbot, calm)
    assert "no backup yet" in toasts(window)
    assert pane.backups.progress.isHidden()
    assert not pane.backups.back_button.isEnabled(), "there is nothing to go back to"


def test_damage_is_found_explained_and_mended(
    pane: SettingsPane, studio: Studio, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    press(pane.health, "Check the library", qtbot)
    idle(pane, qtbot, calm)
    assert pane.health.found.text() == "Everything is as it should be."
    with studio.database.write():
        studio.database.run(
            "INSERT INTO file_counts VALUES (?, 'product_image', 0, 5, 5)", (studio.user_id,)
        )
    press(pane.health, "Check the library", qtbot)
    idle(pane, qtbot, calm)
    assert "kept count says" in pane.health.found.text()
    assert not pane.health.mend.isHidden()
    press(pane.health, "Mend what", qtbot)
    idle(pane, qtbot, calm)
    assert "worked out anew" in pane.health.found.text()
    assert "kept count says" not in pane.health.found.text()
    assert pane.health.mend.isHidden()


def test_any_moment_can_be_gone_back_to(
    pane: SettingsPane,
    studio: Studio,
    qtbot: QtBot,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not pane.backups.then_button.isEnabled()
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'Then'")
    press(pane.backups, "Snapshot now", qtbot)
    idle(pane, qtbot, calm)
    assert pane.backups.then_button.isEnabled()
    assert pane.backups.then.moment() % 1000 == 999
    press(pane.backups, "Go back to that moment", qtbot)
    qtbot.mouseClick(pane.backups.question.yes, Qt.MouseButton.LeftButton)
    idle(pane, qtbot, calm)
    assert swap.is_planned(studio.workspace)


def test_a_moment_that_the_journal_does_not_reach_is_told(
    pane: SettingsPane,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'Then'")
    press(pane.backups, "Snapshot now", qtbot)
    idle(pane, qtbot, calm)
    assert "until now" in pane.backups.then.accessibleDescription()
    monkeypatch.setattr(journal, "LARGEST_STEP", 0)
    monkeypatch.setattr(journal, "EVERY_S", 0.0)
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'More than it can follow'")
    pane.shown()
    calm()
    assert "until now" not in pane.backups.then.accessibleDescription()
    monkeypatch.setattr(pane.backups.then, "moment", lambda: now_ms() + 1000)
    press(pane.backups, "Go back to that moment", qtbot)
    qtbot.mouseClick(pane.backups.question.yes, Qt.MouseButton.LeftButton)
    idle(pane, qtbot, calm)
    assert "can't be brought back. The library of" in toasts(window)
