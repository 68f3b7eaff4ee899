"""The window's thread for the queue: it ends in bounded time, whatever holds up the runner."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker import thread as worker_thread
from stylestudio_desktop.worker.thread import WorkerThread
from tests.factories import open_test_studio

HELD_UP = """
import os, sys, threading
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from contextlib import nullcontext
from types import SimpleNamespace
from PySide6.QtCore import QCoreApplication
from stylestudio_desktop.worker import thread

begun = threading.Event()

class Runner:
    def __init__(self, *given, **named): pass
    def run(self, stop):
        begun.set()
        threading.Event().wait()  # as in a call to a drive that hangs

thread.Runner, thread.ENDING_S = Runner, 0.2
app = QCoreApplication([])
studio = SimpleNamespace(database=SimpleNamespace(connection=nullcontext))
worker = thread.WorkerThread(studio)
worker.start()
begun.wait()
print(worker.close(), worker.isFinished())
"""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def test_a_runner_that_is_held_up_does_not_take_the_program_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD_UP], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.split()) == (0, ["False", "True"]), done.stderr


def test_it_ends_with_the_window(qtbot: QtBot, studio: Studio) -> None:
    worker = WorkerThread(studio)
    worker.start()
    assert worker.close()
    assert worker.isFinished()


def test_a_library_that_cannot_be_used_is_told(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise StorageError("The library is gone.")

    monkeypatch.setattr(worker_thread.Runner, "run", refuse)
    worker = WorkerThread(studio)
    with qtbot.waitSignal(worker.failed) as told:
        worker.start()
    (error,) = told.args
    assert isinstance(error, StorageError)
    assert error.sentence == "The library is gone."
    assert worker.close()
