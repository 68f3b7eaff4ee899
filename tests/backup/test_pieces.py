"""Single pieces brought back from a backup: with their stories, and never with money."""

import dataclasses
import shutil
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, NotFound, Stopped, StorageError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.files import attending
from stylestudio_desktop.services import (
    bulk,
    finishing,
    generate,
    health,
    history,
    library,
    organising,
)
from stylestudio_desktop.services.backup import full, moments, pieces, restore, snapshots, swap
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, generations, users
from tests.cli.conftest import Shell, shell
from tests.factories import FakeProvider, brief_for, import_photo
from tests.store.books import faults
from tests.store.machines import results, stored_result, work_until_processing

__all__ = ["shell"]


def made(studio: Studio, folder: Path, number: int = 2) -> tuple[int, list[int]]:
    """Finish a generation; return its id and its pictures."""
    photo = import_photo(studio, folder, "gold")
    row = work_until_processing(studio, generate.start(studio, brief_for(photo, count=number)))
    saved = stored_result(studio, folder, "navy")
    return row.id, finishing.complete(studio, row, results(saved, number))


def purge(studio: Studio, ids: list[int]) -> None:
    library.trash(studio, ids)
    library.purge(studio, now_ms() + 1)


def sound(studio: Studio) -> None:
    assert [one.sentence for one in health.verify(studio, deep=True).problems] == []
    assert faults(studio.database) == []


def test_a_purged_picture_comes_back_with_all_that_was_on_it(
    studio: Studio, tmp_path: Path
) -> None:
    generation_id, (first, second) = made(studio, tmp_path)
    chosen = bulk.Selection(ids=[first])
    bulk.tag(studio, chosen, "summer")
    bulk.note(studio, chosen, "the best one")
    library.rate(studio, [first], 5)
    place = full.make(studio, tmp_path / "disk").home
    balance = studio.database.value("SELECT token_balance FROM users")
    purge(studio, [first, second])

    with pieces.look_into(studio, str(place)) as inside:
        seen = {one.row.id: one.here for one in inside.pictures()}
        assert (seen[first], seen[second]) == ("gone", "gone")
        done = inside.bring_back([first])

    assert done.new == [first]
    back = library.picture(studio, first)
    assert (back.rating, back.generation_id) == (5, generation_id)
    assert organising.note_of(studio, first) == "the best one"
    assert [one.name for one in organising.tags_of(studio, first)] == ["summer"]
    assert studio.database.value("SELECT token_balance FROM users") == balance
    sound(studio)
    with pieces.look_into(studio, str(place)) as inside:
        assert inside.bring_back([generation_id]).new == [second]
        assert inside.bring_back([generation_id, first, second]).new == []
    linked = generations.linked(studio.database, [generation_id])
    assert [(one.file_id, one.is_primary) for one in linked if one.role == "result"] == [
        (first, 1),
        (second, 0),
    ]
    sound(studio)
    assert not list(studio.workspace.restoring.iterdir()), "no empty folder stays"


def test_what_lies_in_the_trash_comes_out_of_it(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path, "red")
    name = snapshots.take(studio, Reason.ASKED).path.name
    library.trash(studio, [photo])
    with pieces.look_into(studio, name) as inside:
        assert inside.pictures("red")[0].here == "trash"
        done = inside.bring_back([photo])
    assert (done.new, done.missing) == ([], [])
    assert library.picture(studio, photo).trashed_at is None


def test_what_going_back_lost_comes_from_a_later_snapshot_free_of_charge(
    studio: Studio, tmp_path: Path
) -> None:
    """It must not be charged a second time; its bytes lie in the library that was replaced."""
    early = snapshots.take(studio, Reason.ASKED)
    generation_id, pictures = made(studio, tmp_path)
    later = snapshots.take(studio, Reason.ASKED).path.name
    again = back_to(studio, early)
    with pytest.raises(NotFound):
        library.picture(again, pictures[0])
    balance = again.database.value("SELECT token_balance FROM users")
    with pieces.look_into(again, later) as inside:
        done = inside.bring_back([generation_id])
    assert (done.generations, done.missing) == ([generation_id], [])
    assert set(pictures) <= set(done.new)
    row = generations.by_id(again.database, generation_id)
    assert row is not None
    assert (row.status, row.price, row.tokens_used) == ("completed", 0, 0)
    assert again.database.value("SELECT token_balance FROM users") == balance
    assert len(entries.of_generation(again.database, generation_id)) == 2
    sound(again)
    close_studio(again)


def back_to(studio: Studio, snapshot: snapshots.Snapshot) -> Studio:
    """Go back, and open the library again."""
    place = studio.workspace
    close_studio(studio)
    staged = restore.stage(place, snapshot)
    swap.plan(place, staged.stage, staged.settings)
    return open_studio(place, {"local": FakeProvider()})


@pytest.mark.parametrize("apart", [False, True])
def test_a_backup_in_one_file_has_the_bytes_itself(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    if apart:  # as from another disk, which a thread of its own reads
        monkeypatch.setattr(attending, "_together", lambda *_: False)
    early = snapshots.take(studio, Reason.ASKED)
    generation_id, pictures = made(studio, tmp_path)
    home = full.make(studio, tmp_path / "later.zip").home
    again = back_to(studio, early)
    shutil.rmtree(again.workspace.kept)
    with pieces.look_into(again, str(home)) as inside:
        done = inside.bring_back([generation_id])
    assert (done.generations, done.missing) == ([generation_id], [])
    assert set(pictures) <= set(done.new)
    sound(again)
    close_studio(again)


def test_a_collection_comes_back_in_its_order(studio: Studio, tmp_path: Path) -> None:
    photos = [import_photo(studio, tmp_path, one) for one in ("red", "green", "blue")]
    kept = organising.new_collection(studio, "Spring", "for the shop")
    for one in (photos[2], photos[0], photos[1]):
        bulk.collect(studio, bulk.Selection(ids=[one]), kept.id)
    home = str(full.make(studio, tmp_path / "disk").home)
    organising.delete_collection(studio, kept.id)
    purge(studio, [photos[0]])
    with pieces.look_into(studio, home) as inside:
        assert [one.name for one in inside.collections()] == ["Spring"]
        inside.bring_back([kept.id])
        inside.bring_back([kept.id])
    (back,) = organising.list_collections(studio)
    assert (back.name, back.description, back.number) == ("Spring", "for the shop", 3)
    assert list(organising.collected(studio, back.id)) == [photos[2], photos[0], photos[1]]
    sound(studio)


def test_what_is_not_there_is_told_and_nothing_changes(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path, "red")
    name = snapshots.take(studio, Reason.ASKED).path.name
    purge(studio, [photo])
    running = studio.database.value("SELECT id FROM generations WHERE status = 'pending'")
    with pieces.look_into(studio, name) as inside:
        for wanted in ([photo, 12], [running]):
            with pytest.raises(NotFound):
                inside.bring_back(wanted)
        done = inside.bring_back([photo])
        assert (done.new, done.missing) == ([], ["red-product_image.jpg"])
        stop = Event()
        stop.set()
        with pytest.raises(Stopped):
            inside.bring_back([photo], cancelled=stop)
    with pytest.raises(BadInput), pieces.look_into(studio, str(tmp_path / "nowhere")):
        pass


def test_a_generation_comes_out_of_the_trash_and_another_state_here_stays(
    studio: Studio, tmp_path: Path
) -> None:
    photo = import_photo(studio, tmp_path, "gold")
    started = generate.start(studio, brief_for(photo))
    early = snapshots.take(studio, Reason.ASKED)
    row = work_until_processing(studio, started)
    finishing.complete(studio, row, results(stored_result(studio, tmp_path, "navy"), 1))
    later = snapshots.take(studio, Reason.ASKED).path.name
    history.trash_any(studio, [row.id])
    with pieces.look_into(studio, later) as inside:
        inside.bring_back([row.id])
    assert generations.by_id(studio.database, row.id).trashed_at is None  # type: ignore[union-attr]
    again = back_to(studio, early)
    with pieces.look_into(again, later) as inside:
        assert inside.bring_back([row.id]).new == []
    assert generations.by_id(again.database, row.id).status == "pending"  # type: ignore[union-attr]
    sound(again)
    close_studio(again)


def test_damaged_bytes_in_a_backup_never_come_in(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path, "red")
    digest = library.picture(studio, photo).storage_id
    home = full.make(studio, tmp_path / "disk").home
    purge(studio, [photo])
    path = home.parent / f"files/{digest[:2]}/{digest[2:4]}/{digest}"
    path.chmod(0o600)
    path.write_bytes(b"x" * path.stat().st_size)
    with pieces.look_into(studio, str(home)) as inside:
        assert inside.bring_back([photo]).missing == ["red-product_image.jpg"]
    assert not studio.files.exists(digest)


def test_without_its_photo_a_result_comes_back_as_a_picture_of_its_own(
    studio: Studio, tmp_path: Path
) -> None:
    generation_id, pictures = made(studio, tmp_path)
    place = full.make(studio, tmp_path / "disk").home
    digest = studio.database.value("SELECT storage_id FROM files WHERE filename LIKE 'gold%'")
    (place.parent / f"files/{digest[:2]}/{digest[2:4]}/{digest}").unlink()
    elsewhere = open_studio(Workspace(tmp_path / "other"), {"local": FakeProvider()})
    other = same_person(elsewhere, studio.user_id)
    with pieces.look_into(other, str(place)) as inside:
        done = inside.bring_back([generation_id])
    assert done.generations == []
    assert len(done.missing) == 1
    assert library.picture(other, done.new[0]).category == "product_image"
    assert len(pictures) == 2
    sound(other)
    close_studio(other)


def same_person(studio: Studio, user_id: int) -> Studio:
    """Return the library with the person of another one at the desk."""
    with studio.database.write():
        users.insert(studio.database, user_id, "Same", now_ms())
    return dataclasses.replace(studio, user_id=user_id)


def test_a_small_picture_is_there_as_long_as_its_bytes_are(studio: Studio, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path, "gold")
    place = full.make(studio, tmp_path / "disk").home
    (row,) = [one.row for one in _seen(studio, str(place)) if one.row.id == product]
    studio.thumbnails.drop(row.storage_id)
    purge(studio, [product])
    with pieces.look_into(studio, str(place)) as inside:
        assert inside.thumbnail(row)
        studio.thumbnails.drop(row.storage_id)
        for kept in (tmp_path / "disk").rglob(f"*{row.storage_id}*"):
            kept.unlink()
        assert inside.thumbnail(row) is None


def _seen(studio: Studio, place: str) -> list[pieces.Seen]:
    with pieces.look_into(studio, place) as inside:
        return inside.pictures()


def test_what_can_not_be_laid_out_leaves_nothing_behind(studio: Studio) -> None:
    taken = snapshots.take(studio, Reason.ASKED)
    taken.path.write_bytes(taken.path.read_bytes()[:4096] + b"\xff" * 60_000)
    with pytest.raises(StorageError), pieces.look_into(studio, taken.path.name):
        pass
    assert not list(studio.workspace.restoring.iterdir()), "no empty folder stays"


def test_pieces_come_out_of_any_moment(shell: Shell, studio: Studio, tmp_path: Path) -> None:
    shell.workspace = studio.workspace.root
    snapshots.take(studio, Reason.ASKED)
    assert shell.run("bring-back", "--list") == 2
    assert shell.run("bring-back", "--list", "--at", "2026-11-20", "--from", "x") == 2
    product = import_photo(studio, tmp_path, "gold")
    origin = moments.find(studio.workspace, now_ms() + 60_000)
    assert isinstance(origin, moments.Moment)
    with pieces.look_into(studio, origin) as inside:
        assert product in [one.row.id for one in inside.pictures()]
