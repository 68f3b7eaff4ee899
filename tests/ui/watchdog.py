"""Fails a test in which the window's event loop stood still for more than 50 milliseconds.

A thread knocks every few milliseconds by a queued signal; how late the UI thread answers is how
long it was blocked. Times when this process got no processor (another program on a busy machine)
are told apart by the UI thread's own processor time and do not count.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject, Qt, Signal, Slot

LIMIT_MS = 50.0
_EVERY = 0.004


class Watchdog(QObject):
    """Measures between `start` and `stop`; `worst` is the longest block in milliseconds."""

    _knock = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self._clock = _own_clock()
        self._closed = threading.Event()
        self._answered = threading.Event()
        self._paused = False
        self._knock.connect(self._on_knock, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to measure; call on the UI thread."""
        self._thread.start()

    def stop(self) -> None:
        """End measuring."""
        self._closed.set()
        self._answered.set()
        self._thread.join(2.0)

    @contextmanager
    def excused(self) -> Iterator[None]:
        """Leave out a stretch, as the first showing of a window."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False
            self._skip = True

    def _run(self) -> None:
        while not self._closed.wait(_EVERY):
            self._answered.clear()
            self._knock.emit(time.monotonic(), self._clock())
            self._answered.wait()

    @Slot(float, float)
    def _on_knock(self, sent: float, used_then: float) -> None:
        waited = time.monotonic() - sent
        used = self._clock() - used_then
        if not self._paused and not getattr(self, "_skip", False):
            self.worst = max(self.worst, min(waited, used) * 1000)
        self._skip = self._paused
        self._answered.set()


def _own_clock() -> Callable[[], float]:
    """Return a clock of the calling thread's processor time, readable from any thread."""
    if hasattr(time, "pthread_getcpuclockid"):
        identity = time.pthread_getcpuclockid(threading.get_ident())
        return lambda: time.clock_gettime(identity)
    return time.monotonic


@pytest.fixture
def watchdog(qapp: object) -> Iterator[Watchdog]:
    """Watch the event loop during a test; `with watchdog.excused():` leaves a stretch out.

    Name it last: what fixtures after it do, as making a library, would count.
    """
    watch = Watchdog()
    # What thousands of other tests have left in memory is no part of the window: a walk of the
    # collector over all of it would be counted against this test.
    gc.freeze()
    watch.start()
    yield watch
    watch.stop()
    gc.unfreeze()
    assert watch.worst <= LIMIT_MS, f"the UI thread was busy for {watch.worst:.0f} ms in one go"
