"""A scroll area whose viewport is known from the start and whose events go to its gestures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

if TYPE_CHECKING:
    from stylestudio_desktop.ui.widgets.grid.gestures import Gestures


class Touched(QAbstractScrollArea):
    """Hands each kind of event on by its own name.

    One handler for all events would do too, but PySide would have to find out the type of every
    event, and for that build all types of events there are, before the first paint.
    """

    gestures: "Gestures"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Named here for the same reason: of a viewport that Qt made itself PySide must first find
        # out the type, and builds every kind of widget for that (a tenth of a start).
        self.surface = QWidget(self)
        self.setViewport(self.surface)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select or to drag."""
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what is under the pointer; go on selecting or dragging."""
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what a press began."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the picture."""
        self.gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom with Ctrl."""
        self.gestures.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selection."""
        self.gestures.offer_menu(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files from elsewhere."""
        self.gestures.drag_over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take files from elsewhere."""
        self.gestures.drag_over(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which files were dropped."""
        self.gestures.drop(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self.gestures.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, select and open by keys."""
        if not self.gestures.key(event):
            super().keyPressEvent(event)
