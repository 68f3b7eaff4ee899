"""The conversation with the embedded engine's child process, kept warm and started again."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stylestudio_desktop.providers.protocol import Kind, ProviderError

COMMAND = ("-m", "stylestudio_desktop.engine", "serve")
MAX_LINE = 1_000_000
CRASHED = (
    "The picture engine on this computer stopped unexpectedly. Nothing was charged and your "
    "photos are safe. Try again; the engine is started anew."
)
SILENT_S = 60.0
"""For how long a child at work may say nothing: it tells of each step, and none takes so long."""
UNSEEN_S = 5.0
"""Nobody looks for so long only where the computer slept: that counts as no silence."""
HUNG = (
    "The picture engine on this computer stood still for a minute and was ended. Nothing was "
    "charged and your photos are safe. Try again, or choose a lower quality."
)
_log = logging.getLogger(__name__)


@dataclass
class Task:
    """One request and what is known of it; changed only under the process's lock."""

    id: str
    message: Mapping[str, Any]
    stage: str = "Waiting for the engine"
    progress: float = 0.0
    started: bool = False
    sent_again: bool = False
    stopping: bool = False
    answer: Mapping[str, Any] | None = None
    kind: str = ""
    sentence: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def failed(self) -> bool:
        """Whether the task ended without an answer."""
        return self.over.is_set() and self.answer is None


class EngineProcess:
    """Starts the child at the first request and after a crash; safe to use from many threads."""

    def __init__(self, python: str | None = None) -> None:
        self._python = python or sys.executable
        self._lock = threading.RLock()
        self._child: subprocess.Popen[bytes] | None = None
        self._tasks: dict[str, Task] = {}
        self._closed = False
        self._heard_at = self._looked_at = 0.0
        self._hung: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The running child's process id, None when there is none."""
        with self._lock:
            running = self._child is not None and self._child.poll() is None
            return self._child.pid if running and self._child is not None else None

    @property
    def busy(self) -> bool:
        """Whether any task is waiting or under way."""
        with self._lock:
            return any(not task.over.is_set() for task in self._tasks.values())

    def send(self, task: Task) -> Task:
        """Hand a task to the child and return it; a second task with its id is not sent again."""
        with self._lock:
            known = self._tasks.get(task.id)
            if known is not None and not known.failed:
                return known
            self._tasks[task.id] = task
            self._write(task)
        return task

    def attend(self) -> None:
        """End a child that has been silent over its work for too long; a new one takes the rest."""
        now = time.monotonic()
        with self._lock:
            if now - self._looked_at > UNSEEN_S or not self.busy:
                self._heard_at = now
            self._looked_at = now
            if now - self._heard_at < SILENT_S:
                return
            self._hung = self._child
        self._kill()

    def find(self, task_id: str) -> Task | None:
        """Return the task, None if this process never heard of it."""
        with self._lock:
            return self._tasks.get(task_id)

    def forget(self, task_id: str) -> None:
        """Drop what is remembered of an ended task."""
        with self._lock:
            self._tasks.pop(task_id, None)

    def stop(self, task: Task, patience_s: float = 0.6) -> bool:
        """End a task within a second and say whether it was stopped before it was done.

        First by asking, which takes effect between two steps; a child that does not answer in
        `patience_s` is killed, and tasks that waited behind this one are sent to a new one. A task
        that itself still waits is over at once, and what the child is at goes on.
        """
        with self._lock:
            if task.over.is_set():
                return False
            task.stopping = True
            self._say({"op": "cancel", "job": task.id})
            if not task.started:
                task.kind = "cancelled"
                task.over.set()
        if not task.over.wait(patience_s):
            self._kill()
            task.over.wait(2.0)
        return task.answer is None

    def close(self) -> None:
        """End the child; it is asked first and killed after a second."""
        with self._lock:
            self._closed = True
            child = self._child
            self._say({"op": "quit"})
        if child is None:
            return
        try:
            child.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _write(self, task: Task) -> None:
        if self._closed:
            raise ProviderError(
                Kind.PROVIDER, "The engine is closing. Try again when it has started."
            )
        self._ensure()
        if not self._say({**task.message, "job": task.id}):
            self._kill()
            self._ensure()
            if not self._say({**task.message, "job": task.id}):
                self._tasks.pop(task.id, None)
                raise ProviderError(Kind.PROVIDER, CRASHED, transient=True)

    def _say(self, message: Mapping[str, Any]) -> bool:
        child = self._child
        if child is None or child.stdin is None or child.poll() is not None:
            return False
        try:
            child.stdin.write(json.dumps(message).encode("ascii") + b"\n")
            child.stdin.flush()
        except (OSError, ValueError):  # ValueError: the pipe was closed by the reader thread
            return False
        return True

    def _ensure(self) -> None:
        if self._child is not None and self._child.poll() is None:
            return
        environment = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
        try:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
                [self._python, *COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
            )
        except OSError as error:
            raise ProviderError(
                Kind.PROVIDER,
                f"The picture engine could not be started: {error.strerror}. Nothing was charged.",
                transient=True,
            ) from error
        self._child = child
        self._heard_at = time.monotonic()
        for target, name in ((self._read, "engine-answers"), (self._log_errors, "engine-log")):
            threading.Thread(target=target, args=(child,), name=name, daemon=True).start()

    def _kill(self) -> None:
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()

    def _read(self, child: subprocess.Popen[bytes]) -> None:
        """Take the child's answers until it ends, then settle what it left unfinished."""
        if child.stdout is None:
            return
        with child.stdout as answers:
            while line := answers.readline(MAX_LINE):
                try:
                    message = json.loads(line)
                except ValueError:
                    _log.warning("The engine sent a line that is not JSON.")
                    continue
                if isinstance(message, dict):
                    self._heard(message)
        child.wait()
        if child.stdin is not None:
            try:
                child.stdin.close()
            except OSError:
                _log.debug("The engine's pipe was broken when it was closed.")
        self._ended(child)

    def _heard(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._heard_at = time.monotonic()
            task = self._tasks.get(str(message.get("job", "")))
            if task is None or task.over.is_set():
                return
            task.started = True
            event = message.get("event")
            if event == "stage":
                task.stage = str(message.get("stage", ""))
                task.progress = min(1.0, max(0.0, float(message.get("progress", 0.0))))
            elif event == "done":
                task.answer, task.progress = message, 1.0
                task.over.set()
            elif event == "cancelled":
                task.kind = "cancelled"
                task.over.set()
            elif event == "failed":
                task.kind = str(message.get("kind", "provider"))
                task.sentence = str(message.get("sentence", ""))[:500]
                task.over.set()

    def _ended(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._child is child:
                self._child = None
            unfinished = [task for task in self._tasks.values() if not task.over.is_set()]
            for task in unfinished:
                if task.stopping:
                    task.kind = "cancelled"
                    task.over.set()
                elif not task.started and not task.sent_again and not self._closed:
                    task.sent_again = True
                    self._send_again(task)
                else:
                    hung = child is self._hung
                    task.kind, task.sentence = ("hung", HUNG) if hung else ("crash", CRASHED)
                    task.over.set()

    def _send_again(self, task: Task) -> None:
        try:
            self._write(task)
        except ProviderError as error:
            task.kind, task.sentence = "crash", error.sentence
            task.over.set()

    def _log_errors(self, child: subprocess.Popen[bytes]) -> None:
        """Drain what the child's libraries say, and log the last of it when it ended badly."""
        if child.stderr is None:
            return
        last: deque[str] = deque(maxlen=30)
        with child.stderr as errors:
            for line in errors:
                last.append(line.decode("utf-8", "replace").rstrip()[:500])
        if child.wait() != 0 and last:
            _log.warning("The engine ended with code %s: %s", child.returncode, " | ".join(last))


def wait_for(
    task: Task, cancelled: threading.Event, process: EngineProcess, limit_s: float
) -> None:
    """Wait until `task` is over; stop it when `cancelled` is set or `limit_s` have passed."""
    started = time.monotonic()
    while not task.over.wait(0.1):
        if cancelled.is_set():
            process.stop(task)
            raise ProviderError(Kind.CANCELLED, "Stopped.")
        process.attend()
        if time.monotonic() - started > limit_s:
            process.stop(task)
            raise ProviderError(
                Kind.PROVIDER, "The engine took too long. Nothing was charged.", transient=True
            )
