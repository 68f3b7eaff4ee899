"""Keeps the memory of a long session flat: what was freed goes back to the system.

Pictures are decoded, scaled and sent by some twenty threads. glibc gives each its own heap, up to
eight a processor, and once a large picture has been let go it cuts the next ones from these heaps
instead of asking the system for pages of their own. Freed memory then lies between what is still
used and is never given back: 150 MB became 250 over 300 generations, of which 40 were used.
"""

import ctypes
import sys
from contextlib import suppress

MOST_HEAPS = 2
OWN_PAGES_FROM = 256 * 1024
"""Bytes from which a block is the system's own, so that freeing it gives it back: a thumbnail."""

TRIM_FROM = 1024 * 1024
"""Bytes at a heap's end that are kept for what comes next."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Their numbers in glibc's malloc.h."""


def keep_flat() -> bool:
    """Tell the C library to keep few heaps; False where it can't be told (it is not glibc).

    It must be called while fewer than eight threads have allocated: glibc decides once.
    """
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):  # musl has no such switches
        tell = ctypes.CDLL(None).mallopt
        return all(
            tell(which, value)
            for which, value in (
                (_ARENA_MAX, MOST_HEAPS),
                (_MMAP_THRESHOLD, OWN_PAGES_FROM),
                (_TRIM_THRESHOLD, TRIM_FROM),
            )
        )
    return False
