"""Long work of the settings tells how long it will still take, once that can be known."""

import threading
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings import errand as room
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.window import MainWindow


def test_the_time_left_is_told_once_it_can_be_known(
    window: MainWindow, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(room, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    errand, told, go_on = Errand(window, studio, window), [], threading.Event()
    errand.moved.connect(lambda *_: told.append(errand.left()))

    def op(progress: Progress, _cancelled: threading.Event) -> None:
        for seconds, share in ((1.0, 0.5), (60.0, 0.001), (60.0, 0.25)):
            clock[0] = 100.0 + seconds
            progress(share, 1.0, "")
            go_on.wait(10)
            go_on.clear()

    errand.start(op)
    for number in (1, 2, 3):
        qtbot.waitUntil(lambda number=number: len(told) == number)  # type: ignore[misc]
        go_on.set()
    qtbot.waitUntil(lambda: not errand.busy)
    assert told == ["", "", "3 minute(s) left"], "neither at once nor from a thousandth"
