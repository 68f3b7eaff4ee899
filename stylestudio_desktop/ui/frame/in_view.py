"""Brings what the keyboard has come to into view, from wherever it came."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


class InView(QObject):
    """Qt scrolls an area only where the keyboard was within it before, and not from its neighbour.

    What is partly in view stays where it is: a press of the mouse must not move it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    @Slot()
    def _on_focus(self) -> None:
        # The signal's own widgets are not taken: PySide would have to find out what each is.
        now = QApplication.focusWidget()
        if now is None or not now.isVisible() or not now.visibleRegion().isEmpty():
            return
        above = now.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(now)
