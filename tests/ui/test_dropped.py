"""What is dropped on the window is read with suspicion."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.widgets import dropped
from stylestudio_desktop.ui.widgets.dropped import local_files
from tests.factories import open_test_studio, photo


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = open_test_studio(tmp_path)
    yield made
    close_studio(made)


def mime(text: bytes) -> QMimeData:
    made = QMimeData()
    made.setData("text/uri-list", text)
    return made


def test_whole_paths_of_this_computer_are_taken_and_nothing_else() -> None:
    told = (
        b"file:///a/b.png\r\nhttp://elsewhere/c.png\r\nfile://\r\nfile:d.png\r\n\r\nrubbish\xff\r\n"
    )
    assert local_files(mime(told)) == [Path("/a/b.png")]
    assert local_files(QMimeData()) == []


def test_an_address_without_a_path_never_means_the_folder_somebody_stands_in(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stand").mkdir()
    photo(tmp_path / "stand", "own.jpg")
    monkeypatch.chdir(tmp_path / "stand")
    for told in (b"file://", b"file:", b"file:.", b"file:own.jpg"):
        assert local_files(mime(told)) == []


def test_no_more_are_looked_at_than_anybody_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "MOST", 3)
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(f"/{number}.png") for number in range(9)])
    assert len(local_files(made)) == 3


def test_names_that_no_disk_takes_are_refused_one_by_one(studio: Studio, tmp_path: Path) -> None:
    good = photo(tmp_path, "good.jpg")
    odd = [Path("/" + "a" * 5000), Path("/" + "b/" * 3000), Path("/x\0y"), Path("/dev/zero")]
    found = library.import_files(studio, [*odd, good], Category.PRODUCT)
    assert [row.filename for row in found.files] == ["good.jpg"]
    assert len(found.rejected) == len(odd)
    assert all(one.reason for one in found.rejected)
