"""Crash reports stay on the machine, hold only what is on their list, and cover hard crashes."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stylestudio_desktop.config import crashes

SECRET = "sk_live_0123456789 prompt: a red dress"
HARD = """
import faulthandler, sys
from pathlib import Path
from stylestudio_desktop.config import crashes
with crashes.watched(Path(sys.argv[1])):
    faulthandler._sigsegv()
"""


def failing() -> None:
    customer = SECRET
    raise ValueError(f"{customer} in {Path.home()}")


def caught() -> Exception:
    try:
        failing()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_names_the_lines_and_neither_messages_nor_folders(tmp_path: Path) -> None:
    path = crashes.record(tmp_path, caught())
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    (report,) = crashes.listing(tmp_path)
    said = json.loads(report.text)
    assert set(said) == {"at", "kind", "program", "python", "system", "frames"}
    assert report.kind == "ValueError"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", said["at"])
    assert abs(report.at - time.time() * 1000) < 60_000
    assert said["frames"][-1].endswith(" failing")
    assert SECRET[:7] not in report.text
    assert str(Path(__file__).parent) not in report.text
    assert crashes.clear(tmp_path) == 1
    assert crashes.listing(tmp_path) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_nobody_caught_is_reported_in_every_thread(tmp_path: Path) -> None:
    told: list[object] = []
    before = sys.excepthook
    sys.excepthook = lambda *given: told.append(given)
    try:
        with crashes.watched(tmp_path) as fatal:
            assert not fatal
            error = caught()
            sys.excepthook(type(error), error, error.__traceback__)
            sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
            thread = threading.Thread(target=failing)
            thread.start()
            thread.join()
    finally:
        sys.excepthook = before
    assert len(told) == 2
    assert [one.kind for one in crashes.listing(tmp_path)] == ["ValueError", "ValueError"]
    assert [one.name for one in crashes.place(tmp_path).iterdir() if "hard" in one.name] == []


def test_a_decent_end_on_a_disk_that_went_read_only_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise OSError(30, "Read-only file system", str(path))

    with monkeypatch.context() as patched, crashes.watched(tmp_path):
        patched.setattr(Path, "unlink", refuse)
    with crashes.watched(tmp_path) as fatal:
        assert not fatal, "what was left by it is no crash"


def test_a_hard_crash_is_told_at_the_next_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HARD, str(tmp_path)], capture_output=True, check=False
    )
    assert done.returncode != 0
    assert crashes.listing(tmp_path) == []
    with crashes.watched(tmp_path) as fatal:
        assert fatal
    (report,) = crashes.listing(tmp_path)
    assert "Segmentation fault" in report.kind
    assert "<module>" in report.text
    assert str(Path(sys.prefix).parent) not in report.text
    with crashes.watched(tmp_path) as fatal:
        assert not fatal


def test_who_has_only_just_begun_is_not_taken_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = crashes.place(tmp_path)
    monkeypatch.setattr(crashes, "SHOWN_AFTER_S", 600.0)
    with crashes.watched(tmp_path):
        (begun,) = folder.iterdir()
        assert crashes.adopt(tmp_path) == 0
        assert begun.exists(), "its own report may still come"
        long_ago = time.time() - 86_400
        os.utime(begun, (long_ago, long_ago))
        crashes.adopt(tmp_path)
        assert not begun.exists(), "what a killed process left does not stay for ever"
    assert list(folder.iterdir()) == []


def test_who_has_stood_for_a_while_holds_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = threading.Event()
    enter = crashes.Presence.__enter__

    def entered(self: crashes.Presence) -> crashes.Presence:
        found = enter(self)
        shown.set()
        return found

    monkeypatch.setattr(crashes.Presence, "__enter__", entered)
    monkeypatch.setattr(crashes, "SHOWN_AFTER_S", 0.0)
    with crashes.watched(tmp_path):
        assert shown.wait(20)
        (path,) = crashes.place(tmp_path).glob("hard-*.txt")
        long_ago = time.time() - 86_400
        os.utime(path, (long_ago, long_ago))
        assert crashes.adopt(tmp_path) == 0
        assert path.exists()
    assert list(crashes.place(tmp_path).iterdir()) == []


def test_only_the_newest_are_kept_and_rubbish_is_passed_over(tmp_path: Path) -> None:
    for _ in range(crashes.KEPT + 3):
        crashes.record(tmp_path, caught())
    assert len(crashes.listing(tmp_path)) == crashes.KEPT
    next(crashes.place(tmp_path).glob("crash-*")).write_bytes(b"\xff\x00")
    assert len(crashes.listing(tmp_path)) == crashes.KEPT - 1


def test_a_disk_that_takes_nothing_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("no folder")
    assert crashes.record(tmp_path, caught()) is None
    with crashes.watched(tmp_path) as fatal:
        assert not fatal
