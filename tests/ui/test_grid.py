"""The grid as its users meet it: scrolling, selecting, new pictures coming, dropping files."""

from array import array
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.ids import id_at
from stylestudio_desktop.ui.widgets.grid import COMPACT, LARGE, Grid
from stylestudio_desktop.ui.widgets.grid.geometry import MARGIN, SMALLEST
from stylestudio_desktop.ui.widgets.grid.runs import Runs
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.widgets.grid.thumbnails import Want
from tests.ui.library import NOON, FakeLibrary, many_ids
from tests.ui.pictures import picture
from tests.ui.watchdog import Watchdog

Settled = Callable[[Grid], None]
KEYS = Qt.Key


def middle(grid: Grid, index: int) -> QPoint:
    """Return the middle of a cell in the viewport."""
    return grid.area_of(index).center()


def click(qtbot: QtBot, grid: Grid, index: int, *modifiers: Qt.KeyboardModifier) -> None:
    keys = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        keys |= modifier
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, middle(grid, index))


def wheel(grid: Grid, at: QPoint, turn: int, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(grid.viewport().mapToGlobal(at)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(grid.viewport(), event)


def test_a_million_scroll_from_end_to_end_without_blocking(
    grid: Grid, settled: Settled, qtbot: QtBot, watchdog: Watchdog, library: FakeLibrary
) -> None:
    with watchdog.excused():
        ids = many_ids(1_000_000)
        grid.set_ids(ids)
        settled(grid)
    bar = grid.verticalScrollBar()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        bar.setValue(round(bar.maximum() * share))
        settled(grid)
        seen = grid.layout_.visible(grid.offset, grid.offset + grid.viewport().height())
        assert len(seen) > 10
        assert all(grid.cards.get(ids[index]) is not None for index in seen)
    assert grid.layout_.visible(grid.offset, grid.offset + 700).stop == 1_000_000
    assert len(library.asked) < 2500


def test_only_what_is_in_view_is_asked_for(
    grid: Grid, settled: Settled, library: FakeLibrary
) -> None:
    grid.set_ids(many_ids(100_000))
    settled(grid)
    assert 0 < len(set(library.asked)) < 120


def test_fast_scrolling_drops_what_it_passed(
    grid: Grid, settled: Settled, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.open.clear()
    grid.set_ids(many_ids(1_000_000))
    qtbot.waitUntil(lambda: bool(library.asked))
    for offset in range(0, 400_000, 10_000):
        grid.scroll_to(offset)
        qtbot.waitUntil(lambda: not grid._wish.isActive())
    library.open.set()
    settled(grid)
    assert len(library.asked) < 250


def test_new_pictures_do_not_move_what_is_looked_at(grid: Grid) -> None:
    grid.set_ids(many_ids(50_000))
    grid.scroll_to(123_457)
    seen = grid.layout_.visible(grid.offset, grid.offset + 700)
    index = seen.start
    row_id, line = grid.contents.ids[index], grid.area_of(index).top()
    grid.select(Ranges([(index, index + 2)]))
    chosen = grid.selected_ids()
    grid.insert_front([id_at(NOON + 60_000 * n) for n in range(1, 8)])
    assert grid.contents.ids[index + 7] == row_id
    assert grid.area_of(index + 7).top() == line
    assert grid.selected_ids() == chosen


def test_at_the_very_top_new_pictures_are_seen(grid: Grid) -> None:
    grid.set_ids(many_ids(1000))
    new = id_at(NOON + 60_000)
    grid.insert_front([new])
    assert grid.offset == 0
    assert grid.contents.ids[0] == new


def test_older_pictures_arrive_at_the_end_unnoticed(grid: Grid) -> None:
    ids = many_ids(10_000)
    grid.set_ids(ids[:500])
    grid.scroll_to(3000)
    before = grid.offset
    grid.append_ids(ids[500:])
    assert grid.offset == before
    assert list(grid.contents.ids) == list(ids)


def test_selecting_everything_is_one_range(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(1_000_000))
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.keyClick(grid, KEYS.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.contents.selection) == 1_000_000
    assert list(grid.contents.selection) == [(0, 1_000_000)]
    qtbot.keyClick(grid, KEYS.Key_Escape)
    assert not grid.contents.selection


def test_clicks_select_as_in_a_file_manager(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(1000))
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    click(qtbot, grid, 2)
    assert list(grid.contents.selection) == [(2, 3)]
    click(qtbot, grid, 6, shift)
    assert list(grid.contents.selection) == [(2, 7)]
    click(qtbot, grid, 4, control)
    assert list(grid.contents.selection) == [(2, 4), (5, 7)]
    click(qtbot, grid, 9, control)
    click(qtbot, grid, 9, control)
    assert list(grid.contents.selection) == [(2, 4), (5, 7)]
    click(qtbot, grid, 0)
    assert list(grid.contents.selection) == [(0, 1)]


def test_arrows_walk_and_shift_extends(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(1_000_000))
    columns = grid.layout_.columns
    grid.setFocus()
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, KEYS.Key_Right)
    qtbot.keyClick(grid, KEYS.Key_Down)
    assert grid.contents.current == columns + 1
    qtbot.keyClick(grid, KEYS.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert list(grid.contents.selection) == [(columns + 1, 1_000_000)]
    assert grid.area_of(999_999).bottom() <= grid.viewport().height()
    qtbot.keyClick(grid, KEYS.Key_Home)
    assert grid.contents.current == 0
    assert grid.offset == 0
    qtbot.keyClick(grid, KEYS.Key_PageDown)
    page = grid.viewport().height() // grid.layout_.row
    assert grid.contents.current is not None
    assert grid.contents.current // columns == page
    area = grid.area_of(grid.contents.current)
    assert area.top() >= 0
    assert area.bottom() <= grid.viewport().height()


@pytest.mark.parametrize("key", [KEYS.Key_Space, KEYS.Key_Return])
def test_a_key_opens_the_current_picture(grid: Grid, qtbot: QtBot, key: Qt.Key) -> None:
    grid.set_ids(many_ids(100))
    click(qtbot, grid, 3)
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.keyClick(grid, key)
    assert opened.args == [3]


def test_the_ends_are_one_key_away_from_the_first_press_on(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(range(5000, 0, -1))
    grid.contents.current = None
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.contents.current == len(grid.contents) - 1
    assert grid.area_of(len(grid.contents) - 1).bottom() <= grid.surface.height()
    grid.contents.current = None
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert (grid.contents.current, grid.offset) == (0, 0)


def test_double_click_opens(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(100))
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle(grid, 5))
    assert opened.args == [5]


def test_rubber_band_selects_what_it_touches(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(1000))
    columns = grid.layout_.columns
    last = grid.area_of(columns + 1)
    start, end = QPoint(4, grid.area_of(0).top() + 4), last.center()
    view, left = grid.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(view, left, pos=start)
    qtbot.mouseMove(view, start + QPoint(30, 30))
    qtbot.mouseMove(view, end)
    assert grid.band is not None
    qtbot.mouseRelease(view, left, pos=end)
    assert grid.selected_ids() == [
        grid.contents.ids[index] for index in (0, 1, columns, columns + 1)
    ]
    assert grid.band is None


def test_zoom_keeps_the_picture_under_the_cursor(grid: Grid) -> None:
    grid.set_ids(many_ids(100_000))
    grid.scroll_to(500_000)
    at = QPoint(grid.viewport().width() // 2, 300)
    index = grid.index_at(at)
    if index is None:
        at += QPoint(grid.layout_.gap + 4, grid.layout_.gap + 40)
        index = grid.index_at(at)
    assert index is not None
    line = grid.area_of(index).top()
    wheel(grid, at, 240, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell > 176
    assert abs(grid.area_of(index).top() - line) <= 1


def test_densities_show_more_or_fewer(grid: Grid) -> None:
    grid.set_ids(many_ids(10_000))
    grid.set_cell(COMPACT)
    many = grid.layout_.columns
    assert grid.contents.grouping == "month"
    grid.set_cell(LARGE)
    assert grid.layout_.columns < many
    assert grid.contents.grouping == "day"


def test_the_wheel_scrolls_by_rows(grid: Grid) -> None:
    grid.set_ids(many_ids(10_000))
    wheel(grid, QPoint(300, 300), -120, Qt.KeyboardModifier.NoModifier)
    assert 60 <= grid.offset <= grid.layout_.row


def test_resizing_keeps_the_place(grid: Grid, qtbot: QtBot) -> None:
    grid.set_ids(many_ids(100_000))
    grid.scroll_to(400_000)
    first = grid.layout_.visible(grid.offset, grid.offset + 700).start
    row_id = grid.contents.ids[first]
    grid.resize(760, 640)
    now = grid.layout_.visible(grid.offset, grid.offset + 640)
    assert grid.contents.index_of(row_id) in now


def test_removed_pictures_close_up(grid: Grid) -> None:
    ids = many_ids(1000)
    grid.set_ids(ids)
    grid.select(Ranges([(10, 13)]))
    gone = grid.selected_ids()
    grid.settle(gone, {})
    assert len(grid.contents) == 997
    assert not set(gone) & set(grid.contents.ids)
    assert not grid.contents.selection


@pytest.mark.parametrize("rated", [False, True])
def test_what_is_in_view_stays_when_pictures_above_it_go_move_or_come(
    grid: Grid, rated: bool
) -> None:
    """A second window rated or trashed them; nobody may be thrown off the row they look at."""
    ids = many_ids(3000)
    runs = Runs((0, 1000)) if rated else Runs((0,))
    grid.set_ids(array("q", ids), dated=not rated, runs=runs)
    grid.scroll_to(grid.layout_.box(1500).top + 30)
    first = grid.in_view().start
    seen, top = grid.contents.ids[first], grid.area_of(first).top()

    def where() -> int:
        at = grid.contents.index_of(seen)
        assert at is not None
        return grid.area_of(at).top()

    gone = ids[100:300]
    assert grid.settle(gone, {}) == -200
    assert where() == top
    assert grid.settle(gone, dict.fromkeys(gone, 0)) == 200
    assert grid.contents.ids == ids
    assert where() == top
    if rated:  # who looks at the first of a row sees the next one there when it moves away
        assert grid.settle([seen], {seen: 0}) == 0
        assert (grid.contents.index_of(seen) or 0) <= 1000
        assert grid.area_of(grid.in_view().start).top() == top
    grid.scroll_to(0)
    grid.settle(ids[:5], {})
    assert grid.offset == 0


def test_a_refreshed_list_keeps_the_selection_by_id(grid: Grid) -> None:
    ids = many_ids(2000)
    grid.set_ids(ids)
    grid.select(Ranges([(100, 103)]))
    chosen = grid.selected_ids()
    grid.refresh_ids(ids[50:])
    assert grid.selected_ids() == chosen
    assert list(grid.contents.selection) == [(50, 53)]


def test_a_large_selection_never_grows_in_a_refresh(grid: Grid) -> None:
    ids = many_ids(50_000)
    grid.set_ids(ids[:1000] + ids[1001:])
    grid.select_all()
    grid.refresh_ids(ids)
    assert ids[1000] not in grid.selected_ids()


def test_dropped_files_are_told(grid: Grid, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/photos/a.jpg"), QUrl("https://example.org/b.jpg")])
    how = (
        Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter, event = QDragEnterEvent(QPoint(50, 50), *how), QDropEvent(QPointF(50, 50), *how)
    QApplication.sendEvent(grid.viewport(), enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(grid.files_dropped) as dropped:
        QApplication.sendEvent(grid.viewport(), event)
    assert dropped.args == [["/photos/a.jpg"]]


def test_the_menu_is_one_and_selects_beneath_it(grid: Grid, qtbot: QtBot) -> None:
    from PySide6.QtGui import QContextMenuEvent

    grid.set_ids(many_ids(100))
    grid.menu = QMenu(grid)
    grid.menu.addAction("Anything")
    at = middle(grid, 4)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, grid.viewport().mapToGlobal(at))
    QApplication.sendEvent(grid.viewport(), event)
    assert list(grid.contents.selection) == [(4, 5)]
    qtbot.waitUntil(grid.menu.isVisible)
    grid.menu.close()


def test_the_heading_sticks_and_covers(grid: Grid) -> None:
    grid.set_ids(many_ids(5000))
    grid.scroll_to(200)
    assert grid.index_at(QPoint(MARGIN + 5, 5)) is None
    assert grid.index_at(QPoint(MARGIN + 5, grid.layout_.heading + 60)) is not None


def test_thumbnails_stay_within_their_budget(
    grid: Grid, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stylestudio_desktop.ui.widgets.grid import thumbnails

    monkeypatch.setattr(thumbnails, "BUDGET", 600_000)
    grid.set_ids(many_ids(10_000))
    for offset in range(0, 20_000, 900):
        grid.scroll_to(offset)
        settled(grid)
    assert 0 < grid.thumbnails.held <= 600_000


def test_a_screen_larger_than_the_budget_is_shown_whole(
    grid: Grid, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stylestudio_desktop.ui.widgets.grid import thumbnails

    # At full size the view alone would take about twice as much.
    monkeypatch.setattr(thumbnails, "BUDGET", 1_200_000)
    grid.source.pictures = 10_000
    grid.set_ids(many_ids(10_000))
    for offset in (0, 5000, 40_000):
        grid.scroll_to(offset)
        settled(grid)
        seen = grid.layout_.visible(grid.offset, grid.offset + grid.viewport().height())
        cards = [grid.cards.get(grid.contents.ids[index]) for index in seen]
        assert len({card.storage_id for card in cards}) > 10
        assert all(grid.thumbnails.get(card.storage_id) is not None for card in cards)
        assert grid.thumbnails.held <= 1_200_000


def test_what_the_view_has_left_does_not_push_out_what_is_in_view(
    grid: Grid, settled: Settled, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    from stylestudio_desktop.ui.widgets.grid import thumbnails

    monkeypatch.setattr(thumbnails, "BUDGET", 3 * 90 * 90 * 4)
    seen = [Want(f"{number:064x}", 256, 90) for number in range(3)]
    far = [Want(f"{number:064x}", 256, 90) for number in range(3, 30)]
    grid.thumbnails.want(seen, far)
    settled(grid)
    late = thumbnails._Done(far[0], picture(3, 90))
    grid.thumbnails._done.append(late)
    grid.thumbnails._hand_over()
    assert [grid.thumbnails.get(wish.storage_id) is None for wish in (*seen, far[0])] == [
        False, False, False, True,
    ]  # fmt: skip


def test_more_pictures_in_view_than_cards_are_kept_come_to_rest(
    grid: Grid, settled: Settled, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stylestudio_desktop.ui.widgets.grid import store

    monkeypatch.setattr(store, "MOST", 20)
    monkeypatch.setattr(store, "BATCH", 8)
    grid.set_cell(SMALLEST)
    grid.set_ids(many_ids(5000))
    settled(grid)
    assert len(library.asked) == len(set(library.asked))


def test_what_is_slid_looks_like_what_is_painted_whole(grid: Grid, settled: Settled) -> None:
    grid.set_ids(many_ids(5000))
    grid.scroll_to(3000)
    settled(grid)
    for step in (7, 120, 120, -50, -333, 2400, -1, 640, 5):
        grid.scroll_to(grid.offset + step)
        settled(grid)
        QApplication.processEvents()
        seen = grid.screen().grabWindow(grid.winId()).toImage()
        assert seen.convertToFormat(seen.Format.Format_RGB32) == grid.grab().toImage()


def test_a_small_step_paints_little(
    grid: Grid, settled: Settled, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    from stylestudio_desktop.ui.widgets.grid.painter import CellPainter

    painted: list[int] = []
    genuine = CellPainter.cell
    monkeypatch.setattr(CellPainter, "cell", lambda *what: (painted.append(1), genuine(*what))[1])
    grid.set_ids(many_ids(5000))
    grid.scroll_to(3000)
    settled(grid)
    QApplication.processEvents()
    whole = len(grid.layout_.visible(3000, 3000 + grid.viewport().height()))
    painted.clear()
    grid.scroll_to(3010)
    qtbot.waitUntil(lambda: bool(painted))
    assert len(painted) <= whole * 3 // 5


def test_a_file_that_is_in_view_twice_is_read_once_and_shown(
    grid: Grid, settled: Settled, library: FakeLibrary
) -> None:
    twice = Want(f"{7:064x}", 256, 90)
    grid.thumbnails.want([twice, twice, twice])
    settled(grid)
    assert library.read.count(twice.storage_id) == 1
    assert grid.thumbnails.get(twice.storage_id) is not None


def test_a_damaged_thumbnail_leaves_its_place_empty(
    grid: Grid, settled: Settled, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "thumbnail", lambda _storage, _tier: b"not a picture")
    grid.thumbnails._fetch = library.thumbnail
    grid.set_ids(many_ids(10))
    settled(grid)
    grid.grab()
    assert grid.thumbnails.held == 0
