"""The ballast is there while there is plenty of room, and goes when the disk is full."""

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError, StorageFull
from stylestudio_desktop.services import ballast, health, opening
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, open_test_studio

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    made.make()
    return made


def test_it_takes_real_room_and_gives_it_back(place: Workspace) -> None:
    assert not ballast.drop(place)
    assert ballast.keep(place)
    assert ballast.keep(place)
    path = place.tmp / "ballast"
    assert path.stat().st_blocks * 512 >= ballast.SIZE
    assert ballast.drop(place)
    assert not path.exists()


def test_it_never_fills_the_disk_itself(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _path: Usage(9, 9, ballast.PLENTY - 1))
        assert not ballast.keep(place)
        assert not (place.tmp / "ballast").exists()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert not ballast.keep(place)


def test_a_host_that_meets_a_full_disk_drops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_test_studio(tmp_path)
    assert ballast.keep(studio.workspace)
    runner = Runner(studio)

    def full(*_: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(runner, "_reap", full)
    runner._round(None)
    assert not ballast.drop(studio.workspace), "it is gone already"
    assert health.verify(studio).ok
    close_studio(studio)


def test_a_full_disk_is_not_taken_for_a_damaged_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite needs room even to read; the ballast makes some, and after that people must."""
    studio = open_test_studio(tmp_path)
    place = studio.workspace
    assert ballast.keep(place)
    close_studio(studio)
    thrown = place.tmp / "ballast"
    genuine = opening._opened

    def short(workspace: Workspace) -> Database:
        if thrown.exists() or not opening._is_full(workspace):
            raise StorageError("The library's database is damaged (disk i/o error).")
        return genuine(workspace)

    monkeypatch.setattr(opening, "_opened", short)
    with pytest.raises(StorageError, match="damaged"):
        open_studio(place, {"local": FakeProvider()})
    monkeypatch.setattr(opening, "_LEAST", 1 << 62)
    close_studio(open_studio(place, {"local": FakeProvider()}))
    assert not thrown.exists()
    monkeypatch.setattr(opening, "_opened", lambda _: (_ for _ in ()).throw(StorageError("No.")))
    with pytest.raises(StorageFull, match="Free some space"):
        open_studio(place, {"local": FakeProvider()})

    def gone(_: object) -> None:
        raise OSError(5, "gone")

    monkeypatch.setattr("shutil.disk_usage", gone)
    with pytest.raises(StorageError, match="No"):
        open_studio(place, {"local": FakeProvider()})
