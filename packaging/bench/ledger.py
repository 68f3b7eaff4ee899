"""How many generations can be started each second, beside bare SQLite running the same statements.

Each writes to a copy of its own of a large library, in turn, durably (WAL, synchronous FULL), and
folds its own log in. The floor runs the very statements that a start runs, overheard once, with
new ids, and nothing else: no checks of the brief, no look at the stored photo, no prompt, no
events, and no journal to go back in.
"""

import argparse
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from _library import Recorder, beside, library, opened, raw, told, usual_folder

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId, new_id, now_ms
from stylestudio_desktop.services import generate
from stylestudio_desktop.services import library as pictures
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries

Statements = list[tuple[str, Sequence[Any]]]
GROUP = 100
TOKENS = 10_000_000


class Replay:
    """Runs overheard statements again and again as new generations on a bare connection."""

    def __init__(self, path: Path, said: Statements, generation_id: int) -> None:
        self._connection = raw(path)
        self._said = said
        self._old = generation_id
        self._append = next(sql for sql, _ in said if "INTO token_entries" in sql)
        before = said[: next(n for n, (sql, _) in enumerate(said) if sql == self._append)]
        self._state = next(sql for sql, _ in before if "token_balance" in sql)

    def start(self, number: int) -> None:
        """Start `number` generations in one transaction."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for _ in range(number):
            fresh, intent = new_id(), str(uuid.uuid4())
            balance = last = 0
            for sql, values in self._said:
                again = [self._anew(value, fresh, intent) for value in values]
                if sql == self._append:  # an entry continues the one before it
                    again[0], again[5] = last + 1, balance + again[3]
                found = execute(sql, again).fetchall()
                if sql == self._state:
                    balance, last = found[0][:2]
        execute("COMMIT")

    def _anew(self, value: Any, fresh: int, intent: str) -> Any:
        if value == self._old:
            return fresh
        if isinstance(value, int) and value > self._old:  # the queue's rank, the log's id
            return new_id()
        if isinstance(value, str):
            if value.startswith("hold/"):
                return f"hold/{fresh}/0"
            if len(value) == 36 and value.count("-") == 4:
                return intent
        return value


def overhear(studio: Studio, brief: Brief) -> tuple[Statements, int]:
    """Return the statements of one start, and the id of the generation that it made."""
    made: list[int] = []
    said = Recorder().listen(lambda: made.append(generate.start(studio, brief).id))
    return said, made[0]


def measure(studio: Studio, beneath: Path, rounds: int) -> None:
    """Measure single starts and groups on an open library, the floor on its copy; print both."""
    row = pictures.listing(studio, FileFilter(category=Category.PRODUCT.value), limit=1).items[0]
    brief = Brief(products=(FileId(row.id),), prompt="a linen dress by the sea", quality="draft")
    with studio.database.write():
        move = ledger.grant(studio.user_id, TOKENS, f"bench/{uuid.uuid4()}")
        entries.append(studio.database, studio.user_id, move, now_ms())
    generate.start(studio, brief)  # the first one in a program looks at the ledger's chain besides
    said, generation_id = overhear(studio, brief)
    studio.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(studio.workspace.database, beneath)
    replay = Replay(beneath, said, generation_id)
    for name, floor, ours, each, number in (
        (
            "start a generation, one transaction each",
            partial(replay.start, 1),
            partial(generate.start, studio, brief),
            200,  # both fold their log in several times meanwhile
            1,
        ),
        (
            f"start {GROUP} generations in one transaction",
            partial(replay.start, GROUP),
            partial(generate.start_many, studio, [brief] * GROUP),
            4,
            GROUP,
        ),
    ):
        floor()
        ours()
        figures = beside(floor, ours, rounds, each)
        told(
            name,
            figures,
            1.5,
            statements=len(said),
            starts_per_second=round(number / figures[1] * 1000),
            floor_per_second=round(number / figures[0] * 1000),
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--library", type=Path, help="a library to copy; filled if it is not there")
    parser.add_argument("--rounds", type=int, default=25)
    chosen = parser.parse_args()
    kept = chosen.library or usual_folder(chosen.generations)
    with library(kept, chosen.generations) as studio:
        studio.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        wanted = FileFilter(category=Category.PRODUCT.value)
        stored = {pictures.location(studio, row) for row in pictures.listing(studio, wanted).items}
    with tempfile.TemporaryDirectory(dir=kept.parent) as name:
        copy = Path(name) / "workspace"
        copy.mkdir(mode=0o700)
        shutil.copyfile(kept / "library.sqlite3", copy / "library.sqlite3")
        for path in stored:
            target = copy / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        with opened(copy) as studio:
            measure(studio, Path(name) / "floor.sqlite3", chosen.rounds)


if __name__ == "__main__":
    main()
