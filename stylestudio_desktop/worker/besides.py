"""What a host does besides the queue: watches folders, studies the library, compares products.

Each has a thread of its own and is done by one process of a workspace at a time.
"""

import logging
import threading
import time
from collections.abc import Callable

from stylestudio_desktop.config.sole import Sole
from stylestudio_desktop.domain.errors import StorageError, StudioError
from stylestudio_desktop.domain.events import Event, FilesImported, GenerationCompleted
from stylestudio_desktop.services import fidelity, words
from stylestudio_desktop.services.similar import Lookalikes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import POLL_S, Report, Watcher

CLOSING_S = 5.0
REST_S = 2.0
"""Seconds after the start, or after a picture joined, before look-alikes are studied."""

STUDY_EVERY_S = 60.0
LONGEST_PAUSE_S = 1.0
STRETCH_S = 0.05
"""Worked in one go; then others have as long."""

AT_WORK_S = 0.25
_log = logging.getLogger(__name__)


class Besides:
    """`tell` hears, on the watching thread, what watched folders brought."""

    def __init__(
        self,
        studio: Studio,
        tell: Callable[[Report], None] = lambda _report: None,
        rest_s: float = REST_S,
        at_work: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare; `start` begins. What nobody waits for rests while somebody is `at_work`."""
        self._studio, self._tell, self._rest_s = studio, tell, rest_s
        self._at_work = at_work
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._made = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, name="watching", daemon=True),
            threading.Thread(target=self._study, name="look-alikes", daemon=True),
            threading.Thread(target=self._compare, name="fidelity", daemon=True),
        ]
        self._end_hearing: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin, in the background."""
        self._end_hearing = self._studio.bus.subscribe(self._hear)
        for thread in self._threads:
            thread.start()

    def close(self) -> bool:
        """Stop after what is in hand, in bounded time; return whether it has stopped."""
        self._end_hearing()
        self._stop.set()
        self._wanted.set()
        self._made.set()
        deadline = time.monotonic() + CLOSING_S
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _hear(self, event: Event) -> None:
        if isinstance(event, FilesImported | GenerationCompleted):
            self._wanted.set()
        if isinstance(event, GenerationCompleted):
            self._made.set()

    def _watch(self) -> None:
        sole = Sole(self._studio.workspace.locks, "watching")
        while not sole.take():
            if self._stop.wait(POLL_S):
                return
        try:
            Watcher(self._studio).run(self._stop, self._tell)
        finally:
            sole.give_up()

    def _study(self) -> None:
        sole = Sole(self._studio.workspace.locks, "studying")
        lookalikes = Lookalikes(self._studio)
        while not self._stop.wait(self._rest_s):
            self._wanted.clear()
            if sole.take():
                try:
                    with self._studio.database.connection():
                        lookalikes.study(self._stop, rest=self._rests())
                        words.tidy(self._studio, self._stop, self._rests())
                except StorageError as error:  # the next round tries again
                    _log.warning("the library could not be studied: %s", error.sentence)
                finally:
                    sole.give_up()
            self._wanted.wait(STUDY_EVERY_S)

    def _compare(self) -> None:
        sole = Sole(self._studio.workspace.locks, "comparing")
        while not self._stop.wait(self._rest_s):
            self._made.clear()
            if sole.take():
                try:
                    with self._studio.database.connection():
                        fidelity.study(self._studio, self._stop, self._rests())
                except StudioError as error:  # the next round tries again
                    _log.warning("pictures could not be compared: %s", error.sentence)
                finally:
                    sole.give_up()
            self._made.wait(STUDY_EVERY_S)

    def _rests(self) -> Callable[[], None]:
        """Return what rests as long as was worked since, and for as long as somebody is at work."""
        began = time.monotonic()

        def rest() -> None:
            nonlocal began
            worked = time.monotonic() - began
            if worked < STRETCH_S and not self._at_work():
                return
            self._stop.wait(min(LONGEST_PAUSE_S, worked))
            while self._at_work() and not self._stop.wait(AT_WORK_S):
                pass
            began = time.monotonic()

        return rest
