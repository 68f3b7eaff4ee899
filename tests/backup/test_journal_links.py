"""Whether a log goes on from the one before: beside other programs, after years, after harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, snapshots
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import journal, journal_links, journal_notes
from stylestudio_desktop.store.database import SQLITE, Database
from tests.backup.histories import Life, log_of, name_at, rename


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.setattr(journal, "EVERY_S", 0.0)
    (tmp_path / "life").mkdir()
    lived = Life(tmp_path / "life")
    yield lived
    lived.close()


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


@pytest.mark.parametrize("how", ["PASSIVE", "RESTART", "TRUNCATE", "by itself"])
@pytest.mark.parametrize("size", [1, 900_000])
def test_what_another_program_folds_in_before_it_was_copied_is_not_passed_over(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, size: int
) -> None:
    """A library that lacks a picture passes every proof: so it must not be led there."""
    place = life.studio.workspace
    log_of(life.studio).copy(patient=True)
    monkeypatch.setattr(journal, "EVERY_S", 1000.0)  # as within a second
    life.do("photo")
    fold_by_another(life.studio, how)
    rename(life.studio, "x" * size)  # begins the log anew, and may write over all of the old one
    log_of(life.studio).copy(patient=True)
    assert not isinstance(moments.find(place, now_ms()), Moment)
    assert snapshots.is_due(place, now_ms()), "without waiting for the hour"
    life.do("snapshot")
    moment = rename(life.studio, "afterwards")
    assert name_at(life.studio, moment, tmp_path / "a") == "afterwards"


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
