"""A drive that does not answer any more ends in a sentence, and holds nothing else up."""

import contextlib
import itertools
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from stylestudio_desktop import app
from stylestudio_desktop.__main__ import main
from stylestudio_desktop.app import close_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError, StudioError
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.files import answering, attending
from stylestudio_desktop.services import (
    environments,
    exporting,
    health,
    library,
    rebuilding,
    table_export,
)
from stylestudio_desktop.services.backup import full, proving, reading, record, schedule, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import Report, Watcher, watch
from stylestudio_desktop.ui import away as ui_away
from stylestudio_desktop.worker.caretaker import Caretaker
from tests.factories import import_photo, open_test_studio, photo
from tests.faults.stalled import stalled, why_not

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(answering, "PATIENCE_S", 0.2)
    opened = open_test_studio(tmp_path)
    import_photo(opened, tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def drive(studio: Studio, tmp_path: Path) -> Path:
    """A network drive with a full backup, to which one is due."""
    place = tmp_path / "drive"
    place.mkdir()
    full.make(studio, place)
    studio.settings.change(backup_place=str(place), backup_every_days=1)
    record.change(studio.workspace, full_at=1)
    return place


def test_a_backup_to_it_is_refused_with_a_cure(studio: Studio, drive: Path) -> None:
    with stalled(drive):
        for work in (
            lambda: full.make(studio, drive),
            lambda: reading.find(drive),
            lambda: exporting.export(studio, [], drive / "exports"),
        ):
            with pytest.raises(StorageError, match="does not answer"):
                work()
        assert reading.versions(drive) == []
    assert full.make(studio, drive).missing == (), "it is there again"
    assert reading.find(drive).manifest.pictures == 1


def test_snapshots_go_on_without_it_and_the_window_closes(studio: Studio, drive: Path) -> None:
    with stalled(drive):
        assert schedule.due(studio, now_ms())[:1] == ["snapshot"]
        assert "full" not in schedule.due(studio, now_ms())
        keeper = Caretaker(studio, first_s=0.0)
        keeper.start()
        limit = time.monotonic() + 10
        while not snapshots.listing(studio.workspace) and time.monotonic() < limit:
            time.sleep(0.02)
        assert len(snapshots.listing(studio.workspace)) == 1
        assert keeper.close()
    assert "full" in schedule.due(studio, now_ms() + schedule._TROUBLE_AGAIN_MS)


def test_it_is_asked_by_one_thread_however_often_it_is_asked(drive: Path) -> None:
    with stalled(drive):
        assert not answering.answers(drive)
        first = answering._asked[drive]
        assert not answering.answers(drive)
        assert answering._asked[drive] is first
    first.join(5)
    assert answering.answers(drive)


def test_a_watched_folder_on_it_waits(studio: Studio, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    photo(inbox, "coat.jpg", "olive")
    watch(studio, inbox, Category.PRODUCT)
    watcher = Watcher(studio, itertools.count(0, 1000).__next__)
    with stalled(inbox):
        (told,) = watcher.look().rejected
        assert "does not answer" in told.reason
        assert watcher.look() == Report(), "told once"
        with pytest.raises(StorageError, match="does not answer"):
            watch(studio, inbox / "more", Category.PRODUCT)
    watcher.look()
    assert len(watcher.look().taken) == 1, "it is there again"


@pytest.mark.parametrize(
    "words", [["list", "files"], ["backup", "list"], ["restore-backup", "--at", "2026-11-20"]]
)
def test_a_workspace_on_it_is_not_waited_for(
    drive: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with stalled(drive):
        assert main(["--workspace", str(drive / "workspace"), *words]) == 5
        assert "does not answer" in capsys.readouterr().err
        assert main(["--workspace", str(drive / "workspace"), "workspace", "list"]) == 0
    assert not (drive / "workspace").exists()


def test_the_window_asks_and_opens_by_itself_once_it_is_back(
    drive: Path, monkeypatch: pytest.MonkeyPatch, qapp: QCoreApplication
) -> None:
    monkeypatch.setattr(ui_away, "install", lambda _: None)
    monkeypatch.setattr(ui_away, "_AGAIN_MS", 50)
    monkeypatch.setattr(app, "_one_window", lambda workspace, _: int(workspace.root == drive))
    told: list[str] = []
    with contextlib.ExitStack() as away:
        away.enter_context(stalled(drive))

        def asked() -> None:
            asking = QApplication.activeModalWidget()
            assert isinstance(asking, ui_away.Away)
            told.append(asking.title.text())
            asking.look()  # which must not wait for the disk
            assert asking.chosen is None
            away.close()

        QTimer.singleShot(500, asked)
        assert app.run_window(Workspace(drive)) == 1
    assert told == ["The disk of your library does not answer"]


def test_whoever_gives_up_leaves_the_window(
    drive: Path, monkeypatch: pytest.MonkeyPatch, qapp: QCoreApplication
) -> None:
    monkeypatch.setattr(ui_away, "install", lambda _: None)
    monkeypatch.setattr(ui_away.Away, "exec", lambda asking: asking.reject())
    with stalled(drive):
        assert app.run_window(Workspace(drive)) == 5


def test_photos_on_it_are_named_and_the_others_come_in(
    studio: Studio, drive: Path, tmp_path: Path
) -> None:
    here = photo(tmp_path, "here.jpg", "olive")
    with stalled(drive):
        done = library.import_files(
            studio, [drive / "a.jpg", here, drive / "b.jpg", drive], Category.PRODUCT
        )
        with pytest.raises(StorageError, match="does not answer"):
            environments.compare(studio, Workspace(drive))
    assert [one.filename for one in done.files] == ["here.jpg"]
    assert [one.path for one in done.rejected] == [
        str(drive / "a.jpg"),
        str(drive / "b.jpg"),
        str(drive),
    ]
    assert all("does not answer" in one.reason for one in done.rejected)


def test_the_command_says_so_and_ends(studio: Studio, drive: Path) -> None:
    program = (
        "import sys; from stylestudio_desktop.files import answering; answering.PATIENCE_S = 0.2; "
        "from stylestudio_desktop.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    with stalled(drive):
        call = [sys.executable, "-c", program, "--workspace", str(studio.workspace.root)]
        done = subprocess.run(
            [*call, "backup", "full", "--to", str(drive)],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 5
    assert f"The disk of {drive} does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def proved(studio: Studio, drive: Path, *watched: Any) -> object:
    return proving.faults(studio.workspace, str(drive), *watched)


def rebuilt(studio: Studio, drive: Path, *watched: Any) -> object:
    return rebuilding.rebuild(studio, drive / "loose", *watched)


def brought(studio: Studio, drive: Path, *watched: Any) -> object:
    done = library.import_files(
        studio, [drive / "loose"], Category.PRODUCT, progress=watched[0], cancelled=watched[1]
    )
    if done.trouble is not None:
        raise done.trouble
    return done


def exported(studio: Studio, drive: Path, *watched: Any) -> object:
    ids = list(library.ids(studio, FileFilter()))
    return exporting.export(studio, ids, drive / "out", progress=watched[0], cancelled=watched[1])


def tables(studio: Studio, drive: Path, *watched: Any) -> object:
    return table_export.export(studio, drive / "tables", "csv", *watched)


def backed_up(studio: Studio, drive: Path, *watched: Any) -> object:
    return full.make(studio, drive, *watched)


@pytest.fixture
def apart(studio: Studio, drive: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A library whose drive, as real ones do, lies on another disk, with much on it to be done."""
    monkeypatch.setattr(attending, "_together", lambda *_: False)
    monkeypatch.setattr(attending, "_GRACE_S", 0.0)
    (drive / "loose").mkdir()
    for colour in ("navy", "olive", "crimson"):
        photo(drive / "loose", f"{colour}.jpg", colour)
        import_photo(studio, drive.parent, colour)
    return studio


@pytest.mark.parametrize("gives_up", [False, True])
@pytest.mark.parametrize("work", [backed_up, proved, rebuilt, brought, exported, tables])
def test_one_that_hangs_in_the_middle_is_said_and_can_be_left(
    apart: Studio,
    drive: Path,
    work: Callable[..., object],
    gives_up: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if gives_up:
        monkeypatch.setattr(attending, "GIVING_UP_S", 0.4)
    told: list[str | None] = []
    cancelled = Event()
    with contextlib.ExitStack() as hanging:

        def progress(_done: int, _all: int, name: str) -> None:
            if not told:
                hanging.enter_context(stalled(drive))
                told.append(None)
            elif place := attending.waited_for(name):
                told.append(place)
                if not gives_up:
                    cancelled.set()

        begun = time.monotonic()
        sentence = "stopped answering in the middle" if gives_up else "You stopped it"
        with pytest.raises(StudioError, match=sentence):
            work(apart, drive, progress, cancelled)
        assert time.monotonic() - begun < 5
        assert str(told[1]).startswith(str(drive))
    limit = time.monotonic() + 10
    while any(one.name == "work on another disk" for one in threading.enumerate()):
        assert time.monotonic() < limit, "it ends by itself once the disk has gone"
        time.sleep(0.02)
    assert [one.sentence for one in health.verify(apart, deep=True).problems] == []
    shutil.rmtree(drive / "tables", ignore_errors=True)
    work(apart, drive, lambda *_: None, Event())
    assert list(reading.faults(reading.find(drive))) == []
