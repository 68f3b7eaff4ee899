"""The strip below the viewer is full from edge to edge wherever in the list one is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.gallery.filmstrip import CELL, Filmstrip
from stylestudio_desktop.ui.tokens import Space

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
