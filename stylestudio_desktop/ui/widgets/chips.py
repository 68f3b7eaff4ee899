"""Filters as chips and a choice of few as segments: one look at what is on, one press to change."""

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from stylestudio_desktop.ui.theme import set_icon
from stylestudio_desktop.ui.tokens import Size

V = TypeVar("V", bound=Hashable)


class Chip(QToolButton):
    """A filter that is on or off; `toggled(bool)` is Qt's own signal."""

    def __init__(self, text: str, icon: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon is not None:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            set_icon(self, icon, Size.ICON_SMALL)


class MenuChip(QToolButton, Generic[V]):
    """A filter with several values in a menu; marked as on while the value is not the first.

    `picked(value)` is emitted when the user picks another value.
    """

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[V, str]],
        icon: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._neutral = choices[0][0]
        self._value: V = choices[0][0]
        self._texts = dict(choices)
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(name)
        if icon is not None:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            set_icon(self, icon, Size.ICON_SMALL)
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        for value, text in choices:
            self._add(value, text)
        self.setMenu(self._menu)
        self._show()

    def value(self) -> V:
        """Return the value in force."""
        return self._value

    def set_value(self, value: V) -> None:
        """Take `value` without telling; an unknown one is ignored, as it may be an old memory."""
        if value in self._texts:
            self._value = value
            self._show()

    def pick(self, value: V) -> None:
        """Take `value` as if the user had picked it."""
        self.set_value(value)
        self.picked.emit(value)

    def add_action(self, action: QAction) -> None:
        """Offer something else below the values."""
        self._menu.addSeparator()
        self._menu.addAction(action)

    def _add(self, value: V, text: str) -> None:
        action = self._menu.addAction(text)
        action.setCheckable(True)
        action.setData(value)
        self._group.addAction(action)
        action.triggered.connect(lambda _checked=False: self.pick(value))

    def _show(self) -> None:
        on = self._value != self._neutral
        self.setText(self._texts[self._value] if on else self._name)
        self.setAccessibleName(f"{self._name}: {self._texts[self._value]}")
        self.setChecked(on)
        for action in self._group.actions():
            action.setChecked(action.data() == self._value)


class Segments(QWidget, Generic[V]):
    """One of a few, side by side; `picked(value)` is emitted when the user picks."""

    picked = Signal(object)

    def __init__(
        self,
        choices: Sequence[tuple[V, str, str | None]],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """`choices` are (value, text, icon); with an icon the text becomes the tooltip."""
        super().__init__(parent)
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        self._values: list[V] = []
        self._buttons = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for value, text, icon in choices:
            layout.addWidget(self._segment(value, text, icon))
        self._buttons.button(0).setChecked(True)
        self._buttons.idClicked.connect(lambda index: self.picked.emit(self._values[index]))

    def value(self) -> V:
        """Return the value in force."""
        return self._values[self._buttons.checkedId()]

    def set_value(self, value: V) -> None:
        """Take `value` without telling; an unknown one is ignored."""
        if value in self._values:
            self._buttons.button(self._values.index(value)).setChecked(True)

    def _segment(self, value: V, text: str, icon: str | None) -> QToolButton:
        made = QToolButton(self)
        made.setCheckable(True)
        made.setAccessibleName(text)
        made.setToolTip(text)
        if icon is None:
            made.setText(text)
        else:
            set_icon(made, icon, Size.ICON_SMALL)
        self._buttons.addButton(made, len(self._values))
        self._values.append(value)
        return made
