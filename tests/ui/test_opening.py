"""The frame stands before the library is opened, and is furnished where it stands."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import session
from stylestudio_desktop.ui.opening import Blank, show_frame
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.window import CREATE, GALLERY, MainWindow


@pytest.fixture
def frame(qtbot: QtBot, speaking: QCoreApplication) -> Iterator[MainWindow]:
    window = show_frame("en", "light", {"pane": CREATE, "panes": {CREATE: {"step": 2}}})
    qtbot.addWidget(window)
    yield window
    window.close()


def test_the_frame_is_painted_and_claims_nothing(frame: MainWindow) -> None:
    blank = frame.findChild(Blank)
    assert blank is not None
    assert blank.painted
    assert frame.isVisible()
    assert not frame.top_bar.pill.isVisible()
    assert "queue" not in frame.queue_strip.accessibleName()


def test_the_panes_come_to_where_it_stands(frame: MainWindow, qtbot: QtBot) -> None:
    class Noting(Pane):
        kept: object = None

        def recall(self, memory: dict[str, object]) -> None:
            self.kept = memory

    made = {GALLERY: Noting(), CREATE: Noting()}
    frame.furnish({GALLERY: lambda _: made[GALLERY], CREATE: lambda _: made[CREATE]})
    assert frame.current == CREATE
    assert made[CREATE].isVisible()
    assert made[CREATE].kept == {"step": 2}
    qtbot.waitUntil(lambda: frame.findChild(Blank) is None)
    frame.top_bar.set_balance(10)
    assert frame.top_bar.pill.isVisible()


def test_a_library_that_can_not_be_opened_is_told_over_the_frame(
    frame: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def shown(box: QMessageBox) -> int:
        assert frame.isVisible()
        told.append(box.text())
        return 0

    def fails() -> Studio:
        raise StorageError("The disk is gone.")

    monkeypatch.setattr(QMessageBox, "exec", shown)
    assert session.run(frame, fails, lambda _studio: None, False) == 5
    assert told == ["The disk is gone."]
    assert not frame.isVisible()
