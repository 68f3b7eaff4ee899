"""Whether a log goes on from the one before: beside other programs, after years, after harm."""

import contextlib
import struct
import time
from pathlib import Path

import pytest

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, restore, snapshots
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import (
    copying,
    journal,
    journal_links,
    journal_notes,
    journal_rests,
)
from stylestudio_desktop.store.database import SQLITE, Database
from tests.backup.histories import Life, log_of, name_at, rename
from tests.backup.test_moments import spill


def fold_by_another(studio: Studio, how: str) -> None:
    """Fold the log in as another program does that has the database open beside ours."""
    other = SQLITE.connect(studio.workspace.database, isolation_level=None)
    if how == "by itself":  # what the sqlite3 shell does after its thousandth page
        other.execute("PRAGMA wal_autocheckpoint = 1")
        other.execute("UPDATE users SET name = 'theirs'")
    else:
        busy, _, _ = other.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        assert not busy
    other.close()


def pictures_at(studio: Studio, moment: int, folder: Path) -> int:
    """Return how many pictures the library had at a moment."""
    origin = moments.find(studio.workspace, moment)
    copy = copying.Copy(restore.put_database(studio.workspace, origin, folder, lambda: None))
    with contextlib.closing(copy):
        copy.open()
        return int(copy.value("SELECT count(*) FROM files"))


@pytest.fixture
def uncopied(life: Life, monkeypatch: pytest.MonkeyPatch) -> Life:
    """Copy the log, and then write a picture, which nobody copies as yet."""
    log_of(life.studio).copy(patient=True)
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)  # all that follows is within a moment
    life.do("photo")
    return life


@pytest.mark.parametrize("how", ["PASSIVE", "RESTART", "by itself"])
def test_what_another_program_folds_in_before_it_was_copied_is_copied_afterwards(
    uncopied: Life, tmp_path: Path, how: str
) -> None:
    """The old log's pages stay behind the new one's until that is as long."""
    studio = uncopied.studio
    before = now_ms()
    time.sleep(0.05)
    fold_by_another(studio, how)
    moment = rename(studio, "begins the log anew")
    log_of(studio).copy(patient=True)
    assert pictures_at(studio, before, tmp_path / "b") == 1, "it was there already"
    assert name_at(studio, moment, tmp_path / "a") == "begins the log anew"
    assert pictures_at(studio, moment, tmp_path / "b") == 1
    assert len(moments.reach(studio.workspace)) == 1


@pytest.mark.parametrize(
    ("how", "size"), [("PASSIVE", 900_000), ("by itself", 900_000), ("TRUNCATE", 1)]
)
def test_what_is_lost_before_it_was_copied_is_not_passed_over(
    uncopied: Life, tmp_path: Path, how: str, size: int
) -> None:
    """A library that lacks a picture passes every proof: so it must not be led there."""
    studio, place = uncopied.studio, uncopied.studio.workspace
    fold_by_another(studio, how)
    rename(studio, "x" * size)  # which may be longer than all the old log
    log_of(studio).copy(patient=True)
    assert not isinstance(moments.find(place, now_ms()), Moment)
    assert snapshots.is_due(place, now_ms()), "without waiting for the hour"
    uncopied.do("snapshot")
    moment = rename(studio, "afterwards")
    assert name_at(studio, moment, tmp_path / "a") == "afterwards"


@pytest.mark.parametrize("how", ["PASSIVE", "RESTART", "TRUNCATE"])
def test_a_snapshot_of_what_was_folded_in_uncopied_leads_to_nothing_older(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """While the log is empty: it was begun anew for a change that was taken back."""
    studio = life.studio
    log_of(studio)._fold_now()
    before = rename(studio, "before")
    log_of(studio).copy(patient=True)
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)
    life.do("photo")
    fold_by_another(studio, how)
    with contextlib.suppress(KeyError), studio.database.write():
        spill(studio.database)
        raise KeyError
    assert log_of(studio)._frames()[0] == 0
    life.do("snapshot")
    assert pictures_at(studio, before, tmp_path / "a") == 0, "the snapshot has one"
    assert pictures_at(studio, rename(studio, "after"), tmp_path / "b") == 1


def test_a_rest_that_is_too_long_breaks_the_chain(
    uncopied: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_rests, "MOST", 3)
    fold_by_another(uncopied.studio, "PASSIVE")
    rename(uncopied.studio, "later")
    assert not isinstance(moments.find(uncopied.studio.workspace, now_ms()), Moment)


@pytest.mark.parametrize("after", [False, True])
def test_what_was_taken_back_is_no_part_of_the_rest(
    uncopied: Life, tmp_path: Path, after: bool
) -> None:
    """Its pages are in the log, as they were more than fits into memory; some are written over."""
    studio = uncopied.studio
    with contextlib.suppress(KeyError), studio.database.write():
        spill(studio.database)
        raise KeyError
    if after:
        rename(studio, "over its beginning")
    fold_by_another(studio, "PASSIVE")
    moment = rename(studio, "later")
    assert name_at(studio, moment, tmp_path / "a") == "later"
    assert pictures_at(studio, moment, tmp_path / "b") == 1


def test_a_log_of_which_nothing_was_noted_is_not_gone_on_from(life: Life) -> None:
    header = log_of(life.studio)._header()
    wal = life.studio.workspace.database.with_name("library.sqlite3-wal")
    assert journal_rests.left_behind(wal, header, 0) is None


@pytest.mark.parametrize("order", [0, 1])
def test_sums_are_those_of_the_file_format(tmp_path: Path, order: int) -> None:
    """Logs of machines of either byte order, summed up as the file format says, page by page."""
    words = ">II" if order else "<II"
    header = bytes([0x37, 0x7F, 6, 0x82 | order]) + bytes(4) + (16).to_bytes(4, "big") + b"n" * 4
    header += b"saltsalt" + bytes(8)
    log, sums = header, (3, 5)
    for number, commit in enumerate((1, 0, 1, 0), 1):
        page = number.to_bytes(4, "big") + commit.to_bytes(4, "big") + b"saltsalt"
        body = bytes(range(number, number + 16))
        for chunk in (page[:8], body[:8], body[8:]):
            one, two = struct.unpack(words, chunk)
            first = (sums[0] + one + sums[1]) % 2**32
            sums = first, (sums[1] + two + first) % 2**32
        log += page + struct.pack(">II", *sums) + body
    wal = tmp_path / "wal"
    wal.write_bytes(log)
    rest = journal_rests.left_behind(wal, header, 32 + 40)
    assert rest == log[32 + 40 : 32 + 3 * 40], "up to the last commit"
    wal.write_bytes(log[:-50] + b"?" + log[-49:])
    assert journal_rests.left_behind(wal, header, 32 + 40) == b"", "a page that was changed"


@pytest.mark.parametrize("how", ["PASSIVE", "RESTART"])
def test_what_another_program_folds_in_after_it_was_copied_goes_on(
    life: Life, tmp_path: Path, how: str
) -> None:
    before = rename(life.studio, "copied")
    log_of(life.studio).copy(patient=True)
    fold_by_another(life.studio, how)
    after = rename(life.studio, "on top")
    assert len(journal_notes.numbers(life.studio.workspace.journal)) == 2
    assert name_at(life.studio, before, tmp_path / "a") == "copied"
    assert name_at(life.studio, after, tmp_path / "a") == "on top"
    assert len(moments.reach(life.studio.workspace)) == 1


def test_a_log_that_was_written_over_as_a_whole_goes_on_after_a_fold_of_ours(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_of(life.studio)._fold_now()
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)
    moment = rename(life.studio, "longer than all before" + "x" * 3_000_000)
    assert name_at(life.studio, moment, tmp_path / "a").startswith("longer than all before")
    assert len(journal_notes.numbers(life.studio.workspace.journal)) == 2
    assert len(moments.reach(life.studio.workspace)) == 1


def test_a_journal_of_thousands_of_logs_holds_no_commit_up(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each closing of the last program ends a log: years of that are not looked through again."""
    listed: list[Path] = []
    real = journal_links.numbers
    monkeypatch.setattr(
        journal_links, "numbers", lambda folder: [listed.append(folder), real(folder)][1]
    )
    for number in range(20):
        rename(life.studio, f"turn {number}")
    assert len(listed) <= 1


@pytest.mark.parametrize("harm", ["removed", "begun anew"])
def test_a_journal_that_was_removed_while_it_was_followed_begins_anew(
    life: Life, tmp_path: Path, harm: str
) -> None:
    rename(life.studio, "a" * 9000)
    rename(life.studio, "b" * 9000)
    for one in life.studio.workspace.journal.iterdir():
        if one.name != "lock":
            one.unlink()
    if harm == "begun anew":  # as by another process
        other = Database(life.studio.workspace.database)
        other.open()
        with other.write():
            other.run("UPDATE users SET name = 'theirs'")
        other.close()
    rename(life.studio, "c")
    life.do("snapshot")
    moment = rename(life.studio, "d")
    assert name_at(life.studio, moment, tmp_path / "a") == "d"
    assert journal_notes.numbers(life.studio.workspace.journal) == [1]
