"""The front of the library is read while the gallery is built, once, and nothing gets between."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import StorageBusy
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery import asking
from stylestudio_desktop.ui.gallery.foreseeing import foresee
from stylestudio_desktop.ui.gallery.pane import GalleryPane, create_pane
from stylestudio_desktop.ui.window import GALLERY, MainWindow


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[asking.Asked]:
    """Return the lists whose front was read, filled as that happens."""
    seen: list[asking.Asked] = []
    genuine = asking.Asking.look

    def look(self: asking.Asking, wanted: asking.Asked, limit: int = -1) -> Any:
        seen.append(wanted)
        return genuine(self, wanted, limit)

    monkeypatch.setattr(asking.Asking, "look", look)
    return seen


@pytest.fixture
def open_gallery(qtbot: QtBot, studio: Studio) -> Callable[..., GalleryPane]:
    """Return what opens the gallery as a session does, `between` its two steps what is given."""

    def opened(between: Callable[[], object] = lambda: None, **memory: Any) -> GalleryPane:
        def make(window: MainWindow) -> GalleryPane:
            foreseen = foresee(window, studio)
            qtbot.waitUntil(lambda: not window.tasks.busy())
            between()
            return create_pane(window, studio, foreseen)

        window = MainWindow(memory={"panes": {GALLERY: memory}})
        qtbot.addWidget(window)
        window.show()
        window.furnish({GALLERY: make})
        pane = window.pane(GALLERY)
        assert isinstance(pane, GalleryPane)
        qtbot.waitUntil(lambda: not window.tasks.busy() and pane.grid.settled())
        return pane

    return opened


def test_what_was_read_ahead_is_shown_and_not_read_again(
    studio: Studio, photos: list[Path], looks: list[asking.Asked],
    open_gallery: Callable[..., GalleryPane],
) -> None:  # fmt: skip
    library.import_files(studio, photos, Category.PRODUCT)
    pane = open_gallery()
    assert (len(pane.grid.contents), len(looks)) == (9, 1)
    assert all(pane.grid.cards.get(one) is not None for one in pane.grid.contents.ids)


def test_what_comes_while_the_pane_is_built_is_shown(
    studio: Studio, photos: list[Path], qtbot: QtBot, open_gallery: Callable[..., GalleryPane]
) -> None:
    library.import_files(studio, photos[:5], Category.PRODUCT)

    def brought_by_the_worker() -> None:
        thread = Thread(target=library.import_files, args=(studio, photos[5:], Category.PRODUCT))
        thread.start()
        thread.join()

    pane = open_gallery(brought_by_the_worker)
    qtbot.waitUntil(lambda: len(pane.grid.contents) == 9)


def test_remembered_filters_ask_for_themselves(
    studio: Studio, photos: list[Path], open_gallery: Callable[..., GalleryPane]
) -> None:
    library.import_files(studio, photos[:5], Category.PRODUCT)
    library.import_files(studio, photos[5:], Category.MODEL)
    pane = open_gallery(filters={"category": Category.MODEL.value})
    assert len(pane.grid.contents) == 4


def test_a_library_that_is_busy_is_asked_again(
    studio: Studio, photos: list[Path], monkeypatch: pytest.MonkeyPatch,
    open_gallery: Callable[..., GalleryPane],
) -> None:  # fmt: skip
    library.import_files(studio, photos, Category.PRODUCT)
    genuine = asking.Asking.look

    def busy(*_: object) -> Any:
        monkeypatch.setattr(asking.Asking, "look", genuine)
        raise StorageBusy("Another program uses the library.")

    monkeypatch.setattr(asking.Asking, "look", busy)
    assert len(open_gallery().grid.contents) == 9
