"""The rail at the left: one labelled button for each pane, the settings at its foot."""

from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from stylestudio_desktop.ui.theme import set_icon
from stylestudio_desktop.ui.tokens import Size, Space


class Place(NamedTuple):
    """One entry of the rail: a pane's name, its words and icon, and if it is at the foot."""

    name: str
    text: str
    icon: str
    foot: bool = False


class Rail(QFrame):
    """`chosen(name)` is emitted when the user presses an entry."""

    chosen = Signal(str)

    def __init__(self, places: list[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(Size.RAIL)
        self.setAccessibleName(self.tr("Panes"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        layout.setSpacing(Space.XS)
        for place in places:
            if place.foot:
                layout.addStretch(1)
            layout.addWidget(self._entry(place))
        if not any(place.foot for place in places):
            layout.addStretch(1)

    def mark(self, name: str) -> None:
        """Show entry `name` as the one that is open."""
        self._buttons[name].setChecked(True)

    def _entry(self, place: Place) -> QToolButton:
        made = QToolButton(self)
        made.setProperty("role", "rail")
        made.setText(place.text)
        made.setAccessibleName(place.text)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setCheckable(True)
        made.setFixedWidth(Size.RAIL - 2 * Space.S - 1)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        set_icon(made, place.icon, Size.ICON)
        made.clicked.connect(lambda _checked=False: self.chosen.emit(place.name))
        self._group.addButton(made)
        self._buttons[place.name] = made
        return made
