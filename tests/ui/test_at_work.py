"""What nobody waits for rests while keys and pointer say that somebody is at work."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui import at_work
from stylestudio_desktop.ui.at_work import REST_S, AtWork


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [0.0]
    monkeypatch.setattr(at_work, "monotonic", lambda: seconds[0])
    return seconds


def test_keys_and_pointer_are_signs_and_painting_is_none(qtbot: QtBot, clock: list[float]) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    qtbot.waitExposed(field)
    handle = field.windowHandle()
    assert isinstance(handle, QWindow)
    somebody = AtWork(field)
    assert somebody.now(), "somebody has only just opened it"

    clock[0] += REST_S
    assert not somebody.now()
    field.setText("painted anew")
    field.repaint()
    assert not somebody.now()

    QTest.keyClick(handle, Qt.Key.Key_A)
    assert somebody.now()
    clock[0] += REST_S
    QTest.mouseMove(handle, QPoint(5, 5))
    assert somebody.now()
    assert field.text() == "painted anewa", "what is noted still arrives"
    clock[0] += REST_S
    somebody.touch()
    assert somebody.now()
