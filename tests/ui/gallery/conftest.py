"""The Gallery on a real library of nine photos, in a window, for all of its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.pane import GalleryPane, create_pane
from stylestudio_desktop.ui.window import CREATE, GALLERY, MainWindow
from tests.ui.gallery.seeing import Asked, Quiet
from tests.ui.pictures import picture


@pytest.fixture
def photos(tmp_path: Path, qapp: object) -> list[Path]:
    """Nine photos on disk, each different."""
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = [folder / f"shirt {number}.jpg" for number in range(9)]
    for number, path in enumerate(paths):
        assert picture(number, 300).save(str(path), "JPEG", 90)
    return paths


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = open_studio(Workspace(tmp_path / "workspace"), providers={})
    yield made
    close_studio(made)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    made = MainWindow({GALLERY: lambda own: create_pane(own, studio), CREATE: lambda _own: Asked()})
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.close()
    assert made.tasks.close(5000)


@pytest.fixture
def pane(window: MainWindow) -> GalleryPane:
    found = window.pane(GALLERY)
    assert isinstance(found, GalleryPane)
    return found


@pytest.fixture
def quiet(qtbot: QtBot, window: MainWindow, pane: GalleryPane) -> Quiet:
    """Wait until nothing is being read, imported or changed."""

    def wait() -> None:
        qtbot.waitUntil(
            lambda: (
                not (window.tasks.busy() or pane.importer.running or pane.acting.busy)
                and pane.grid.settled()
            ),
            timeout=10_000,
        )

    return wait


@pytest.fixture
def filled(pane: GalleryPane, photos: list[Path], quiet: Quiet) -> GalleryPane:
    """The pane with nine photos in it."""
    quiet()
    pane.importer.bring(photos, Category.PRODUCT)
    quiet()
    assert len(pane.grid.contents) == 9
    return pane
