"""What a long session has freed goes back to the system: many threads share few heaps."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import ctypes, sys, threading
from stylestudio_desktop.ui.heap import keep_flat
if sys.argv[2] == "told":
    assert keep_flat()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(12)
def work():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[one.start() for one in threads]
[one.join() for one in threads]
out = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_twelve_threads_share_two_heaps(tmp_path: Path) -> None:
    def heaps(how: str) -> int:
        note = tmp_path / how
        subprocess.run([sys.executable, "-c", PROGRAM, str(note), how], check=True, timeout=60)
        return note.read_text().count("<heap nr=")

    assert heaps("told") <= 2 < heaps("left alone")
