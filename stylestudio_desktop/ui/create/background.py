"""Runs work beside the window so that nothing of Qt is ever let go on the worker's thread."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from stylestudio_desktop.ui.tasks import Task, Tasks

T = TypeVar("T")


class _Outcome(Generic[T]):
    """Who waits for an outcome; empty once told, on the UI thread.

    The worker's thread may be the last to drop a task. Were a widget, or an object that a signal
    is connected to, to go with it, PySide would undo the connection there: it takes Qt's lock
    and asks for the interpreter, while the UI thread has the interpreter and asks for the lock.
    So no signal is connected to the task, and what it holds is emptied as soon as it is told.
    """

    def __init__(
        self,
        owner: QObject,
        success: Callable[[T], None] | None,
        failure: Callable[[Exception], None] | None,
    ) -> None:
        self._owner: QObject | None = owner
        self._success, self._failure = success, failure

    def succeed(self, result: T) -> None:
        """Tell the result, unless nobody is there any more."""
        owner, success, _ = self._taken()
        if success is not None and owner is not None and isValid(owner):
            success(result)

    def fail(self, error: Exception) -> None:
        """Tell what went wrong, unless nobody is there any more."""
        owner, _, failure = self._taken()
        if failure is None:
            raise error
        if owner is not None and isValid(owner):
            failure(error)

    def _taken(
        self,
    ) -> tuple[
        QObject | None, Callable[[T], None] | None, Callable[[Exception], None] | None
    ]:  # fmt: skip
        taken = self._owner, self._success, self._failure
        self._owner = self._success = self._failure = None
        return taken


def run(
    tasks: Tasks,
    op: Callable[[], T],
    success: Callable[[T], None] | None,
    failure: Callable[[Exception], None] | None,
    owner: QObject,
) -> Task[T]:
    """Start `op` in `tasks`; its outcome is told on the UI thread while `owner` is there."""
    outcome: _Outcome[T] = _Outcome(owner, success, failure)
    return tasks.run(op, outcome.succeed, outcome.fail)
