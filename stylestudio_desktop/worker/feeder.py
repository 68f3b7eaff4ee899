"""Begins the rows of batches beside the queue, on a thread of its own that comes and goes."""

import logging
import threading
import time

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.services import batch_feeding, queue
from stylestudio_desktop.services.studio import Studio

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
AFTER_FAULT_S = 5.0


class Feeder:
    """Takes photos in and begins generations, which would hold up the runner's own thread."""

    def __init__(self, studio: Studio, closing: threading.Event) -> None:
        """Prepare to feed `studio`'s queue until `closing` is set."""
        self._studio = studio
        self._closing = closing
        self._thread: threading.Thread | None = None
        self._due = True
        self._next_look = 0.0

    def wake(self) -> None:
        """Look again soon: something has changed that may leave room for more rows."""
        self._due = True

    def look(self) -> None:
        """Begin feeding if there is something to feed and nothing forbids it."""
        if self._busy() or self._closing.is_set():
            return
        moment = time.monotonic()
        if moment < self._next_look and not self._due:
            return
        self._next_look = moment + LOOK_EVERY_S
        self._due = False
        if batch_feeding.feeding(self._studio) and not queue.paused(self._studio, "*"):
            self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)
            self._thread.start()

    def idle(self) -> bool:
        """Say whether nothing is being begun, and nothing has happened that would change that."""
        return not self._busy() and not self._due

    def join(self, seconds: float) -> None:
        """Wait for the row in hand, in bounded time."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _feed(self) -> None:
        with self._studio.database.connection():
            try:
                batch_feeding.feed(self._studio, self._closing)
            except StorageError as error:
                _log.warning("a batch waits for storage: %s", error.sentence)
                self._closing.wait(AFTER_FAULT_S)
                self._due = True
