"""The child process as its parent meets it: JSON lines, cancel, death, clean answers."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from stylestudio_desktop.engine import limits
from stylestudio_desktop.engine.server import OUT_OF_MEMORY, Server

LIMIT_S = 60.0


class Child:
    """A running engine and the lines it says."""

    def __init__(self, weights: Path, *, code: str | None = None) -> None:
        start = ["-c", code] if code else ["-m", "stylestudio_desktop.engine", "serve"]
        environment = dict(os.environ, STYLESTUDIO_ENGINE_DIR=str(weights))
        self.process = subprocess.Popen(
            [sys.executable, *start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def say(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def hear(self, *events: str) -> dict[str, Any]:
        """Read lines up to the first with one of `events`; each line must be JSON."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if message["event"] in events:
                return message
        raise AssertionError(f"the child ended before it said {events}")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    """An engine without weights."""
    running = Child(tmp_path / "none")
    yield running
    running.end()


def order(tee: Path, out: Path, **changes: Any) -> dict[str, Any]:
    base = {"op": "render", "job": "7", "products": [str(tee)], "width": 320, "height": 320}
    return {**base, "style": "artistic", "seed": 3, "out": str(out), **changes}


def test_conversation(child: Child, tee: Path, tmp_path: Path) -> None:
    assert child.hear("ready")["job"] == ""
    child.say(**order(tee, tmp_path))
    stage = child.hear("stage")
    assert stage["job"] == "7"
    done = child.hear("done", "failed")
    assert done["event"] == "done"
    assert Path(done["pictures"][0]["path"]).stat().st_size > 5000
    child.say(op="cutout", job="8", photo=str(tee), out=str(tmp_path / "cut.png"))
    assert child.hear("done", "failed")["out"] == str(tmp_path / "cut.png")
    child.say(op="quit")
    assert child.process.wait(LIMIT_S) == 0


def test_two_processes_make_the_same_bytes(tee: Path, tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        running = Child(tmp_path / "none")
        try:
            running.say(**order(tee, out, style="vintage"))
            files.append(Path(running.hear("done")["pictures"][0]["path"]).read_bytes())
        finally:
            running.end()
    assert files[0] == files[1]


def test_bad_requests_get_a_sentence_and_the_engine_goes_on(
    child: Child, tee: Path, tmp_path: Path
) -> None:
    child.raw(b"{not json\n")
    assert child.hear("failed")["kind"] == "provider"
    child.say(op="dance", job="1")
    assert "does not know" in child.hear("failed")["sentence"]
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8 broken")
    child.say(**order(tmp_path / "bad.jpg", tmp_path))
    failed = child.hear("failed", "done")
    assert (failed["event"], failed["kind"]) == ("failed", "input")
    assert "bad.jpg" in failed["sentence"]
    child.say(**order(tee, tmp_path))
    assert child.hear("failed", "done")["event"] == "done"


def test_cancel_takes_effect_within_a_second(child: Child, tee: Path, tmp_path: Path) -> None:
    child.say(**order(tee, tmp_path, width=2048, height=2048, count=4))
    while child.hear("stage")["stage"] == "Starting":
        pass
    begun = time.monotonic()
    child.say(op="cancel", job="7")
    assert child.hear("cancelled", "done", "failed")["event"] == "cancelled"
    assert time.monotonic() - begun < 1.0 * max(1.0, _slowness())
    assert list(tmp_path.glob(".*.part")) == []


def _slowness() -> float:
    """Return how crowded the machine is: waiting processes per core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 1.0


def test_waiting_job_can_be_cancelled(child: Child, tee: Path, tmp_path: Path) -> None:
    child.say(**order(tee, tmp_path, width=1024, height=1024, count=2))
    child.say(**order(tee, tmp_path, job="9"))
    child.say(op="cancel", job="9")
    assert child.hear("done")["job"] == "7"
    assert child.hear("cancelled", "done")["event"] == "cancelled"


def test_child_ends_when_its_parent_is_gone(child: Child, tee: Path, tmp_path: Path) -> None:
    child.say(**order(tee, tmp_path, width=2048, height=2048, count=4))
    child.hear("stage")
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.process.wait(LIMIT_S) == 0
    assert list(tmp_path.glob(".*.part")) == []


NOISY = """
import os, sys
from stylestudio_desktop.engine import render, server
real = render.render
def noisy(*args):
    os.write(1, b"chatter of a library\\n")
    print("more chatter", flush=True)
    return real(*args)
render.render = noisy
server.serve()
"""


def test_chatter_of_libraries_stays_out_of_the_answers(tee: Path, tmp_path: Path) -> None:
    running = Child(tmp_path / "none", code=NOISY)
    try:
        running.say(**order(tee, tmp_path))
        assert running.hear("done", "failed")["event"] == "done"
    finally:
        running.end()


GREEDY = """
from stylestudio_desktop.engine import limits, render, server
def greedy(*args):
    hold = []
    while True:
        hold.append(bytearray(b"x") * 20_000_000)
render.render = greedy
limits.MEMORY_LIMIT = 400_000_000
limits.watch_memory.__defaults__ = (limits.MEMORY_LIMIT,)
server.serve()
"""


def test_memory_blow_up_ends_in_a_sentence(tee: Path, tmp_path: Path) -> None:
    running = Child(tmp_path / "none", code=GREEDY)
    try:
        running.say(**order(tee, tmp_path))
        failed = running.hear("failed")
        assert failed["job"] == "7"
        assert "memory" in failed["sentence"]
        assert running.process.wait(LIMIT_S) == 3
    finally:
        running.end()


def test_held_memory_is_seen_and_let_go_of_again() -> None:
    before = limits.resident()
    held = bytearray(b"x") * 200_000_000
    assert limits.resident() - before > 180_000_000
    del held
    assert limits.resident() - before < 50_000_000


def test_what_the_system_says_of_the_process_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way of asking for every system: no system is left unwatched."""
    monkeypatch.setattr(limits, "WATCH_S", 0.01)
    told = iter([1_000, 2_000, 3_001])
    said = SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=next(told)))
    monkeypatch.setattr(psutil, "Process", lambda: said)
    calls: list[int] = []
    limits.watch_memory(lambda: calls.append(1), 3_000).join(LIMIT_S)
    assert calls == [1]
    assert list(told) == []


def test_a_fault_of_our_own_ends_in_a_sentence(tee: Path, tmp_path: Path) -> None:
    code = """
from stylestudio_desktop.engine import render, server
def broken(*args):
    raise ZeroDivisionError("secret detail")
render.render = broken
server.serve()
"""
    running = Child(tmp_path / "none", code=code)
    try:
        running.say(**order(tee, tmp_path))
        failed = running.hear("failed", "done")
        assert failed["kind"] == "provider"
        assert "secret detail" not in failed["sentence"]
        assert "Nothing was charged" in failed["sentence"]
    finally:
        running.end()


def test_usage_is_told(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "stylestudio_desktop.engine"],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.returncode == 2
    assert b"serve" in run.stderr


def test_sigterm_leaves_no_half_file(child: Child, tee: Path, tmp_path: Path) -> None:
    child.say(**order(tee, tmp_path, count=2))
    child.hear("stage")
    child.process.send_signal(signal.SIGTERM)
    child.process.wait(LIMIT_S)
    for path in tmp_path.glob("*.jpg"):
        assert path.read_bytes().endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    "said",
    [
        "Cannot load library libplugin.so: failed to map segment from shared object",
        "Exception from src/inference/src/dev/plugin.cpp:54:\nstd::bad_alloc",
        "Exception from src/inference/src/dev/plugin.cpp:54:\ncan't alloc",
        "can't start new thread",
    ],
)
def test_whatever_has_no_memory_is_told_so(said: str) -> None:
    told: list[dict[str, object]] = []
    line = SimpleNamespace(say=lambda **words: told.append(words))
    server = Server(line, SimpleNamespace())  # type: ignore[arg-type]
    server._unforeseen("7", RuntimeError(said))
    assert [one["sentence"] for one in told] == [OUT_OF_MEMORY]
