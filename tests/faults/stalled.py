"""Mounts a disk that never answers, as a network drive that has gone: who asks waits for ever.

Linux's FUSE without anybody at the other end (fuse(4)): needs root and /dev/fuse.
"""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

_DETACH = 2
_NOTHING_SPECIAL = 6  # MS_NOSUID | MS_NODEV


def why_not() -> str | None:
    """Say why no such disk can be had here, None if it can."""
    if not Path("/dev/fuse").exists() or os.geteuid() != 0:
        return "a disk that does not answer needs /dev/fuse and the rights to mount it"
    return None


@contextlib.contextmanager
def stalled(place: Path) -> Iterator[None]:
    """Have nothing at `place` answer; afterwards whoever still waits is told that it has gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    channel = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={channel},rootmode=40000,user_id=0,group_id=0".encode()
    if libc.mount(b"stalled", bytes(place), b"fuse", _NOTHING_SPECIAL, options):
        os.close(channel)
        raise OSError(ctypes.get_errno(), "mount")
    try:
        yield
    finally:
        os.close(channel)
        libc.umount2(bytes(place), _DETACH)
