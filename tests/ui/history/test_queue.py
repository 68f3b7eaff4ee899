"""The queue's view: batches with their own progress, and work in line that can be steered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.batch import Batch, Wish
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.services import (
    attempts,
    batch_feeding,
    batches,
    generate,
    lineup,
    queue,
    steering,
)
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history import queue_view
from stylestudio_desktop.ui.history.pane import QUEUE, HistoryPane
from stylestudio_desktop.ui.window import HISTORY, SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue
from tests.factories import brief_for, import_photo, photo

Calm = Callable[[], None]


@pytest.fixture
def batch(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch of five, three of which wait in the queue."""
    monkeypatch.setattr(batch_feeding, "AHEAD", 3)
    folder = tmp_path / "autumn"
    folder.mkdir()
    for number in range(5):
        photo(folder, f"{number}.jpg", f"rgb({number * 40},9,9)")
    wish = Wish((), quality="draft", prompt="on pale oak")
    begun = batches.start(studio, plan(studio, Sources((str(folder),), settings=wish)))
    from threading import Event

    assert batch_feeding.feed(studio, Event()) == 3
    return begun


@pytest.fixture
def pane(window: MainWindow, batch: Batch, studio: Studio, qtbot: QtBot, calm: Calm) -> HistoryPane:
    """The History pane on its queue, which shows the whole line."""
    opened = window.open_pane(HISTORY, ShowQueue())
    assert isinstance(opened, HistoryPane)
    calm()
    qtbot.waitUntil(lambda: set(line(studio)) <= set(opened.queue.rows))
    return opened


def press(pane: HistoryPane, words: str) -> None:
    found = [one for one in pane.queue.findChildren(QPushButton) if one.text() == words]
    assert len(found) == 1
    found[0].click()


def line(studio: Studio) -> list[int]:
    return [one.job.generation_id for one in lineup.places(studio)]


def test_a_batch_is_one_row_with_its_own_progress(
    pane: HistoryPane, batch: Batch, studio: Studio, qtbot: QtBot, calm: Calm
) -> None:
    assert pane.views.value() == QUEUE
    card = pane.queue.cards[batch.id]
    assert "0 of 5 made · 3 under way · 3 of 5 token" in card.accessibleName()
    card.pause.click()
    qtbot.waitUntil(lambda: card.resume.isVisible())
    assert batches.progress(studio, batch.id).batch.status == "paused"
    assert not card.pause.isVisible()
    card.resume.click()
    qtbot.waitUntil(lambda: card.pause.isVisible())
    card.cancel.click()
    qtbot.waitUntil(lambda: batches.progress(studio, batch.id).over)
    calm()
    qtbot.waitUntil(lambda: "5 cancelled" in pane.queue.cards[batch.id].accessibleName())
    pane.queue.cards[batch.id].cancel.click()  # pressed once more by somebody quick
    calm()


def test_its_pictures_are_listed_until_its_chip_is_let_go(
    pane: HistoryPane, batch: Batch, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    pane.queue.cards[batch.id].show_.click()
    qtbot.waitUntil(lambda: len(pane.model.ids) == 3)
    assert pane.filters.batch.text() == "autumn"
    assert pane.filters.narrowed()
    pane.filters.batch.setChecked(False)
    qtbot.waitUntil(lambda: batch.id in pane.model.ids)  # one row again
    assert not pane.filters.batch.isVisible()


def test_work_in_line_is_moved_and_cancelled(
    pane: HistoryPane, studio: Studio, qtbot: QtBot, calm: Calm
) -> None:
    a, b, c = line(studio)
    pane.queue.rows[c].buttons["top"].click()
    qtbot.waitUntil(lambda: line(studio) == [c, a, b])
    calm()
    pane.queue.rows[a].buttons["down"].click()
    qtbot.waitUntil(lambda: line(studio) == [c, b, a])
    calm()
    pane.queue.rows[a].buttons["up"].click()
    qtbot.waitUntil(lambda: line(studio) == [c, a, b])
    calm()
    pane.queue.rows[b].buttons["cancel"].click()
    qtbot.waitUntil(lambda: attempts.owned(studio, b).status == "cancelled")
    qtbot.waitUntil(lambda: b not in pane.queue.rows)
    pane.queue.rows[a].buttons["open"].click()
    qtbot.waitUntil(lambda: pane.story.generation_id == a)


def test_the_focus_goes_with_a_job_and_a_press_never_meets_another(
    pane: HistoryPane, studio: Studio, qtbot: QtBot, calm: Calm
) -> None:
    a, b, c = line(studio)
    first = pane.queue.rows[a]
    qtbot.mousePress(first.buttons["cancel"], Qt.MouseButton.LeftButton)
    pane.queue.rows[b].buttons["top"].setFocus()
    assert pane.queue.rows[b].buttons["top"].hasFocus()
    steering.move_to_top(studio, c)
    qtbot.waitUntil(lambda: first.job_id == c)
    qtbot.mouseRelease(first.buttons["cancel"], Qt.MouseButton.LeftButton)

    assert pane.queue.rows[b].buttons["top"].hasFocus()
    calm()
    assert line(studio) == [c, a, b]


def test_a_pause_says_why_and_how_to_go_on(
    pane: HistoryPane, studio: Studio, qtbot: QtBot, calm: Calm
) -> None:
    press(pane, "Pause everything")
    qtbot.waitUntil(lambda: bool(lineup.pauses(studio)))
    calm()
    press(pane, "Go on")
    qtbot.waitUntil(lambda: not lineup.pauses(studio))
    calm()
    pane.queue.pause("local")
    qtbot.waitUntil(lambda: bool(lineup.pauses(studio)))
    assert lineup.pauses(studio)[0].provider == "local"
    steering.resume_queue(studio, "local")
    calm()


def test_a_pause_that_a_key_cures_leads_to_the_settings(
    pane: HistoryPane, studio: Studio, window: MainWindow, qtbot: QtBot, calm: Calm
) -> None:
    queue.pause_service(studio, "local", None, Code.NEEDS_KEY, "The key is not accepted.")

    def shown() -> list[str]:
        return [one.text() for one in pane.queue.findChildren(QPushButton)]

    qtbot.waitUntil(lambda: "Open settings" in shown())
    press(pane, "Open settings")
    qtbot.waitUntil(lambda: window.current == SETTINGS)
    assert lineup.pauses(studio), "only a test or the user ends it"
    steering.resume_queue(studio, "local")
    calm()


def test_what_cannot_be_done_any_more_is_told(
    pane: HistoryPane,
    window: MainWindow,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    calm: Calm,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(window, "tell", lambda error: said.append(error.sentence))
    a, *_ = line(studio)
    steering.cancel(studio, a)
    pane.queue.act("up", a)
    calm()
    assert said == ["Only work that still waits for its turn can be moved."]
    pane.queue.act("elsewhere nobody", line(studio)[0])
    calm()
    assert "no service" in said[-1]


def test_an_empty_queue_says_what_belongs_here(
    window: MainWindow, calm: Calm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_view, "SOON_MS", 1)
    pane = window.open_pane(HISTORY, ShowQueue())
    assert isinstance(pane, HistoryPane)
    calm()
    press(pane, "Make pictures")
    assert window.current == "create"


def test_a_budget_that_is_used_up_is_asked_for_anew(
    pane: HistoryPane, batch: Batch, studio: Studio, qtbot: QtBot, calm: Calm
) -> None:
    for generation_id in line(studio):
        steering.cancel(studio, generation_id)
    with studio.database.write():
        studio.database.run("UPDATE batches SET budget = 0")
    batches.spent(studio, batches.owned(studio, batch.id))
    qtbot.waitUntil(lambda: pane.queue.cards[batch.id].resume.isVisible())
    pane.queue.cards[batch.id].resume.click()
    dialog = pane.queue.findChild(QInputDialog)
    assert isinstance(dialog, QInputDialog)
    dialog.setIntValue(4)
    dialog.accept()
    qtbot.waitUntil(lambda: batches.progress(studio, batch.id).batch.status == "running")
    assert batches.progress(studio, batch.id).batch.budget == 4
    calm()


def test_in_the_timeline_a_batch_is_one_row_that_opens_its_pictures(
    window: MainWindow,
    batch: Batch,
    studio: Studio,
    tmp_path: Path,
    qtbot: QtBot,
    calm: Calm,
) -> None:
    other = generate.start(studio, brief_for(import_photo(studio, tmp_path))).id
    pane = window.open_pane(HISTORY)
    assert isinstance(pane, HistoryPane)
    qtbot.waitUntil(lambda: {*pane.model.ids} == {batch.id, other})
    qtbot.waitUntil(lambda: pane.model.batch_at(batch.id) is not None)
    row = pane.model.position(batch.id)
    said = [pane.model.index(row, column).data() for column in range(pane.model.columnCount())]
    assert said[:4] == ["autumn", "Working", "", "Batch"]
    assert pane.table.grab().width() > 0

    for generation_id in line(studio)[:1]:
        steering.cancel(studio, generation_id)

    def cancelled() -> int:
        shown = pane.model.batch_at(batch.id)
        pane.model.at(row)
        return 0 if shown is None or shown.batch is None else shown.batch.cancelled

    qtbot.waitUntil(lambda: cancelled() == 1)

    pane.table.opened.emit(batch.id)
    qtbot.waitUntil(lambda: len(pane.model.ids) == 3)
    assert pane.filters.batch.text() == "autumn"
    assert pane.story.generation_id is None
    pane.filters.batch.setChecked(False)
    qtbot.waitUntil(lambda: batch.id in pane.model.ids)
    calm()
    pane.table.go_to(batch.id)
    qtbot.waitUntil(lambda: batch.id in pane.table.chosen())
    pane.acting.cancel(pane.table.chosen())
    qtbot.waitUntil(lambda: batches.progress(studio, batch.id).over)
    qtbot.waitUntil(lambda: not pane.acting.busy)
    pane.acting.trash(pane.table.chosen())
    qtbot.waitUntil(lambda: [*pane.model.ids] == [other])
    calm()
