"""Looks after backups in the background for as long as a window or a queue's host is open."""

import threading

from stylestudio_desktop.files.behind import give_way
from stylestudio_desktop.services import ballast
from stylestudio_desktop.services.backup import schedule
from stylestudio_desktop.services.studio import Studio

FIRST_S = 20.0
EVERY_S = 60.0
CLOSING_S = 5.0


class Caretaker:
    """A thread that does what is due: the hourly snapshot, full backups, the monthly drill."""

    def __init__(self, studio: Studio, first_s: float = FIRST_S) -> None:
        """Prepare; the first look is `first_s` seconds after `start`, out of the start's way."""
        self._studio = studio
        self._first_s = first_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="caretaker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> bool:
        """Stop within seconds, even in the middle of a copy; True if it has."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING_S)
        return not self._thread.is_alive()

    def _work(self) -> None:
        give_way()
        wait = self._first_s
        while not self._stop.wait(wait):
            ballast.keep(self._studio.workspace)
            with self._studio.database.connection():
                schedule.tend(self._studio, self._stop)
            wait = EVERY_S
