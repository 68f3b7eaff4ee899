"""Shows pictures alone on the whole screen, and one after the other by itself."""

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

EVERY_MS = 4000


class Walk(Protocol):
    """What a slide show needs of the viewer."""

    def step(self, by: int) -> bool:
        """Go on to a neighbour; return whether there was one."""

    def ready(self) -> bool:
        """Return whether the picture in view is there in full."""


class Presenting(QObject):
    """`filling(bool)` asks the window for the whole screen, `playing(bool)` tells of the show."""

    filling = Signal(bool)
    playing = Signal(bool)

    def __init__(self, walk: Walk, hidden: list[QWidget], parent: QObject) -> None:
        """`hidden` are the widgets that go while a picture has the screen to itself."""
        super().__init__(parent)
        self._walk = walk
        self._around = hidden
        self._were: list[bool] = []
        self.full = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.on_time)

    @property
    def plays(self) -> bool:
        """Return whether pictures follow each other by themselves."""
        return self._timer.isActive()

    def toggle_full(self) -> None:
        """Take or give back the whole screen."""
        self._fill(not self.full)

    def toggle_play(self) -> None:
        """Begin a slide show from the picture in view on the whole screen, or end it."""
        if self.plays:
            self._timer.stop()
        else:
            self._fill(True)
            self._timer.start()
        self.playing.emit(self.plays)

    def end(self) -> bool:
        """End the show and give the screen back; return whether there was anything to end."""
        there = self.full or self.plays
        if self.plays:
            self.toggle_play()
        self._fill(False)
        return there

    def moved(self) -> None:
        """The user went on by hand: the picture has its whole time from now."""
        if self.plays:
            self._timer.start()

    def on_time(self) -> None:
        """Go on, unless the picture in view is not there yet; the last one ends the show."""
        if self._walk.ready() and not self._walk.step(1):
            self.toggle_play()

    def _fill(self, full: bool) -> None:
        if full == self.full:
            return
        self.full = full
        if full:
            self._were = [not widget.isHidden() for widget in self._around]
        for widget, shown in zip(self._around, self._were, strict=True):
            widget.setVisible(shown and not full)
        self.filling.emit(full)
