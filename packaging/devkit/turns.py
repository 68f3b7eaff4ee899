"""Lets only one set-up of a checkout work at a time; a dead one never blocks the next."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit import say
from devkit.places import WINDOWS

_PAUSE = 0.2  # seconds between two looks at a lock that somebody else holds


def _try_lock(descriptor: int) -> bool:
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; say so and wait while another process holds it.

    The system lets go of the lock when its holder ends in any way, so no lock is ever left over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(descriptor):
            say.line("Another set-up of this checkout is under way; waiting for it to finish ...")
            while not _try_lock(descriptor):
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
