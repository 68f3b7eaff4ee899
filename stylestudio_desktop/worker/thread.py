"""The one QThread of the program: it hosts the queue's runner beside a window."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import CLOSING_S, Runner

CHECK_AFTER_S = 2.0
"""The window stands and the first pictures are there before the keyring is loaded."""


ENDING_S = CLOSING_S + 4.0


class WorkerThread(QThread):
    """Runs the queue until the window closes; what is unfinished then goes on next time.

    The runner has a thread of its own inside: Qt ends the whole program when a QThread goes while
    it runs, and a drive that hangs can hold the runner for as long as it likes.
    """

    failed = Signal(object)

    def __init__(
        self,
        studio: Studio,
        after_crash: Callable[[], None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        """Prepare the thread; `start()` begins."""
        super().__init__(parent)
        self._studio = studio
        self._after_crash = after_crash
        self._stop = threading.Event()
        self._queue = threading.Thread(target=self._host, name="queue", daemon=True)

    def run(self) -> None:
        """Host the queue until it is time to stop, and then for no longer than `ENDING_S`."""
        self._queue.start()
        self._stop.wait()
        self._queue.join(ENDING_S)

    def _host(self) -> None:
        try:
            with self._studio.database.connection():
                Runner(
                    self._studio,
                    self._after_crash,
                    waits_after_crash=True,
                    check_after_s=CHECK_AFTER_S,
                ).run(self._stop)
        except StudioError as error:
            if not self._stop.is_set():
                self.failed.emit(error)

    def close(self) -> bool:
        """Ask the runner to stop and wait for it in bounded time; True if it has."""
        self._stop.set()
        self.wait()
        return not self._queue.is_alive()
