"""What going back to a moment may miss: nothing that lasted a tenth of a second; it is told."""

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, restore, schedule, snapshots
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, journal
from stylestudio_desktop.store.database import SQLITE, Database
from tests.backup.histories import Life, name_at
from tests.cli.conftest import Shell

TICK_MS = 10
"""How coarse the time of a file is."""
APART_S = 0.5
"""How far apart moments are here, so that waiting longer than that is short."""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(journal, "EVERY_S", APART_S)
    (tmp_path / "life").mkdir()
    lived = Life(tmp_path / "life")
    yield lived.studio
    lived.close()


def name(database: Database, what: str, during: Callable[[], None] = lambda: None) -> None:
    """Rename the user in one transaction, which lasts as long as `during` does."""
    with database.write():
        during()
        database.run("UPDATE users SET name = ?", (what,))


def long() -> None:
    """Last longer than moments are apart."""
    time.sleep(3 * APART_S)


def copied(studio: Studio) -> None:
    """Have everything copied into the journal just now."""
    assert studio.database.journal is not None
    assert studio.database.journal.copy(patient=True) is not None


def spill(database: Database) -> None:
    """Write more than fits into memory, so that it goes into the log before it is committed."""
    database.run("PRAGMA cache_size = 10")
    database.run("CREATE TABLE spilled (x)")
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
    database.run(f"INSERT INTO spilled {rows} SELECT randomblob(2000) FROM n")
    database.run("DROP TABLE spilled")


def test_twenty_random_moments_are_reached_to_within_a_tenth_of_a_second(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that was written later is there, and everything that had lasted as long as that."""
    monkeypatch.undo()
    assert journal.EVERY_S == 0.1
    lived: list[tuple[int, int]] = []  # when each name was begun to be written, and when it was
    while len(lived) < 120:
        began = now_ms()
        name(studio.database, f"name {len(lived)}")
        lived.append((began, now_ms()))
        time.sleep(random.choice([0.005, 0.02, 0.06, 0.15]))
    for _ in range(20):
        moment = random.randint(lived[1][1] + 100, lived[-1][1])
        origin = moments.find(studio.workspace, moment)
        assert isinstance(origin, Moment)
        path = restore.put_database(studio.workspace, origin, tmp_path / "then", lambda: None)
        copy = copying.Copy(path)
        with contextlib.closing(copy):
            copy.open()
            found = int(str(copy.value("SELECT name FROM users")).split()[1])
        lasted = max(number for number, (_, done) in enumerate(lived) if done <= moment - 100)
        assert found >= lasted, f"{moment - lived[lasted][1]} ms old, and not there"
        assert lived[found][0] <= moment + TICK_MS, f"{lived[found][0] - moment} ms too late"


def test_what_was_written_just_before_a_long_transaction_is_reached(
    studio: Studio, tmp_path: Path
) -> None:
    name(studio.database, "first")
    copied(studio)
    name(studio.database, "second")  # so soon after the copy that it is not copied by itself
    moment = now_ms() + 200
    name(studio.database, "third", long)
    assert name_at(studio, moment, tmp_path / "a") == "second"
    assert name_at(studio, now_ms(), tmp_path / "a") == "third"


def test_what_another_process_wrote_just_before_is_reached(studio: Studio, tmp_path: Path) -> None:
    """The other one has copied already when it waits for the lock, and copies before this one."""
    other = Database(studio.database.path)
    other.open()
    name(other, "other's")
    copied(studio)
    began, moment = threading.Event(), [0]

    def wait() -> None:
        began.set()
        time.sleep(0.2)

    def late() -> None:
        began.wait()
        with other.connection():
            other.journal.copy(patient=True)  # type: ignore[union-attr]
            name(other, "last", lambda: (moment.__setitem__(0, now_ms() + 200), long())[0])

    thread = threading.Thread(target=late)
    thread.start()
    name(studio.database, "second", wait)
    thread.join()
    assert name_at(studio, moment[0], tmp_path / "a") == "second"
    other.close()


def test_what_is_taken_back_does_not_make_what_was_there_seem_younger(
    studio: Studio, tmp_path: Path
) -> None:
    name(studio.database, "first")
    copied(studio)
    name(studio.database, "second")
    moment = now_ms() + 200

    def fail() -> None:
        long()
        spill(studio.database)
        raise KeyError

    with pytest.raises(KeyError):
        name(studio.database, "never", fail)
    name(studio.database, "third")
    assert name_at(studio, moment, tmp_path / "a") == "second"


def test_what_is_being_written_does_not_make_what_was_there_seem_younger(
    studio: Studio, tmp_path: Path
) -> None:
    """Another process copies while the log grows by what is not committed yet."""
    name(studio.database, "first")
    copied(studio)
    name(studio.database, "second")
    moment = now_ms() + 200
    program = (
        "import sys; from pathlib import Path; from stylestudio_desktop.store.database import "
        "Database; one = Database(Path(sys.argv[1])); one.open(); one.close()"
    )

    def grow() -> None:
        long()
        spill(studio.database)
        call = [sys.executable, "-c", program, str(studio.database.path)]
        subprocess.run(call, check=True, timeout=60)

    name(studio.database, "third", grow)
    assert name_at(studio, moment, tmp_path / "a") == "second"


def test_marks_that_nobody_could_tell_apart_are_not_kept(studio: Studio) -> None:
    before = len(_notes(studio))
    for number in range(50):
        name(studio.database, f"turn {number}")
    copied(studio)
    assert len(_notes(studio)) - before < 12


def test_what_a_killed_program_had_half_written_leads_nowhere(
    studio: Studio, tmp_path: Path
) -> None:
    """Its pages are in the log already, as they were more than fits into memory."""
    name(studio.database, "first")
    copied(studio)
    log = studio.database.path.with_name("library.sqlite3-wal")
    before = log.stat().st_size
    program = (
        "import os, sys; from pathlib import Path\n"
        "from stylestudio_desktop.store.database import Database\n"
        "from tests.backup.test_moments import name, spill\n"
        "one = Database(Path(sys.argv[1])); one.open()\n"
        "name(one, 'never', lambda: (spill(one), os.kill(os.getpid(), 9)))"
    )
    call = [sys.executable, "-c", program, str(studio.database.path)]
    assert subprocess.run(call, check=False, timeout=60).returncode == -9
    assert log.stat().st_size > before + 500_000
    moment = now_ms()
    copied(studio)
    time.sleep(0.02)
    name(studio.database, "second")
    copied(studio)
    assert name_at(studio, moment, tmp_path / "a") == "first"
    assert name_at(studio, now_ms(), tmp_path / "a") == "second"
    assert len(moments.reach(studio.workspace)) == 1


def _notes(studio: Studio) -> list[str]:
    found = sorted(studio.workspace.journal.glob("*.log"))
    return [line for one in found for line in one.read_text().splitlines()]


def broken(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    """Write more at once than the journal copies; return the moment (UTC ms) before that."""
    name(studio.database, "before")
    copied(studio)
    time.sleep(0.02)
    moment = now_ms()
    time.sleep(0.02)
    monkeypatch.setattr(journal, "LARGEST_STEP", 200_000)
    name(studio.database, "too much", lambda: (time.sleep(APART_S), spill(studio.database))[0])
    assert not (studio.workspace.journal / "whole").exists()
    return moment


def test_where_the_journal_ends_the_answer_is_of_then(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    moment = broken(studio, monkeypatch)
    time.sleep(0.02)
    found = moments.find(studio.workspace, now_ms())
    assert isinstance(found, Moment)
    assert found.moment <= moment, "never as if it were now"
    assert name_at(studio, now_ms(), tmp_path / "a") == "before"
    assert studio.database.value("SELECT name FROM users") == "too much"
    assert not moments.goes_on(studio.workspace)
    close_studio(studio)
    shell = Shell(studio.workspace.root, capsys.readouterr)
    assert shell.run("restore-backup", "--at", "2099-01-01", "--into", str(tmp_path / "b")) == 0
    assert "before 2099-01-01 00:00:00 can't be brought back: this is the library of" in shell.err
    assert "as it was at 2099" not in shell.out


def test_where_the_journal_ends_a_snapshot_is_due_at_once_and_once(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = broken(studio, monkeypatch)
    time.sleep(0.02)
    assert snapshots.is_due(studio.workspace, now_ms())
    assert "snapshot" in schedule.due(studio, now_ms())
    snapshots.take(studio, snapshots.Reason.HOURLY)
    assert not snapshots.is_due(studio.workspace, now_ms()), "nothing was written since"
    assert name_at(studio, now_ms(), tmp_path / "a") == "too much"
    assert name_at(studio, moment, tmp_path / "a") == "before"


def test_another_programs_work_is_not_taken_for_the_journals(studio: Studio) -> None:
    name(studio.database, "ours")
    before = now_ms()
    close_studio(studio)
    time.sleep(0.02)
    other = SQLITE.connect(studio.workspace.database, isolation_level=None)
    other.execute("UPDATE users SET name = 'theirs'")
    other.close()
    found = moments.find(studio.workspace, now_ms())
    assert isinstance(found, Moment)
    assert found.moment <= before
