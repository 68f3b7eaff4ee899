"""The panel with a generation's whole story, and everything its buttons do."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import Code, Remedy, StorageFull
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.services import generate, history, history_bulk, queue, steering, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history import parts
from stylestudio_desktop.ui.history.pane import HistoryPane
from stylestudio_desktop.ui.history.parts import PictureButton
from stylestudio_desktop.ui.history.story import seconds_left
from stylestudio_desktop.ui.widgets.charts import BarChart
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens, MakeMoreLike, ShowFiles
from tests.factories import FakeProvider

Ids = dict[str, list[int]]


@pytest.fixture
def pane(window: MainWindow, made: Ids, calm: Callable[[], None]) -> HistoryPane:
    """The History pane."""
    opened = window.open_pane(HISTORY)
    assert isinstance(opened, HistoryPane)
    calm()
    return opened


@pytest.fixture
def wishes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """What the other panes were asked for."""
    asked: list[tuple[str, object]] = []
    for name in (CREATE, GALLERY, WALLET):
        pane = window.pane(name)
        monkeypatch.setattr(
            pane, "receive", lambda wish, name=name: asked.append((name, wish)), raising=True
        )
    return asked


def read(pane: HistoryPane, generation_id: int, qtbot: QtBot) -> str:
    """Open a story and return all of its words."""
    pane.table.opened.emit(generation_id)
    qtbot.waitUntil(
        lambda: pane.story.now is not None and pane.story.now.story.generation.id == generation_id
    )
    return text(pane)


def text(pane: HistoryPane) -> str:
    """Return the words now in the panel."""
    return "\n".join(
        one.text() for one in pane.story.findChildren(QLabel) if one.isVisibleTo(pane.story)
    )


def press(pane: HistoryPane, words: str, qtbot: QtBot) -> None:
    """Press the panel's visible button that begins with `words`."""
    found = [
        one
        for one in pane.story.findChildren(QPushButton)
        if one.text().startswith(words) and one.isVisibleTo(pane.story)
    ]
    assert len(found) == 1, [one.text() for one in pane.story.findChildren(QPushButton)]
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def test_a_finished_story_tells_everything(pane: HistoryPane, made: Ids, qtbot: QtBot) -> None:
    words = read(pane, made["completed"][1], qtbot)

    assert "Summer dress in a garden of lemons" in words
    assert "Editorial fashion photography" in words or pane.story.now is not None
    assert "Set aside for pictures" in words
    assert "for saved pictures" in words
    assert "Fashion" in words
    assert "Test service" in words
    photos = pane.story.findChildren(PictureButton)
    assert len(photos) == 1 + 2  # the product and two results


def test_a_result_opens_in_the_gallery_with_its_neighbours(
    pane: HistoryPane, made: Ids, wishes: list[tuple[str, object]], qtbot: QtBot
) -> None:
    read(pane, made["completed"][1], qtbot)
    assert pane.story.now is not None
    results = [one.id for one in pane.story.now.story.results]
    second = pane.story.findChildren(PictureButton)[1]
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)

    assert wishes == [(GALLERY, ShowFiles((results[1], results[0])))]


def test_run_again_says_its_price_and_starts_a_new_seed(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    old = made["completed"][0]
    read(pane, old, qtbot)
    before = wallet.summary(studio).user.token_balance
    press(pane, "Run again for 1", qtbot)

    qtbot.waitUntil(lambda: pane.story.generation_id != old)
    new = pane.story.generation_id
    assert new is not None
    row = history.story(studio, new).generation
    was = history.story(studio, old).generation
    assert (row.prompt, row.style, row.quality) == (was.prompt, was.style, was.quality)
    assert row.seed != was.seed
    assert wallet.summary(studio).user.token_balance == before - 1


def test_run_again_is_not_offered_beyond_the_balance(
    pane: HistoryPane, studio: Studio, made: Ids, wishes: list[tuple[str, object]], qtbot: QtBot
) -> None:
    left = wallet.summary(studio).user.token_balance
    product = generate.brief_of(studio, made["completed"][0]).products[0]
    _spend(studio, product, left)
    read(pane, made["completed"][0], qtbot)

    found = [
        one for one in pane.story.findChildren(QPushButton) if one.text().startswith("Run again")
    ]
    assert not found[-1].isEnabled()
    press(pane, "Get tokens", qtbot)
    assert wishes == [(WALLET, GetTokens(HISTORY))]


def test_use_these_settings_goes_to_create(
    pane: HistoryPane, made: Ids, wishes: list[tuple[str, object]], qtbot: QtBot
) -> None:
    read(pane, made["completed"][0], qtbot)
    press(pane, "Use these settings", qtbot)

    assert wishes == [(CREATE, MakeMoreLike(made["completed"][0]))]  # type: ignore[arg-type]


def test_a_refusal_offers_another_service_and_a_retry(
    pane: HistoryPane, studio: Studio, made: Ids, wishes: list[tuple[str, object]], qtbot: QtBot
) -> None:
    words = read(pane, made["failed"][0], qtbot)
    assert "The service refused the photo" in words
    press(pane, "Try another service", qtbot)
    assert [name for name, _ in wishes] == [CREATE]
    pane._window.open_pane(HISTORY)
    read(pane, made["failed"][0], qtbot)
    press(pane, "Retry", qtbot)

    qtbot.waitUntil(lambda: history.story(studio, made["failed"][0]).generation.status == "pending")
    qtbot.waitUntil(lambda: "Waiting for its turn" in text(pane))


def test_every_remedy_has_a_button_that_does_something(
    pane: HistoryPane,
    window: MainWindow,
    made: Ids,
    wishes: list[tuple[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True
    )
    for remedy in set(steering.REMEDIES.values()) | {Remedy.REVEAL_FILES, Remedy.TOP_UP}:
        offers = pane.answers.offers(remedy, made["failed"][0])
        assert offers[-1][0] == "Retry"
        before = (len(wishes), len(opened), window.current)
        if len(offers) > 1:
            window.open_pane(HISTORY)
            offers[0][1]()
            assert (len(wishes), len(opened), window.current) != before or window.current in (
                SETTINGS,
                CREATE,
            )
    assert opened


@pytest.mark.parametrize("answer", ["Run it again", "Let it go"])
def test_an_open_question_takes_an_answer(
    pane: HistoryPane, studio: Studio, made: Ids, answer: str, qtbot: QtBot
) -> None:
    waiting = made["review"][0]
    words = read(pane, waiting, qtbot)
    assert "may have been charged" in words
    before = wallet.summary(studio).user.token_balance
    press(pane, answer, qtbot)

    def answered() -> bool:
        job = history.story(studio, waiting).job
        return job is None or job.review is None

    qtbot.waitUntil(answered)
    after = history.story(studio, waiting).generation
    if answer == "Let it go":
        assert after.status == "failed"
        assert wallet.summary(studio).user.token_balance == before + after.price
    else:
        assert after.status == "pending" or history.story(studio, waiting).job is not None


def test_a_running_story_follows_progress_and_can_be_stopped(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    running = made["running"][0]
    words = read(pane, running, qtbot)
    assert "Cutting out the product" in words
    content = pane.story._content
    queue.progress(studio, running, "Lighting", 0.8)
    qtbot.waitUntil(lambda: "Lighting" in text(pane))
    assert pane.story._content is content  # moved, not built anew

    assert pane.story._progress is not None
    pane.story._progress.cancelled.emit()
    qtbot.waitUntil(
        lambda: (
            (job := history.story(studio, running).job) is not None and bool(job.cancel_requested)
        )
    )
    qtbot.waitUntil(lambda: "Stopping" in text(pane))


def test_time_left_follows_the_pace(studio: Studio, made: Ids) -> None:
    job = history.story(studio, made["running"][0]).job
    assert job is not None
    assert job.submitted_at is not None
    half = job._replace(progress=0.5)
    assert seconds_left(half, job.submitted_at + 10_000, None) == pytest.approx(10)
    assert seconds_left(half._replace(submitted_at=None), 0, None) is None


def test_the_panel_turns_with_the_list(pane: HistoryPane, made: Ids, qtbot: QtBot) -> None:
    read(pane, made["failed"][0], qtbot)
    pane.table.go_to(made["cancelled"][0])
    qtbot.waitUntil(
        lambda: (
            pane.story.now is not None
            and pane.story.now.story.generation.id == made["cancelled"][0]
        )
    )


def test_a_bulk_retry_tells_what_was_left(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    told: list[str] = []
    pane.acting.ended.connect(lambda: told.append("ended"))
    pane.acting.retry([*made["failed"], *made["completed"]])
    qtbot.waitUntil(lambda: told == ["ended"])

    assert history.story(studio, made["failed"][0]).generation.status == "pending"
    qtbot.waitUntil(lambda: "3 left" in _toasts(pane))


def test_a_full_disk_is_told_and_nothing_hangs(
    pane: HistoryPane, made: Ids, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("The disk is full. Nothing was changed. Free some space.")

    monkeypatch.setattr(history_bulk.history, "trash", full)
    pane.acting.trash(made["completed"])
    qtbot.waitUntil(lambda: "The disk is full" in _toasts(pane))
    assert not pane.acting.busy


def test_the_table_is_written_for_a_selection(
    pane: HistoryPane, made: Ids, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "history.csv"
    pane.acting.export_to(target, GenerationFilter(), made["failed"])
    qtbot.waitUntil(lambda: "history.csv" in _toasts(pane))

    lines = target.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert Code.SERVICE_REFUSED.value in lines[1]


def test_insights_show_the_sums(
    pane: HistoryPane, made: Ids, calm: Callable[[], None], qtbot: QtBot
) -> None:
    pane.views.set_value("insights")
    pane.views.picked.emit("insights")
    qtbot.waitUntil(lambda: pane.insights.now is not None)
    found = pane.insights.now
    assert found is not None
    assert found.total.completed == 3
    words = "\n".join(one.text() for one in pane.insights.findChildren(QLabel))
    assert "3 generation(s) completed" in words or "3 generations completed" in words
    assert "75%" in words  # three done, one failed
    pane.insights.period.picked.emit(7)
    calm()
    pane.insights.findChildren(QPushButton)[0].click()
    from PySide6.QtGui import QGuiApplication

    lines = [one.split("\t") for one in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0][:3] == ["kind", "name", "started"]
    assert {len(one) for one in lines} == {len(lines[0])}
    now = pane.insights.now
    table = [dict(zip(lines[0], one, strict=True)) for one in lines[1:]]
    total = table[0]
    assert total["median milliseconds a picture"] == str(round(now.total.median_ms or 0, 3))
    assert total["success rate"] == str(round(now.total.success_rate or 0, 3))
    assert total["median tokens a picture"] == str(round(now.total.median_tokens or 0, 3))
    stored = [int(one["bytes"]) for one in table if one["kind"] == "storage"]
    assert stored == [one.total for one in now.storage]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (2560, 800), (2560, 1440)])
def test_the_charts_have_what_room_the_window_has(
    pane: HistoryPane,
    made: Ids,
    calm: Callable[[], None],
    qtbot: QtBot,
    width: int,
    height: int,
) -> None:
    pane.window().resize(width, height)
    pane.views.set_value("insights")
    pane.views.picked.emit("insights")
    qtbot.waitUntil(lambda: pane.insights.now is not None)
    calm()
    view, inside = pane.insights.viewport(), pane.insights.widget()
    assert inside is not None
    charts = inside.findChildren(BarChart)
    assert min(chart.height() for chart in charts) >= 140
    lowest = max(chart.mapTo(inside, chart.rect().bottomLeft()).y() for chart in charts)
    # All of it is seen at once, and no more is left below than the cards' own margins.
    qtbot.waitUntil(lambda: inside.height() == view.height())
    assert view.height() - lowest < 80


def _toasts(pane: HistoryPane) -> str:
    from stylestudio_desktop.ui.frame.toasts import Toast

    return "\n".join(one.accessibleName() for one in pane.window().findChildren(Toast))


def _spend(studio: Studio, product: int, tokens: int) -> None:
    from stylestudio_desktop.domain.brief import Brief
    from stylestudio_desktop.domain.ids import FileId

    while tokens:
        count = min(4, tokens)
        generate.start(studio, Brief(products=(FileId(product),), quality="draft", count=count))
        tokens -= count


def test_what_left_this_computer_is_told() -> None:
    photo = {"role": "product", "sha256": "ab" * 32, "width": 20, "height": 10, "size": 2000}
    left = Sending(1, 0, 1_795_000_000_000, "openai", "", json.dumps([photo]), '["seed"]')
    nothing = Sending(1, 1, 1_795_000_000_000, "local", "", "[]", "[]")

    rows = parts.sent(SimpleNamespace(sendings=(left, nothing)))  # type: ignore[arg-type]

    assert ("Sent to", "openai") in rows
    assert ("The model has no", "seed") in rows
    (told,) = [value for name, value in rows if name == "Photo"]
    assert told.startswith("20 × 10")
    assert "ab" * 32 in told


def test_a_refusal_is_made_by_another_service_with_one_click(
    pane: HistoryPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    other = FakeProvider("other")
    studio.providers["other"] = other  # type: ignore[index]
    failed = made["failed"][0]
    read(pane, failed, qtbot)
    press(pane, "Use Test service instead", qtbot)

    qtbot.waitUntil(lambda: pane.story.generation_id not in (None, failed))
    row = history.story(studio, pane.story.generation_id or 0).generation
    assert row.provider == "other"
    assert history.story(studio, failed).generation.status == "failed"
