"""Kills an ingest at every step that touches the disk and looks at what is left."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio_desktop.files.store import Condition, FileStore

ROOT = Path(__file__).resolve().parents[2]

# The child counts its own calls and ends itself by SIGKILL just before or after the K-th.
CHILD = """
import io, os, signal, sys
from pathlib import Path
from stylestudio_desktop.files.store import FileStore
root, part, kill_at, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1"
count = 0
def counted(plain):
    def call(*arguments, **named):
        global count
        count += 1
        mine = count
        if mine == kill_at and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = plain(*arguments, **named)
        if mine == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
for name in ("open", "write", "fsync", "fchmod", "mkdir", "close", "rename", "replace"):
    setattr(os, name, counted(getattr(os, name)))
for name in ("replace", "rename", "unlink", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
store = FileStore(root / "files", root / "tmp")
with store.batch() as batch:
    batch.add(io.BytesIO(b"one" * 200_000), 1 << 20)
    batch.add(io.BytesIO(b"two" * 200_000), 1 << 20)
stored = [one.storage_id for one in batch.stored]
stored.append(store.adopt(Path(part)).storage_id)
print(*stored)
"""


def run(root: Path, kill_at: int, after: bool) -> subprocess.CompletedProcess[str]:
    root.mkdir(exist_ok=True)
    part = root / "result.part"
    part.write_bytes(b"three" * 100_000)
    arguments = [str(root), str(part), str(kill_at), str(int(after))]
    return subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_no_step_of_an_ingest_can_leave_half_a_picture(tmp_path: Path, after: bool) -> None:
    finished = 0
    for kill_at in range(1, 200):
        root = tmp_path / str(kill_at)
        ended = run(root, kill_at, after)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        store = FileStore(root / "files", root / "tmp")
        left = list(store.every())
        assert all(store.verify(one) is Condition.INTACT for one in left)
        store.sweep_temporaries()
        assert list(store.tmp.iterdir()) == []
        again = run(root, 0, False)
        assert again.returncode == 0, again.stderr
        assert sorted(store.every()) == sorted(again.stdout.split())
        assert all(store.verify(one) is Condition.INTACT for one in store.every())
        shutil.rmtree(root)
        if ended.returncode == 0:
            finished = kill_at
            break
    assert finished > 20, "the run ended before it was killed often enough to mean anything"


@pytest.mark.linux
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"])
def test_the_kernel_sees_no_other_order(tmp_path: Path, call: str) -> None:
    for when in range(1, 40):
        root = tmp_path / f"{call}{when}"
        root.mkdir()
        part = root / "result.part"
        part.write_bytes(b"three" * 100_000)
        inject = f"inject=/^{call}:signal=SIGKILL:when={when}"
        trace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace=/^{call}", "-e", inject]
        ended = subprocess.run(
            [*trace, sys.executable, "-c", CHILD, str(root), str(part), "0", "0"],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
        )  # fmt: skip
        if "ptrace" in ended.stderr:
            pytest.skip("this system does not allow tracing")
        store = FileStore(root / "files", root / "tmp")
        assert all(store.verify(one) is Condition.INTACT for one in store.every())
        if ended.returncode == 0:
            assert when > 2
            return
    pytest.fail("never ran to its end")
