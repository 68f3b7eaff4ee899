"""Watched folders are added, rested and removed in the settings, and what comes in is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import watching
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.besides import BesidesHost
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.settings.watched import WatchedSection
from stylestudio_desktop.ui.window import GALLERY, MainWindow
from tests.factories import photo

Calm = Callable[[], None]


@pytest.fixture
def section(window: MainWindow, studio: Studio) -> WatchedSection:
    made = WatchedSection(window, studio, window)
    made.show()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "incoming & more"
    path.mkdir()
    return path


def said(window: MainWindow) -> list[str]:
    return [one.accessibleName() for one in window.findChildren(Toast)]


def test_a_folder_is_watched_rested_and_removed(
    section: WatchedSection, folder: Path, studio: Studio, calm: Calm
) -> None:
    section.add(folder, Category.MODEL)
    calm()
    assert [(one.path, one.category) for one in watching.folders(studio)] == [
        (str(folder), "model_image")
    ]
    box = section.rows()[0]
    assert (box.isChecked(), box.toolTip()) == (True, f"<qt>{folder}</qt>".replace("&", "&amp;"))
    box.click()
    calm()
    assert watching.folders(studio)[0].enabled == 0
    assert not section.rows()[0].isChecked()
    section.findChildren(QToolButton)[-1].click()
    calm()
    assert watching.folders(studio) == []
    assert section.rows() == []


def test_a_folder_that_cannot_be_watched_is_a_sentence(
    section: WatchedSection, studio: Studio, calm: Calm, window: MainWindow
) -> None:
    section.add(studio.workspace.root, Category.PRODUCT)
    calm()
    assert any("own folder" in text for text in said(window))
    assert section.rows() == []


def test_the_window_takes_in_what_lands_there(
    folder: Path, studio: Studio, window: MainWindow, qtbot: QtBot, calm: Calm
) -> None:
    photo(folder)
    (folder / "broken.jpg").write_text("no picture")
    watching.watch(studio, folder, Category.PRODUCT)
    host = BesidesHost(window, studio)
    with qtbot.waitSignal(host.came, timeout=15_000) as came:
        host.start()
    assert len(came.args[0].taken) == 1
    assert any("1" in text and "watched" in text for text in said(window))
    assert any(text.startswith("broken.jpg: ") for text in said(window))
    host.close()
    window.open_pane(GALLERY)
    calm()
