"""What is dropped on the window is read with suspicion."""

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, QSysInfo, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.files.bounds import DEFAULT_LIMITS
from stylestudio_desktop.services import importing, library
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.widgets import dropped
from stylestudio_desktop.ui.widgets.dropped import local_files, named_files, names_files
from stylestudio_desktop.ui.widgets.pasted import Pasted, holds_picture, keep, picture_in
from stylestudio_desktop.ui.widgets.words_field import WordsField
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


def test_each_file_is_named_once() -> None:
    assert local_files(mime(b"file:///a.png\r\nfile:///b.png\r\nfile:///a.png")) == [
        Path("/a.png"), Path("/b.png"),
    ]  # fmt: skip


def test_another_computer_is_never_asked() -> None:
    own = QSysInfo.machineHostName().encode()
    told = b"file://elsewhere/a.png\nfile://localhost/b.png\nfile://" + own + b"/c.png"
    assert local_files(mime(told)) == [Path("/b.png"), Path("/c.png")]
    assert not names_files(mime(b"file://elsewhere/a.png"))
    assert not names_files(mime(b"data:image/png;base64,iVBORw0KGgo=\nhttps://a/b.png\n"))


def test_whoever_hands_over_too_many_is_told() -> None:
    many = mime(b"".join(b"file:///%d.png\r\n" % number for number in range(100_000)))
    begun = time.process_time()
    assert names_files(many)
    found = named_files(many)
    assert time.process_time() - begun < 1
    assert len(found.paths) == dropped.MOST
    assert "100000 files" in found.left_out.replace(",", "")
    assert not named_files(mime(b"file:///a.png\r\n")).left_out


def test_a_picture_is_handed_on_as_it_came_and_decoded_by_nobody_here() -> None:
    made = QMimeData()
    made.setData("image/svg+xml", b"<svg/>")
    assert not holds_picture(made)
    assert picture_in(made) is None
    made.setData("image/jpeg", b"rubbish")
    made.setData("image/png", b"whatever")
    assert picture_in(made) == Pasted(".png", b"whatever")


def test_a_kind_that_is_not_ours_is_left_even_where_qt_could_read_it() -> None:
    made = QMimeData()
    made.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    assert picture_in(made) is not None
    made.setData("image/tiff", b"II*\0")
    assert not holds_picture(made)
    assert picture_in(made) is None


def test_a_kind_without_bytes_is_no_picture() -> None:
    made = QMimeData()
    made.setData("image/png", b"")
    assert picture_in(made) is None


def test_what_lies_in_odd_places_is_refused_one_by_one(studio: Studio, tmp_path: Path) -> None:
    loop, pipe = tmp_path / "loop.png", tmp_path / "pipe.png"
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    ring = tmp_path / "ring"
    ring.mkdir()
    (ring / "again").symlink_to(ring)
    (ring / "null.png").symlink_to("/dev/null")
    paths = [loop, pipe, ring, Path("/dev/tty"), Path("/dev/full"), Path("/proc/self/mem")]
    found = library.import_files(studio, paths, Category.PRODUCT)
    assert not found.files
    assert len(found.rejected) == len(paths)
    assert all(one.reason for one in found.rejected)


def test_a_whole_disk_is_given_up_as_soon_as_somebody_says_so(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, seen = Event(), []

    def endless(_paths: object) -> Iterator[Path]:
        for number in itertools.count():
            seen.append(number)
            if number == 5:
                stop.set()
            assert number < 100, "it goes on looking although it was stopped"
            yield tmp_path / f"{number}.png"

    monkeypatch.setattr(importing, "find_pictures", endless)
    found = library.import_files(studio, [tmp_path], Category.PRODUCT, cancelled=stop)
    assert found == Imported((), ())
    assert len(seen) == 6


def test_words_are_taken_from_what_is_pasted_and_never_a_book(qtbot: QtBot) -> None:
    field = WordsField(10)
    qtbot.addWidget(field)
    made = QMimeData()
    made.setText("x" * 1_000_000)
    made.setHtml("<img src='http://elsewhere/a.png'>")
    field.insertFromMimeData(made)
    assert field.toPlainText() == "x" * 40
    assert field.canInsertFromMimeData(made)
    assert not field.canInsertFromMimeData(mime(b"file:///a.png"))


def test_a_pasted_picture_that_no_disk_takes_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    pixels = Pasted("", b"", QImage(4, 4, QImage.Format.Format_RGB32))
    for pasted in (Pasted(".png", b"any"), pixels):
        with pytest.raises(StorageError, match="could not be kept"):
            keep(pasted, gone, DEFAULT_LIMITS)
