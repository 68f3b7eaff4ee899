"""A month to choose a day from, in the window's own colours; days out of reach are faint."""

from PySide6.QtCore import QDate, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QWidget

from stylestudio_desktop.ui.theme import set_icon, theme
from stylestudio_desktop.ui.tokens import Radius, Size, Space

_ARROWS = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
_SIZE = (308, 256)
_WEEKEND = (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)


class Calendar(QCalendarWidget):
    """One month; Qt's own draws weekends in red and hides its arrows on a dark ground."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = self.layout()
        if inside is not None:
            inside.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for day in _WEEKEND:
            self.setWeekdayTextFormat(day, QTextCharFormat())
        for name, icon in _ARROWS.items():
            arrow = self.findChild(QToolButton, name)
            if arrow is not None:
                set_icon(arrow, icon, Size.ICON_SMALL)
                said = self.tr("Next month") if "next" in name else self.tr("Month before")
                arrow.setAccessibleName(said)

    def sizeHint(self) -> QSize:
        """Leave room between the days; Qt's own packs them close."""
        return QSize(*_SIZE)

    def minimumSizeHint(self) -> QSize:
        """Need as much: what opens it gives it no more than that."""
        return QSize(*_SIZE)

    def paintCell(self, painter: QPainter, rect: QRect, date: QDate) -> None:
        """Draw one day; called by Qt."""
        colours = theme().palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(colours.raised))
        within = self.minimumDate() <= date <= self.maximumDate()
        colour = colours.text if date.month() == self.monthShown() else colours.text_muted
        if date == self.selectedDate() and within:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), Radius.S, Radius.S)
            colour = colours.on_accent
        painter.setPen(QColor(colour if within else colours.line_strong))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(date.day()))
        painter.restore()
