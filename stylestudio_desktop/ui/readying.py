"""Makes the panes before anybody asks for them, while nobody is at work, so that each is prompt.

What a pane is made of is loaded by then (`ahead`). Making and styling it is up to a twentieth of a
second, more than the window may stand still on a slow machine, so it is done in small turns.
"""

import sys
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from stylestudio_desktop.ui.ahead import ROOMS
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.turns import Turns
from stylestudio_desktop.ui.window import CREATE, HISTORY, SETTINGS, WALLET, MainWindow

LOOK_MS = 300
IN_TURN = (HISTORY, WALLET, SETTINGS, CREATE)
_LAST = f"stylestudio_desktop.ui.{ROOMS[-1]}"


class Readying(QObject):
    """Looks now and then whether the next pane can be made unnoticed."""

    def __init__(self, window: MainWindow, at_work: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._at_work = window, at_work
        self._turns = Turns(self)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        window.closing.connect(self._timer.stop)

    def begin(self) -> None:
        """Begin to look."""
        self._timer.start()

    def _look(self) -> None:
        waits = self._turns.busy() or self._window.tasks.busy() or _LAST not in sys.modules
        if waits or self._at_work():
            return
        missing = [name for name in IN_TURN if name in self._window.unmade()]
        if missing:
            self._turns.begin(self._readied(self._window.pane(missing[0])))
        else:
            self._timer.stop()

    def _readied(self, pane: Pane) -> Iterator[None]:
        """Style and lay out a pane that is not shown yet."""
        while not pane.settled():
            yield
        pane.resize(self._window.place.size())
        for part in [pane, *pane.findChildren(QWidget)]:
            if isValid(part):
                part.ensurePolished()
            yield
        layout = pane.layout()
        if layout is not None:
            layout.activate()
