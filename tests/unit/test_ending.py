"""The process ends with its own code, whatever a background thread is in the middle of."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEGIN = """
import atexit, sys, threading
from stylestudio_desktop.config.ending import Ending
ending = Ending()
"""
SCALING = """
from PySide6.QtGui import QImage
begun = threading.Semaphore(0)
def scale():
    image = QImage(1200, 1200, QImage.Format.Format_RGB32)
    while True:
        image.scaled(300, 300)
        begun.release()
for _ in range(3):
    threading.Thread(target=scale, daemon=True).start()
for _ in range(12):
    begun.acquire()
"""
END = """
atexit.register(print, "tidied", end="")
print("said", end=" ")
ending.code = 7
sys.exit(ending.code)
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_a_thread_inside_qt_does_not_make_the_end_a_crash() -> None:
    done = _run(BEGIN + SCALING + END)

    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == "said tidied", "what was said is written out, what tidies up has run"


def test_without_such_threads_python_ends_as_it_always_does() -> None:
    last = "\nclass Last:\n    def __del__(self): sys.__stderr__.write('whole')\nlast = Last()\n"

    done = _run(BEGIN + last + END)

    assert (done.returncode, done.stderr) == (7, "whole"), "its own end would leave this out"


def test_an_end_before_the_code_is_known_is_a_failure() -> None:
    done = _run(BEGIN + SCALING + "\nraise SystemError('broken')")

    assert done.returncode == 1
    assert "broken" in done.stderr
    assert "terminate" not in done.stderr
