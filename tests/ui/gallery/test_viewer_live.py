"""What others do to the picture that is looked at is seen, and never leaves one stranded."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from tests.ui.gallery.seeing import Quiet
from tests.ui.neighbour import Ask, neighbour_of

KEYS = Qt.Key


@pytest.fixture
def neighbour(studio: Studio) -> Iterator[Ask]:
    """Return what asks a second process to do something and returns when it was committed."""
    with neighbour_of(studio.workspace.root) as ask:
        yield ask


def look_at(pane: GalleryPane, index: int, qtbot: QtBot, quiet: Quiet) -> None:
    pane.show_pictures([pane.grid.contents.ids[index]])
    qtbot.waitUntil(lambda: pane.viewer.shown is not None)
    quiet()


def test_what_a_second_process_rates_is_rated_in_the_viewer(
    filled: GalleryPane, quiet: Quiet, neighbour: Ask, qtbot: QtBot
) -> None:
    look_at(filled, 2, qtbot, quiet)
    neighbour(f"rate {filled.grid.contents.ids[2]} 4")

    def rated() -> bool:
        shown = filled.viewer.shown
        return shown is not None and shown.rating == 4

    qtbot.waitUntil(rated, timeout=10_000)


def test_the_picture_stays_in_full_while_it_is_asked_for_again(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot
) -> None:
    look_at(filled, 2, qtbot, quiet)
    qtbot.waitUntil(filled.viewer.ready)
    filled.viewer.reload()
    assert filled.viewer.ready()
    quiet()
    assert filled.viewer.ready()


@pytest.mark.parametrize("order", ["newest", "rating"])
@pytest.mark.parametrize("at", [0, 4, 8])
def test_one_goes_on_from_a_picture_that_a_second_process_trashed(
    filled: GalleryPane, quiet: Quiet, neighbour: Ask, qtbot: QtBot, order: str, at: int
) -> None:
    if order == "rating":
        filled.browser.filters.order.pick(order)
        quiet()
    ids = list(filled.grid.contents.ids)
    look_at(filled, at, qtbot, quiet)
    neighbour(f"trash {ids[at]}")
    qtbot.waitUntil(lambda: len(filled.grid.contents) == 8, timeout=10_000)
    quiet()
    viewer = filled.viewer
    assert viewer.current == ids[at]
    if at < 8:
        qtbot.keyClick(viewer, KEYS.Key_Right)
        assert viewer.current == ids[at + 1]
        quiet()
    if at == 4:
        qtbot.keyClick(viewer, KEYS.Key_Left)
        assert viewer.current == ids[3]
    if at == 8 and order == "newest":
        qtbot.keyClick(viewer, KEYS.Key_Right)
        assert viewer.current == ids[8]
        qtbot.keyClick(viewer, KEYS.Key_Left)
        assert viewer.current == ids[7]
