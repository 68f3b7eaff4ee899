"""What lands in a watched folder comes in once, when it is whole, whatever happens meanwhile."""

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageFull
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.files.incoming import Incoming
from stylestudio_desktop.services import library, watching
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import Report, Watcher
from tests.factories import picture_bytes

PRODUCT = Category.PRODUCT


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "incoming"
    path.mkdir()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watcher(studio: Studio, folder: Path, clock: Clock) -> Watcher:
    watching.watch(studio, folder, PRODUCT)
    return Watcher(studio, clock)


def put(folder: Path, name: str, colour: str, time_ns: int = 10**18) -> Path:
    path = folder / name
    path.write_bytes(picture_bytes(colour))
    os.utime(path, ns=(time_ns, time_ns))
    return path


def settle(watcher: Watcher, clock: Clock) -> Report:
    """Look, wait the two seconds, and look again."""
    first = watcher.look()
    clock.now += watching.STILL_S
    second = watcher.look()
    return Report(first.taken + second.taken, first.rejected + second.rejected)


def names(studio: Studio) -> list[str]:
    return [row[0] for row in studio.database.rows("SELECT filename FROM files ORDER BY id")]


def test_a_picture_comes_in_once_and_after_a_restart_not_again(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    put(folder, "tee.jpg", "red")
    put(folder, ".hidden.jpg", "blue")
    (folder / "notes.txt").write_text("no picture")
    (folder / "sub.jpg").mkdir()
    (folder / "link.jpg").symlink_to(folder / "tee.jpg")
    assert watcher.look() == Report()
    clock.now += 1.9
    assert watcher.look() == Report()
    clock.now += 0.1
    report = watcher.look()
    assert len(report.taken) == 1
    assert report.rejected == ()
    assert settle(watcher, clock) == Report()
    assert settle(Watcher(studio, clock), clock) == Report()
    assert names(studio) == ["tee.jpg"]
    library.trash(studio, report.taken)
    library.purge(studio, 1 << 50)
    assert settle(Watcher(studio, clock), clock) == Report()


def test_a_disk_that_comes_back_brings_nothing_anew(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    """Without its disk a mount point is an empty folder, and not one that is gone."""
    for name, colour in (("tee.jpg", "red"), ("hat.jpg", "blue")):
        put(folder, name, colour)
    library.trash(studio, settle(watcher, clock).taken)
    away = folder.rename(folder.with_name("the disk"))
    folder.mkdir()
    assert settle(watcher, clock) == Report()
    folder.rmdir()
    away.rename(folder)
    assert settle(watcher, clock) == Report()
    assert settle(Watcher(studio, clock), clock) == Report()
    assert sorted(names(studio)) == ["hat.jpg", "tee.jpg"]


def test_a_growing_file_waits(studio: Studio, folder: Path, watcher: Watcher, clock: Clock) -> None:
    whole = picture_bytes("red")
    path = folder / "tee.jpg"
    path.touch()
    clock.now += 5
    assert settle(watcher, clock) == Report()
    for end in range(100, len(whole) + 100, 100):
        path.write_bytes(whole[:end])
        assert watcher.look() == Report()
        clock.now += 1.5
    report = settle(watcher, clock)
    assert (len(report.taken), report.rejected) == (1, ())


def test_a_file_that_vanishes_is_told_and_the_end_of_a_download_is_not(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    path = put(folder, "tee.jpg", "red")
    watcher.look()
    path.unlink()
    (gone,) = watcher.look().rejected
    assert gone.path == str(path)
    assert "vanished" in gone.reason
    put(folder, "part.jpg", "blue").rename(folder / "part2.jpg")
    watcher.look()
    (folder / "part2.jpg").rename(folder / "final.jpg")
    assert settle(watcher, clock).rejected == ()
    assert names(studio) == ["final.jpg"]


def test_a_rename_brings_nothing_anew_and_new_content_does(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    path = put(folder, "tee.jpg", "red")
    settle(watcher, clock)
    path.rename(folder / "shirt.jpg")
    assert settle(watcher, clock) == Report()
    assert settle(Watcher(studio, clock), clock) == Report()
    put(folder, "shirt.jpg", "green", 2 * 10**18)
    assert len(settle(watcher, clock).taken) == 1
    assert names(studio) == ["tee.jpg", "shirt.jpg"]


def test_the_same_bytes_are_not_doubled(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    put(folder, "one.jpg", "red")
    put(folder, "two.jpg", "red")
    settle(watcher, clock)
    (folder / "one.jpg").unlink()
    put(folder, "three.jpg", "red", 3 * 10**18)
    settle(watcher, clock)
    assert len(names(studio)) == 1


def test_a_bad_file_is_told_once_and_again_when_it_is_another(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    path = folder / "bad.jpg"
    path.write_bytes(b"no picture at all")
    (bad,) = settle(watcher, clock).rejected
    assert bad.path == str(path)
    assert settle(watcher, clock) == Report()
    assert settle(Watcher(studio, clock), clock) == Report()
    put(folder, "bad.jpg", "blue")
    assert len(settle(watcher, clock).taken) == 1


@pytest.mark.parametrize("meanwhile", ["changed", "removed"])
def test_a_file_that_changes_while_it_is_read(
    studio: Studio,
    folder: Path,
    watcher: Watcher,
    clock: Clock,
    meanwhile: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = put(folder, "tee.jpg", "red")
    real = library.import_files

    def meddling(studio: Studio, paths: list[Path], category: Category) -> library.Imported:
        if meanwhile == "removed":
            path.unlink()
            return real(studio, paths, category)
        done = real(studio, paths, category)
        put(folder, "tee.jpg", "blue", 5 * 10**18)
        return done

    watcher.look()
    clock.now += 2
    monkeypatch.setattr(library, "import_files", meddling)
    report = watcher.look()
    monkeypatch.setattr(library, "import_files", real)
    assert len(report.taken) == (meanwhile == "changed")
    assert len(report.rejected) == (meanwhile == "removed")
    assert len(settle(watcher, clock).taken) == (meanwhile == "changed")


def test_a_folder_that_is_away_is_told_once_and_found_again(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock
) -> None:
    put(folder, "tee.jpg", "red")
    settle(watcher, clock)
    away = folder.with_name("away")
    folder.rename(away)
    (lost,) = watcher.look().rejected
    assert lost.path == str(folder)
    assert watcher.look() == Report()
    away.rename(folder)
    put(folder, "new.jpg", "blue")
    assert len(settle(watcher, clock).taken) == 1
    assert names(studio) == ["tee.jpg", "new.jpg"]


def test_folders_can_rest_and_be_forgotten(
    studio: Studio, folder: Path, watcher: Watcher, clock: Clock, tmp_path: Path
) -> None:
    (row,) = watching.folders(studio)
    watching.enable(studio, row.id, False)
    put(folder, "tee.jpg", "red")
    assert settle(watcher, clock) == Report()
    watching.enable(studio, row.id, True)
    assert len(settle(watcher, clock).taken) == 1
    with pytest.raises(BadInput, match="already"):
        watching.watch(studio, folder, PRODUCT)
    watching.forget(studio, row.id)
    for act in (
        lambda: watching.enable(studio, row.id, True),
        lambda: watching.forget(studio, row.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert studio.database.value("SELECT count(*) FROM watched_files") == 0
    for path in (tmp_path / "nowhere", studio.workspace.files, studio.workspace.root, tmp_path):
        with pytest.raises(BadInput):
            watching.watch(studio, path, PRODUCT)
    with pytest.raises(BadInput, match="products or of people"):
        watching.watch(studio, folder, Category.GENERATED)


def test_a_stop_is_heard_between_portions(
    studio: Studio,
    folder: Path,
    watcher: Watcher,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "AT_ONCE", 1)
    for colour in ("red", "blue", "green"):
        put(folder, f"{colour}.jpg", colour)
    watcher.look()
    clock.now += 2
    stop = threading.Event()
    studio.bus.subscribe(lambda _event: stop.set())
    assert len(watcher.look(stop).taken) == 1
    assert watcher.look(stop) == Report()
    stop.clear()
    assert len(watcher.look().taken) == 2


def test_the_thread_takes_in_and_ends_when_told(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "STILL_S", 0.0)
    watching.watch(studio, folder, PRODUCT)
    put(folder, "tee.jpg", "red")
    stop, told = threading.Event(), threading.Event()
    reports: list[Report] = []

    def tell(report: Report) -> None:
        reports.append(report)
        told.set()

    thread = threading.Thread(target=Watcher(studio).run, args=(stop, tell, 0.01))
    thread.start()
    assert told.wait(30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert [len(one.taken) for one in reports] == [1]


def test_a_full_disk_is_told_once_and_tried_again(
    studio: Studio, folder: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    looks: list[int] = []
    reports: list[Report] = []

    def look(_stop: threading.Event) -> Report:
        looks.append(1)
        if len(looks) == 4:
            stop.set()
        if len(looks) < 3:
            raise StorageFull("The disk is full.")
        return Report()

    monkeypatch.setattr(watcher, "look", look)
    watcher.run(stop, reports.append, 0.0)
    assert [one.rejected[0].reason for one in reports] == ["The disk is full."]


def test_what_the_disk_had_no_room_for_comes_in_when_there_is_room(
    studio: Studio,
    folder: Path,
    watcher: Watcher,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, colour in (("a.jpg", "red"), ("b.jpg", "blue"), ("c.jpg", "green")):
        put(folder, name, colour)
    flush, flushed = Incoming.flush, []

    def room_for_one(incoming: Incoming) -> None:
        flushed.append(incoming)
        if len(flushed) > 1:
            raise OSError(errno.ENOSPC, "planted")
        flush(incoming)

    with monkeypatch.context() as patch:
        patch.setattr(Incoming, "flush", room_for_one)
        with pytest.raises(StorageFull):
            settle(watcher, clock)
    assert names(studio) == ["a.jpg"]
    watcher.look()
    assert sorted(names(studio)) == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_file_that_goes_while_the_folder_is_listed_is_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "tee.jpg", "red")

    class Gone:
        name = "gone.jpg"

        def is_file(self, follow_symlinks: bool) -> bool:
            raise FileNotFoundError

    real = os.scandir

    class Listing:
        def __init__(self, path: Path) -> None:
            self.inner = real(path)

        def __enter__(self) -> Iterator[object]:
            return iter([Gone(), *self.inner])

        def __exit__(self, *_args: object) -> None:
            self.inner.close()

    monkeypatch.setattr(watching.os, "scandir", Listing)
    assert list(watching._pictures_in(folder)) == ["tee.jpg"]
