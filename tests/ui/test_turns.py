"""Long work of the window's thread is cut into turns, and panes are made before they are opened."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui import readying
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.readying import Readying
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.turns import SLICE_S, Turns
from stylestudio_desktop.ui.window import GALLERY, HISTORY, WALLET, MainWindow


@pytest.fixture
def ticks(qtbot: QtBot) -> Iterator[list[int]]:
    """One more for each turn of the event loop."""
    seen: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: seen.append(len(seen)))
    timer.start(0)
    yield seen
    timer.stop()


def slow(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_work_rests_between_its_pieces(qtbot: QtBot, ticks: list[int]) -> None:
    done: list[int] = []

    def work() -> Iterator[None]:
        for _ in range(3):
            slow(2 * SLICE_S)
            done.append(len(ticks))
            yield

    owner = QObject()
    turns = Turns(owner)
    turns.begin(work())
    assert turns.busy()
    qtbot.waitUntil(lambda: not turns.busy())
    assert len(set(done)) == 3, "each piece had a turn of its own"


def test_new_work_takes_the_place_of_the_old(qtbot: QtBot) -> None:
    done: list[str] = []

    def work(name: str, pieces: int) -> Iterator[None]:
        for _ in range(pieces):
            done.append(name)
            slow(2 * SLICE_S)
            yield

    owner = QObject()
    turns = Turns(owner)
    turns.begin(work("old", 1000))
    qtbot.waitUntil(lambda: bool(done))
    turns.begin(work("new", 3))
    qtbot.waitUntil(lambda: not turns.busy())
    assert len(done) < 100
    assert done[done.index("new") :] == ["new"] * 3
    turns.begin(work("at once", 3))
    turns.finish()
    assert done[-4:] == ["new", *["at once"] * 3]
    assert not turns.busy()


def test_outcomes_that_come_together_are_told_in_turns(qtbot: QtBot, ticks: list[int]) -> None:
    owner = QObject()
    tasks = Tasks(owner)
    told: list[int] = []

    def success(_found: None) -> None:
        slow(0.02)
        told.append(len(ticks))

    for _ in range(3):
        tasks.run(lambda: None, success)
    time.sleep(0.1)  # all have ended before the window's thread hears of any
    qtbot.waitUntil(lambda: not tasks.busy())
    assert len(set(told)) == 3
    assert tasks.close()


class Counted(Pane):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.place)
        column = QVBoxLayout(self)
        self.words = QLabel("ready")
        column.addWidget(self.words)
        self.times = 0

    def shown(self) -> None:
        self.times += 1


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(readying, "LOOK_MS", 5)
    monkeypatch.setattr(readying, "_LAST", __name__)
    made = MainWindow({GALLERY: Counted, HISTORY: Counted, WALLET: Counted}, {}, None)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def test_panes_are_made_while_nobody_is_at_work(window: MainWindow, qtbot: QtBot) -> None:
    working = True
    Readying(window, lambda: working).begin()
    qtbot.wait(60)
    assert window.unmade() == {HISTORY, WALLET}, "somebody is at work"
    working = False
    qtbot.waitUntil(lambda: not window.unmade())
    assert window.current == GALLERY, "nothing comes to the front by itself"
    for name in (HISTORY, WALLET):
        pane = window.pane(name)
        assert isinstance(pane, Counted)
        assert pane.times == 0
        assert not pane.isVisible()
        qtbot.waitUntil(lambda one=pane: one.words.width() > 600)  # laid out for its showing
    window.open_pane(WALLET)
    assert window.pane(WALLET).isVisible()
