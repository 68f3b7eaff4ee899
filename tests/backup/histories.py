"""Lives random histories of a library, goes back to random moments, and compares with a model.

`python -m tests.backup.histories --number 50` is the whole drill; the suite runs a few. The model
is a dump of every table, taken after each deed while it was the present.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import finishing, generate, library
from stylestudio_desktop.services.backup import moments, restore, snapshots, staging
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, copying, generations, journal, rewinding
from stylestudio_desktop.store.checks import FAULTS
from tests.factories import FakeProvider, brief_for, give, import_photo, open_test_studio
from tests.store.books import dump
from tests.store.machines import results, stored_result, work_until_processing

DEEDS = (
    "give", "photo", "start", "finish", "stop", "trash", "bring_back", "star", "snapshot",
    "reopen", "much", "crash",
)  # fmt: skip
_APART_S = 0.012  # the time of a file is as fine as the kernel's tick: 4 ms, seldom 10
_CRASH = """
import os, sys
from pathlib import Path
from stylestudio_desktop.store.database import Database
database = Database(Path(sys.argv[1]))
database.open()
with database.write():
    database.run("UPDATE users SET name = 'before the crash ' || ?", (sys.argv[2],))
os._exit(9)
"""


class Life:
    """One library through one history, with what it was at each moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.studio: Studio = open_test_studio(folder, tokens=40)
        self.number = 0
        self.model: list[tuple[int, dict[str, list[tuple[Any, ...]]]]] = []
        snapshots.take(self.studio, Reason.ASKED)
        self.tell()

    def tell(self) -> None:
        """Remember the present as what this moment was."""
        time.sleep(_APART_S)
        self.model.append((now_ms(), dump(self.studio.database)))
        time.sleep(_APART_S)

    def do(self, deed: str) -> None:
        """Do one thing that a user, a clock or a crash does."""
        self.number += 1
        getattr(self, f"_{deed}")()
        self.tell()

    def _first(self, sql: str) -> Any:
        return self.studio.database.value(f"{sql} LIMIT 1")

    def _give(self) -> None:
        give(self.studio, 3)

    def _photo(self) -> None:
        import_photo(self.studio, self.folder, f"rgb({self.number % 256},9,9)")

    def _start(self) -> None:
        product = self._first("SELECT id FROM files WHERE category = 'product_image'")
        if product is not None:
            with contextlib.suppress(StudioError):  # no tokens, or it lies in the trash
                generate.start(self.studio, brief_for(FileId(product)))

    def _finish(self) -> None:
        found = self._first("SELECT id FROM generations WHERE status = 'pending'")
        if found is not None:
            row = generations.get(self.studio.database, found, self.studio.user_id)
            assert row is not None
            row = work_until_processing(self.studio, row)
            picture = stored_result(self.studio, self.folder, f"rgb(9,{self.number % 256},9)")
            finishing.complete(self.studio, row, results(picture, 1))

    def _stop(self) -> None:
        found = self._first("SELECT id FROM generations WHERE status = 'pending'")
        if found is not None:
            finishing.stop(self.studio, found)

    def _trash(self) -> None:
        found = self._first("SELECT id FROM files WHERE trashed_at IS NULL")
        if found is not None:
            with contextlib.suppress(StudioError):
                library.trash(self.studio, [found])

    def _bring_back(self) -> None:
        found = self._first("SELECT id FROM files WHERE trashed_at IS NOT NULL")
        if found is not None:
            library.restore(self.studio, [found])

    def _star(self) -> None:
        found = self._first("SELECT id FROM files")
        if found is not None:
            library.rate(self.studio, [found], self.number % 6)

    def _snapshot(self) -> None:
        snapshots.take(self.studio, Reason.HOURLY)

    def _reopen(self) -> None:
        close_studio(self.studio)
        self.studio = open_studio(self.studio.workspace, {"local": FakeProvider()})

    def _much(self) -> None:
        with self.studio.database.write():  # more than the log may grow: it is folded in
            self.studio.database.run(
                "INSERT OR REPLACE INTO meta (key, value)"
                " VALUES ('filler', hex(randomblob(2500000)))"
            )

    def _crash(self) -> None:
        place = str(self.studio.workspace.database)
        call = [sys.executable, "-c", _CRASH, place, str(self.number)]
        assert subprocess.run(call, check=False, timeout=60).returncode == 9

    def close(self) -> None:
        """Close the library."""
        close_studio(self.studio)


def check(life: Life, index: int, share: float) -> None:
    """Go back to a moment while state `index` was the present, and compare with the model."""
    at, expected = life.model[index]
    until = life.model[index + 1][0] if index + 1 < len(life.model) else at + 2
    # Within the quarter in which nothing can have been written yet (`_APART_S` lies on each side).
    moment = at + round(min(_APART_S * 1000, (until - at)) * share * 0.5)
    origin = moments.find(life.studio.workspace, moment)
    folder = life.folder / "then"
    there = rewound(life, origin, folder / "as it was.sqlite3")
    assert there == expected, f"{life.number} deeds, state {index}: it is not as it was"
    made = restore.stage(life.studio.workspace, origin, folder / "library")
    copy = copying.Copy(made.stage / "library.sqlite3")
    with contextlib.closing(copy):
        copy.open()
        faults = [one.sentence for one in FAULTS if list(audit.faults(copy, one))]
    assert (faults, made.missing) == ([], ())
    staging.clear(made.stage)


def rewound(
    life: Life, origin: moments.Moment | snapshots.Snapshot, path: Path
) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row as it was then, before anything makes it fit to be opened."""
    path.parent.mkdir(exist_ok=True)
    snapshot = origin.snapshot if isinstance(origin, moments.Moment) else origin
    path.write_bytes(snapshot.path.read_bytes())
    if isinstance(origin, moments.Moment):
        rewinding.lead(life.studio.workspace.journal, path, origin.way)
    copy = copying.Copy(path)
    with contextlib.closing(copy):
        copy.open()
        return dump(copy)


def live(deeds: Sequence[str], looks: Sequence[tuple[float, float]]) -> None:
    """Live one history and go back to some of its moments."""
    usual, journal.EVERY_S = journal.EVERY_S, 0.0
    try:
        with tempfile.TemporaryDirectory() as folder:
            life = Life(Path(folder))
            try:
                for deed in deeds:
                    life.do(deed)
                for where, share in looks:
                    check(life, int(where * len(life.model)), share)
            finally:
                life.close()
    finally:
        journal.EVERY_S = usual


SHARES = st.floats(0, 0.999)


def name_at(studio: Studio, moment: int, folder: Path) -> str:
    """Return what the user was called at a moment."""
    origin = moments.find(studio.workspace, moment)
    made = restore.stage(studio.workspace, origin, folder)
    copy = copying.Copy(made.stage / "library.sqlite3")
    copy.open()
    found = str(copy.value("SELECT name FROM users"))
    copy.close()
    staging.clear(folder)
    return found


def rename(studio: Studio, name: str) -> int:
    """Rename the user; return a moment at which that is the present."""
    with studio.database.write():
        studio.database.run("UPDATE users SET name = ?", (name,))
    time.sleep(0.012)
    moment = now_ms()
    time.sleep(0.012)
    return moment


def log_of(studio: Studio) -> journal.Journal:
    found = studio.database.journal
    assert found is not None
    return found


def drill(number: int, most: int = 25) -> None:
    """Live `number` histories of up to `most` deeds."""
    run = given(
        st.lists(st.sampled_from(DEEDS), min_size=3, max_size=most),
        st.lists(st.tuples(SHARES, SHARES), min_size=3, max_size=6),
    )(live)
    settings(
        max_examples=number,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )(run)()


def main() -> None:
    """Run the whole drill and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=50, help="histories to live")
    number = parser.parse_args().number
    begin = time.monotonic()
    drill(number)
    sys.stdout.write(f"{number} histories: all as they were ({time.monotonic() - begin:.0f} s)\n")


if __name__ == "__main__":
    main()
