"""Every action's keys are shown in the settings, can be changed there, and stay changed."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.palette import CommandPalette
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.settings.shortcuts import ShortcutsDialog
from stylestudio_desktop.ui.window import SETTINGS, MainWindow


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    """The whole window with its five real panes; nothing is begun in it."""
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    session.window.resize(1400, 900)
    session.window.show()
    yield session.window
    session.window.close()
    assert session.window.tasks.close(5000)


@pytest.fixture
def dialog(window: MainWindow, calm: Callable[[], None], qtbot: QtBot) -> ShortcutsDialog:
    """The list, opened from the Settings, with every pane's actions."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    calm()
    opened = pane.shortcuts.open()
    qtbot.waitUntil(lambda: opened.row_of("create.generate") >= 0, timeout=10_000)
    calm()
    return opened


def rows(dialog: ShortcutsDialog) -> dict[str, str]:
    model = dialog.model
    return {model.item(row, 0).text(): model.item(row, 1).text() for row in range(model.rowCount())}


def press(dialog: ShortcutsDialog, name: str, keys: str) -> None:
    """Choose an action and give it keys."""
    dialog.table.selectRow(dialog.row_of(name))
    dialog.keys.setKeySequence(QKeySequence(keys))
    dialog.use.click()


def keys_of(window: MainWindow, name: str) -> list[str]:
    return [key.toString() for key in window.actions_.get(name).shortcuts()]


def on_disk(studio: Studio) -> dict[str, str]:
    return dict(SettingsFile(studio.workspace.settings).value.shortcuts)


def test_every_action_of_every_pane_is_listed_with_its_keys(
    dialog: ShortcutsDialog, window: MainWindow
) -> None:
    shown = rows(dialog)
    assert shown["Gallery: Favourite"] == "F"
    assert shown["History: Retry"] == "R"
    assert shown["Create: Generate"] == "Ctrl+Return, Ctrl+Enter"
    assert shown["Go to: Wallet"] == "Ctrl+4"
    assert shown["Viewer: Before and after"] == "B"
    assert all(dialog.row_of(offer.name) >= 0 for offer in window.actions_)
    assert not window.make_another()


def test_the_palette_offers_what_panes_can_do_that_nobody_opened(
    window: MainWindow, calm: Callable[[], None], qtbot: QtBot
) -> None:
    calm()
    window.actions_.get("commands").trigger()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    assert "Create: Generate" not in palette.shown()
    wanted = ("Create: Generate", "History: Save the history as a table (CSV)")
    qtbot.waitUntil(lambda: set(wanted) <= set(palette.shown()), timeout=10_000)


def test_the_list_is_narrowed_by_what_is_typed(dialog: ShortcutsDialog) -> None:
    dialog.search.setText("fav")
    assert list(rows(dialog)) == ["Gallery: Favourite"]
    dialog.search.setText("ctrl+g")
    assert list(rows(dialog)) == ["Gallery: Go to a day…"]


def test_chosen_keys_count_at_once_and_after_the_next_start(
    dialog: ShortcutsDialog, window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    press(dialog, "gallery.favourite", "Shift+F")
    assert keys_of(window, "gallery.favourite") == ["Shift+F"]
    assert rows(dialog)["Gallery: Favourite"] == "Shift+F"
    qtbot.waitUntil(lambda: on_disk(studio) == {"gallery.favourite": "Shift+F"})
    again = Session(studio, lambda: None).window
    qtbot.addWidget(again)
    assert keys_of(again, "gallery.favourite") == ["Shift+F"]
    again.close()
    assert again.tasks.close(5000)


def test_keys_that_something_else_has_there_are_refused_by_name(
    dialog: ShortcutsDialog, window: MainWindow
) -> None:
    press(dialog, "gallery.favourite", "Ctrl+E")
    assert "Gallery: Export…" in dialog.said.text()
    press(dialog, "gallery.favourite", "Ctrl+F")
    assert "Search" in dialog.said.text()
    assert keys_of(window, "gallery.favourite") == ["F"]
    press(dialog, "history.trash", "F")  # another pane's key is free here
    assert keys_of(window, "history.trash") == ["F"]


@pytest.mark.parametrize("keys", ["Space", "Left", "Esc", "Tab"])
def test_a_key_that_moves_about_is_no_shortcut(
    dialog: ShortcutsDialog, window: MainWindow, keys: str
) -> None:
    press(dialog, "gallery.favourite", keys)
    assert "everywhere" in dialog.said.text()
    assert keys_of(window, "gallery.favourite") == ["F"]


def test_keys_are_taken_away_and_come_back_as_usual(
    dialog: ShortcutsDialog, window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    dialog.table.selectRow(dialog.row_of("gallery.export"))
    dialog.none.click()
    assert keys_of(window, "gallery.export") == []
    press(dialog, "gallery.favourite", "Ctrl+E")
    dialog.table.selectRow(dialog.row_of("gallery.export"))
    dialog.usual.click()
    assert "Gallery: Favourite" in dialog.said.text()
    assert keys_of(window, "gallery.export") == []
    dialog.table.selectRow(dialog.row_of("gallery.favourite"))
    dialog.usual.click()
    dialog.table.selectRow(dialog.row_of("gallery.export"))
    dialog.usual.click()
    assert keys_of(window, "gallery.export") == ["Ctrl+E"]
    assert keys_of(window, "gallery.favourite") == ["F"]
    qtbot.waitUntil(lambda: on_disk(studio) == {})


def test_what_the_grid_does_can_not_be_changed(dialog: ShortcutsDialog) -> None:
    dialog.search.setText("select everything")
    assert list(rows(dialog)) == ["Gallery: Select everything"]
    assert not dialog.use.isEnabled()
    assert "stay" in dialog.said.text()


def test_the_viewers_keys_are_changed_before_it_was_ever_opened(
    dialog: ShortcutsDialog, window: MainWindow
) -> None:
    assert rows(dialog)["Viewer: Zoom in"] == "+, ="
    press(dialog, "viewer.play", "Shift+F5")
    assert keys_of(window, "viewer.play") == ["Shift+F5"]
    press(dialog, "viewer.before", "F")  # rates a favourite in the same place
    assert "Gallery: Favourite" in dialog.said.text()
    assert keys_of(window, "viewer.before") == ["B"]


def test_odd_keys_in_the_settings_file_do_no_harm(window: MainWindow) -> None:
    usual = keys_of(window, "search")
    window.actions_.take_keys({"search": 7, "unknown": "X"})
    assert keys_of(window, "search") == usual == ["Ctrl+F"]
    window.actions_.take_keys({"search": "F3"})
    assert keys_of(window, "search") == ["F3"]
    assert window.actions_.get("search").shortcutContext() is Qt.ShortcutContext.WindowShortcut
