"""Waits for a generation by working on it in this very process, or watching another do it."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from types import FrameType

from stylestudio_desktop.cli.speaking import Bar, note
from stylestudio_desktop.domain.errors import CeilingReached, Code, IllegalStep, StorageFull
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import attempts, health, lineup, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner

_LOOK_S = 0.1


class Wait:
    """One wait for one generation; Ctrl+C cancels it, a second Ctrl+C stops the waiting."""

    def __init__(self, studio: Studio, generation_id: int, bar: Bar) -> None:
        self.wishes = 0
        self._studio = studio
        self._id = generation_id
        self._bar = bar
        self._told = 0
        self._looked = float("-inf")
        self._over = False

    def run(self) -> None:
        """Return once the generation has ended or waits for a decision, or nobody wants to wait.

        Raises StorageFull where the disk leaves no room to begin; the generation then waits.
        """
        runner = Runner(self._studio, after_crash=partial(health.sweep_after_crash, self._studio))
        with _interrupts(self):
            runner.run(threading.Event(), until=self.over, only={self._id})

    def over(self) -> bool:
        """Say whether there is nothing left to wait for; shows progress on the way."""
        self._obey()
        if self._over or time.monotonic() - self._looked < _LOOK_S:
            return self._over
        self._looked = time.monotonic()
        row = attempts.owned(self._studio, self._id)
        job = lineup.job_of(self._studio, self._id)
        if not attempts.is_open(row) or job is None or job.review is not None:
            self._over = True
        elif job.host is None:
            self._refuse_full_disk()
            self._refuse_ceiling(job.provider)
            self._bar.step(0, 1, "Waiting for its turn")
        else:
            self._bar.step(job.progress or 0, 1, job.stage or row.status)
        return self._over

    def _obey(self) -> None:
        if self.wishes == self._told:
            return
        self._told = self.wishes
        if self.wishes > 1:
            self._over = True
            return
        note("Cancelling. Your tokens come back; press Ctrl+C once more to leave it to the queue.")
        with contextlib.suppress(IllegalStep):  # it ended in the same instant
            steering.cancel(self._studio, self._id)
        self._looked = float("-inf")

    def _refuse_ceiling(self, provider: str) -> None:
        for pause in lineup.pauses(self._studio):
            reached = pause.reason == Code.BUDGET_REACHED.value
            if reached and pause.provider == provider and (pause.until or 0) > now_ms():
                raise CeilingReached(f"{pause.sentence} The generation waits in the queue.")

    def _refuse_full_disk(self) -> None:
        for pause in lineup.pauses(self._studio):
            full = pause.reason == Code.STORAGE_FULL.value
            if full and pause.provider == "*" and (pause.until or 0) > now_ms():
                raise StorageFull(f"{pause.sentence} The generation waits in the queue until then.")


@contextlib.contextmanager
def _interrupts(wait: Wait) -> Iterator[None]:
    """Turn Ctrl+C into a wish while the wait lasts; outside of the main thread there is none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def wish(_signal: int, _frame: FrameType | None) -> None:
        wait.wishes += 1

    former = signal.signal(signal.SIGINT, wish)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
