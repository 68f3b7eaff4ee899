"""Snapshots: one moment of the library, proven before they count, thinned by age."""

import os
import shutil
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, Code, Stopped, StorageError, StorageFull
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import DAY_MS, HOUR_MS, Reason, SnapshotName
from stylestudio_desktop.files import removing
from stylestudio_desktop.services.backup import proving, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying
from stylestudio_desktop.store.database import SQLITE
from tests.store.books import dump

Usage = namedtuple("Usage", "total used free")


def test_a_snapshot_is_the_library_of_one_moment(studio: Studio) -> None:
    before = dump(studio.database)
    made = snapshots.take(studio, Reason.ASKED)
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'Later'")

    assert snapshots.listing(studio.workspace) == [made]
    assert snapshots.find(studio.workspace, made.path.name) == made
    assert made.path.stat().st_mode & 0o777 == 0o600
    copy = copying.Copy(made.path)
    copy.open()
    assert dump(copy) == before
    with pytest.raises(StorageError):
        copy.run("UPDATE users SET name = 'Never'")
    copy.close()
    assert sorted(path.name for path in studio.workspace.backups.iterdir()) == [made.path.name]


def test_while_others_write_the_copy_is_still_one_moment(studio: Studio) -> None:
    """Each writer adds one entry in two places; a torn copy would have them disagree."""
    raw = SQLITE.connect(studio.database.path, isolation_level=None, timeout=10)
    raw.execute("CREATE TABLE left_side (n INTEGER); ")
    raw.execute("CREATE TABLE right_side (n INTEGER, filler BLOB)")
    raw.executemany(
        "INSERT INTO right_side VALUES (?, zeroblob(4000))", [(-one,) for one in range(1, 4000)]
    )
    stop = threading.Event()
    written = [0]

    def write() -> None:
        mine = SQLITE.connect(studio.database.path, isolation_level=None, timeout=10)
        while not stop.is_set():
            mine.execute("BEGIN IMMEDIATE")
            mine.execute("INSERT INTO left_side VALUES (?)", (written[0],))
            mine.execute("INSERT INTO right_side VALUES (?, zeroblob(4000))", (written[0],))
            mine.execute("COMMIT")
            written[0] += 1
        mine.close()

    writer = threading.Thread(target=write)
    writer.start()
    checks: list[int] = []
    try:
        made = snapshots.take(studio, Reason.HOURLY, lambda: checks.append(written[0]))
    finally:
        stop.set()
        writer.join()
        raw.close()
    assert checks[-1] > checks[0], "somebody wrote between two portions"
    copy = copying.Copy(made.path)
    copy.open()
    counts = [
        copy.value("SELECT count(*) FROM left_side"),
        copy.value("SELECT count(*) FROM right_side WHERE n >= 0"),
    ]
    copy.close()
    assert counts[0] == counts[1]


def test_a_stopped_snapshot_leaves_nothing(studio: Studio) -> None:
    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        snapshots.take(studio, Reason.ASKED, stop)
    assert list(studio.workspace.backups.iterdir()) == []


def test_what_a_crash_left_half_written_goes_with_the_next(studio: Studio) -> None:
    studio.workspace.backups.mkdir()
    young = f"{SnapshotName(now_ms(), 4, Reason.MIGRATION)}.part"
    for name in (
        young,
        f"{SnapshotName(5, 4, Reason.MIGRATION)}.part",
        f"{SnapshotName(now_ms(), 4, Reason.HOURLY)}.part",
    ):
        (studio.workspace.backups / name).write_bytes(b"half")
    (studio.workspace.backups / "mine.sqlite3.part").write_bytes(b"half")
    made = snapshots.take(studio, Reason.ASKED)
    left = {path.name for path in studio.workspace.backups.iterdir()}
    assert left == {
        made.path.name,
        "mine.sqlite3.part",
        young,
    }


def test_a_library_whose_sums_are_wrong_gets_no_snapshot(studio: Studio) -> None:
    studio.database.run("UPDATE users SET token_balance = token_balance + 1")
    with pytest.raises(StorageError, match="do not add up") as caught:
        snapshots.take(studio, Reason.ASKED)
    assert caught.value.code is Code.BOOKS_WRONG
    assert snapshots.listing(studio.workspace) == []


def test_without_room_none_is_begun(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(9, 9, 1000))
    with pytest.raises(StorageFull, match="are free"):
        snapshots.take(studio, Reason.ASKED)
    assert snapshots.listing(studio.workspace) == []


def test_a_disk_that_fills_up_meanwhile_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="no room"):
        copying.snapshot(studio.database, studio.workspace.backups / "a.sqlite3")
    assert list(studio.workspace.backups.iterdir()) == []


def test_two_snapshots_in_one_millisecond_are_two(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "now_ms", lambda: 1_795_386_600_000)
    first, second = (snapshots.take(studio, Reason.ASKED) for _ in range(2))
    assert second.moment == first.moment + 1


def plant(studio: Studio, ages_h: list[float], reason: Reason = Reason.HOURLY) -> None:
    studio.workspace.backups.mkdir(exist_ok=True)
    for age in ages_h:
        name = SnapshotName(now_ms() - round(age * HOUR_MS), 4, reason)
        (studio.workspace.backups / str(name)).write_bytes(b"x")


def test_older_ones_are_thinned_but_not_what_somebody_asked_for(studio: Studio) -> None:
    plant(studio, [hour / 10 for hour in range(1, 300)])
    plant(studio, [1.05, 1.06], Reason.ASKED)
    plant(studio, [24 * 8 + 0.01, 24 * 8 + 0.02], Reason.ASKED)
    (studio.workspace.backups / "somebody's own.txt").write_text("stays")

    gone = snapshots.thin(studio.workspace)

    left = snapshots.listing(studio.workspace)
    assert gone > 250
    assert len([one for one in left if one.reason is Reason.HOURLY]) <= 58
    assert len([one for one in left if one.reason is Reason.ASKED]) == 3
    assert (studio.workspace.backups / "somebody's own.txt").exists()


@pytest.mark.linux
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who reads a file")
def test_thinning_that_is_stopped_leaves_no_half_snapshot_in_the_list(studio: Studio) -> None:
    plant(studio, [hour / 10 for hour in range(1, 30)])
    kept = len(snapshots.listing(studio.workspace))
    for one in snapshots.listing(studio.workspace):
        os.truncate(one.path, 2 * removing.STEP)

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        snapshots.thin(studio.workspace, stop)

    assert len(snapshots.listing(studio.workspace)) == kept - 1
    assert len(list(studio.workspace.backups.glob("*.part"))) == 1
    snapshots.take(studio, Reason.ASKED)
    assert not list(studio.workspace.backups.glob("*.part"))


def test_one_is_due_when_an_hour_has_passed_and_something_changed(studio: Studio) -> None:
    place, now = studio.workspace, now_ms()
    assert snapshots.is_due(place, now)
    made = snapshots.take(studio, Reason.HOURLY)
    assert not snapshots.is_due(place, now_ms())
    later = now_ms() + HOUR_MS + 1000
    for end in ("", "-wal"):
        path = place.database.with_name(place.database.name + end)
        if path.exists():
            os.utime(path, (made.moment / 1000 - 5, made.moment / 1000 - 5))
    assert not snapshots.is_due(place, later), "nothing has changed"
    time.sleep(0.002)
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'Changed'")
    assert snapshots.is_due(place, later)


def test_after_the_clock_was_set_back_snapshots_go_on(studio: Studio) -> None:
    plant(studio, [-5000])
    assert snapshots.is_due(studio.workspace, now_ms())
    snapshots.take(studio, Reason.HOURLY)
    assert not snapshots.is_due(studio.workspace, now_ms())


def test_a_damaged_or_missing_snapshot_is_named(studio: Studio, tmp_path: Path) -> None:
    made = snapshots.take(studio, Reason.ASKED)
    assert proving.faults(studio.workspace, made.path.name) == []
    data = bytearray(made.path.read_bytes())
    for begin in range(4096, len(data), 4096):
        data[begin : begin + 64] = b"\xff" * 64
    made.path.write_bytes(bytes(data))
    assert len(proving.faults(studio.workspace, made.path.name)) == 1
    with pytest.raises(BadInput, match="no snapshot"):
        snapshots.find(studio.workspace, "nothing")
    with pytest.raises(StorageError, match="no copy"):
        copying.Copy(tmp_path / "gone.sqlite3").open()


def test_an_unreadable_folder_is_told(studio: Studio) -> None:
    shutil.rmtree(studio.workspace.backups, ignore_errors=True)
    assert snapshots.listing(studio.workspace) == []
    studio.workspace.backups.write_text("in the way")
    assert snapshots.listing(studio.workspace) == []
    with pytest.raises(StorageError):
        snapshots.take(studio, Reason.ASKED)
    assert DAY_MS == 24 * HOUR_MS
