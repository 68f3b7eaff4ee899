"""The history's list: rows on demand, filters, live changes, a million rows."""

from array import array
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.ids import GenerationId, id_at
from stylestudio_desktop.domain.records import GenerationCard
from stylestudio_desktop.services import finishing, generate, history, queue, steering, timeline
from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.delegate import ROW
from stylestudio_desktop.ui.history.model import PROMPT, STATUS, TOKENS, HistoryModel
from stylestudio_desktop.ui.history.pane import INSIGHTS, LIST, QUEUE, HistoryPane
from stylestudio_desktop.ui.history.table import HistoryTable
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.grid.thumbnails import Thumbnails
from stylestudio_desktop.ui.window import CREATE, HISTORY, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import ShowGeneration
from tests.ui.studios import complete, start
from tests.ui.watchdog import Watchdog

Ids = dict[str, list[int]]


@pytest.fixture
def pane(window: MainWindow, made: Ids, calm: Callable[[], None]) -> HistoryPane:
    """The History pane on generations in every state."""
    opened = window.open_pane(HISTORY)
    assert isinstance(opened, HistoryPane)
    calm()
    return opened


def words(pane: HistoryPane, generation_id: int, column: int) -> str:
    """Return what a cell says."""
    row = pane.model.position(generation_id)
    assert row >= 0
    return str(pane.model.index(row, column).data())


def test_every_generation_is_listed_newest_first(pane: HistoryPane, made: Ids) -> None:
    everything = sorted((one for ids in made.values() for one in ids), reverse=True)

    assert list(pane.model.ids) == everything
    assert pane.model.rowCount() == len(everything)


def test_rows_say_state_prompt_and_cost(pane: HistoryPane, made: Ids, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: words(pane, made["failed"][0], STATUS) != "")

    assert words(pane, made["failed"][0], STATUS) == "Failed"
    assert words(pane, made["review"][0], STATUS) == "Needs you"
    assert words(pane, made["running"][0], STATUS) == "Working"
    assert words(pane, made["completed"][0], PROMPT).startswith("Linen shirt")
    assert words(pane, made["failed"][0], TOKENS) == "0"


def test_the_switch_of_views_stays_where_it_is(
    pane: HistoryPane, made: Ids, calm: Callable[[], None]
) -> None:
    places = []
    for view in (LIST, QUEUE, INSIGHTS):
        pane.views.set_value(view)
        pane.views.picked.emit(view)
        calm()
        pane.grab()  # lays everything out
        places.append((pane.views.x(), pane.views.width()))
    assert places[0] == places[1] == places[2]


def test_going_to_a_row_selects_it_whatever_keys_are_held(
    pane: HistoryPane, made: Ids, qtbot: QtBot
) -> None:
    wanted = made["failed"][0]
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyPress(pane.table, Qt.Key.Key_Control, control)
    try:
        assert pane.table.go_to(wanted)
        assert pane.table.go_to(wanted)
        assert pane.table.chosen() == [wanted]
    finally:
        qtbot.keyRelease(pane.table, Qt.Key.Key_Control)


def test_the_state_chip_narrows_the_list(
    pane: HistoryPane, made: Ids, calm: Callable[[], None]
) -> None:
    pane.filters.status.pick("failed")
    calm()

    assert list(pane.model.ids) == made["failed"]

    pane.filters.clear()
    calm()
    assert len(pane.model.ids) > 1


def test_search_reads_the_index_and_an_empty_answer_offers_the_way_back(
    pane: HistoryPane, made: Ids, calm: Callable[[], None]
) -> None:
    pane.search("lemons")
    calm()
    assert set(pane.model.ids) == {made["completed"][1], made["review"][0]}

    pane.search("nobody wrote this")
    calm()
    assert len(pane.model.ids) == 0
    blank = pane.findChildren(EmptyState)
    assert any(one.accessibleName() == "Nothing fits" and one.isVisible() for one in blank)


def test_a_new_generation_appears_by_itself(
    pane: HistoryPane, studio: Studio, made: Ids, calm: Callable[[], None], qtbot: QtBot
) -> None:
    before = len(pane.model.ids)
    product = generate.brief_of(studio, made["completed"][0]).products

    row = start(studio, product)

    qtbot.waitUntil(lambda: pane.model.ids[0] == row.id)
    assert len(pane.model.ids) == before + 1


def test_progress_and_the_end_show_by_themselves(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    running = made["running"][0]
    qtbot.waitUntil(lambda: words(pane, running, STATUS) == "Working")

    queue.progress(studio, running, "Lighting", 0.75)
    row = pane.model.at(pane.model.position(running))
    assert row is not None
    assert row.job is not None
    assert (row.job.stage, row.job.progress) == ("Lighting", 0.75)

    finishing.stop(studio, running)
    qtbot.waitUntil(lambda: words(pane, running, STATUS) == "Cancelled")


def test_a_commit_of_another_program_shows_too(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    """The events of another process don't reach this one; only its commit can be seen."""
    unheard = studio.bus._listeners
    studio.bus._listeners = ()
    try:
        product = generate.brief_of(studio, made["completed"][0]).products
        row = start(studio, product)
        steering.cancel(studio, made["waiting"][0])
    finally:
        studio.bus._listeners = unheard
    pane.loader._on_elsewhere()

    qtbot.waitUntil(lambda: pane.model.ids[0] == row.id)
    qtbot.waitUntil(lambda: words(pane, made["waiting"][0], STATUS) == "Cancelled")


def test_trash_has_one_undo_for_all(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    pane.acting.trash(made["completed"] + made["running"])

    qtbot.waitUntil(lambda: pane.model.position(made["completed"][0]) < 0)
    assert pane.model.position(made["running"][0]) >= 0

    def undo() -> list[Any]:
        return [one for one in _buttons(pane.window()) if one.text() == "Undo"]

    qtbot.waitUntil(lambda: bool(undo()))
    assert len(undo()) == 1
    qtbot.mouseClick(undo()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.model.position(made["completed"][0]) >= 0)


def test_how_many_there_are_is_said_whole_or_not_at_all(pane: HistoryPane) -> None:
    count = pane._count
    count.resize(400, 20)
    whole = count.text()
    assert str(len(pane.model.ids)) in whole
    count.resize(count.fontMetrics().horizontalAdvance(whole) - 1, 20)
    assert count.text() == ""


def test_the_trash_can_be_looked_into_and_brought_back(
    pane: HistoryPane, studio: Studio, made: Ids, calm: Callable[[], None], qtbot: QtBot
) -> None:
    history.trash(studio, made["failed"])
    pane.filters.trash.setChecked(True)
    qtbot.waitUntil(lambda: list(pane.model.ids) == made["failed"])

    pane.table.selectRow(0)
    assert not pane._retry.isEnabled()
    pane._back.trigger()
    qtbot.waitUntil(lambda: len(pane.model.ids) == 0)
    assert history.story(studio, made["failed"][0]).generation.trashed_at is None


def test_keys_retry_and_trash_and_close(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    pane.table.go_to(made["failed"][0])
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert pane.story.isVisible()
    qtbot.keyClick(pane.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: history.story(studio, made["failed"][0]).generation.status == "pending")
    qtbot.keyClick(pane.table, Qt.Key.Key_Escape)
    assert not pane.story.isVisible()

    qtbot.waitUntil(lambda: not pane.acting.busy)
    pane.table.go_to(made["completed"][0])
    qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: pane.model.position(made["completed"][0]) < 0)


def test_a_failing_library_says_so_and_offers_another_try(
    window: MainWindow, made: Ids, calm: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StorageError("The disk is gone. Nothing was lost. Plug it in.")

    with monkeypatch.context() as patch:
        patch.setattr(timeline, "rows", broken)
        pane = window.open_pane(HISTORY)
        assert isinstance(pane, HistoryPane)
        calm()
        shown = [one for one in pane.findChildren(EmptyState) if one.isVisible()]
        assert [one.accessibleName() for one in shown] == ["The history can't be read"]
    again = [one for one in _buttons(shown[0]) if one.text() == "Try again"]
    again[0].click()
    calm()
    assert len(pane.model.ids) == 8


def test_an_empty_library_leads_to_the_first_picture(
    window: MainWindow, calm: Callable[[], None]
) -> None:
    pane = window.open_pane(HISTORY)
    calm()
    shown = [one for one in pane.findChildren(EmptyState) if one.isVisible()]
    offer = [one for one in _buttons(shown[0]) if one.text() == "Make the first picture"]
    offer[0].click()
    assert window.current == CREATE


def test_a_wish_opens_a_story_even_outside_of_the_filters(
    pane: HistoryPane, window: MainWindow, made: Ids, calm: Callable[[], None]
) -> None:
    pane.filters.status.pick("cancelled")
    calm()
    window.open_pane(HISTORY, ShowGeneration(made["failed"][0]))  # type: ignore[arg-type]
    calm()

    assert pane.story.now is not None
    assert pane.story.now.story.generation.id == made["failed"][0]


def test_memory_keeps_filters_and_view(pane: HistoryPane) -> None:
    pane.filters.status.set_value("failed")
    pane.filters.period.set_value(7)
    kept = pane.memory()
    pane.filters.clear()
    pane.recall(kept)
    assert pane.filters.value().status == "failed"
    assert pane.filters.value().since is not None
    pane.recall({"filters": {"status": 7, "period": "x"}, "view": 3, "story": "x"})


def test_style_and_service_narrow_the_list_and_are_remembered(
    pane: HistoryPane, studio: Studio, made: Ids, calm: Callable[[], None]
) -> None:
    every = [history.story(studio, one).generation for one in pane.model.ids]
    styles = {row.style for row in every}
    assert len(styles) > 1
    style = every[0].style
    pane.filters.style_.pick(style)
    calm()
    assert list(pane.model.ids) == [row.id for row in every if row.style == style]
    assert pane.filters.narrowed()
    kept = pane.memory()
    other = next(row for row in every if row.style != style)
    begun = generate.start(studio, generate.brief_of(studio, other.id))
    calm()
    assert begun.id not in pane.model.ids, "what is begun in another style is not this list's"
    pane.filters.service.set_value("local")
    pane.filters.changed.emit()
    calm()
    assert pane.filters.value().provider == "local"
    assert list(pane.model.ids) == [row.id for row in every if row.style == style]
    pane.filters.clear()
    calm()
    assert begun.id in pane.model.ids
    pane.recall(kept)
    assert pane.filters.value().style == style
    assert pane.filters.service.isHidden(), "with one service there is nothing to choose"


def test_the_story_that_was_told_is_told_again_at_the_next_start(
    pane: HistoryPane, made: Ids, calm: Callable[[], None]
) -> None:
    assert pane.memory()["story"] is None
    pane.receive(ShowGeneration(made["failed"][0]))  # type: ignore[arg-type]
    calm()
    kept = pane.memory()
    assert kept["story"] == made["failed"][0]
    pane.story.close_panel()
    assert pane.memory()["story"] is None
    pane.recall(kept)
    calm()
    assert pane.story.isVisible()
    assert pane.story.now is not None
    assert pane.story.now.story.generation.id == made["failed"][0]


def test_every_view_is_an_action(pane: HistoryPane, window: MainWindow) -> None:
    window.open_pane(WALLET)
    for view in ("queue", "insights", "list"):
        window.actions_.get(f"history.{view}").trigger()
        assert window.current == HISTORY
        assert pane.views.value() == view


def test_finished_pictures_replace_the_products_thumbnail(
    pane: HistoryPane, studio: Studio, made: Ids, tmp_path: object, qtbot: QtBot
) -> None:
    waiting = made["waiting"][0]
    row = history.story(studio, waiting).generation
    before = _thumbnail(pane, waiting, qtbot)
    steering.cancel(studio, made["running"][0])
    complete(studio, studio.workspace.tmp, row)

    qtbot.waitUntil(lambda: _thumbnail(pane, waiting, qtbot) != before)


class Million:
    """A million rows by arithmetic."""

    def __init__(self) -> None:
        first = id_at(1_790_000_000_000)
        step = id_at(60_000)
        self.ids = array("q", range(first, first - 1_000_000 * step, -step))

    def fetch(self, before: int, limit: int) -> list[HistoryRow]:
        """Return the rows below `before`."""
        step = self.ids[0] - self.ids[1]
        start = max(0, (self.ids[0] - before) // step + 1)
        return [self._row(one) for one in self.ids[start : start + limit]]

    def _row(self, generation_id: int) -> HistoryRow:
        moment = generation_id >> 21
        card = GenerationCard(
            generation_id, "completed", f"picture {generation_id % 977}", "local", "vintage",
            "draft", "1:1", 1, 1, None, None, 0, 1200, moment, moment, moment,
        )  # fmt: skip
        return HistoryRow(card, None, None)


@pytest.fixture
def million(qtbot: QtBot, tasks: Tasks) -> HistoryTable:
    """The table on a million rows."""
    thumbnails = Thumbnails(lambda _id, _tier: None)
    model = HistoryModel(tasks, {"local": "On this computer"})
    table = HistoryTable(model, thumbnails)
    model.setParent(table)
    thumbnails.setParent(table)
    qtbot.addWidget(table)
    table.resize(1200, 800)
    source = Million()
    table.show_rows(source.ids, source.fetch)
    table.show()
    with qtbot.waitExposed(table):
        pass
    table.grab()  # the first text of a process loads its fonts, which is no test's concern
    qtbot.waitUntil(lambda: not tasks.busy())
    return table


def test_any_place_in_a_million_rows_shows_at_once(
    million: HistoryTable, tasks: Tasks, qtbot: QtBot, watchdog: Watchdog
) -> None:
    model, bar = million._model, million.verticalScrollBar()
    assert bar.maximum() > 59_000_000
    for share in (0.5, 1.0, 0.25, 0.0, 0.75):
        bar.setValue(round(bar.maximum() * share))
        row = million.rowAt(5)
        qtbot.waitUntil(lambda row=row: bool(model.index(row, PROMPT).data()))
        assert abs(row - share * 1_000_000) < 20


def test_scrolling_a_million_rows_never_blocks(
    million: HistoryTable, tasks: Tasks, qtbot: QtBot, watchdog: Watchdog
) -> None:
    bar = million.verticalScrollBar()
    for step in range(120):
        bar.setValue(bar.value() + 37 * (step + 1))
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not tasks.busy())


def test_a_million_can_be_selected_as_one_range(million: HistoryTable) -> None:
    million.selectAll()
    assert million.chosen_count() == 1_000_000
    assert len(million.chosen(10)) == 10


def test_selecting_all_and_refilling_never_block(
    million: HistoryTable, tasks: Tasks, qtbot: QtBot, watchdog: Watchdog
) -> None:
    qtbot.waitUntil(lambda: not tasks.busy())
    million.selectAll()
    qtbot.waitUntil(lambda: not tasks.busy())
    with watchdog.excused():  # making the pretended rows is the test's own work
        again = Million()
        QApplication.processEvents()
    million.show_rows(again.ids, again.fetch)
    qtbot.waitUntil(lambda: not tasks.busy())
    assert million.chosen_count() == 1_000_000


def test_what_one_looks_at_stays_when_something_new_comes_in(million: HistoryTable) -> None:
    bar, model = million.verticalScrollBar(), million._model
    bar.setValue(500 * ROW + 11)
    looked_at = model.ids[million.rowAt(0)]
    model.add_front(model.ids[0] + id_at(1))
    assert model.ids[million.rowAt(0)] == looked_at
    assert bar.value() == 501 * ROW + 11

    bar.setValue(0)
    model.add_front(model.ids[0] + id_at(1))
    assert million.rowAt(0) == 0


def test_another_filling_keeps_place_and_selection(million: HistoryTable) -> None:
    model = million._model
    flags = QItemSelectionModel.SelectionFlag
    million.selectionModel().select(model.index(700, 0), flags.ClearAndSelect | flags.Rows)
    chosen = million.chosen()
    million.verticalScrollBar().setValue(690 * ROW)
    top = model.ids[million.rowAt(0)]
    fewer = array("q", model.ids[:5000])
    del fewer[3]

    million.show_rows(fewer, Million().fetch)

    assert model.ids[million.rowAt(0)] == top
    assert million.chosen() == chosen


def _buttons(widget: object) -> list[object]:
    from PySide6.QtWidgets import QPushButton

    return list(widget.findChildren(QPushButton))  # type: ignore[attr-defined]


def _thumbnail(pane: HistoryPane, generation_id: int, qtbot: QtBot) -> str | None:
    def row() -> HistoryRow | None:
        return pane.model.at(pane.model.position(generation_id))

    qtbot.waitUntil(lambda: row() is not None)
    found = row()
    assert found is not None
    return found.thumbnail


def test_the_views_keep_their_names_in_the_smallest_window(
    pane: HistoryPane, window: MainWindow, calm: Callable[[], None]
) -> None:
    window.resize(window.minimumSize())
    calm()
    wanted = pane.views.sizeHint().width()
    assert pane.views.width() >= wanted, "filters give up their words first"


def test_a_story_takes_the_lists_place_in_a_narrow_window(
    pane: HistoryPane, window: MainWindow, qtbot: QtBot, made: dict[str, list[int]]
) -> None:
    window.resize(683, 384)
    qtbot.waitUntil(lambda: pane.width() < 600)
    assert pane.table.isVisible()
    pane.receive(ShowGeneration(GenerationId(made["completed"][0])))
    qtbot.waitUntil(lambda: pane.story.isVisible() and pane.story.width() == pane.width())
    assert not pane.table.isVisible()
    pane.story.close_panel()
    assert pane.table.isVisible()
    pane.receive(ShowGeneration(GenerationId(made["completed"][0])))
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: pane.story.isVisible() and pane.story.width() < pane.table.width())
    assert pane.table.isVisible()
