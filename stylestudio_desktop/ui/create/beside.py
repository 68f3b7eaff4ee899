"""Puts the summary beside the pages, or in short below them where a window has no room for both."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from stylestudio_desktop.ui.create.summary import Summary

NARROW = 780
"""Below so many pixels the pages would be cut off beside the panel."""


class Beside(QObject):
    """Lays out `place`, and anew whenever its width passes NARROW."""

    def __init__(self, place: QWidget, pages: QLayout, summary: Summary) -> None:
        super().__init__(place)
        self._place, self._summary = place, summary
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, place)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addLayout(pages, 1)
        self._layout.addWidget(summary)
        place.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look how much room there is."""
        if event.type() == QEvent.Type.Resize:
            below = self._place.width() < NARROW
            way = QBoxLayout.Direction
            self._layout.setDirection(way.TopToBottom if below else way.LeftToRight)
            self._summary.set_brief(below)
        return super().eventFilter(watched, event)
