"""The Settings: in force at once, kept on disk, honest about services, files and room."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.domain.errors import ServiceError, StorageError
from stylestudio_desktop.engine import weights
from stylestudio_desktop.providers.protocol import Readiness
from stylestudio_desktop.services import engine_weights
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.settings.about import as_text
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.window import SETTINGS, MainWindow


@pytest.fixture(autouse=True)
def engine_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees or fetches the user's own engine files."""
    folder = tmp_path / "engine"
    monkeypatch.setenv(weights.ENGINE_DIR, str(folder))
    return folder


@pytest.fixture
def pane(window: MainWindow, calm: Callable[[], None]) -> SettingsPane:
    """The Settings pane."""
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    calm()
    return opened


def test_the_sections_come_one_by_one_in_their_places(
    window: MainWindow, calm: Callable[[], None]
) -> None:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    assert not opened.settled()
    low = opened.room  # asked for before its turn
    calm()
    sections = [opened.account, opened.look, opened.limits, opened.backups, opened.health]
    tops = [one.mapTo(opened, QPoint()).y() for one in (*sections, opened.watched, low)]
    assert tops == sorted(set(tops))
    others = [opened.services, opened.engine, opened.payments, opened.workspaces, opened.about]
    tops = [one.mapTo(opened, QPoint()).y() for one in others]
    assert tops == sorted(set(tops))


def on_disk(studio: Studio) -> object:
    """Return the settings as another start would read them."""
    return SettingsFile(studio.workspace.settings).value


def words(widget: QWidget) -> str:
    """Return all words in `widget`."""
    return "\n".join(one.text() for one in widget.findChildren(QLabel))


def toasts(window: MainWindow) -> str:
    """Return the notices now shown."""
    return "\n".join(one.accessibleName() for one in window.findChildren(Toast))


def press(widget: QWidget, text: str, qtbot: QtBot) -> None:
    """Press the button that begins with `text`."""
    found = [one for one in widget.findChildren(QPushButton) if one.text().startswith(text)]
    assert found
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def test_dark_is_dark_at_once_and_at_the_next_start(
    pane: SettingsPane, studio: Studio, qtbot: QtBot
) -> None:
    pane.look.look.set_value("dark")
    pane.look.look.picked.emit("dark")

    assert theme().palette.name == "dark"
    qtbot.waitUntil(lambda: on_disk(studio).appearance == "dark")


def test_the_choice_follows_the_command_palette(pane: SettingsPane, window: MainWindow) -> None:
    window.actions_.get("appearance.dark").trigger()
    assert pane.look.look.value() == Appearance.DARK.value


def test_limits_are_in_force_and_kept(pane: SettingsPane, studio: Studio, qtbot: QtBot) -> None:
    pane.limits.file_mb.setValue(25.0)
    pane.limits.low.setValue(12)
    pane.limits.days.setValue(90)
    pane.limits.network.picked.emit(False)

    def kept() -> bool:
        value = on_disk(studio)
        return (value.max_file_mb, value.low_balance, value.trash_days, value.no_network) == (
            25.0, 12, 90, True,
        )  # fmt: skip

    qtbot.waitUntil(kept)
    assert studio.limits.max_bytes == 25 * 1_048_576


def test_a_change_made_just_before_closing_is_not_lost(
    pane: SettingsPane, window: MainWindow, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(31, 60):
        pane.limits.days.setValue(days)
    window.close()
    assert on_disk(studio).trash_days == 59


def test_settings_that_cannot_be_saved_are_told(
    pane: SettingsPane, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, **_changes: object) -> None:
        raise StorageError("The settings could not be saved. The former ones are kept.")

    monkeypatch.setattr(SettingsFile, "change", full)
    pane.limits.days.setValue(77)
    qtbot.waitUntil(lambda: "could not be saved" in toasts(window))


def test_a_service_says_whether_it_is_ready(
    pane: SettingsPane, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sentence() -> str:
        row = pane.services.rows.get("local")
        return "" if row is None else row.sentence.text()

    qtbot.waitUntil(lambda: sentence() == "Ready.")

    provider = type(studio.providers["local"])
    monkeypatch.setattr(provider, "check", lambda _self: Readiness(False, "It is asleep."))
    pane.services.refresh()
    qtbot.waitUntil(lambda: sentence() == "It is asleep.")

    def broken(_self: object) -> None:
        raise RuntimeError("a bug in somebody's package")

    monkeypatch.setattr(provider, "check", broken)
    pane.services.refresh()
    qtbot.waitUntil(lambda: "RuntimeError" in sentence())


def test_engine_files_say_what_they_add(pane: SettingsPane) -> None:
    said = words(pane.engine)
    for one in engine_weights.listing():
        assert one.title in said
        assert one.adds in said
        assert one.licence in said


@pytest.mark.parametrize(
    ("fetched", "said"), [(True, "the one that was fetched is used"), (False, "Fetch it, or")]
)
def test_a_damaged_file_that_came_with_the_program_is_said(
    pane: SettingsPane,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    fetched: bool,
    said: str,
) -> None:
    assert "The installed file is damaged" not in words(pane.engine)
    first, *others = engine_weights.listing()
    damaged = replace(first, damaged=True, present=fetched)
    monkeypatch.setattr(engine_weights, "listing", lambda: [damaged, *others])

    pane.engine.refresh()

    qtbot.waitUntil(lambda: "The installed file is damaged" in words(pane.engine))
    assert said in words(pane.engine)


class Download:
    """Stands in for the network: goes on until it is let go or cancelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []
        self.folder = folder
        monkeypatch.setattr(weights, "fetch", self.fetch)

    def fetch(
        self,
        names: list[str],
        progress: Callable[[str, float], None],
        cancelled: threading.Event,
    ) -> None:
        """Report, wait, and leave files of the right size."""
        self.asked += names
        progress("Cut-out of products", 0.25)
        while not self.go.wait(0.005):
            if cancelled.is_set():
                raise weights.FetchFailed("Cancelled.")
        self.folder.mkdir(exist_ok=True)
        for one in engine_weights.listing():
            if one.name in names:
                with (self.folder / weights.file_name(one.name)).open("wb") as file:
                    file.truncate(one.size)


def test_downloading_shows_progress_and_ends_with_the_files(
    pane: SettingsPane,
    window: MainWindow,
    engine_folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    download = Download(monkeypatch, engine_folder)
    needed = [one.name for one in engine_weights.missing()]
    press(pane.engine, "Download what is missing", qtbot)
    qtbot.waitUntil(lambda: "Fetching Cut-out of products" in words(pane.engine))
    assert pane.engine.progress.isVisible()
    download.go.set()

    qtbot.waitUntil(lambda: "engine's files are here" in toasts(window))
    qtbot.waitUntil(lambda: not pane.engine.all.isVisible())
    assert download.asked == needed
    assert not pane.engine.progress.isVisible()


def test_a_download_can_be_cancelled_and_begun_again(
    pane: SettingsPane, engine_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Download(monkeypatch, engine_folder)
    press(pane.engine, "Download what is missing", qtbot)
    qtbot.waitUntil(lambda: pane.engine.fetching.busy)
    pane.engine.progress.cancelled.emit()

    qtbot.waitUntil(lambda: not pane.engine.fetching.busy)
    qtbot.waitUntil(pane.engine.all.isVisible)


def test_a_failed_download_says_why(
    pane: SettingsPane, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ServiceError("Nobody answered. Try again later.")

    monkeypatch.setattr(engine_weights, "fetch", failing)
    press(pane.engine, "Download what is missing", qtbot)
    qtbot.waitUntil(lambda: "Nobody answered" in toasts(window))


def test_closing_during_a_download_ends_it(
    pane: SettingsPane,
    window: MainWindow,
    engine_folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    download = Download(monkeypatch, engine_folder)
    press(pane.engine, "Download what is missing", qtbot)
    qtbot.waitUntil(lambda: bool(download.asked))
    window.close()
    assert pane.engine.fetching._tasks.close(2000)


def test_storage_names_every_category(
    pane: SettingsPane, made: dict[str, list[int]], calm: Callable[[], None]
) -> None:
    pane.shown()
    calm()
    said = words(pane.room)
    for name in ("Pictures made", "Product photos", "Database", "Free on this disk"):
        assert name in said


def test_the_folder_opens_or_its_path_is_told(
    pane: SettingsPane, window: MainWindow, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    pane.room.open_folder()
    assert opened == [studio.workspace.root.as_posix()]
    assert str(studio.workspace.root) in toasts(window)


def test_the_report_is_copied_without_the_users_own_folder(
    pane: SettingsPane, window: MainWindow, qtbot: QtBot
) -> None:
    press(pane.about, "Copy the report", qtbot)
    qtbot.waitUntil(lambda: "Report copied" in toasts(window), timeout=15_000)

    text = QGuiApplication.clipboard().text()
    assert "versions:" in text
    assert "sqlite:" in text
    assert str(Path.home()) + "/" not in text


def test_a_report_is_indented_lines() -> None:
    report = {"a": {"b": 1, "c": None}, "list": [{"x": True}, "y"], "empty": {}}
    assert as_text(report) == ("a:\n  b: 1\n  c: –\nlist:\n  -\n    x: True\n  - y\nempty:\n")
