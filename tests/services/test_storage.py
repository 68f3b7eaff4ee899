"""How much room the library takes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import library, storage
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def test_room_counts_bytes_by_category_and_trash(studio: Studio, tmp_path: Path) -> None:
    kept, gone = import_photo(studio, tmp_path, "teal"), import_photo(studio, tmp_path, "red")
    library.trash(studio, [gone])

    room = storage.room(studio)

    sizes = {one.key: one.total for one in room.kept if one.number}
    assert sizes == {"product_image": library.picture(studio, kept).size}
    assert sum(one.total for one in room.trashed) == library.picture(studio, gone).size
    assert room.database > 0
    assert room.thumbnails > 0
    assert room.free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.2)


def test_a_disk_that_does_not_say(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_path: Path) -> None:
        raise OSError("no answer")

    monkeypatch.setattr(storage.shutil, "disk_usage", silent)
    assert storage.room(studio).free is None
