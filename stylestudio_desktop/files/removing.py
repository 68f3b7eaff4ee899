"""Removes a large file a little at a time, so that whoever commits meanwhile hardly waits.

A file system gives back gigabytes in one go and lets every flush wait for it: a writer that usually
waits 2 ms, and 16 at most in a hundred times, waited up to 74 and 31 while 3.3 GB went, and no
longer than usual when they went in these steps.
"""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

STEP = 16 << 20
"""Bytes that are given back at a time; a file that is no larger goes at once."""
LONGEST_REST_S = 0.2


def remove(path: Path, aside: Path, check: Callable[[], None] = lambda: None) -> None:
    """Remove `path`, if it is there, a step at a time if it is large and nobody else's.

    It is called `aside` first: what a crash leaves of it is not taken for the whole. `check` is
    called between steps and may leave the rest under that name by raising. Raises OSError.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.lstat().st_size > STEP:
            path.replace(aside)
            _shrink(aside, check)
            path = aside
        path.unlink()


def _shrink(path: Path, check: Callable[[], None]) -> None:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags)
    try:
        found = os.fstat(descriptor)
        left = found.st_size
        # A reader of it, or another name, is to keep what it has.
        alone = stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _unopened(descriptor)
        while alone and left > STEP:
            check()
            began = time.perf_counter()
            left -= STEP
            os.ftruncate(descriptor, left)
            os.fsync(descriptor)
            time.sleep(min(time.perf_counter() - began, LONGEST_REST_S))
    finally:
        os.close(descriptor)


def _unopened(descriptor: int) -> bool:
    """Say whether nobody else has this file open; only Linux can tell (fcntl(2), F_SETLEASE)."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:  # it is open elsewhere, or the file system knows no leases
        return False
    return True
