"""What happens by itself: when it is due, when it is not, and that trouble is told, not raised."""

import errno
import itertools
import os
import shutil
import sys
import threading
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.config.sole import Sole
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import DAY_MS, HOUR_MS, Reason
from stylestudio_desktop.services import synthetic
from stylestudio_desktop.services.backup import (
    drill,
    full,
    reading,
    record,
    restore,
    schedule,
    snapshots,
)
from stylestudio_desktop.services.backup.standing import standing
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.caretaker import Caretaker
from tests.backup.test_full import damage


def test_the_first_look_takes_a_snapshot_and_tries_it(studio: Studio) -> None:
    assert schedule.tend(studio, Event()) == ["snapshot"]
    assert schedule.tend(studio, Event()) == ["drill"]
    assert schedule.tend(studio, Event()) == []
    known = record.read(studio.workspace)
    assert known.drill_ok
    assert known.drill_sentence == "A trial with the newest snapshot brought everything back."
    month = now_ms() + 31 * DAY_MS
    assert "drill" in schedule.due(studio, month)


def test_a_full_backup_is_made_where_and_when_the_settings_say(
    studio: Studio, tmp_path: Path
) -> None:
    place = tmp_path / "disk"
    studio.settings.change(backup_place=str(place), backup_every_days=7)
    assert "full" not in schedule.due(studio, now_ms()), "the disk is not connected"
    assert not place.exists()
    reading.house(place).mkdir(parents=True)
    assert schedule.tend(studio, Event()) == ["snapshot", "full"]
    assert len(reading.versions(place)) == 1
    assert "full" not in schedule.due(studio, now_ms() + 6 * DAY_MS)
    assert "full" in schedule.due(studio, now_ms() + 8 * DAY_MS)
    studio.settings.change(backup_every_days=0)
    assert "full" not in schedule.due(studio, now_ms() + 8 * DAY_MS)
    assert "full" not in schedule.due(studio, now_ms() - 8 * DAY_MS)


def test_trouble_is_remembered_and_not_tried_every_minute(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("The disk failed.")

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "take", fail)
        assert schedule.tend(studio, Event()) == []
    assert record.read(studio.workspace).trouble == "The disk failed."
    assert schedule.due(studio, now_ms()) == []
    assert "snapshot" in schedule.due(studio, now_ms() + HOUR_MS)
    record.change(studio.workspace, trouble_at=1)
    assert schedule.tend(studio, Event()) == ["snapshot"]
    assert record.read(studio.workspace).trouble == ""


def test_a_full_disk_loses_the_memory_but_raises_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageError("The disk failed.")

    monkeypatch.setattr(snapshots, "take", fail)
    monkeypatch.setattr(record, "change", fail)
    assert schedule.tend(studio, Event()) == []


def test_a_disk_that_went_read_only_stops_nobody_from_looking_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(FileLock, "acquire", refuse)
        assert schedule.tend(studio, Event()) == []
        assert "can only be read" in record.read(studio.workspace).trouble
        sole = Sole(studio.workspace.locks, "watching")
        assert (sole.take(), sole.refused) == (False, True)
    assert (sole.take(), sole.refused) == (True, False)
    sole.give_up()
    record.change(studio.workspace, trouble_at=1)
    assert schedule.tend(studio, Event()) == ["snapshot"]


def test_one_process_at_a_time_and_none_after_a_stop(studio: Studio) -> None:
    from filelock import FileLock

    with FileLock(studio.workspace.locks / "tending.lock"):
        assert schedule.tend(studio, Event()) == []
    stop = Event()
    stop.set()
    assert schedule.tend(studio, stop) == []
    assert snapshots.listing(studio.workspace) == []


def test_a_drill_reads_the_full_backup_too_and_names_what_is_wrong(
    studio: Studio, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="no backup yet"):
        drill.drill(studio)
    made = full.make(studio, tmp_path / "out")
    found = drill.drill(studio)
    assert (found.ok, found.faults) == (True, ())
    assert "last full backup" in found.sentence
    picture = made.home.parent / reading.picture_name(next(studio.files.every()))
    damage(picture)
    found = drill.drill(studio)
    assert not found.ok
    assert "Make a new backup now" in record.read(studio.workspace).drill_sentence
    shutil.rmtree(made.home)
    assert "no complete backup" in drill.drill(studio).faults[0]


def test_a_drill_finds_a_snapshot_that_would_not_come_back(studio: Studio) -> None:
    made = snapshots.take(studio, Reason.ASKED)
    first, _ = studio.files.every()
    studio.files.path(first).unlink()
    assert "no longer in the library" in drill.drill(studio).faults[0]
    damage(made.path)
    data = bytearray(made.path.read_bytes())
    data[:16] = b"x" * 16
    made.path.write_bytes(bytes(data))
    assert not drill.drill(studio).ok
    assert not list(studio.workspace.restoring.iterdir()), "no empty folder for each picture"


@pytest.mark.linux
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what is flushed")
def test_a_drill_flushes_the_copy_as_it_writes_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever commits meanwhile would wait for one flush of it all."""
    synthetic.fill(studio, 1000)
    snapshots.take(studio, Reason.ASKED)
    written: list[int] = []
    flush = os.fsync

    def look(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        if name.parent.name == "drill":
            written.append(name.stat().st_size)
        flush(descriptor)

    monkeypatch.setattr(restore.os, "fsync", look)
    assert drill.drill(studio).ok
    steps = [after - before for before, after in itertools.pairwise([0, *written])]
    assert len(steps) >= 3
    assert max(steps) <= 1 << 20


def test_the_caretaker_looks_by_itself_and_stops_when_asked(studio: Studio) -> None:
    caretaker = Caretaker(studio, first_s=0.0)
    caretaker.start()
    waiting = threading.Event()
    for _ in range(1000):
        if record.read(studio.workspace).drill_at or snapshots.listing(studio.workspace):
            break
        waiting.wait(0.01)
    assert caretaker.close()
    assert snapshots.listing(studio.workspace)
    assert Caretaker(studio).close(), "one that never began is closed already"


def test_how_well_the_library_is_kept_is_told_at_a_glance(studio: Studio, tmp_path: Path) -> None:
    assert standing(studio).verified_at == 0
    made = full.make(studio, tmp_path / "out")
    assert standing(studio).verified_at == made.moment
    newest = snapshots.take(studio, Reason.ASKED)
    seen = standing(studio)
    assert (seen.verified_at, seen.snapshots, seen.looking) == (newest.moment, (newest,), False)
