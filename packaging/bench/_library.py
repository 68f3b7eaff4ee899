"""The synthetic library, the raw connection and the figures that the database benchmarks share."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services import history, synthetic
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import SQLITE, Database

# The same settings as the program's own connections, so that both do the same work.
PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = wal",
    "PRAGMA synchronous = full",
    "PRAGMA foreign_keys = 1",
    "PRAGMA trusted_schema = 0",
    "PRAGMA cell_size_check = 1",
    "PRAGMA cache_size = -4000",
    "PRAGMA temp_store = memory",
)


def usual_folder(number: int) -> Path:
    """Return where a library of that many generations is kept between runs."""
    return Path(tempfile.gettempdir()) / f"stylestudio-bench-{number}"


@contextmanager
def opened(folder: Path) -> Iterator[Studio]:
    """Open the workspace `folder` and close it afterwards."""
    studio = open_studio(Workspace(folder))
    try:
        yield studio
    finally:
        close_studio(studio)


@contextmanager
def library(folder: Path, number: int) -> Iterator[Studio]:
    """Open a library of at least `number` generations in `folder`, filled if it is not yet."""
    with opened(folder) as studio:
        there = int(studio.database.value("SELECT coalesce(sum(number), 0) FROM generation_counts"))
        if there < number:
            print(f"filling {folder} with {number - there:,} generations", file=sys.stderr)
            synthetic.fill(studio, number - there)
        history.totals(studio)
        yield studio


def raw(path: Path) -> Any:
    """Return a bare connection of the same SQLite, set as the program sets its own."""
    connection = SQLITE.connect(path, isolation_level=None, timeout=10)
    for pragma in PRAGMAS:
        connection.execute(pragma).fetchall()
    return connection


class Recorder:
    """Overhears every statement that a piece of the program runs, with its values."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Sequence[Any]]] = []

    def listen(self, work: Callable[[], object]) -> list[tuple[str, Sequence[Any]]]:
        """Return the statements of `work`; one for many rows counts once for each row."""
        genuine = {name: getattr(Database, name) for name in ("run", "run_many", "rows", "row")}

        def one(name: str) -> Any:
            def overheard(db: Database, sql: str, values: Sequence[Any] = ()) -> Any:
                many = list(values) if name == "run_many" else [values]
                self.said += [(str(sql), tuple(line)) for line in many]
                return genuine[name](db, sql, values)

            return overheard

        try:
            for name in genuine:
                setattr(Database, name, one(name))
            work()
        finally:
            for name, method in genuine.items():
                setattr(Database, name, method)
        return self.said


def beside(
    floor: Callable[[], object], ours: Callable[[], object], rounds: int, each: int = 1
) -> tuple[float, float, float]:
    """Run both in turn and return the median milliseconds of one, and the median ratio."""
    least: list[float] = []
    mine: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        pair = [(floor, least), (ours, mine)]
        for work, into in pair if number % 2 else pair[::-1]:
            began = time.perf_counter()
            for _ in range(each):
                work()
            into.append((time.perf_counter() - began) / each * 1000)
        ratios.append(mine[-1] / least[-1])
    return statistics.median(least), statistics.median(mine), statistics.median(ratios)


def told(
    name: str,
    figures: tuple[float, float, float],
    target: float,
    unit: str = "ms",
    **more: object,
) -> None:
    """Print one result as a line of JSON."""
    least, mine, ratio = figures
    line = {
        "name": name,
        "floor": round(least, 4),
        "ours": round(mine, 4),
        "ratio": round(ratio, 3),
        "target": target,
        "unit": unit,
        "reached": ratio <= target,
        **more,
    }
    print(json.dumps(line), flush=True)
