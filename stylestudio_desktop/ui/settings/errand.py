"""Long work of the settings: one piece at a time, on a thread of its own, that can be stopped."""

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.widgets.progress import time_left
from stylestudio_desktop.ui.window import MainWindow

Progress = Callable[[float, float, str], None]
_TELLING_S = 3.0
_LEAST_SHARE = 0.02


class Errand(QObject):
    """`start(op)` runs `op(progress, cancelled)`; then `done(result)` or `failed(error)`.

    A stopped one ends with `failed(None)`. `moved(share, held_up)` tells how far it is,
    and what holds it up, if anything does.
    """

    moved = Signal(float, str)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._cancelled = threading.Event()
        self.busy = False
        self._began = 0.0
        self._share = 0.0
        window.closing.connect(self._on_closing)

    def start(self, op: Callable[[Progress, threading.Event], Any]) -> None:
        """Begin; nothing happens while one is under way."""
        if self.busy:
            return
        self.busy = True
        self._cancelled = cancelled = threading.Event()
        self._began, self._share = time.monotonic(), 0.0

        def progress(done: float, of_all: float, name: str) -> None:
            self._share = min(1.0, done / of_all) if of_all else 0.0
            self.moved.emit(self._share, wording.held_up(name))

        self._tasks.run(
            attached(self._studio, lambda: op(progress, cancelled)),
            self._on_done,
            self._on_failed,
            owner=self,
        )

    def left(self) -> str:
        """Return how long it will still take, once enough is done to tell; else nothing."""
        took = time.monotonic() - self._began
        if took < _TELLING_S or self._share < _LEAST_SHARE:
            return ""
        return time_left(took / self._share * (1 - self._share))

    def stop(self) -> None:
        """Stop soon; what is finished stays."""
        self._cancelled.set()

    def _on_done(self, result: object) -> None:
        self.busy = False
        self.done.emit(result)

    def _on_failed(self, error: Exception) -> None:
        self.busy = False
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(None if self._cancelled.is_set() else error)

    def _on_closing(self) -> None:
        self._cancelled.set()
        self._tasks.close()
