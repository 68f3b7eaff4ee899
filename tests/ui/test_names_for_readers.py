"""What is drawn as a mere sign has a name for people who have the screen read to them."""

from PySide6.QtWidgets import QAbstractButton, QToolButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.widgets.calendar import Calendar
from stylestudio_desktop.ui.widgets.search import SearchField


def test_the_cross_that_empties_a_search_has_a_name(qtbot: QtBot) -> None:
    field = SearchField("Search prompts")
    qtbot.addWidget(field)
    assert "Clear" in {one.accessibleName() for one in field.findChildren(QAbstractButton)}


def test_the_calendars_arrows_have_names(qtbot: QtBot) -> None:
    calendar = Calendar()
    qtbot.addWidget(calendar)
    names = {
        one.objectName(): one.accessibleName()
        for one in calendar.findChildren(QToolButton)
        if one.objectName() in ("qt_calendar_prevmonth", "qt_calendar_nextmonth")
    }
    assert names == {
        "qt_calendar_prevmonth": "Month before",
        "qt_calendar_nextmonth": "Next month",
    }
