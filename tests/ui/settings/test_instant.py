"""A day is chosen from a calendar that offers no day that can't be reached."""

import pytest
from PySide6.QtCore import QDate, QDateTime, QPoint, Qt, QTime
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.settings.fields import Instant
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.widgets.calendar import Calendar

FIRST = QDateTime(QDate(2026, 11, 17), QTime(9, 30, 5))
LAST = QDateTime(QDate(2026, 11, 25), QTime(18, 0, 0))


@pytest.fixture
def field(qtbot: QtBot) -> Instant:
    made = Instant()
    qtbot.addWidget(made)
    made.set_reach(FIRST.toMSecsSinceEpoch(), LAST.toMSecsSinceEpoch())
    made.setDateTime(FIRST.addDays(2))
    made.show()
    return made


def opened(field: Instant, qtbot: QtBot) -> tuple[Calendar, QTableView]:
    """Unfold the calendar as a person does, by the arrow at the field's end."""
    place = QPoint(field.width() - 12, field.height() // 2)
    qtbot.mousePress(field, Qt.MouseButton.LeftButton, pos=place)
    calendar = field.calendarWidget()
    assert isinstance(calendar, Calendar)
    assert calendar.isVisible()
    days = calendar.findChild(QTableView)
    assert days is not None
    return calendar, days


def press(days: QTableView, day: int, qtbot: QtBot) -> None:
    """Press the first square that shows `day`."""
    model = days.model()
    squares = [
        model.index(row, column)
        for row in range(1, model.rowCount())
        for column in range(model.columnCount())
    ]
    square = next(one for one in squares if model.data(one) == day)
    viewport = days.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=days.visualRect(square).center())


def test_a_day_is_chosen_and_the_time_stays(field: Instant, qtbot: QtBot) -> None:
    calendar, days = opened(field, qtbot)
    assert (calendar.minimumDate(), calendar.maximumDate()) == (FIRST.date(), LAST.date())
    press(days, 23, qtbot)
    assert field.dateTime() == FIRST.addDays(6)


def test_a_day_out_of_reach_can_not_be_chosen(field: Instant, qtbot: QtBot) -> None:
    _, days = opened(field, qtbot)
    press(days, 16, qtbot)
    assert field.date() >= FIRST.date()
    assert field.dateTime() == FIRST.addDays(2)


def test_the_last_day_ends_where_the_reach_does(field: Instant, qtbot: QtBot) -> None:
    field.setTime(QTime(23, 0, 0))
    _, days = opened(field, qtbot)
    press(days, 25, qtbot)
    assert field.dateTime() == LAST


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_it_is_drawn_in_the_windows_colours(
    field: Instant, qtbot: QtBot, appearance: Appearance
) -> None:
    theme().set_appearance(appearance)
    _, days = opened(field, qtbot)
    picture = days.viewport().grab().toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    }
    assert theme().palette.raised in colours
    assert theme().palette.accent in colours
    assert not any(one.startswith("#ff00") for one in colours), "Qt's red weekends"
    theme().set_appearance(Appearance.SYSTEM)
