"""Random lives of a database that another program writes to, and folds in, beside two of ours."""

import contextlib
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.store import copying, journal, rewinding
from stylestudio_desktop.store.database import SQLITE, Database

TABLES = ("users", "generations", "files")
TICK_MS = 10


class Dance:
    """Two connections of ours and one of another program's, and what there was at each moment."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder, self._dice, self.bases = folder, dice, set[str]()
        (folder / "journal").mkdir(parents=True)
        path = folder / "library.sqlite3"
        self.ours = Database(path)
        self.ours.open()
        self.ours.use_wal()
        with self.ours.write():
            for table in TABLES:  # a snapshot's proof counts them
                self.ours.run(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, token_balance)")
            self.ours.run("CREATE TABLE token_entries (user_id INTEGER, delta INTEGER)")
            for table in "ab":
                self.ours.run(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, what)")
        self.second = Database(path)
        self.second.open()
        self.other = SQLITE.connect(path, isolation_level=None)
        self.other.execute("PRAGMA wal_autocheckpoint = 0")
        self.model: list[tuple[int, int, str]] = []
        self.snapshot()
        self.tell(now_ms())

    def tell(self, begun: int) -> None:
        """Remember what there is, and when that was begun to be written and done."""
        self.model.append((begun, now_ms(), dump(self.other)))

    def _insert(self, database: Database, number: int) -> None:
        for _ in range(number):
            table, size = self._dice.choice("ab"), self._dice.choice((50, 9000))
            database.run(f"INSERT INTO {table} (what) VALUES (?)", ("x" * size,))

    def write(self) -> None:
        """Commit a little or much, by one of ours."""
        database = self._dice.choice((self.ours, self.second))
        with database.write():
            self._insert(database, self._dice.choice((1, 1, 30)))

    def take_back(self) -> None:
        """Write more than fits into memory, and take it back."""
        with contextlib.suppress(KeyError), self.ours.write():
            self.ours.run("PRAGMA cache_size = 10")
            self._insert(self.ours, self._dice.randrange(5, 60))
            raise KeyError

    def theirs(self) -> None:
        """Write as another program does."""
        self.other.execute("INSERT INTO b (what) VALUES (?)", ("f" * self._dice.randrange(9000),))

    def fold(self) -> None:
        """Fold the log in as another program does."""
        how = self._dice.choice(("PASSIVE", "PASSIVE", "RESTART", "TRUNCATE"))
        self.other.execute(f"PRAGMA wal_checkpoint({how})").fetchall()

    def snapshot(self) -> None:
        """Take a snapshot that the journal can go on from."""
        name = f"base-{len(self.bases)}"
        copying.snapshot(self.ours, self.folder / name, base=True)
        self.bases.add(name)

    def copy(self) -> None:
        """Copy what is new into the journal."""
        assert self.ours.journal is not None
        self.ours.journal.copy(patient=True)

    def close(self) -> None:
        """Close all, ours last."""
        self.other.close()
        self.second.close()
        self.ours.close()


def dump(connection: Any) -> str:
    """Return all rows as text."""
    return repr([connection.execute(f"SELECT * FROM {one} ORDER BY 1").fetchall() for one in "ab"])


@pytest.fixture
def dance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Dance]]:
    begun: list[Dance] = []

    def begin(seed: int) -> Dance:
        dice = random.Random(seed)
        monkeypatch.setattr(journal, "EVERY_S", dice.choice((0.02, 0.1, 1000)))
        monkeypatch.setattr(journal, "FOLD_FRAMES", dice.choice((20, 100, 4000)))
        begun.append(Dance(tmp_path / "dance", dice))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.mark.parametrize("turn", range(8))
def test_no_moment_shows_what_never_was_or_came_later(
    dance: Callable[[int], Dance], turn: int
) -> None:
    seed = random.randrange(1 << 30)
    one, dice = dance(seed), random.Random(seed + turn)
    tellers = [one.write, one.write, one.write, one.theirs]
    deeds = [*tellers, *tellers, one.take_back, *[one.fold] * 6, one.snapshot, *[one.copy] * 3]
    for deed in dice.choices(deeds, k=30):
        begun = now_ms()
        deed()
        if deed in tellers:
            one.tell(begun)
        time.sleep(dice.choice((0, 0.004, 0.012)))
    one.copy()
    reached = 0
    for _ in range(12):
        moment = dice.randint(one.model[0][1] + TICK_MS, max(one.model[-1][1], now_ms()))
        way = rewinding.way_to(one.folder / "journal", one.bases, moment)
        if way is None:
            continue
        reached += 1
        path = one.folder / f"then-{reached}"
        shutil.copyfile(one.folder / way.base, path)
        rewinding.lead(one.folder / "journal", path, way)
        with contextlib.closing(SQLITE.connect(path)) as then:
            assert then.execute("PRAGMA integrity_check").fetchall() == [("ok",)], seed
            shown = dump(then)
        begun = next((begun for begun, _, there in one.model if there == shown), None)
        assert begun is not None, f"this never was (seed {seed}, turn {turn})"
        assert begun <= moment + TICK_MS, f"this came later (seed {seed}, turn {turn})"
