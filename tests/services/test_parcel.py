"""What is dragged into other programs: copies of their own, logged if taken, gone if not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Action
from stylestudio_desktop.services import exporting, library, parcel
from stylestudio_desktop.services.parcel import KEPT_MS, MOST, Parcel
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def ids(studio: Studio, tmp_path: Path) -> list[int]:
    return [import_photo(studio, tmp_path, colour) for colour in ("teal", "gold", "plum")]


def begun(studio: Studio, ids: list[int]) -> Parcel:
    made = Parcel(studio, ids)
    made.begin()
    return made


def downloads(studio: Studio) -> int:
    sql = "SELECT count(*) FROM usage WHERE action = ?"
    return int(studio.database.value(sql, (Action.IMAGE_DOWNLOADED.value,)))


def test_what_is_taken_are_copies_by_name_and_is_logged(studio: Studio, ids: list[int]) -> None:
    assert not Parcel(studio, ids).packed()
    made = begun(studio, ids)
    paths = made.paths()
    assert made.packed()
    stored = [library.location(studio, library.picture(studio, one)) for one in ids]
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in stored]
    assert not any(one.samefile(two) for one, two in zip(paths, stored, strict=True))
    names = [Path(library.picture(studio, one).filename).stem for one in ids]
    assert [path.stem.split(" (")[0] for path in paths] == names
    assert len(set(paths)) == len(ids)
    assert {path.suffix for path in paths} == {".jpg"}
    assert downloads(studio) == 0
    made.close(taken=True)
    made.wait()
    assert made.trouble() == ""
    assert downloads(studio) == len(ids)
    paths[0].write_bytes(b"painted over by another program")
    assert stored[0].read_bytes() != paths[0].read_bytes()


def test_what_nobody_took_goes_and_is_not_logged(studio: Studio, ids: list[int]) -> None:
    made = begun(studio, ids)
    folder = made.paths()[0].parent
    made.close(taken=False)
    made.wait()
    assert not folder.exists()
    assert downloads(studio) == 0


def test_at_most_so_many_are_copied(studio: Studio, ids: list[int]) -> None:
    made = begun(studio, ids * MOST)
    assert made._ids == (ids * MOST)[:MOST]
    made.close(taken=False)
    made.wait()


def test_copies_of_yesterday_go_and_those_of_today_stay(studio: Studio, ids: list[int]) -> None:
    old, young = begun(studio, ids[:1]), begun(studio, ids[1:2])
    folders = [one.paths()[0].parent for one in (old, young)]
    for one in (old, young):
        one.close(taken=True)
        one.wait()
    past = (now_ms() - KEPT_MS) / 1000 - 60
    os.utime(folders[0], (past, past))
    made = begun(studio, ids[2:])
    made.paths()
    assert [folder.exists() for folder in folders] == [False, True]
    made.close(taken=False)
    made.wait()


def test_a_picture_that_is_gone_is_told_and_the_others_come(studio: Studio, ids: list[int]) -> None:
    library.location(studio, library.picture(studio, ids[1])).unlink()
    made = begun(studio, ids)
    assert len(made.paths()) == len(ids) - 1
    assert made.trouble()
    made.close(taken=True)
    made.wait()
    assert downloads(studio) == len(ids) - 1


def test_a_folder_that_cannot_be_made_is_a_sentence(studio: Studio, ids: list[int]) -> None:
    (studio.workspace.tmp / parcel._FOLDER).write_text("in the way")
    made = begun(studio, ids)
    assert made.paths() == []
    assert "The pictures are safe" in made.trouble()
    made.close(taken=False)
    made.wait()


def test_a_picture_that_went_meanwhile_is_not_logged(studio: Studio, ids: list[int]) -> None:
    exporting.log(studio, [ids[0], 5])
    assert downloads(studio) == 1
