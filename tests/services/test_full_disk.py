"""A disk that fills during an import: what went in stays in, and what did not is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.errors import StorageError, StorageFull
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.files import batch
from stylestudio_desktop.files.incoming import Incoming
from stylestudio_desktop.services import health, importing, library, samples, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files as file_rows
from tests.factories import import_photo, open_test_studio, photo

FULL = StorageFull("The disk became full.")


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(importing, "GROUP", 3)
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def photos(folder: Path, number: int) -> list[Path]:
    return [photo(folder, f"{n}.jpg", f"rgb({n * 20},0,90)") for n in range(number)]


def fails_from(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, first: int) -> None:
    """Let `owner.name` fail as on a full disk from its `first` call on."""
    real, calls = getattr(owner, name), []

    def full(*given: Any) -> Any:
        calls.append(given)
        if len(calls) >= first:
            raise FULL
        return real(*given)

    monkeypatch.setattr(owner, name, full)


def names(rows: tuple[importing.Rejected, ...]) -> list[str]:
    return [Path(one.path).name for one in rows]


def test_what_has_room_goes_in_and_the_rest_is_named(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_from(monkeypatch, Incoming, "flush", 6)
    found = library.import_files(studio, photos(tmp_path, 12), Category.PRODUCT)

    assert [row.filename for row in found.files] == [f"{n}.jpg" for n in range(5)]
    assert names(found.rejected) == [f"{n}.jpg" for n in range(5, 12)]
    assert {one.reason for one in found.rejected} == {FULL.sentence}
    assert found.trouble is FULL
    assert len(library.ids(studio, FileFilter())) == 5
    assert list(studio.workspace.tmp.iterdir()) == []
    assert health.verify(studio, deep=True, grace_s=0).ok


@pytest.mark.parametrize("room", [0, 1, 2])
def test_rows_that_find_no_room_take_their_bytes_with_them(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    # The first group's three rows fit, then all of the second are refused together, and alone
    # from the one for which there is no room.
    fails_from(monkeypatch, file_rows, "insert", 4)
    real = importing._keep_some

    def with_room(*given: Any) -> Any:
        monkeypatch.undo()
        fails_from(monkeypatch, file_rows, "insert", room + 1)
        return real(*given)

    monkeypatch.setattr(importing, "GROUP", 3)
    monkeypatch.setattr(importing, "_keep_some", with_room)
    found = library.import_files(studio, photos(tmp_path, 8), Category.PRODUCT)

    assert len(found.files) == 3 + room
    assert names(found.rejected) == [f"{n}.jpg" for n in range(3 + room, 8)]
    assert found.trouble is FULL
    assert len(list(studio.files.every())) == 3 + room
    assert health.verify(studio, deep=True, grace_s=0).ok


def test_a_hiccup_that_refuses_a_group_but_none_alone_loses_nothing(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = importing._add_rows, []

    def once(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise FULL
        return real(*given)

    monkeypatch.setattr(importing, "_add_rows", once)
    found = library.import_files(studio, photos(tmp_path, 5), Category.PRODUCT)

    assert len(found.files) == 3, "the group is saved, and the import ends"
    assert names(found.rejected) == ["3.jpg", "4.jpg"]
    assert found.trouble is FULL


def test_a_group_that_cannot_last_ends_it(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError(5, "planted")

    monkeypatch.setattr(batch, "flush_folder", broken)
    found = library.import_files(studio, photos(tmp_path, 4), Category.PRODUCT)

    assert found.files == ()
    assert len(found.rejected) == 4
    assert isinstance(found.trouble, StorageError)


def test_a_picture_used_in_another_part_says_that_the_disk_is_full(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = import_photo(studio, tmp_path)
    fails_from(monkeypatch, file_rows, "insert", 1)
    with pytest.raises(StorageFull):
        sources.use_as(studio, [product], Category.MODEL)


def test_the_sample_collection_says_that_the_disk_is_full(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_category = samples.collection(resources() / "samples")
    few = {category: paths[:1] for category, paths in by_category.items()}
    monkeypatch.setattr(samples, "collection", lambda _folder: few)
    fails_from(monkeypatch, Incoming, "flush", 1)
    found = samples.load(studio)
    assert found.trouble is FULL
    assert len(found.rejected) == len(few)
