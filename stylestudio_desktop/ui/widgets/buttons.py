"""Buttons in their three weights, and the small tool button, made the same way everywhere."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from stylestudio_desktop.ui.theme import set_icon
from stylestudio_desktop.ui.tokens import Size

Kind = Literal["normal", "primary", "quiet", "danger"]


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    kind: Kind = "normal",
    icon: str | None = None,
    parent: QWidget | None = None,
) -> QPushButton:
    """Return a push button; `primary` is for the one thing a screen is for."""
    made = QPushButton(text, parent)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if icon is not None:
        set_icon(made, icon, Size.ICON_SMALL)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def tool(
    icon: str,
    tip: str,
    clicked: Callable[[], object] | None = None,
    *,
    checkable: bool = False,
    parent: QWidget | None = None,
) -> QToolButton:
    """Return a button that is only an icon; `tip` is its tooltip and its accessible name.

    An empty `icon` leaves it to the caller to set a text.
    """
    made = QToolButton(parent)
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setCheckable(checkable)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if icon:
        set_icon(made, icon, Size.ICON)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made
