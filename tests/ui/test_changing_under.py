"""A list that others change while somebody selects in it: what is meant stays what is done."""

from array import array
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.ids import id_at
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.runs import Runs
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from tests.ui.library import NOON, many_ids
from tests.ui.test_grid import KEYS, click, middle

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Change = Callable[[Grid], object]


def newer(count: int) -> list[int]:
    """Return ids of pictures that were made after all of the list."""
    return [id_at(NOON + 60_000 * number) for number in range(1, count + 1)]


def newer_rows(grid: Grid) -> list[int]:
    """Return newer pictures that fill two rows: those below keep their columns."""
    return newer(2 * grid.layout_.columns)


CHANGES: dict[str, Change] = {
    "made": lambda grid: grid.insert_front(newer_rows(grid)),
    "trashed": lambda grid: grid.settle(grid.contents.ids[2 : 2 + grid.layout_.columns], {}),
    "read again": lambda grid: grid.refresh_ids(
        array("q", [*reversed(newer_rows(grid)), *grid.contents.ids])
    ),
}


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest) -> Change:
    """What another process did to pictures above those in view."""
    return CHANGES[request.param]


def begin_band(grid: Grid, qtbot: QtBot, *keys: Qt.KeyboardModifier) -> QPoint:
    """Draw a band over two pictures in the second row in view and return where the pointer is."""
    row = grid.offset + 60 + grid.layout_.row
    first = grid.layout_.visible(row, row + 2).start
    start, end = QPoint(4, grid.area_of(first).top() - 3), middle(grid, first + 1)
    qtbot.mousePress(grid.viewport(), LEFT, *keys, pos=start)
    qtbot.mouseMove(grid.viewport(), start + QPoint(30, 30))
    qtbot.mouseMove(grid.viewport(), end)
    return end


def test_a_click_selects_what_was_pressed(grid: Grid, qtbot: QtBot, change: Change) -> None:
    grid.set_ids(many_ids(3000))
    index = grid.in_view().start + 12
    one, point = grid.contents.ids[index], middle(grid, index)
    qtbot.mousePress(grid.viewport(), LEFT, pos=point)
    change(grid)
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=point)
    assert grid.selected_ids() == [one]


def test_a_click_on_what_is_gone_selects_nothing(grid: Grid, qtbot: QtBot) -> None:
    ids = list(many_ids(20))
    grid.set_ids(ids)
    point = middle(grid, 10)
    qtbot.mousePress(grid.viewport(), LEFT, pos=point)
    grid.settle(ids[10:], {})
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=point)
    assert not grid.contents.selection


@pytest.mark.parametrize("scrolled", [0, 5000])
def test_a_rubber_band_stays_on_its_pictures(
    grid: Grid, qtbot: QtBot, change: Change, scrolled: int
) -> None:
    grid.set_ids(many_ids(3000))
    grid.scroll_to(scrolled or grid.layout_.row * 3)
    end = begin_band(grid, qtbot)
    chosen = grid.selected_ids()
    assert len(chosen) == 2
    change(grid)
    qtbot.mouseMove(grid.viewport(), end + QPoint(1, 1))
    assert grid.selected_ids() == chosen
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=end)


def test_what_a_rubber_band_adds_to_stays_selected(
    grid: Grid, qtbot: QtBot, change: Change
) -> None:
    grid.set_ids(many_ids(3000))
    grid.scroll_to(5000)
    grid.select(Ranges([(20, 22)]))
    had = grid.selected_ids()
    end = begin_band(grid, qtbot, CTRL)
    chosen = grid.selected_ids()
    assert len(chosen) == 4
    change(grid)
    qtbot.mouseMove(grid.viewport(), end + QPoint(1, 1))
    assert grid.selected_ids() == chosen
    assert set(had) < set(chosen)
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=end)


def test_a_band_drawn_at_the_top_is_not_pushed_down(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(3000))
    end = begin_band(grid, qtbot)
    chosen = grid.selected_ids()
    grid.insert_front(newer_rows(grid))
    qtbot.mouseMove(grid.viewport(), end + QPoint(1, 1))
    assert grid.selected_ids() == chosen
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=end)


def test_shift_goes_on_from_where_it_began(grid: Grid, qtbot: QtBot, change: Change) -> None:
    ids = list(many_ids(3000))
    grid.set_ids(ids)
    click(qtbot, grid, 12)
    for _ in range(3):
        qtbot.keyClick(grid, KEYS.Key_Right, SHIFT)
    change(grid)
    qtbot.keyClick(grid, KEYS.Key_Right, SHIFT)
    assert grid.selected_ids() == list(ids[12:17])


def test_shift_goes_on_from_where_it_began_though_the_current_picture_was_rated(
    grid: Grid, qtbot: QtBot
) -> None:
    ids = many_ids(3000)
    grid.set_ids(array("q", ids), dated=False, runs=Runs((0, 4)))
    click(qtbot, grid, 8)
    qtbot.keyClick(grid, KEYS.Key_Right, SHIFT)
    grid.settle([ids[9]], {ids[9]: 0})
    pivot, current = grid.contents.pivot, grid.contents.current
    assert [grid.contents.ids[at] for at in (pivot, current) if at is not None] == [ids[8], ids[9]]


def test_what_is_hovered_is_what_is_under_the_pointer(
    grid: Grid, qtbot: QtBot, change: Change
) -> None:
    grid.set_ids(many_ids(3000))
    grid.scroll_to(5000)
    point = middle(grid, grid.in_view().start + 9)
    for at in (point - QPoint(3, 3), point):
        qtbot.mouseMove(grid.viewport(), at)
    assert grid.hovered == grid.index_at(point)
    change(grid)
    assert grid.hovered == grid.index_at(point)
