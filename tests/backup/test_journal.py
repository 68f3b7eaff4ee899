"""Going back to any moment: by the journal of what every commit wrote since a snapshot."""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import HOUR_MS
from stylestudio_desktop.services.backup import drill, moments, restore, snapshots
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.store import copying, journal, journal_notes, rewinding
from stylestudio_desktop.store.database import SQLITE, Database
from tests.backup import histories
from tests.backup.histories import Life, log_of, name_at, rename


@pytest.fixture(autouse=True)
def _every_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "EVERY_S", 0.0)


@pytest.fixture
def life(tmp_path: Path):
    lived = Life(tmp_path / "life")
    yield lived
    lived.close()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "life").mkdir()


def test_random_histories_can_be_gone_back_in() -> None:
    histories.drill(4, most=12)


def test_a_moment_between_two_snapshots_is_reached(life: Life, tmp_path: Path) -> None:
    before = [rename(life.studio, name) for name in ("one", "two")]
    life.do("snapshot")
    after = rename(life.studio, "three")
    assert name_at(life.studio, before[0], tmp_path / "a") == "one"
    assert name_at(life.studio, before[1], tmp_path / "a") == "two"
    assert name_at(life.studio, after, tmp_path / "a") == "three"
    (stretch,) = moments.reach(life.studio.workspace)
    assert stretch.begin <= before[0] < after <= stretch.end + 100


def test_the_trial_restore_tries_the_journal(life: Life) -> None:
    rename(life.studio, "later")
    assert "with what was written since" in drill.drill(life.studio).sentence


def test_before_the_first_snapshot_there_is_nothing(life: Life) -> None:
    first = snapshots.listing(life.studio.workspace)[-1]
    with pytest.raises(BadInput, match="as old as that"):
        moments.find(life.studio.workspace, first.moment - 60_000)


def test_what_was_written_and_not_yet_copied_is_reached_too(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)
    moment = rename(life.studio, "at the very end")
    assert name_at(life.studio, moment, tmp_path / "a") == "at the very end"


def test_after_a_crash_of_all_the_chain_goes_on(life: Life, tmp_path: Path) -> None:
    life.do("crash")
    close_studio(life.studio)
    call = [sys.executable, "-c", histories._CRASH, str(life.studio.workspace.database), "last"]
    assert subprocess.run(call, check=False, timeout=60).returncode == 9
    life.do("reopen")
    moment = rename(life.studio, "later")
    assert name_at(life.studio, moment, tmp_path / "a") == "later"
    assert len(moments.reach(life.studio.workspace)) == 1


def test_another_program_breaks_the_chain_and_a_snapshot_begins_a_new_one(
    life: Life, tmp_path: Path
) -> None:
    before = rename(life.studio, "ours")
    close_studio(life.studio)
    other = SQLITE.connect(life.studio.workspace.database, isolation_level=None)
    other.execute("UPDATE users SET name = 'theirs'")
    other.close()
    life.do("reopen")
    rename(life.studio, "ours again")
    place = life.studio.workspace
    now = now_ms()
    assert isinstance(moments.find(place, before), Moment)
    assert not isinstance(moments.find(place, now), Moment), "nothing leads there"
    assert snapshots.is_due(place, now), "without waiting for the hour"
    life.do("snapshot")
    assert not snapshots.is_due(place, now_ms())
    moment = rename(life.studio, "ours for good")
    assert name_at(life.studio, moment, tmp_path / "a") == "ours for good"
    assert name_at(life.studio, before, tmp_path / "a") == "ours"
    assert len(moments.reach(place)) == 2


def test_a_full_disk_breaks_the_chain_and_never_a_commit(
    life: Life, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal.journal_files, "carry", full)
        monkeypatch.setattr(journal, "FOLD_FRAMES", 0)
        for name in ("first", "second", "written all the same"):
            rename(life.studio, name)
    assert caplog.text.count("its chain is broken") == 1, "told once, not with every commit"
    assert life.studio.database.value("SELECT name FROM users") == "written all the same"
    assert not (life.studio.workspace.journal / "whole").exists()
    life.do("reopen")
    rename(life.studio, "later")
    assert snapshots.is_due(life.studio.workspace, now_ms() + HOUR_MS)
    life.do("snapshot")
    assert isinstance(moments.find(life.studio.workspace, rename(life.studio, "a")), Moment)


def test_too_much_at_once_is_not_copied(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LARGEST_STEP", 1_000_000)
    life.do("much")
    assert not (life.studio.workspace.journal / "whole").exists()


@pytest.fixture
def folded_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fold in after a quarter of the usual pages, so that a few megabytes are many logs."""
    monkeypatch.setattr(journal, "FOLD_FRAMES", journal.FOLD_FRAMES // 4)


@pytest.mark.usefixtures("folded_often")
def test_a_log_that_grows_is_folded_in_and_written_anew(life: Life) -> None:
    for _ in range(4):
        life.do("much")
    wal = life.studio.workspace.database.with_name("library.sqlite3-wal")
    assert wal.stat().st_size < 16_000_000
    assert len(journal_notes.numbers(life.studio.workspace.journal)) >= 4


def test_a_writer_without_rest_neither_folds_itself_nor_lets_the_log_grow(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FOLD_FRAMES", 20)
    monkeypatch.setattr(journal, "LONGEST_LOG", 400)
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)  # only folding copies
    folding: list[threading.Thread] = []
    fold = journal.Journal._fold

    def heard(self: journal.Journal) -> None:
        folding.append(threading.current_thread())
        fold(self)

    monkeypatch.setattr(journal.Journal, "_fold", heard)
    studio, most = life.studio, 0
    wal = studio.workspace.database.with_name("library.sqlite3-wal")
    before = len(journal_notes.numbers(studio.workspace.journal))
    for number in range(1500):
        with studio.database.write():
            studio.database.run("UPDATE users SET name = ?", (f"name {number}",))
        most = max(most, wal.stat().st_size)
    assert any(one is not threading.current_thread() for one in folding), "it need not wait"
    assert most < 4 * 400 * 4120
    assert len(journal_notes.numbers(studio.workspace.journal)) > before + 1, "it began anew"
    moment = rename(studio, "the last")
    assert name_at(studio, moment, tmp_path / "a") == "the last", "the chain is whole"


def test_nobody_who_writes_folds_while_or_after_somebody_reads_the_library_as_it_was(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer waited 205 ms for what had gathered during a snapshot of a large library."""
    monkeypatch.setattr(journal, "FOLD_FRAMES", 20)
    monkeypatch.setattr(journal, "LONGEST_LOG", 80)
    monkeypatch.setattr(journal, "HELD_S", 0.05)
    folds: list[tuple[int, int]] = []
    real = journal.Journal._fold

    def noted(self: journal.Journal) -> None:
        total, folded = self._frames()
        folds.append((threading.get_ident(), total - folded))
        real(self)

    monkeypatch.setattr(journal.Journal, "_fold", noted)
    database = life.studio.database
    kept = database.journal
    assert kept is not None
    number = iter(range(100_000))

    def write() -> None:
        with database.write():
            database.run("UPDATE users SET name = ?", (f"name {next(number)}",))
        time.sleep(0.001)

    while kept._frames()[0] > 60:
        write()
    folds.clear()
    reader = SQLITE.connect(database.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT 1 FROM users LIMIT 1").fetchall()
    began = time.monotonic()
    while kept._frames()[0] < 400:
        write()
    mine = threading.get_ident()
    assert not [left for who, left in folds if who == mine]
    looks = 2 + (time.monotonic() - began) / journal.HELD_S
    assert len(folds) <= looks, "it is looked after now and then, and not at every commit"
    assert kept._frames()[0] - kept._frames()[1] > 300
    reader.execute("COMMIT")
    reader.close()
    until = time.monotonic() + 20
    while kept._frames()[0] > 100 and time.monotonic() < until:
        write()
    assert kept._frames()[0] <= 100, "the log began anew"
    assert all(left <= 80 for who, left in folds if who == mine), "what was left for the writer"


def test_a_log_waits_only_for_who_keeps_much_of_it_from_being_folded_in(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under load every commit looked like a long reader: nothing was folded in for half seconds."""
    monkeypatch.setattr(journal, "FOLD_FRAMES", 20)
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)  # only folding copies
    database, kept = life.studio.database, log_of(life.studio)
    monkeypatch.setattr(kept, "after_write", lambda: None)

    numbers = itertools.count()

    def write(times: int) -> None:
        for number in itertools.islice(numbers, times):
            with database.write():
                database.run("UPDATE users SET name = ?", (f"name {number}",))

    write(1)
    reader = SQLITE.connect(database.path, isolation_level=None)
    with contextlib.closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM users LIMIT 1").fetchall()
        for times, held in ((5, False), (60, True)):
            write(times)
            kept._fold_now()
            total, folded = kept._frames()
            assert total - folded >= times
            assert kept._held is held


def test_a_writer_does_not_wait_for_a_thread_that_folds_or_copies(
    life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(journal, "EVERY_S", 0.0)  # every write would copy
    held, written = threading.Event(), threading.Event()
    seen: list[bool] = []

    def fold() -> None:
        with log_of(life.studio)._mutex:
            held.set()
            seen.append(written.wait(10))

    folding = threading.Thread(target=fold)
    folding.start()
    held.wait()
    moment = rename(life.studio, "meanwhile")
    written.set()
    folding.join()
    assert seen == [True]
    rename(life.studio, "afterwards")
    assert name_at(life.studio, moment, tmp_path / "a") == "meanwhile"


@pytest.mark.usefixtures("folded_often")
def test_the_journal_has_a_size(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 12_000_000)
    for _ in range(6):
        life.do("much")
    place = life.studio.workspace
    assert sum(one.stat().st_size for one in place.journal.iterdir()) < 24_000_000
    assert journal_notes.numbers(place.journal)[0] > 1
    assert not isinstance(moments.find(place, life.model[1][0]), Moment)
    assert snapshots.is_due(place, now_ms())


@pytest.mark.usefixtures("folded_often")
def test_logs_before_the_oldest_snapshot_go(life: Life) -> None:
    life.do("much")
    life.do("much")
    life.do("snapshot")
    oldest = snapshots.listing(life.studio.workspace)[-1]
    oldest.path.unlink()
    first = journal_notes.numbers(life.studio.workspace.journal)[0]
    snapshots.thin(life.studio.workspace)
    assert journal_notes.numbers(life.studio.workspace.journal)[0] > first


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_a_damaged_log_is_noticed_and_never_used(life: Life, harm: str) -> None:
    for name in ("one", "two", "three"):
        rename(life.studio, name)
    origin = moments.find(life.studio.workspace, now_ms())
    assert isinstance(origin, Moment)
    path = journal_notes.log_path(life.studio.workspace.journal, origin.way.end.number)
    data = bytearray(path.read_bytes())
    data[origin.way.end.offset - 2000] ^= 1
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(bytes(data) if harm == "flip" else bytes(data[:-3000]))
    with pytest.raises(StorageError, match="damaged"):
        restore.stage(life.studio.workspace, origin)


def test_what_a_power_cut_took_from_the_journal_is_noticed(life: Life) -> None:
    rename(life.studio, "one")
    log_of(life.studio).close()
    number = journal_notes.numbers(life.studio.workspace.journal)[-1]
    os.truncate(journal_notes.log_path(life.studio.workspace.journal, number), 5000)
    life.do("reopen")
    rename(life.studio, "two")
    assert len(journal_notes.numbers(life.studio.workspace.journal)) == number + 1
    assert not isinstance(moments.find(life.studio.workspace, now_ms()), Moment)


def test_torn_and_foreign_notes_are_nothing(life: Life, tmp_path: Path) -> None:
    moment = rename(life.studio, "one")
    number = journal_notes.numbers(life.studio.workspace.journal)[-1]
    path = journal_notes.notes_path(life.studio.workspace.journal, number)
    with path.open("a") as file:
        file.write("\n../../etc/passwd\nbase x y\nat 12\nat 99")
    (life.studio.workspace.journal / "mine.log").write_text("new\n")
    rename(life.studio, "two")
    assert name_at(life.studio, moment, tmp_path / "a") == "one"
    assert name_at(life.studio, now_ms(), tmp_path / "a") == "two"
    assert rewinding.stretches(tmp_path / "nowhere", set()) == []


def test_two_processes_share_one_journal(life: Life, tmp_path: Path) -> None:
    other = Database(life.studio.workspace.database)
    other.open()
    seen = []
    for number in range(6):
        name = f"turn {number}"
        writer = other if number % 2 else life.studio.database
        with writer.write():
            writer.run("UPDATE users SET name = ?", (name,))
        time.sleep(0.012)
        seen.append((now_ms(), name))
        time.sleep(0.012)
    other.close()
    for moment, name in seen:
        assert name_at(life.studio, moment, tmp_path / "a") == name


def test_without_its_database_a_library_is_gone_back_in(life: Life) -> None:
    rename(life.studio, "one")
    close_studio(life.studio)
    place = life.studio.workspace
    place.database.rename(place.root / "away")
    assert isinstance(moments.find(place, now_ms()), Moment)
    (place.root / "away").rename(place.database)


def test_without_its_folder_there_is_no_journal(tmp_path: Path) -> None:
    database = Database(tmp_path / "plain.sqlite3")
    database.open()
    assert database.journal is None
    database.leave_journal()
    database.close()


def test_a_library_that_can_not_be_opened_is_gone_back_in_all_the_same(
    life: Life, tmp_path: Path
) -> None:
    """The whole point: rubbish in the middle of the database costs nothing before it."""
    moment = rename(life.studio, "before the rubbish")
    place = life.studio.workspace
    close_studio(life.studio)
    size = place.database.stat().st_size
    with place.database.open("r+b") as file:
        file.seek(size // 3)
        file.write(b"rubbish " * (size // 24))
    origin = moments.find(place, now_ms())
    made = restore.stage(place, origin, tmp_path / "saved")
    copy = copying.Copy(made.stage / "library.sqlite3")
    copy.open()
    assert copy.value("SELECT name FROM users") == "before the rubbish"
    copy.close()
    assert moment
    shutil.copyfile(made.stage / "library.sqlite3", place.database)
    life.do("reopen")
