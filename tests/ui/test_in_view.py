"""What the keyboard comes to is seen, wherever it came from."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.frame.in_view import InView

Beside = tuple[QLineEdit, QScrollArea, list[QLineEdit]]


@pytest.fixture
def beside(qtbot: QtBot) -> Iterator[Beside]:
    """A field, and beside it an area in which others lie far below each other."""
    window, inside, area = QWidget(), QWidget(), QScrollArea()
    fields = [QLineEdit() for _ in range(2)]
    column = QVBoxLayout(inside)
    column.addWidget(fields[0])
    column.addSpacing(2000)
    column.addWidget(fields[1])
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    outside = QLineEdit()
    row = QHBoxLayout(window)
    row.addWidget(outside)
    row.addWidget(area)
    qtbot.addWidget(window)
    window.resize(600, 300)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    InView(window)
    yield outside, area, fields
    window.close()


def test_what_lies_far_below_in_the_neighbour_is_scrolled_to(beside: Beside, qtbot: QtBot) -> None:
    outside, area, fields = beside
    QWidget.setTabOrder(outside, fields[1])
    outside.setFocus()
    qtbot.keyClick(outside, Qt.Key.Key_Tab)
    assert fields[1].hasFocus()
    assert not fields[1].visibleRegion().isEmpty()
    bar = area.verticalScrollBar()
    bar.setValue(bar.value() - 10)
    before = bar.value()
    outside.setFocus()
    fields[1].setFocus()
    assert bar.value() == before, "what is partly in view does not move under the mouse"
