"""Runs short work of the panes off the UI thread and brings its outcome back as a plain call."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Task(Generic[T]):
    """One piece of background work; `cancel` drops its outcome if it has not been told yet."""

    def __init__(
        self,
        op: Callable[[], T],
        success: Callable[[T], None] | None,
        failure: Callable[[Exception], None] | None,
    ) -> None:
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
        if self.cancelled:
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
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setExpiryTimeout(-1)
        self._lock = threading.Lock()
        self._open: set[Task[Any]] = set()
        self._finished.connect(self._on_finished)

    def run(
        self,
        op: Callable[[], T],
        success: Callable[[T], None] | None = None,
        failure: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task[T]:
        """Start `op` in the background and return its handle."""
        task = Task(op, success, failure)
        if owner is not None:
            owner.destroyed.connect(task.cancel)
        with self._lock:
            self._open.add(task)
        self._pool.start(lambda: self._work(task))
        return task

    def busy(self) -> bool:
        """Return whether anything is waiting, running or not yet told."""
        with self._lock:
            return bool(self._open)

    def close(self, milliseconds: int = 2000) -> bool:
        """Drop all outcomes, wait for running work; return whether it ended in time."""
        with self._lock:
            for task in self._open:
                task.cancel()
        self._pool.clear()
        return self._pool.waitForDone(milliseconds)

    def _work(self, task: Task[Any]) -> None:
        if not task.cancelled:
            task.work()
        self._finished.emit(task)

    @Slot(object)
    def _on_finished(self, task: Task[Any]) -> None:
        with self._lock:
            self._open.discard(task)
        task.tell()
