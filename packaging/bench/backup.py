"""What copies cost: a snapshot of a large database, and full backups beside cp and sha256sum.

`python packaging/bench/backup.py [--library DIR] [--turns N] [--pictures N] [--work DIR]` prints a
line of JSON for each figure. Snapshots are taken while a writer of its own process commits every
two milliseconds; the longest that it ever waited is told, beside the longest in as long a time
without a snapshot. Backups of N pictures are made in turn with `cp`, `sync` and `sha256sum` of the
same files in the same run.
"""

import argparse
import io
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from _library import opened, told

from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.domain.records import StoredFile
from stylestudio_desktop.files.behind import behind
from stylestudio_desktop.files.removing import remove
from stylestudio_desktop.services.backup import full, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files
from stylestudio_desktop.store.database import Database

BYTES = 100_000
GROUP = 500
LONGEST_MS = 50
LOOK_S = 0.05
BETWEEN_S = 5.0


def write_until(path: Path, folder: Path) -> None:
    """Commit a row every two milliseconds as a queue's host does, until `folder/now` says “end”.

    Prints, for each other word that stood there, how long each commit took, the journal's part
    included.
    """
    database = Database(path)
    database.open()
    with database.write():
        database.run("CREATE TABLE IF NOT EXISTS bench_writes (id INTEGER PRIMARY KEY, t TEXT)")
    waits: dict[str, list[float]] = {}
    while (now := (folder / "now").read_text()) != "end":
        found = waits.setdefault(now, [])
        until = time.perf_counter() + LOOK_S
        while (began := time.perf_counter()) < until:
            with database.write():
                database.run("INSERT INTO bench_writes (t) VALUES ('x')")
            found.append((time.perf_counter() - began) * 1000)
            time.sleep(0.002)
    with database.write():
        database.run("DROP TABLE bench_writes")
    database.close()
    print(json.dumps(waits))


def _told(waits: list[float]) -> dict[str, float]:
    waits.sort()
    middle, last = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    figures = {"writes": len(waits), "median": middle, "p99": last, "worst": waits[-1]}
    long = {"above 50": sum(one > LONGEST_MS for one in waits)}
    return {name: round(value, 1) for name, value in figures.items()} | long


def snapshot(library: Path, turns: int) -> None:
    """Snapshot the database at `library` while another process writes to it, and then not.

    A disk makes writers wait by itself now and then, the more often the longer one looks: so both
    are looked at in turns, for as long as each other.
    """
    with opened(library) as studio, tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def say(word: str) -> None:
            (folder / "next").write_text(word)
            (folder / "next").replace(folder / "now")

        say("beginning")
        writer = subprocess.Popen(
            [sys.executable, __file__, "--write", str(studio.database.path), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(5)
        took, floor = [], []
        for turn in range(turns):
            say(f"during {turn}")
            began = time.perf_counter()
            made = snapshots.take(studio, Reason.ASKED)
            took.append(time.perf_counter() - began)
            say("between")
            time.sleep(BETWEEN_S)
            say(f"removing {turn}")
            behind(partial(remove, made.path, made.path.with_suffix(".part")), lambda: None)
            say(f"alone {turn}")
            time.sleep(took[-1])
            say(f"by hand {turn}")
            began = time.perf_counter()
            by_copy(studio.database.path, studio.workspace.backups / "copy")
            floor.append(time.perf_counter() - began)
            say("between")
            (studio.workspace.backups / "copy").unlink()
            os.sync()
            time.sleep(BETWEEN_S)
        say("end")
        said: dict[str, list[float]] = json.loads(writer.communicate()[0])
        number = studio.database.value("SELECT sum(number) FROM generation_counts")
        ratio = statistics.median(ours / by for ours, by in zip(took, floor, strict=True))
        middle = statistics.median(floor), statistics.median(took), ratio
        told("snapshot", middle, 1.3, "s", generations=number, megabytes=round(made.size / 1e6))
        by_turn = {
            kind: [found for word, found in said.items() if word.startswith(kind)]
            for kind in ("during", "removing", "alone", "by hand")
        }
        line = {
            "name": "writer's waits during a snapshot, ms",
            **{kind: _told([one for found in turns for one in found])
               for kind, turns in by_turn.items()},
            "worst of each turn": {
                kind: [round(max(found)) for found in turns] for kind, turns in by_turn.items()
            },
            "target": f"worst during under {LONGEST_MS} ms",
            "reached": max(max(found) for found in by_turn["during"]) < LONGEST_MS,
        }  # fmt: skip
        print(json.dumps(line), flush=True)


def by_copy(database: Path, target: Path) -> None:
    """Copy one file with cp, flush, and work out the copy's digest."""
    subprocess.run(["cp", database, target], check=True)
    os.sync()
    subprocess.run(["sha256sum", target], stdout=subprocess.DEVNULL, check=True)


def add(studio: Studio, number: int) -> None:
    """Add pictures of random bytes to the library; only their bytes matter here."""
    for begin in range(0, number, GROUP):
        with studio.files.batch() as batch:
            for _ in range(min(GROUP, number - begin)):
                batch.add(io.BytesIO(secrets.token_bytes(BYTES)), BYTES)
        with studio.database.write():
            for one in batch.stored:
                row = StoredFile(
                    id=new_id(), user_id=studio.user_id, filename="a.jpg", size=one.size,
                    content_type="image/jpeg", storage_id=one.storage_id, uploaded_at=now_ms(),
                    category="product_image", width=1, height=1, format="JPEG",
                    generation_id=None, original_url=None, favourite=0, rating=0, style=None,
                    provider=None, facts="{}", trashed_at=None,
                )  # fmt: skip
                files.insert(studio.database, row)


def by_hand(studio: Studio, target: Path) -> None:
    """Copy the same with cp, newer ones only, flush, and work out every copied file's digest."""
    target.mkdir(exist_ok=True)
    before = {path.name for path in target.rglob("*") if path.is_file()}
    root = studio.workspace.root
    subprocess.run(["cp", "-ru", root / "files", target], check=True)
    subprocess.run(["cp", root / "library.sqlite3", target], check=True)
    os.sync()
    new = [
        path
        for path in target.rglob("*")
        if path.is_file() and (path.name not in before or path.suffix == ".sqlite3")
    ]
    listed = "\0".join(map(str, new)).encode()
    subprocess.run(
        ["xargs", "-0", "sha256sum"], input=listed, stdout=subprocess.DEVNULL, check=True
    )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` took."""
    os.sync()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def backups(folder: Path, pictures: int) -> None:
    """Back `pictures` up in full and then with a hundredth more, beside the same by hand."""
    with opened(folder / "library") as studio:
        add(studio, pictures)
        took = {}
        for number, name in enumerate(("full backup", "incremental backup")):
            pair = [
                ("ours", lambda: full.make(studio, folder / "ours")),
                ("floor", lambda: by_hand(studio, folder / "hand")),
            ]
            # Who comes second finds the pictures in memory, so each comes second once.
            for who, work in pair if number == 0 else pair[::-1]:
                took[who] = timed(work)
            ratio = took["ours"] / took["floor"]
            told(name, (took["floor"], took["ours"], ratio), 1.3, "s", pictures=pictures)
            add(studio, pictures // 100)


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--write", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write_until(*given.write)
        return 0
    if given.library:
        snapshot(given.library, given.turns)
    if given.pictures:
        folder = Path(tempfile.mkdtemp(prefix="stylestudio-backup-", dir=given.work))
        try:
            backups(folder, given.pictures)
        finally:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
