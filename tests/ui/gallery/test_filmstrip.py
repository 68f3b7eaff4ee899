"""The strip below the viewer is full of pictures from edge to edge wherever in the list one is."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.ui.gallery.filmstrip import CELL, Filmstrip
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.grid.geometry import LARGEST
from tests.ui.gallery.seeing import Quiet
from tests.ui.pictures import picture

STEP = CELL + Space.XS
WIDTH = 10 * STEP


@pytest.fixture
def strip(qtbot: QtBot) -> Filmstrip:
    asked: list[int] = []

    def thumbnail(index: int) -> QImage | None:
        asked.append(index)
        return None

    made = Filmstrip(thumbnail)
    made.setProperty("asked", asked)
    qtbot.addWidget(made)
    made.resize(WIDTH, made.sizeHint().height())
    made.show()
    return made


def _pressed(strip: Filmstrip, qtbot: QtBot, x: int) -> int | None:
    chosen: list[int] = []
    strip.chosen.connect(chosen.append)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, Space.S + CELL // 2))
    strip.chosen.disconnect(chosen.append)
    return chosen[0] if chosen else None


LEFT, MIDDLE, RIGHT = Space.S + 1, WIDTH // 2, WIDTH - Space.S - 1


@pytest.mark.parametrize(
    ("current", "total", "found"),
    [
        (0, 1_000_000, (0, 4, 9)),
        (1, 1_000_000, (0, 4, 9)),
        (500_000, 1_000_000, (499_995, 500_000, 500_005)),
        (999_999, 1_000_000, (999_990, 999_995, 999_999)),
        (1, 3, (None, 1, None)),
    ],
)
def test_the_strip_begins_and_ends_at_the_edges(
    strip: Filmstrip, qtbot: QtBot, current: int, total: int, found: tuple[int | None, ...]
) -> None:
    strip.show_at(current, total)

    assert tuple(_pressed(strip, qtbot, x) for x in (LEFT, MIDDLE, RIGHT)) == found
    strip.repaint()
    assert len(strip.seen()) <= 12
    assert set(strip.property("asked")) <= set(strip.seen()), "nothing else is asked for"


def test_an_empty_list_has_nothing_to_press(strip: Filmstrip, qtbot: QtBot) -> None:
    strip.show_at(0, 0)
    assert _pressed(strip, qtbot, MIDDLE) is None


def test_neighbours_that_the_grid_has_not_shown_are_pictured_too(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, tmp_path: Path
) -> None:
    more = [tmp_path / f"coat {number}.jpg" for number in range(12)]
    for number, path in enumerate(more):
        assert picture(40 + number, 120).save(str(path), "JPEG")
    filled.importer.bring(more, Category.PRODUCT)
    quiet()
    filled.grid.set_cell(LARGEST)
    quiet()
    filled.grid.thumbnails._images.clear()  # as at a start, where nothing was scrolled over yet
    filled.show_pictures([filled.grid.contents.ids[0]])
    strip = filled.viewer.strip
    qtbot.waitUntil(lambda: len(strip.seen()) > 8)
    assert len(filled.grid.in_view()) < len(strip.seen()) // 2
    assert all(
        filled.viewer._thumbnail_at(index) is None
        for index in strip.seen()
        if index not in filled.grid.in_view()
    )

    def pictured() -> bool:
        return all(filled.viewer._thumbnail_at(index) is not None for index in strip.seen())

    qtbot.waitUntil(pictured, timeout=5000)
    filled.viewer.leave()
    assert not filled.grid.beside
