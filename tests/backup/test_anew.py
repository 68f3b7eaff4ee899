"""The last resort: a library whose database and backups are gone is made anew of its pictures."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import (
    BadInput,
    Stopped,
    StorageBusy,
    StorageError,
    StorageFull,
)
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.files import incoming
from stylestudio_desktop.services import accounts, health, history, library
from stylestudio_desktop.services.backup import anew, swap
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import soundness
from tests.factories import FakeProvider, import_photo, open_test_studio
from tests.services.test_rebuilding import made


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A library with photos and a generation of them; its backups are gone."""
    studio = open_test_studio(tmp_path, tokens=20)
    made(studio, tmp_path)
    import_photo(studio, tmp_path, "teal")
    close_studio(studio)
    shutil.rmtree(studio.workspace.backups, ignore_errors=True)
    shutil.rmtree(studio.workspace.journal)
    return studio.workspace


def ruin(place: Workspace) -> None:
    """Overwrite the middle of the database."""
    with place.database.open("r+b") as file:
        file.seek(1024)
        file.write(b"rubbish" * (place.database.stat().st_size // 8))


@pytest.fixture
def opened() -> Iterator[Callable[[Workspace], Studio]]:
    studios: list[Studio] = []

    def open_(place: Workspace) -> Studio:
        studios.append(open_studio(place, {"local": FakeProvider()}))
        return studios[-1]

    yield open_
    for studio in studios:
        close_studio(studio)


def everything(studio: Studio) -> tuple[set[str], int]:
    ids = library.ids(studio, FileFilter())
    digests = {one.storage_id for one in library.cards(studio, ids)}
    return digests, len(history.listing(studio, GenerationFilter()).items)


def test_photos_and_generations_come_back_and_the_old_library_is_kept(
    place: Workspace, opened: Callable[[Workspace], Studio]
) -> None:
    ruin(place)
    was = place.database.read_bytes()
    with pytest.raises(StorageError):
        opened(place)
    anew.refuse_sound(place)
    made_anew = anew.stage(place)
    assert made_anew.pictures == 5
    assert place.database.read_bytes() == was, "nothing is touched before the places change"
    swap.plan(place, made_anew.stage, made_anew.settings)
    studio = opened(place)
    digests, generations = everything(studio)
    assert (len(digests), generations) == (5, 1)
    assert accounts.current_user(studio).token_balance >= 0
    assert health.verify(studio, deep=True).problems == ()
    (kept,) = swap.kept(place)
    assert (kept / "library.sqlite3").read_bytes() == was
    assert not list(place.restoring.rglob("*"))


@pytest.mark.parametrize("links", [True, False])
def test_half_of_the_pictures_and_a_damaged_one_cost_only_themselves(
    place: Workspace,
    opened: Callable[[Workspace], Studio],
    monkeypatch: pytest.MonkeyPatch,
    links: bool,
) -> None:
    if not links:  # a disk that knows no second names
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: os.link("/", "/"))
    ruin(place)
    stored = sorted(one for one in place.files.rglob("*") if one.is_file())
    stored[0].unlink()
    stored[1].chmod(0o600)
    stored[1].write_bytes(b"rubbish" * 100)
    made_anew = anew.stage(place)
    assert made_anew.missing == (stored[1].name,)
    swap.plan(place, made_anew.stage, made_anew.settings)
    studio = opened(place)
    assert everything(studio)[0] == {one.name for one in stored[2:]}
    assert health.verify(studio, deep=True).problems == ()


def test_a_sound_library_is_not_made_anew(place: Workspace) -> None:
    with pytest.raises(BadInput, match="sound"):
        anew.refuse_sound(place)
    place.database.unlink()
    anew.refuse_sound(place)
    place.database.write_bytes(b"no database")
    anew.refuse_sound(place)


@pytest.mark.parametrize("error", [StorageBusy, StorageFull])
def test_a_library_that_can_not_be_judged_just_now_is_not_made_anew(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, error: type[StorageError]
) -> None:
    def refuse(*_: object) -> None:
        raise error("not now")

    monkeypatch.setattr(soundness, "of_all", refuse)
    with pytest.raises(error):
        anew.refuse_sound(place)


def test_it_can_be_stopped_and_begun_again(place: Workspace) -> None:
    ruin(place)
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        anew.stage(place, cancelled=stop)
    assert not swap.is_planned(place)
    assert anew.stage(place).pictures == 5


def test_a_disk_that_does_not_take_all_of_them_makes_no_poorer_library(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ruin(place)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "hardlink_to", full)
        patch.setattr(incoming, "_write", full)
        with pytest.raises(StorageFull, match="did not take all pictures"):
            anew.stage(place)
    assert not swap.is_planned(place)
    assert anew.stage(place).pictures == 5


def test_whether_there_are_pictures(place: Workspace, tmp_path: Path) -> None:
    assert anew.has_pictures(place)
    assert not anew.has_pictures(Workspace(tmp_path / "nothing"))
    shutil.rmtree(place.files)
    place.files.write_bytes(b"")
    assert not anew.has_pictures(place)
