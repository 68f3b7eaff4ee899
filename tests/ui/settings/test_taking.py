"""Everything out of the library in open formats by one button, and back from pictures alone."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from tests.ui.settings.test_settings import engine_folder, press, toasts

__all__ = ["engine_folder"]


@pytest.fixture
def pane(window: MainWindow, calm: Callable[[], None]) -> SettingsPane:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    calm()
    return opened


@pytest.mark.usefixtures("made")
def test_everything_goes_out_and_makes_a_library_again(
    pane: SettingsPane,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(place))
    press(pane.taking, "Export everything…", qtbot)
    qtbot.waitUntil(lambda: not pane.taking.errand.busy, timeout=20_000)
    (folder,) = place.iterdir()
    wanted = len(list(library.ids(studio, FileFilter())))
    pictures = sorted((folder / "pictures").iterdir())
    assert len(pictures) == wanted > 0
    with (folder / "tables" / "files.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == wanted
    assert (folder / "tables" / "files.jsonl").is_file()
    assert f"Exported: {wanted} pictures and every table." in toasts(window)

    (place / "notes.txt").write_text("somebody's own")
    press(pane.taking, "Rebuild from pictures…", qtbot)
    qtbot.waitUntil(lambda: not pane.taking.errand.busy, timeout=20_000)
    assert f"{wanted} pictures are in the library, 0 of them anew." in toasts(window)
    assert pane.taking.left.text().startswith("notes.txt: no picture")
    assert "csv" not in pane.taking.left.text(), "the tables are passed over"
    assert len(list(library.ids(studio, FileFilter()))) == wanted


def test_nothing_begins_without_a_folder_or_twice(
    pane: SettingsPane,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    press(pane.taking, "Export everything…", qtbot)
    press(pane.taking, "Rebuild from pictures…", qtbot)
    assert not pane.taking.errand.busy
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "none"))
    press(pane.taking, "Rebuild from pictures…", qtbot)
    press(pane.taking, "Export everything…", qtbot)
    assert "One thing at a time" in toasts(window)
    qtbot.waitUntil(lambda: "There is no folder" in toasts(window))
    assert pane.taking.progress.isHidden()


def test_what_holds_it_up_is_told_whole_and_pushes_nothing_aside(
    pane: SettingsPane, window: MainWindow, calm: Callable[[], None]
) -> None:
    window.resize(1280, 800)
    window.show()
    pane.taking._begin("Exporting everything")
    calm()
    before = pane.taking.width()
    place = "/media/anna/backups"
    waits = f"The disk of {place} does not answer. This goes on by itself as soon as it does."
    pane.taking._on_moved(0.4, wording.held_up(waits))
    calm()
    text = pane.taking.progress._text
    assert place in text.text()
    assert pane.taking.width() == before
    assert text.height() >= text.heightForWidth(text.width())
    assert wording.held_up("coat.jpg") == ""
