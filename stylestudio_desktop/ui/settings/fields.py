"""Fields of the settings that do not change by accident, and a card to group them."""

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QDoubleSpinBox, QWidget

from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.calendar import Calendar
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import label

FIELD = 180


class Choice(QComboBox):
    """A list of choices that the mouse wheel scrolls past instead of changing."""

    def __init__(self, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaximumWidth(FIELD)
        for value, text in choices:
            self.addItem(text, value)

    def set_value(self, value: str) -> None:
        """Take `value` without telling; an unknown one is ignored."""
        place = self.findData(value)
        if place >= 0:
            self.blockSignals(True)
            self.setCurrentIndex(place)
            self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


class Number(QDoubleSpinBox):
    """A number within its limits; `whole` ones have no decimals. The wheel passes it by."""

    def __init__(
        self,
        least: float,
        most: float,
        unit: str,
        *,
        whole: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setDecimals(0 if whole else 1)
        self.setRange(least, most)
        self.setSuffix(f" {unit}")
        self.setMaximumWidth(FIELD)

    def set_value(self, value: float) -> None:
        """Show `value` without telling."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


class Instant(QDateTimeEdit):
    """A moment to the second, between an earliest and a latest one. The wheel passes it by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setDisplayFormat(f"{wording.date_form()}  HH:mm:ss")
        self.setMaximumWidth(FIELD + 40)
        self.setCalendarPopup(True)
        self.setCalendarWidget(Calendar(self))

    def set_reach(self, begin: int, end: int) -> None:
        """Allow moments from `begin` to `end` (UTC milliseconds); a moment that fits stays."""
        begin -= begin % 1000
        self.setDateTimeRange(
            QDateTime.fromMSecsSinceEpoch(begin), QDateTime.fromMSecsSinceEpoch(end)
        )

    def moment(self) -> int:
        """Return the moment (UTC milliseconds) at the end of the second that is shown."""
        return self.dateTime().toMSecsSinceEpoch() // 1000 * 1000 + 999

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


class Section(Card):
    """A titled card of the settings."""

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.body.setSpacing(Space.M)
        self.body.addWidget(label(title, "title"))
        if text:
            self.body.addWidget(label(text, "muted", wrap=True))
