"""Takes the gallery to a day that is picked from a calendar, however far away it lies."""

from PySide6.QtCore import QDate, QDateTime, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from stylestudio_desktop.domain.ids import id_at, made_at
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.calendar import Calendar
from stylestudio_desktop.ui.widgets.grid import Grid


class DayDialog(QDialog):
    """A month of the days that the list holds; the day in view is chosen, another is gone to."""

    def __init__(self, grid: Grid, parent: QWidget) -> None:
        """`grid` holds pictures, newest first."""
        super().__init__(parent)
        self._grid = grid
        self.setWindowTitle(self.tr("Go to a day"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ids, view = grid.contents.ids, grid.in_view()
        self.calendar = Calendar(self)
        self.calendar.setDateRange(_day(ids[-1]), _day(ids[0]))
        self.calendar.setSelectedDate(_day(ids[view.start if view else 0]))
        self.calendar.clicked.connect(self.go)
        self.calendar.activated.connect(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        layout.addWidget(self.calendar)
        self.calendar.setFocus()

    def go(self, day: QDate) -> None:
        """Bring the newest picture of a day, or of the last one before it, to the top."""
        if self.result() or not len(self._grid.contents):
            return  # Enter tells of a day by both of the calendar's signals
        after = day.addDays(1).startOfDay().toMSecsSinceEpoch()
        self._grid.jump_to(id_at(after) - 1)
        self._grid.setFocus()
        self.accept()


def _day(row_id: int) -> QDate:
    return QDateTime.fromMSecsSinceEpoch(made_at(row_id)).date()
