"""Full backups: whole, incremental, resumable, and read with suspicion."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageError, StorageFull
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import DAY_MS
from stylestudio_desktop.services.backup import full, proving, reading, record
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo


@pytest.fixture(params=["folder", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / ("out" if request.param == "folder" else "deep/out.zip")


def damage(path: Path) -> None:
    """Turn one byte in the middle around."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.chmod(0o600)
    path.write_bytes(bytes(data))


def test_a_backup_holds_everything_and_no_more(studio: Studio, place: Path) -> None:
    studio.settings.change(low_balance=3)
    said: list[tuple[int, int, str]] = []
    made = full.make(studio, place, lambda *step: said.append(step))

    assert (made.pictures, made.copied, made.missing) == (2, 2, ())
    assert said[-1][0] == 2
    backup = reading.find(place)
    assert proving.backup_faults(backup) == []
    assert proving.faults(studio.workspace, str(place)) == []
    stored = set(studio.files.every())
    assert set(backup.pictures()) == stored
    assert set(backup.manifest.parts) == {"library.sqlite3", "files.sha256", "settings.json"}
    assert json.loads(backup.read("settings.json", 10_000))["low_balance"] == 3
    backup.close()
    known = record.read(studio.workspace)
    assert (known.full_at, known.full_place) == (made.moment, str(made.home))
    leftovers = [path for path in place.parent.rglob("*") if path.suffix == ".part"]
    assert leftovers == []


def test_the_next_one_copies_only_what_is_new(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    first = full.make(studio, place)
    assert full.make(studio, place).copied == 0
    import_photo(studio, tmp_path, "orange")
    third = full.make(studio, first.home.parent)
    assert (third.pictures, third.copied) == (3, 1)
    assert reading.versions(place)[0] == third.home
    with_tool = subprocess.run(
        ["sha256sum", "-c", "--quiet", third.home / "files.sha256"],
        cwd=third.home.parent,
        check=False,
    )
    assert with_tool.returncode == 0


def test_one_that_was_stopped_goes_on_where_it_ended(studio: Studio, tmp_path: Path) -> None:
    place, stop = tmp_path / "out", Event()
    import_photo(studio, tmp_path, "orange")
    home = reading.house(place)

    def after_one(*_: object) -> None:
        if any(path.is_file() for path in (home / "files").rglob("*")):
            stop.set()

    full_every, full._EVERY = full._EVERY, 1
    try:
        with pytest.raises(Stopped):
            full.make(studio, place, after_one, stop)
    finally:
        full._EVERY = full_every
    assert reading.versions(place) == []
    there = [path for path in (home / "files").rglob("*") if path.is_file()]
    assert len(there) == 1
    made = full.make(studio, place)
    assert (made.pictures, made.copied) == (3, 2)


def test_what_a_cut_off_run_left_torn_is_copied_again(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    made = full.make(studio, place)
    damaged, short = sorted(reading.find(place).pictures())
    shutil.rmtree(made.home)
    damage(made.home.parent / reading.picture_name(damaged))
    other = made.home.parent / reading.picture_name(short)
    other.write_bytes(b"short")
    again = full.make(studio, place)
    assert again.copied == 2
    assert proving.backup_faults(reading.find(place)) == []


def test_a_picture_that_the_library_lost_is_named_and_the_rest_saved(
    studio: Studio, place: Path
) -> None:
    first, second = studio.files.every()
    studio.files.path(first).unlink()
    damage(studio.files.path(second))
    made = full.make(studio, place)
    assert set(made.missing) == {first, second}
    assert made.pictures == 0
    assert proving.faults(studio.workspace, str(place)) == []


def test_each_picture_is_flushed_where_a_system_can_not_flush_all(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.make(studio, tmp_path / "warm")
    monkeypatch.setattr(full, "_SYNC", full._NO_SYNC)
    flushed: list[int] = []
    genuine = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(1) or genuine(descriptor))
    full.make(studio, tmp_path / "one")
    alone = len(flushed)
    monkeypatch.setattr(full, "_SYNC", os.sync)
    full.make(studio, tmp_path / "two")
    assert alone == (len(flushed) - alone) + 2


def test_a_file_is_never_replaced(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out.zip"
    place.write_text("somebody's own")
    with pytest.raises(BadInput, match="there already"):
        full.make(studio, place)
    assert place.read_text() == "somebody's own"


def test_a_stopped_file_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        full.make(studio, tmp_path / "out" / "a.zip", cancelled=stop)
    assert list((tmp_path / "out").iterdir()) == []
    assert list((studio.workspace.backups).rglob("*.sqlite3*")) == []


def test_one_backup_at_a_time(studio: Studio, tmp_path: Path) -> None:
    from filelock import FileLock

    with (
        FileLock(studio.workspace.locks / "backup.lock"),
        pytest.raises(BadInput, match="Another backup"),
    ):
        full.make(studio, tmp_path / "out")


@pytest.mark.parametrize(("number", "kind"), [(28, StorageFull), (5, StorageError)])
def test_a_disk_that_fails_is_told_in_words(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: type[StorageError],
) -> None:
    def fail() -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(full, "_SYNC", fail)
    with pytest.raises(kind, match="goes on where it ended"):
        full.make(studio, tmp_path / "out")


def test_old_versions_of_one_library_are_thinned_and_no_picture(
    studio: Studio, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    made = full.make(studio, place)
    text = (made.home / "manifest.json").read_text()
    shutil.copy(made.home / "library.sqlite3", tmp_path / "kept")
    base = now_ms() - 3 * DAY_MS
    for number in range(4):
        for library in ("", "other"):
            folder = made.home.parent / reading.name_of(base + number + 500 * bool(library))
            shutil.copytree(made.home, folder)
            told = text.replace(f'"moment": {made.moment}', f'"moment": {base + number}')
            if library:
                told = re.sub('"library": "[0-9]+"', '"library": "other"', told)
            (folder / "manifest.json").write_text(told)
    (made.home.parent / reading.name_of(base) / "somebody's own.txt").write_text("stays")
    shutil.copytree(made.home, made.home.parent / reading.name_of(base + 999))
    (made.home.parent / reading.name_of(base + 999) / "manifest.json").write_text("rubbish")

    full.make(studio, place)

    left = {one.name for one in reading.versions(place)}
    assert {reading.name_of(base + number + 500) for number in range(4)} <= left
    assert reading.name_of(base + 3) in left
    assert not {reading.name_of(base + number) for number in range(3)} & left
    assert (made.home.parent / reading.name_of(base) / "somebody's own.txt").exists()
    assert proving.backup_faults(reading.find(place)) == []


# --- what lies in a backup is judged


def packed(target: Path, change: Callable[[zipfile.ZipFile, zipfile.ZipFile], None]) -> Path:
    """Write a changed copy of a packed backup."""
    source, copy = target, target.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(copy, "w") as new:
        change(old, new)
    return copy


def test_every_damaged_byte_is_found(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    made = full.make(studio, place)
    picture = next(reading.find(place).pictures())
    damage(made.home.parent / reading.picture_name(picture))
    damage(made.home / "library.sqlite3")
    found = proving.faults(studio.workspace, str(place))
    assert len(found) == 2
    (made.home.parent / reading.picture_name(picture)).unlink()
    assert any("can't be read" in one for one in proving.faults(studio.workspace, str(place)))


def test_a_list_that_was_cut_or_foreign_is_found(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    made = full.make(studio, place)
    listed = made.home / "files.sha256"
    lines = listed.read_bytes().splitlines(keepends=True)

    def told(data: bytes) -> list[str]:
        listed.write_bytes(data)
        text = json.loads((made.home / "manifest.json").read_text())
        part = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        text["parts"]["files.sha256"] = part
        (made.home / "manifest.json").write_text(json.dumps(text))
        return proving.backup_faults(reading.find(place))

    assert "lists 1 pictures and says" in told(lines[0])[0]
    backup = reading.find(place)
    for strange in (b"../" + lines[0], lines[0].replace(b"files/", b"/etc/files/"), b"x" * 400):
        listed.write_bytes(strange)
        with pytest.raises(StorageError, match="not ours"):
            list(backup.pictures())


@pytest.mark.parametrize(
    "text",
    [
        "rubbish",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "moment": 1, "schema": 1, "program": "", "library": "", "pictures": 0,'
        ' "missing": [], "parts": {}}',
        '{"format": 1, "moment": -1, "schema": 1, "program": "", "library": "", "pictures": 0,'
        ' "missing": ["../../etc/passwd"], "parts": {}}',
        '{"format": 1, "missing": [], "parts": {"library.sqlite3": {"size": 1, "sha256": 7}}}',
        '{"format": 1, "missing": [], "parts": {"library.sqlite3": {"size": true}}}',
        "x" * 1_000_001,
    ],
    ids=range(9),
)
def test_a_foreign_manifest_is_refused(tmp_path: Path, text: str) -> None:
    home = tmp_path / reading.HOUSE / "20261122T223000123Z"
    home.mkdir(parents=True)
    (home / "manifest.json").write_text(text)
    with pytest.raises(BadInput, match="no complete backup"):
        reading.find(tmp_path)
    assert full._known(tmp_path) == set()


def test_files_that_are_no_backup_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("rubbish")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as empty:
        empty.writestr("other", "text")
    for name in ("a.zip", "b.zip"):
        with pytest.raises(BadInput, match="no complete backup"):
            reading.find(tmp_path / name)
    with pytest.raises(BadInput, match="no complete backup at"):
        reading.find(tmp_path / "nowhere")
    assert reading.versions(tmp_path) == []


def test_a_squeezed_entry_is_not_unpacked(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out.zip"
    full.make(studio, place)

    def squeeze(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
        for name in old.namelist():
            kind = zipfile.ZIP_DEFLATED if name == "library.sqlite3" else zipfile.ZIP_STORED
            new.writestr(name, old.read(name), kind)

    bomb = reading.find(packed(place, squeeze))
    assert "another way" in proving.backup_faults(bomb)[0]
    bomb.close()
    with pytest.raises(ValueError, match="closed"):
        bomb.open("library.sqlite3")


def test_a_link_in_a_backup_is_not_followed(studio: Studio, tmp_path: Path) -> None:
    made = full.make(studio, tmp_path / "out")
    picture = made.home.parent / reading.picture_name(next(studio.files.every()))
    secret = tmp_path / "secret"
    secret.write_bytes(picture.read_bytes())
    picture.unlink()
    picture.symlink_to(secret)
    assert "can't be read" in proving.faults(studio.workspace, str(made.home))[0]


def test_a_link_in_place_of_an_unfinished_one_leads_nowhere(studio: Studio, tmp_path: Path) -> None:
    place, theirs = tmp_path / "out", tmp_path / "theirs"
    home = reading.house(place)
    home.mkdir(parents=True)
    theirs.mkdir()
    (theirs / reading.MANIFEST).write_text("somebody's")
    (home / f"unfinished-{studio.user_id}").symlink_to(theirs)
    made = full.make(studio, place)
    assert [one.name for one in theirs.iterdir()] == [reading.MANIFEST]
    assert (theirs / reading.MANIFEST).read_text() == "somebody's"
    assert proving.faults(studio.workspace, str(made.home)) == []


def test_what_is_remembered_is_checked(studio: Studio) -> None:
    record.change(studio.workspace, drill_at=5, drill_ok=True)
    assert record.read(studio.workspace).drill_ok
    path = studio.workspace.backups / "record.json"
    path.write_text('{"drill_at": "soon", "full_at": 7, "other": 1}')
    assert record.read(studio.workspace) == record.Record(full_at=7)
    for rubbish in ("[]", "{", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        path.write_text(rubbish)
        assert record.read(studio.workspace) == record.Record()


def test_it_is_not_begun_anew_beside_its_missing_disk(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    full.make(studio, place)
    place.rename(tmp_path / "drawer")
    place.mkdir()
    with pytest.raises(StorageError, match="not there, as when their disk is not connected"):
        full.make(studio, place)
    assert list(place.iterdir()) == []
    full.make(studio, tmp_path / "another")
    full.make(studio, place)
    full.make(studio, tmp_path / "drawer")
    reading.house(tmp_path / "drawer").rename(tmp_path / "lost")
    reading.house(tmp_path / "drawer").mkdir()
    assert full.make(studio, tmp_path / "drawer").copied > 0, "an empty folder says: begin anew"
