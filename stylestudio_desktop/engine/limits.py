"""Keeps the child process within bounds: threads that add in one order, memory it may not pass."""

import os
import threading
from collections.abc import Callable

MEMORY_LIMIT = 3_000_000_000  # resident bytes; a 2,048 px drape needs about half of it
WATCH_S = 0.25
THREADS = 2


def threads() -> int:
    """Return how many threads the engine uses: the same on every run of one machine."""
    return max(1, min(THREADS, os.cpu_count() or 1))


def settle() -> None:
    """Fix what would let two runs of one job differ."""
    import cv2

    cv2.setNumThreads(threads())
    cv2.ocl.setUseOpenCL(False)
    cv2.setRNGSeed(1)


def give_way() -> None:
    """Let the window's process go first; a measurement calls `settle` alone."""
    if hasattr(os, "nice"):
        os.nice(5)


def resident() -> int:
    """Return this process's resident memory in bytes; Windows calls it the working set."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def watch_memory(exceeded: Callable[[], None], limit: int = MEMORY_LIMIT) -> threading.Thread:
    """Start a thread that calls `exceeded` once when the process grows beyond `limit` bytes.

    Resident memory is watched rather than address space capped (RLIMIT_AS): the network runtime
    reserves several gigabytes of addresses that it never touches.
    """
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(WATCH_S):
            if resident() > limit:
                exceeded()
                return

    thread = threading.Thread(target=look, name="memory-watch", daemon=True)
    thread.start()
    return thread
