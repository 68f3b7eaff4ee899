"""What another process commits shows in the open history, queue, wallet and frame within 300 ms."""

import time
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import history, library, timeline
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.pane import HistoryPane
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.window import HISTORY, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue
from tests.ui.neighbour import Ask, neighbour_of

WITHIN_S = 0.3
TRIES = 5
Ids = dict[str, list[int]]


@pytest.fixture
def neighbour(studio: Studio) -> Iterator[Ask]:
    """Return what asks a second process to do something and returns when it was committed."""
    with neighbour_of(studio.workspace.root) as ask:
        yield ask


def test_a_generation_started_elsewhere_is_seen_at_once(
    window: MainWindow, studio: Studio, made: Ids, calm: Callable[[], None], neighbour: Ask,
    qtbot: QtBot,
) -> None:  # fmt: skip
    product = library.ids(studio, FileFilter(category="product_image"))[0]
    took: list[float] = []

    def look(changed: Callable[[], bool]) -> None:
        calm()
        since = neighbour(f"start {product}")
        qtbot.waitUntil(changed, timeout=10_000)
        took.append(time.monotonic() - since)

    rows = window.open_pane(HISTORY)
    assert isinstance(rows, HistoryPane)
    qtbot.waitUntil(lambda: len(rows.model.ids) > 0)
    for _ in range(TRIES):
        first = rows.model.ids[0]
        look(lambda first=first: rows.model.ids[0] > first)
    wallet = window.open_pane(WALLET)
    assert isinstance(wallet, WalletPane)
    qtbot.waitUntil(lambda: wallet.now is not None)
    for _ in range(TRIES):
        balance = wallet.now.user.token_balance if wallet.now else 0
        look(lambda was=balance: wallet.now is not None and wallet.now.user.token_balance < was)
    window.open_pane(HISTORY, ShowQueue())
    for _ in range(TRIES):
        calm()
        before = len(rows.queue.rows)
        look(lambda before=before: len(rows.queue.rows) > before)
    # The machine may be busy with others: what counts is what it can do.
    for part in (took[:TRIES], took[TRIES : 2 * TRIES], took[2 * TRIES :]):
        assert min(part) < WITHIN_S, took


def test_a_row_that_went_elsewhere_leaves_before_the_whole_list_is_read(
    window: MainWindow, made: Ids, calm: Callable[[], None], neighbour: Ask, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = window.open_pane(HISTORY)
    assert isinstance(rows, HistoryPane)
    qtbot.waitUntil(lambda: len(rows.model.ids) > 0)
    calm()
    before = list(rows.model.ids)
    gone = made["completed"][0]
    monkeypatch.setattr(timeline, "ids", lambda _studio, _wanted: array("q", before))
    rows.loader._looked, rows.loader._marks = 0.0, None
    neighbour(f"forsake {gone}")
    left = [one for one in before if one != gone]
    qtbot.waitUntil(lambda: list(rows.model.ids) == left, timeout=5000)


def test_a_history_that_nobody_looks_at_reads_nothing(
    window: MainWindow, studio: Studio, made: Ids, calm: Callable[[], None], neighbour: Ask,
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = window.open_pane(HISTORY)
    assert isinstance(rows, HistoryPane)
    qtbot.waitUntil(lambda: len(rows.model.ids) > 0)
    window.open_pane(WALLET)
    calm()
    asked: list[object] = []
    for name in ("ids", "rows"):
        genuine = getattr(timeline, name)

        def noted(*values: Any, genuine: Callable[..., Any] = genuine, **named: Any) -> Any:
            asked.append(genuine)
            return genuine(*values, **named)

        monkeypatch.setattr(timeline, name, noted)
    with qtbot.waitSignal(listen(window, studio).changed_elsewhere):
        neighbour(f"forsake {made['completed'][0]}")
    history.trash(studio, [made["completed"][1]])
    calm()
    assert not rows.loader._elsewhere.isActive()
    assert not asked
    window.open_pane(HISTORY)
    qtbot.waitUntil(lambda: not set(made["completed"][:2]) & set(rows.model.ids), timeout=5000)
