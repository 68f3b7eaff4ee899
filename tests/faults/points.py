"""Strikes a path at every point in turn, and looks what is left: the one mechanism for all paths.

A point is one call to the disk or the network. After a strike the world is looked at, the work is
done again without any fault, and the finished world is looked at once more.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.victims import Ended, Nursery, Order

DISK = ("write", "fsync", "rename", "unlink", "link", "mkdir", "create", "truncate")
NET = ("connect", "send", "receive")
MODES = ("kill", "eio", "enospc", "power")
FAST = Path("/dev/shm")
"""A disk in memory, where the machine has one: flushing costs nothing there."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the program: how its world begins, what is done, what must hold then.

    `look(world, memory, finished)` returns what is wrong; `memory` is what outlives the process,
    such as a service, and `outlasting` makes it and its address.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, str], None]
    look: Callable[[Path, object, bool], list[str]]
    bugs: dict[str, Callable[[], None]] = field(default_factory=dict)
    outlasting: Callable[[], AbstractContextManager[tuple[object, str]]] = lambda: nullcontext(
        (None, "")
    )
    network: bool = False


@dataclass(slots=True)
class Report:
    """What was tried, by mode and call, and what was wrong afterwards."""

    path: str
    points: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.points.values())


@contextlib.contextmanager
def nursery() -> Iterator[tuple[Nursery, Path]]:
    """Yield a nursery and a folder of its own for worlds."""
    with tempfile.TemporaryDirectory(prefix="faults", dir=FAST if FAST.is_dir() else None) as name:
        made = Nursery(Path(name))
        try:
            yield made, Path(name)
        finally:
            made.close()


def strike_everywhere(
    way: Way,
    modes: tuple[str, ...] = MODES,
    kinds: tuple[str, ...] | None = None,
    most: int = 1_000_000,
    bug: str = "",
) -> Report:
    """Strike `way` at every point, or at `most` of each kind evenly; a found bug ends it."""
    report = Report(way.name)
    wanted = kinds or (DISK + NET if way.network else DISK)
    with nursery() as (made, folder):
        base = folder / "base"
        base.mkdir()
        way.prepare(base)
        counted = _once(way, made, base, Order(way.name, "", bug=bug)).seen
        for mode in modes:
            for kind in wanted:
                if mode in ("power", "enospc") and kind in NET:
                    continue
                last = counted.get(kind, 0)
                for point in sorted({1 + number * last // min(most, last) for number in range(
                    min(most, last))}) if last else ():  # fmt: skip
                    order = Order(way.name, "", "", bug, mode, (kind,), point)
                    wrong = _struck(way, made, base, order)
                    if wrong is None:
                        break  # this run had fewer such calls than the one that was counted
                    key = f"{mode} {kind}"
                    report.points[key] = report.points.get(key, 0) + 1
                    report.violations += [f"{key} {point}: {one}" for one in wrong]
                    if bug and report.violations:
                        return report
    return report


def _once(way: Way, made: Nursery, base: Path, order: Order) -> Ended:
    """Do it once in a copy of `base` without a strike; AssertionError if it fails by itself."""
    with _copy(base) as world, way.outlasting() as (_, address):
        ended = made.run(Order(order.path, str(world), address, order.bug))
    if ended.how != "done" and not order.bug:
        raise AssertionError(f"{way.name} fails without any fault: {ended}")
    return ended


def _struck(way: Way, made: Nursery, base: Path, order: Order) -> list[str] | None:
    """Strike once, and return what is wrong then; None if the point was never reached."""
    with _copy(base) as world, way.outlasting() as (memory, address):
        there = Order(
            order.path, str(world), address, order.bug, order.how, order.kinds, order.point
        )
        ended = made.run(there)
        if ended.how == "done" and ended.seen.get(order.kinds[0], 0) < order.point:
            return None
        wrong = []
        waits = order.how == "enospc" and ended.how == "waiting"
        if not waits and ended.how not in ("done", "refused", "killed"):
            wrong.append(f"it ended as {ended.how}: {ended.said}")
        try:
            wrong += way.look(world, memory, False)
            again = made.run(Order(order.path, str(world), address, order.bug))
            if again.how != "done":
                wrong.append(f"the next start ended as {again.how}: {again.said}")
            wrong += way.look(world, memory, True)
        except Exception as error:  # what can't even be opened again is the worst violation
            wrong.append(f"{type(error).__name__}: {error}")
    return wrong


@contextlib.contextmanager
def _copy(base: Path) -> Iterator[Path]:
    world = base.parent / "world"
    shutil.copytree(base, world)
    try:
        yield world
    finally:
        shutil.rmtree(world, ignore_errors=True)
