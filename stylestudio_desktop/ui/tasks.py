"""Runs short work of the panes off the UI thread and brings its outcome back as a plain call."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")
_log = logging.getLogger(__name__)
TURN_S = 0.004
"""How long outcomes are told in one turn of the window: the rest has turns of its own."""


class Task(Generic[T]):
    """One piece of background work; `cancel` drops its outcome if it has not been told yet."""

    def __init__(
        self,
        op: Callable[[], T],
        success: Callable[[T], None] | None,
        failure: Callable[[Exception], None] | None,
        owner: QObject | None = None,
    ) -> None:
        # The owner is looked at when the outcome is told. A connection to its end would be cut
        # by whichever thread lets go of the task last, with Qt's lock held against Python's.
        self._owner = owner
        self._op = op
        self._success = success
        self._failure = failure
        self._result: T | None = None
        self._error: Exception | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Return whether nobody waits for the outcome any more; long work may look at it."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Drop the outcome; work that has not begun never begins."""
        self._cancelled.set()

    def work(self) -> None:
        """Do the work; called by the pool, on one of its threads."""
        try:
            self._result = self._op()
        except Exception as error:  # told to `failure` on the UI thread
            self._error = error

    def tell(self) -> None:
        """Tell the outcome; called on the UI thread."""
        if self.cancelled or (self._owner is not None and not isValid(self._owner)):
            return
        if self._error is None:
            if self._success is not None:
                self._success(cast(T, self._result))
        elif self._failure is not None:
            self._failure(self._error)
        else:
            _log.error("Background work failed.", exc_info=self._error)
            raise self._error


class Tasks(QObject):
    """A pool of threads for the panes: `run(op, success, failure)`.

    `op` runs on a pool thread and must not touch widgets; `success(result)` or `failure(error)`
    is called on the UI thread. With an `owner`, the outcome is dropped once that object is gone.
    The threads are Python's own: a QThreadPool may let go of a Python callable on a thread that
    does not hold the interpreter.
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._lock = threading.Condition()
        self._waiting: deque[Task[Any]] = deque()
        self._open: set[Task[Any]] = set()
        self._working = 0
        self._closed = False
        self._finished.connect(self._on_finished)
        # Two threads may end together, and building what they found is felt if it is added up.
        self._ended: deque[Task[Any]] = deque()
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(0)
        self._telling.timeout.connect(self._tell)

    def run(
        self,
        op: Callable[[], T],
        success: Callable[[T], None] | None = None,
        failure: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task[T]:
        """Start `op` in the background and return its handle; after `close` it never begins."""
        task = Task(op, success, failure, owner)
        with self._lock:
            if self._closed:
                task.cancel()
                return task
            self._open.add(task)
            self._waiting.append(task)
            self._lock.notify()
            if len(self._threads) < min(self._most, self._working + len(self._waiting)):
                self._begin_thread()
        return task

    def busy(self) -> bool:
        """Return whether anything is waiting, running or not yet told."""
        with self._lock:
            return bool(self._open)

    def close(self, milliseconds: int = 2000) -> bool:
        """Drop all outcomes, wait for running work; return whether it ended in time."""
        deadline = monotonic() + milliseconds / 1000
        with self._lock:
            self._closed = True
            for task in self._open:
                task.cancel()
            self._open.difference_update(self._waiting)
            self._waiting.clear()
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _begin_thread(self) -> None:
        thread = threading.Thread(target=self._work, name="pane-work", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            if not task.cancelled:
                task.work()
            with self._lock:
                self._working -= 1
                closed = self._closed
            if not closed:
                self._finished.emit(task)
            del task  # the window's thread is the last to hold it

    def _next(self) -> Task[Any] | None:
        with self._lock:
            while not self._waiting and not self._closed:
                self._lock.wait()
            if self._closed:
                return None
            self._working += 1
            return self._waiting.popleft()

    @Slot(object)
    def _on_finished(self, task: Task[Any]) -> None:
        self._ended.append(task)
        if not self._telling.isActive():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        """Tell what has ended, as much as a turn holds; what ends meanwhile waits its turn."""
        if not self._ended:
            return
        self._telling.start()
        end = monotonic() + TURN_S
        while self._ended:
            task = self._ended.popleft()
            with self._lock:
                self._open.discard(task)
            task.tell()
            if monotonic() >= end:
                return
