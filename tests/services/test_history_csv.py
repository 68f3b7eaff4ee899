"""The history as a table: whole or not at all, guarded against formulas, in portions."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import StorageError, StorageFull
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import generate, history_csv
from stylestudio_desktop.services.studio import Studio
from tests.factories import brief_for, import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, tokens=100)
    yield opened
    close_studio(opened)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def begin(studio: Studio, folder: Path, *prompts: str) -> list[int]:
    product = import_photo(studio, folder)
    return [generate.start(studio, brief_for(product, prompt=one)).id for one in prompts]


def test_every_row_newest_first_in_several_portions(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_csv, "PORTION", 2)
    ids = begin(studio, tmp_path, "one", "two", "three", "four", "five")
    seen: list[int] = []

    written = history_csv.export(
        studio, tmp_path / "out.csv", GenerationFilter(), progress=seen.append
    )

    found = rows(tmp_path / "out.csv")
    assert written == 5
    assert seen == [2, 4, 5]
    assert [int(one["id"]) for one in found] == sorted(ids, reverse=True)
    assert [one["prompt"] for one in found] == ["five", "four", "three", "two", "one"]
    assert found[0]["status"] == "pending"
    assert found[0]["tokens"] == "1"


def test_only_the_selected_ones(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_csv, "PORTION", 2)
    ids = begin(studio, tmp_path, *(f"number {number}" for number in range(9)))
    wanted = [ids[0], ids[4], ids[5], ids[8]]

    history_csv.export(studio, tmp_path / "out.csv", GenerationFilter(), ids=wanted)

    assert [int(one["id"]) for one in rows(tmp_path / "out.csv")] == wanted[::-1]


def test_ids_that_are_gone_end_the_list_quietly(studio: Studio, tmp_path: Path) -> None:
    ids = begin(studio, tmp_path, "one")

    assert history_csv.export(studio, tmp_path / "a.csv", GenerationFilter(), ids=[ids[0] - 5]) == 0
    assert rows(tmp_path / "a.csv") == []


@pytest.mark.parametrize("live", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_a_formula_is_shown_and_never_computed(live: str) -> None:
    assert history_csv.guarded(live) == f"'{live}"
    assert history_csv.guarded(f"a{live}") == f"a{live}"


def test_a_prompt_with_a_formula_lands_guarded(studio: Studio, tmp_path: Path) -> None:
    begin(studio, tmp_path, '=HYPERLINK("http://evil","x")')
    history_csv.export(studio, tmp_path / "out.csv", GenerationFilter())

    assert rows(tmp_path / "out.csv")[0]["prompt"].startswith("'=")


def test_cancelling_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    begin(studio, tmp_path, "one")
    stop = Event()
    stop.set()

    written = history_csv.export(studio, tmp_path / "out.csv", GenerationFilter(), cancelled=stop)

    assert written == 0
    assert [one.name for one in tmp_path.glob("out*")] == []


def test_an_old_table_stays_until_the_new_one_is_whole(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(studio, tmp_path, "one")
    target = tmp_path / "out.csv"
    target.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        history_csv.export(studio, target, GenerationFilter())
    assert target.read_text() == "old"
    assert not (tmp_path / "out.csv.part").exists()


def test_a_folder_that_is_not_there_is_told(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Choose another folder"):
        history_csv.export(studio, tmp_path / "nowhere" / "out.csv", GenerationFilter())
