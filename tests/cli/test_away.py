"""A library whose disk is not connected is no new beginning, by command."""

import json
from pathlib import Path

import pytest

from stylestudio_desktop.__main__ import main
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import remembered, workspace
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services.backup import full
from tests.factories import FakeProvider, import_photo


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("STYLESTUDIO_WORKSPACE", raising=False)
    return workspace.home()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with a picture on a disk of its own, and a full backup of it elsewhere."""
    root = tmp_path / "disk" / "library"
    studio = open_studio(Workspace(root), {"local": FakeProvider()})
    import_photo(studio, tmp_path)
    full.make(studio, tmp_path / "backup")
    close_studio(studio)
    return root


@pytest.fixture
def away(library: Path) -> Path:
    """The same once the disk was taken out; the folder where it is usually found stays."""
    library.parent.rename(library.parent.with_name("drawer"))
    library.parent.mkdir()
    another_disk(library)
    return library


def another_disk(root: Path) -> None:
    """Have `root` remembered as a folder of another disk than is there now."""
    place = workspace.home() / "libraries.json"
    known = json.loads(place.read_text())
    known[str(root)] += 1
    place.write_text(json.dumps(known))


def back(library: Path) -> None:
    library.parent.rmdir()
    library.parent.with_name("drawer").rename(library.parent)


def number_of_files(library: Path, capsys: pytest.CaptureFixture[str]) -> int:
    capsys.readouterr()
    assert main(["--json", "--workspace", str(library), "list", "files"]) == 0
    return len(json.loads(capsys.readouterr().out)["items"])


COMMANDS = [
    ["list", "files"],
    ["sample", "--generations", "1"],
    ["backup", "list"],
    ["backup", "snapshot"],
    ["restore-backup", "20261120-140500"],
    ["restore-backup", "--at", "2026-11-20"],
    ["restore-backup", "--back"],
    ["worker", "--until-empty"],
    ["doctor"],
    ["verify", "--repair"],
]


def test_nothing_is_made_in_its_place(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in COMMANDS:
        assert main(["--json", "--workspace", str(away), *words]) == 5, words
        said = capsys.readouterr()
        assert "is not there, as when its disk is not connected" in said.err
        assert f"stylestudio workspace begin {away}" in said.err
        assert json.loads(said.out)["error"]["code"] == "storage_away"
        assert list(away.parent.iterdir()) == [], words


def test_it_opens_again_once_it_is_connected(
    away: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--workspace", str(away), "list", "files"]) == 5
    back(away)
    assert number_of_files(away, capsys) == 1


def test_an_empty_folder_where_it_was_counts_as_away_too(away: Path) -> None:
    for made in (away, away / "files", away / "logs"):
        made.mkdir()
        assert main(["--workspace", str(away), "list", "files"]) == 5
    assert not (away / "library.sqlite3").exists()


def test_a_folder_that_somebody_removed_begins_anew(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library.rename(library.with_name("drawer"))
    assert number_of_files(library, capsys) == 0


def test_a_new_one_begins_where_somebody_says_so(
    away: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["workspace", "begin", str(away)]) == 0
    assert number_of_files(away, capsys) == 0
    assert main(["workspace", "begin", str(away)]) == 2, "never over one that is there"
    assert "There is a library" in capsys.readouterr().err


def test_a_full_backup_brings_it_back_there(
    away: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--workspace", str(away), "restore-backup", str(tmp_path / "backup")]) == 0
    assert number_of_files(away, capsys) == 1


def test_the_workspace_in_use_stays_the_one_that_is_meant(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["workspace", "create", "trial"]) == 0
    assert main(["workspace", "switch", "trial"]) == 0
    disk = tmp_path / "disk"
    (home / "workspaces" / "trial").rename(disk)
    (home / "workspaces" / "trial").symlink_to(disk)
    assert main(["list", "files"]) == 0
    disk.rename(tmp_path / "drawer")
    monkeypatch.chdir(tmp_path)
    for words in ([], ["--workspace", "trial"]):
        assert main([*words, "list", "files"]) == 5
    assert not (home / "workspace").exists(), "the first workspace did not begin instead"
    assert not (tmp_path / "trial").exists()
    capsys.readouterr()
    assert main(["workspace", "list"]) == 0
    assert "→  trial" in capsys.readouterr().out


def test_the_first_start_and_whoever_removes_everything_begin(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "files"]) == 0
    home.rename(home.with_name("drawer"))
    assert main(["list", "files"]) == 0
    workspace_folder = home / "workspace"
    workspace_folder.rename(home / "elsewhere")
    assert main(["list", "files"]) == 5
    assert "workspace begin" in capsys.readouterr().err


def test_what_is_remembered_may_be_damaged(
    home: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (b"", b"{", b"[1, null]", b'{"a": null}', b"[" * 100_000, b"\xff"):
        (home / "libraries.json").write_bytes(text)
        assert number_of_files(library, capsys) == 1
        known = json.loads((home / "libraries.json").read_text())
        assert known == {str(library): library.stat().st_dev}


def test_where_it_can_not_be_written_the_library_opens(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir()
    home.write_text("in the way")
    assert number_of_files(tmp_path / "library", capsys) == 0


def test_no_more_are_remembered_than_a_person_has(home: Path, tmp_path: Path) -> None:
    home.mkdir(parents=True)
    many = {str(tmp_path / str(number)): 1 for number in range(remembered.MOST)}
    (home / "libraries.json").write_text(json.dumps(many))
    remembered.remember(Workspace(tmp_path / "new"))
    known = json.loads((home / "libraries.json").read_text())
    names = [*many]
    assert [*known] == [*names[1:], str(tmp_path / "new")]
    remembered.remember(Workspace(tmp_path / "2"))
    known = json.loads((home / "libraries.json").read_text())
    assert [*known] == [names[1], *names[3:], str(tmp_path / "new"), names[2]], "it is in use"
