"""What the benchmarks of a window share: percentiles, memory, and whether a line stays flat."""

import os
import resource
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter, sleep

from PySide6.QtWidgets import QApplication

LOOK_S = 0.001


class Tally:
    """Counts times (ms) in fine steps: of millions it takes no more room than of one.

    A list of a long run's turns would be some of the growth that the run is there to find.
    """

    STEP = 0.02
    STEPS = 10_000

    def __init__(self) -> None:
        self._counts = array("L", [0]) * self.STEPS
        self.number, self.most = 0, 0.0

    def add(self, values: Iterable[float]) -> None:
        """Take in `values`; those beyond the last step count as that, but for `most`."""
        for value in values:
            self._counts[min(self.STEPS - 1, round(value / self.STEP))] += 1
            self.number += 1
            self.most = max(self.most, value)

    @classmethod
    def of(cls, many: Iterable["Tally"]) -> "Tally":
        """Return several as one."""
        whole = cls()
        for one in many:
            for step, number in enumerate(one._counts):  # noqa: SLF001 - its own kind
                whole._counts[step] += number
            whole.number += one.number
            whole.most = max(whole.most, one.most)
        return whole

    def percentile(self, share: float) -> float:
        """Return the value below which `share` of all lie; 0.0 of none."""
        left = min(self.number - 1, int(self.number * share))
        for step, number in enumerate(self._counts):
            left -= number
            if left < 0:
                return step * self.STEP
        return 0.0

    def spread(self) -> dict[str, float]:
        """Return how many there are, and their p50, p99 and maximum."""
        ends = {"p50": self.percentile(0.5), "p99": self.percentile(0.99), "max": self.most}
        return {"number": self.number, **{name: round(ms, 2) for name, ms in ends.items()}}


def memory_mb() -> float:
    """Return the resident memory now, in MB (its peak where there is no /proc)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1_048_576


def helpers_mb() -> float:
    """Return the resident memory of the processes that this one has begun, in MB."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                pages += int(stat.with_name("statm").read_text().split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
    return pages * resource.getpagesize() / 1_048_576


def stolen_ms() -> float:
    """Return how long the host of this (virtual) machine has kept its processors so far.

    A thread that runs then is charged for it: its own time has a gap that is not of its making
    (`steal` in proc_stat(5)). 0 where the system does not tell.
    """
    try:
        ticks = int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8])
    except (OSError, IndexError, ValueError):
        return 0.0
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def system_ms() -> float:
    """Return how long the kernel has worked for this thread so far; 0 where it is not told."""
    of_thread = getattr(resource, "RUSAGE_THREAD", None)  # Linux only
    return 0.0 if of_thread is None else resource.getrusage(of_thread).ru_stime * 1000


def open_files() -> int:
    """Return how many files this process holds open; 0 where the system does not tell."""
    try:
        return len(list(Path("/proc/self/fd").iterdir()))
    except OSError:
        return 0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie; 0.0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return how many there are, and their p50, p99 and maximum."""
    return {
        "number": len(values),
        "p50": round(percentile(values, 0.5), 2),
        "p99": round(percentile(values, 0.99), 2),
        "max": round(max(values, default=0.0), 2),
    }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the rise of the straight line through `points` (least squares) for one unit of x."""
    if len(points) < 2:
        return 0.0
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    wide = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / wide if wide else 0.0


def run_until(done: Callable[[], bool], seconds: float = 10.0) -> float:
    """Let Qt work until `done`; return the milliseconds that took.

    Between two looks it waits as the program's own loop does, without holding the interpreter:
    looking without a pause keeps the threads from it that bring what is waited for.
    """
    begin = perf_counter()
    while not done():
        QApplication.processEvents()
        sleep(LOOK_S)
        if perf_counter() - begin > seconds:
            raise RuntimeError("The window did not come to rest.")
    return (perf_counter() - begin) * 1000
