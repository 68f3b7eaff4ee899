"""How fast a synthetic library is written, beside executemany of the very same rows.

The floor writes rows that lie ready in memory into the same tables and indexes, in one
transaction with the same durability and without triggers. Ours also invents every row.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from _library import beside, opened, raw, told

from stylestudio_desktop.services import synthetic
from stylestudio_desktop.services.studio import Studio

TABLES = (
    "users", "generations", "files", "generation_files", "generation_states", "token_purchases",
    "token_entries", "usage", "jobs", "generation_counts", "file_counts", "usage_days",
)  # fmt: skip
SEARCHES = (
    (
        "INSERT INTO generation_search (rowid, owner, prompt) VALUES (?, ?, ?)",
        "SELECT id, 'u' || user_id, prompt FROM generations ORDER BY id",
    ),
    (
        "INSERT INTO file_search (rowid, owner, name, prompt) VALUES (?, ?, ?, ?)",
        "SELECT f.id, 'u' || f.user_id, f.filename, coalesce(g.prompt, '') FROM files f"
        " LEFT JOIN generations g ON g.id = f.generation_id ORDER BY f.id",
    ),
)
Load = list[tuple[str, list[tuple[Any, ...]]]]


def rows_of(studio: Studio) -> Load:
    """Return every row of a library with the statement that writes it."""
    found: Load = []
    for table in TABLES:
        rows = studio.database.rows(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        marks = ", ".join("?" * len(rows[0])) if rows else "?"
        found.append((f"INSERT INTO {table} VALUES ({marks})", rows))  # noqa: S608
    return found + [(insert, studio.database.rows(select)) for insert, select in SEARCHES]


class Floor:
    """Writes ready rows into new libraries; only the writing counts."""

    def __init__(self, base: Path, load: Load) -> None:
        self._base = base
        self._load = load
        self.seconds = 0.0

    def run(self) -> None:
        """Write everything once."""
        folder = Path(tempfile.mkdtemp(dir=self._base))
        with opened(folder) as studio:
            names = studio.database.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        connection = raw(folder / "library.sqlite3")
        for (name,) in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("PRAGMA foreign_keys = 0")
        for table in ("token_entries", "users", "generation_counts", "usage_days"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the first profile
        connection.execute("PRAGMA foreign_keys = 1")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for sql, rows in self._load:
            connection.executemany(sql, rows)
        connection.execute("COMMIT")
        self.seconds = time.perf_counter() - began
        connection.close()


class Ours:
    """Fills new libraries; the drawing of the few pictures does not count, every row does."""

    def __init__(self, base: Path, number: int) -> None:
        self._base = base
        self._number = number
        self.seconds = 0.0
        self.load: Load = []

    def run(self, keep: bool = False) -> None:
        """Fill a library once; `keep` its rows for the floor."""
        with opened(Path(tempfile.mkdtemp(dir=self._base))) as studio:
            made = synthetic.fill(studio, self._number)
            self.seconds = made.seconds - made.drawing_s
            if keep:
                self.load = rows_of(studio)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--generations", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temp)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        ours = Ours(Path(name), chosen.generations)
        ours.run(keep=True)
        floor = Floor(Path(name), ours.load)
        least: list[float] = []
        mine: list[float] = []
        ratios: list[float] = []
        for _ in range(chosen.rounds):
            beside(floor.run, ours.run, 1)
            least.append(floor.seconds * 1000)
            mine.append(ours.seconds * 1000)
            ratios.append(mine[-1] / least[-1])
        rows = sum(len(lines) for _, lines in ours.load)
        middle = chosen.rounds // 2
        told(
            f"write {chosen.generations:,} synthetic generations",
            (sorted(least)[middle], sorted(mine)[middle], sorted(ratios)[middle]),
            1.5,
            rows=rows,
            rows_per_second=round(rows / sorted(mine)[middle] * 1000),
        )


if __name__ == "__main__":
    main()
