"""Does long work of the UI thread a few milliseconds at a time, so that no turn of it is felt."""

from collections.abc import Iterator
from time import monotonic

from PySide6.QtCore import QObject, QTimer

SLICE_S = 0.006


class Turns(QObject):
    """Goes on with one piece of work between whatever else the window has to do."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    def begin(self, work: Iterator[None]) -> None:
        """Do `work`, which rests wherever it yields; what is left of earlier work is dropped."""
        self._work = work
        self._timer.start()

    def finish(self) -> None:
        """Do what is left at once."""
        for _ in self._work:
            pass
        self._timer.stop()

    def busy(self) -> bool:
        """Return whether something is left to do."""
        return self._timer.isActive()

    def _step(self) -> None:
        work, end = self._work, monotonic() + SLICE_S
        for _ in work:
            if monotonic() >= end or work is not self._work:
                return
        if work is self._work:
            self._timer.stop()
