"""Shows a story beside the list, or in its place where a window has no room for both."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from stylestudio_desktop.ui.history.story import WIDTH

NARROW = 760
"""Below so many pixels the list would be crushed and the story cut off."""

_TOLD = (QEvent.Type.Resize, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class Alone(QObject):
    """Lays out `place`, and anew when its width passes NARROW or the story comes or goes."""

    def __init__(self, place: QWidget, listed: QLayout, story: QWidget) -> None:
        super().__init__(place)
        self._place, self._story = place, story
        self._list = QWidget(place)
        self._list.setLayout(listed)
        layout = QHBoxLayout(place)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list, 1)
        layout.addWidget(story)
        place.installEventFilter(self)
        story.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look whether both have room."""
        if event.type() in _TOLD:
            narrow = self._place.width() < NARROW
            self._list.setVisible(not narrow or self._story.isHidden())
            self._story.setFixedWidth(self._place.width() if narrow else WIDTH)
        return super().eventFilter(watched, event)
