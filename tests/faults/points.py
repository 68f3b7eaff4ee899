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
EVERYWHERE = 1_000_000
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


@dataclass(slots=True)
class Ground:
    """A nursery, a folder for worlds, and each way's first world with what it does by itself."""

    nursery: Nursery
    folder: Path
    begun: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def base(self, way: Way) -> Path:
        """Return where the first world of `way` lies."""
        return self.folder / way.name

    def counted(self, way: Way, bug: str) -> dict[str, int]:
        """Return how many calls of each kind `way` makes."""
        if not self.base(way).is_dir():
            self.base(way).mkdir()
            way.prepare(self.base(way))
        if (way.name, bug) not in self.begun:
            self.begun[way.name, bug] = _once(way, self, Order(way.name, "", bug=bug)).seen
        return self.begun[way.name, bug]


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Yield a ground of its own for any number of ways."""
    with tempfile.TemporaryDirectory(prefix="faults", dir=FAST if FAST.is_dir() else None) as name:
        made = Nursery(Path(name))
        try:
            yield Ground(made, Path(name))
        finally:
            made.close()


def strike_everywhere(
    way: Way,
    modes: tuple[str, ...] = MODES,
    kinds: tuple[str, ...] | None = None,
    most: int = EVERYWHERE,
    bug: str = "",
    on: Ground | None = None,
) -> Report:
    """Strike `way` at every point, or at `most` of each kind evenly; a found bug ends it."""
    report = Report(way.name)
    with nullcontext(on) if on is not None else ground() as here:
        for number in (min(most, 3), most) if bug else (most,):
            _strike(way, here, report, (modes, kinds, number, bug))
            if bug and report.violations:
                break
    return report


def _strike(
    way: Way,
    here: Ground,
    report: Report,
    what: tuple[tuple[str, ...], tuple[str, ...] | None, int, str],
) -> None:
    modes, kinds, most, bug = what
    counted = here.counted(way, bug)
    for mode in modes:
        for kind in kinds or (DISK + NET if way.network else DISK):
            if mode not in ("kill", "eio") and kind in NET:
                continue
            for point in _spread(counted.get(kind, 0), most):
                wrong = _struck(way, here, Order(way.name, "", "", bug, mode, (kind,), point))
                if wrong is None:
                    break  # this run had fewer such calls than the one that was counted
                key = f"{mode} {kind}"
                report.points[key] = report.points.get(key, 0) + 1
                report.violations += [f"{key} {point}: {one}" for one in wrong]
                if bug and report.violations:
                    return


def _spread(last: int, most: int) -> list[int]:
    """Return every point from 1 to `last`, or `most` of them evenly."""
    number = min(last, most)
    return sorted({1 + place * last // number for place in range(number)})


def _once(way: Way, here: Ground, order: Order) -> Ended:
    """Do it once without a strike; AssertionError if anything is wrong then.

    A planted bug that shows without a fault is broken by itself, and proves nothing.
    """
    with _copy(here.base(way)) as world, way.outlasting() as (memory, address):
        ended = here.nursery.run(Order(order.path, str(world), address, order.bug))
        wrong = way.look(world, memory, True) if ended.how == "done" else [ended.said]
    if ended.how != "done" or wrong:
        raise AssertionError(f"{way.name} {order.bug} fails without any fault: {ended.how} {wrong}")
    return ended


def _struck(way: Way, here: Ground, order: Order) -> list[str] | None:
    """Strike once, and return what is wrong then; None if the point was never reached."""
    made = here.nursery
    with _copy(here.base(way)) as world, way.outlasting() as (memory, address):
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
