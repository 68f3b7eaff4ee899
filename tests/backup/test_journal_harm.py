"""The journal after a process was ended, or a disk was full, in the middle of what it keeps."""

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, restore
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, journal, journal_notes
from stylestudio_desktop.store.database import SQLITE, Database
from stylestudio_desktop.store.journal_links import end_of
from tests.backup.histories import Life, log_of, name_at, rename


def test_who_was_ended_while_old_logs_were_removed_does_not_break_the_chain(life: Life) -> None:
    folder = life.studio.workspace.journal
    for name in ("one", "two", "three"):
        rename(life.studio, name)
        log_of(life.studio)._fold_now()
    first, *_, last = journal_notes.numbers(folder)
    assert first < last
    journal_notes.log_path(folder, first).unlink()  # its notes were to follow
    rename(life.studio, "four")
    log_of(life.studio)._fold_now()
    rename(life.studio, "five")
    assert (folder / "whole").exists()
    assert first not in journal_notes.numbers(folder)


def test_a_torn_stamp_is_not_taken_for_an_older_moment(life: Life, tmp_path: Path) -> None:
    """A full disk takes as much of a line as its last block has room for.

    Its moment then was one long before, and going back brought the snapshot instead.
    """
    studio, log = life.studio, log_of(life.studio)
    before = rename(studio, "before")
    log.copy(patient=True)
    rename(studio, "after")
    after = end_of(log._header(), log._frames()[0])
    number = journal_notes.numbers(studio.workspace.journal)[-1]
    with journal_notes.notes_path(studio.workspace.journal, number).open("ab") as notes:
        notes.write(f"at {after} {now_ms()}"[:-5].encode())
    rename(studio, "later")
    assert name_at(studio, before, tmp_path / "a") == "before"
    assert name_at(studio, now_ms(), tmp_path / "a") == "later"


def test_a_journal_that_can_not_be_written_lets_go_of_the_library_all_the_same(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody could put another library in its place until the program ends."""

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    studio = life.studio
    with monkeypatch.context() as patch:
        patch.setattr(journal.journal_files, "carry", full)
        patch.setattr(journal, "EVERY_S", 1000.0)
        rename(studio, "not copied")
        close_studio(studio)
    with contextlib.closing(Database(studio.workspace.database)) as other:
        other.open()
        other.leave_journal()
        other.value("PRAGMA busy_timeout = 500")
        assert other.value("PRAGMA journal_mode = delete") == "delete"


def test_what_nobody_committed_does_not_come_into_the_journal(life: Life, tmp_path: Path) -> None:
    """Who is ended while a commit is flushed leaves a whole one in the log that never counted."""
    studio, log = life.studio, log_of(life.studio)
    rename(studio, "x" * 99_000)
    log._fold_now()
    rename(studio, "begins the log anew, which is long" + "x" * 99_000)
    place = studio.workspace.database
    wal = place.with_name(place.name + "-wal")
    (tmp_path / "other").mkdir()
    for one in (place, wal):
        shutil.copyfile(one, tmp_path / "other" / one.name)
    end = end_of(log._header(), log._frames()[0])
    killed = SQLITE.connect(tmp_path / "other" / place.name, isolation_level=None)
    with contextlib.closing(killed):
        killed.execute("PRAGMA wal_autocheckpoint = 0")
        killed.execute("INSERT INTO meta (key, value) VALUES ('never', 'committed')")
        with wal.open("r+b") as file:
            file.seek(end)
            file.write((tmp_path / "other" / wal.name).read_bytes()[end:])
    header = log._header()
    log._fold_now()
    moment = rename(studio, "after")
    assert log._header() != header
    assert never_at(studio, moment, tmp_path / "a") == []
    life.do("snapshot")
    moment = rename(studio, "afterwards")
    assert isinstance(moments.find(studio.workspace, moment), Moment)
    assert never_at(studio, moment, tmp_path / "a") == []


def never_at(studio: Studio, moment: int, folder: Path) -> list[Any]:
    """Return what was never committed, if it is in the library of that moment."""
    origin = moments.find(studio.workspace, moment)
    copy = copying.Copy(restore.put_database(studio.workspace, origin, folder, lambda: None))
    with contextlib.closing(copy):
        copy.open()
        return copy.rows("SELECT value FROM meta WHERE key = 'never'")
