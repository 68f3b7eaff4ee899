"""Every table leaves in open formats: complete, of one moment, and harmless in a spreadsheet."""

import csv
import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageError, StorageFull
from stylestudio_desktop.services import generate, organising, profiles, table_export
from stylestudio_desktop.services.history_csv import guarded
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import seals, table_reading
from tests.factories import brief_for, import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, tokens=20)
    product = import_photo(opened, tmp_path)
    generate.start(opened, brief_for(product, prompt='=HYPERLINK("http://x"),\n"é"'))
    yield opened
    close_studio(opened)


def test_json_lines_hold_every_row_and_value(studio: Studio, tmp_path: Path) -> None:
    said: list[str] = []
    done = table_export.export(
        studio, tmp_path / "out", "jsonl", lambda _done, _all, name: said.append(name)
    )
    assert {"users", "files", "generations", "token_entries", "jobs"} <= set(said)
    assert not any(name.startswith(("file_search", "generation_search")) for name in said)
    for path, number in done.items():
        lines = path.read_text("utf-8").splitlines()
        columns = table_reading.columns(studio.database, path.stem)
        rows = list(table_reading.rows(studio.database, path.stem, studio.user_id))
        whole = studio.database.value(f'SELECT count(*) FROM "{path.stem}"')
        assert number == len(lines) == len(rows) == whole
        for line, row in zip(lines, rows, strict=True):
            found = json.loads(line)
            assert list(found) == columns
            for value, kept in zip(row, found.values(), strict=True):
                assert kept == (value.hex() if isinstance(value, bytes) else value) or (
                    int(kept) == value and abs(value) > 1 << 53
                )


def test_nothing_of_another_person_is_written(studio: Studio, tmp_path: Path) -> None:
    ben = dataclasses.replace(studio, user_id=profiles.add(studio, "Ben", "ben@example.com").id)
    organising.tag_called(studio, "annas tag")
    organising.new_collection(studio, "annas collection")
    with studio.database.write():
        studio.database.run("UPDATE users SET token_balance = 4711 WHERE id = ?", (studio.user_id,))
        wrong = seals.balances(studio.database)
        seals.keep_correction(studio.database, 1, 1, "annas reason", wrong)
        seals.set_trouble(studio.database, "The balance of “anna” is not right.", sums_alone=True)
    done = table_export.export(ben, tmp_path / "bens", "jsonl")
    counted = {path.stem: number for path, number in done.items()}
    assert (counted["users"], counted["token_entries"]) == (1, 1)
    for name in ("generations", "files", "generation_files", "generation_states", "jobs", "tags"):
        assert counted[name] == 0, name
    text = "".join(path.read_text("utf-8") for path in done)
    assert "ben@example.com" in text
    for alien in ("HYPERLINK", "annas", "“anna”", "4711", str(studio.user_id)):
        assert alien not in text, alien


def test_whose_the_rows_of_every_table_are_is_known(studio: Studio) -> None:
    for name in table_reading.names(studio.database):
        list(table_reading.rows(studio.database, name, studio.user_id))
    with studio.database.write():
        studio.database.run("CREATE TABLE odd (x)")
    with pytest.raises(LookupError, match="odd"):
        table_reading.rows(studio.database, "odd", studio.user_id)


def test_csv_is_for_spreadsheets_and_computes_nothing(studio: Studio, tmp_path: Path) -> None:
    with studio.database.write():
        studio.database.run("INSERT INTO meta (key, value) VALUES ('x', '+1')")
    done = table_export.export(studio, tmp_path / "out")
    assert (tmp_path / "out" / "files.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "out" / "generations.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = list(csv.DictReader(file))
    assert row["prompt"] == '\'=HYPERLINK("http://x"),\n"é"'
    for path in done:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.reader(file):
                assert not any(cell.startswith(("=", "+", "@")) for cell in line)


def test_bytes_are_text_in_both_forms() -> None:
    assert table_export._cell(b"\x01\xff") == table_export._value(b"\x01\xff") == "01ff"
    assert table_export._value(1 << 60) == str(1 << 60)


def test_nothing_is_replaced_and_foreign_formats_are_refused(
    studio: Studio, tmp_path: Path
) -> None:
    table_export.export(studio, tmp_path / "out")
    with pytest.raises(BadInput, match="there already"):
        table_export.export(studio, tmp_path / "out")
    with pytest.raises(BadInput, match="no format"):
        table_export.export(studio, tmp_path / "other", "xlsx")


def test_a_stopped_export_leaves_no_half_file(studio: Studio, tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        table_export.export(studio, tmp_path / "out", cancelled=stop)
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix == ".part"]


@pytest.mark.parametrize(("number", "kind"), [(28, StorageFull), (5, StorageError)])
def test_a_disk_that_fails_is_told(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: type[StorageError],
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind, match="library is safe"):
        table_export.export(studio, tmp_path / "out")


def test_a_folder_laid_as_a_trap_changes_nothing_outside(studio: Studio, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("precious")
    folder = tmp_path / "out"
    folder.mkdir()
    for name in table_reading.names(studio.database):
        for trap in (f"{name}.csv.part", f".stylestudio-{name}.tmp"):
            (folder / trap).symlink_to(mine)
    table_export.export(studio, folder)
    assert mine.read_text() == "precious"
    other = tmp_path / "other"
    other.mkdir()
    (other / "files.csv").symlink_to(tmp_path / "not yet there")
    with pytest.raises(BadInput, match="there already"):
        table_export.export(studio, other)
    assert [path.name for path in other.iterdir()] == ["files.csv"]
    assert not (tmp_path / "not yet there").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("coat;=1+1;-2", "coat;'=1+1;'-2"),
        ("coat\t@x", "coat\t'@x"),
        ("a-b = c; d", "a-b = c; d"),
    ],
)
def test_no_cell_computes_whatever_divides_the_cells(text: str, kept: str) -> None:
    assert guarded(text) == kept
