"""The commands on copies, typed as people type them."""

import json
import re
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services.backup import record
from stylestudio_desktop.store import journal
from stylestudio_desktop.store.copying import Copy
from stylestudio_desktop.store.database import SQLITE
from stylestudio_desktop.store.schema import current_version
from tests.backup.test_full import damage
from tests.cli.conftest import Shell
from tests.factories import photo


def imported(shell: Shell, folder: Path, colour: str) -> str:
    path = photo(folder, f"{colour}.jpg", colour)
    return str(shell.json("import", str(path), "--as", "product")["files"][0]["id"])


def ids(shell: Shell) -> list[str]:
    return [one["id"] for one in shell.json("list", "files")["items"]]


def test_there_and_back_again(shell: Shell, tmp_path: Path) -> None:
    first = imported(shell, tmp_path, "teal")
    made = shell.json("backup", "snapshot")
    second = imported(shell, tmp_path, "red")

    found = shell.json("restore-backup", made["name"])
    assert (found["moment"], found["missing"]) == (made["moment"], [])
    assert ids(shell) == [first]
    assert "brought back" in shell.json("queue")["pauses"][0]["message"]

    shell.json("restore-backup", "--back")
    assert ids(shell) == [second, first]


def test_back_to_a_moment(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    shell.json("backup", "snapshot")
    assert shell.run("restore-backup", "--at", "2099-01-01T10:00") == 0
    assert "What was done after that moment is not in it" in shell.out
    assert "queue resume" in shell.out
    assert shell.run("restore-backup", "--at", "2001-01-01") == 2
    assert shell.run("restore-backup", "--back") == 0


def test_back_to_a_moment_between_two_snapshots(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "EVERY_S", 0.0)
    shell.json("backup", "snapshot")
    first = imported(shell, tmp_path, "teal")
    time.sleep(0.02)
    moment = datetime.now().astimezone().isoformat(timespec="milliseconds")
    time.sleep(0.02)
    imported(shell, tmp_path, "red")
    assert len(shell.json("backup", "list")["reach"]) == 1
    assert shell.run("backup", "list") == 0
    assert "Any moment from" in shell.out
    assert shell.run("restore-backup", "--at", moment) == 0
    assert ids(shell) == [first]


def test_a_snapshot_that_is_not_there_is_told_by_its_name(shell: Shell, tmp_path: Path) -> None:
    """A mistyped name was taken for a folder beside the one in which the command was typed."""
    made = shell.json("backup", "snapshot")
    assert shell.run("restore-backup", "20991130T155334645Z-s12-asked.sqlite3") == 2
    assert "There is no snapshot “20991130T155334645Z-s12-asked.sqlite3”" in shell.err
    assert "backup list" in shell.err
    assert shell.run("restore-backup", str(tmp_path / "away")) == 2
    assert "no complete backup" in shell.err
    occupied = tmp_path / "a file"
    occupied.write_text("somebody's own")
    name = Path(made["path"]).name
    assert shell.run("restore-backup", name, "--into", str(occupied)) == 2
    assert f"There is no folder “{occupied}”" in shell.err
    assert occupied.read_text() == "somebody's own"
    assert shell.run("restore-backup", "--at", "nonsense") == 2
    assert "2026-11-22 14:05:30" in shell.err


def test_the_moments_that_are_listed_bring_back_what_was_there(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one as it is printed, without what was written within its second, was no help."""
    monkeypatch.setattr(journal, "EVERY_S", 0.0)
    first = imported(shell, tmp_path, "teal")
    shell.json("backup", "snapshot")
    time.sleep(0.3)
    moment = datetime.now().astimezone().isoformat(timespec="milliseconds")
    time.sleep(0.02)
    second = imported(shell, tmp_path, "red")
    time.sleep(0.2)
    shell.run("backup", "list")
    begin, end = re.findall(r"Any moment from (.+) to (\S+ \S+), to", shell.out)[0]
    for asked, wanted in ((begin, {first}), (moment, {first}), (end, {first, second})):
        assert shell.run("restore-backup", "--at", asked, "--into", str(tmp_path / asked)) == 0
        assert "can't be brought back" not in shell.err
        copy = Copy(tmp_path / asked / "library.sqlite3")
        copy.open()
        assert {str(row[0]) for row in copy.rows("SELECT id FROM files")} == wanted, asked
        copy.close()


def test_full_backups_are_made_listed_checked_and_restored(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    place = tmp_path / "disk"
    assert shell.run("backup", "full") == 2
    made = shell.json("backup", "full", "--to", str(place))
    assert (made["pictures"], made["copied"]) == (1, 1)
    assert shell.run("backup", "full", "--to", str(place)) == 0
    assert "0 of them new" in shell.out
    assert len(shell.json("backup", "list")["backups"]) == 2
    assert shell.run("backup", "list", made["path"]) == 0
    assert made["path"] in shell.out
    assert shell.json("backup", "verify", str(place)) == {"ok": True, "checked": {str(place): []}}
    assert shell.run("restore-backup", str(place), "--into", str(tmp_path / "moved")) == 0
    assert shell.json("restore-backup", str(place), "--into", str(tmp_path / "b"))["pictures"] == 1
    assert shell.run("backup", "drill") == 0
    assert "brought everything back" in shell.out

    library = tmp_path / "workspace"
    shutil.rmtree(library)
    assert shell.run("restore-backup", str(place)) == 0
    assert len(ids(shell)) == 1
    assert shell.run("verify", "--deep") == 0


def test_single_pieces_are_listed_and_brought_back(shell: Shell, tmp_path: Path) -> None:
    first = imported(shell, tmp_path, "teal")
    place = str(tmp_path / "disk")
    shell.json("backup", "full", "--to", place)
    shell.json("trash", first)
    shell.json("purge", "--older-than", "0")
    assert shell.run("bring-back", "--from", place) == 2
    listed = shell.json("bring-back", "--from", place, "--list", "--search", "teal")
    assert [(one["id"], one["now"]) for one in listed["pictures"]] == [(first, "gone")]
    assert shell.run("bring-back", "--from", place, "--list") == 0
    assert "teal.jpg" in shell.out
    assert shell.run("bring-back", first, "--from", place) == 0
    assert "1 of them anew" in shell.out
    assert shell.json("bring-back", first, "--from", place)["new"] == []
    assert ids(shell) == [first]
    assert shell.run("verify", "--deep") == 0


def test_a_library_is_rebuilt_from_its_pictures_alone(shell: Shell, tmp_path: Path) -> None:
    first = imported(shell, tmp_path, "teal")
    shell.json("generate", "--product", first, "--prompt", "by the sea")
    lost = shell.workspace
    shell.workspace = tmp_path / "new"
    assert shell.run("rebuild", str(lost)) == 0
    assert "2 of them anew" in shell.out
    (found,) = shell.json("list", "generations")["items"]
    assert found["prompt"] == "by the sea"
    assert shell.run("verify", "--deep") == 0
    assert shell.run("rebuild", str(tmp_path / "nowhere")) == 2


def test_a_library_that_lost_everything_else_is_made_anew_of_its_pictures(
    shell: Shell, tmp_path: Path
) -> None:
    imported(shell, tmp_path, "teal")
    assert shell.run("rebuild") == 2, "it is sound"
    assert "sound" in shell.err
    library = tmp_path / "workspace" / "library.sqlite3"
    library.unlink()
    shutil.rmtree(tmp_path / "workspace" / "backups", ignore_errors=True)
    odd = tmp_path / "workspace" / "files" / "odd.txt"
    odd.write_text("no picture")
    assert shell.run("list", "files") == 5
    assert "“stylestudio rebuild” makes the library anew" in shell.err
    assert shell.run("rebuild") == 0
    assert "made anew of 1 pictures" in shell.out
    assert "odd.txt" in shell.err
    assert str(tmp_path / "workspace" / "kept") in shell.out
    assert len(shell.json("list", "files")["items"]) == 1
    assert shell.run("verify", "--deep") == 0


def test_damage_is_told_with_exit_code_five(shell: Shell, tmp_path: Path) -> None:
    assert shell.run("backup", "verify") == 2
    assert shell.run("backup", "drill") == 2
    imported(shell, tmp_path, "teal")
    made = shell.json("backup", "snapshot")
    assert shell.run("backup", "verify") == 0
    assert shell.out.strip().endswith("whole")
    data = bytearray(Path(made["path"]).read_bytes())
    for begin in range(4096, len(data), 4096):
        data[begin : begin + 64] = b"\xff" * 64
    Path(made["path"]).write_bytes(bytes(data))
    assert shell.run("backup", "verify") == 5
    assert shell.run("restore-backup", made["name"]) == 5
    assert shell.run("backup", "drill") == 5
    full = shell.json("backup", "full", "--to", str(tmp_path / "out"))
    storage_id = (Path(full["path"]) / "files.sha256").read_text()[:64]
    damage(Path(full["path"]).parent / f"files/{storage_id[:2]}/{storage_id[2:4]}/{storage_id}")
    (tmp_path / "workspace/files" / storage_id[:2] / storage_id[2:4] / storage_id).unlink()
    assert shell.run("restore-backup", str(tmp_path / "out")) == 0
    assert storage_id in shell.err
    assert shell.run("backup", "full", "--to", str(tmp_path / "other")) == 0
    assert storage_id in shell.err


def test_what_does_not_fit_together_is_refused(shell: Shell, tmp_path: Path) -> None:
    for words in (
        ("restore-backup",),
        ("restore-backup", "a", "--back"),
        ("restore-backup", "nowhere"),
        ("restore-backup", "--back"),
        ("backup", "snapshot", "name"),
        ("backup", "list", "--to", "x"),
        ("backup", "verify", "nowhere"),
    ):
        assert shell.run(*words) == 2, words


def test_repair_mends_and_tells(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    assert shell.run("backup", "full", "--to", str(tmp_path / "out")) == 0
    (stored,) = [one for one in (tmp_path / "workspace/files").rglob("*") if one.is_file()]
    damage(stored)
    assert shell.run("verify", "--deep") == 1
    assert shell.run("verify", "--repair") == 0
    assert "1 picture came back whole" in shell.out
    assert "quarantine" in shell.out
    assert shell.json("verify", "--repair")["ok"]
    stored.unlink()
    shutil.rmtree(tmp_path / "out")
    assert shell.run("verify", "--repair") == 1
    assert "still broken" in shell.out


def test_tables_leave_in_open_formats(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    assert shell.run("export-tables", "--to", str(tmp_path / "out")) == 0
    assert "files.csv" in shell.out
    found = shell.json("export-tables", "--to", str(tmp_path / "lines"), "--format", "jsonl")
    assert {"path": str(tmp_path / "lines" / "files.jsonl"), "rows": 1} in found["files"]
    assert shell.run("export-tables", "--to", str(tmp_path / "out")) == 2


def as_of_the_future(path: Path) -> None:
    """Make a database as a later version of the program leaves it."""
    newer = SQLITE.connect(path, isolation_level=None)
    newer.execute("ALTER TABLE files ADD COLUMN of_the_future TEXT")
    newer.execute(f"PRAGMA user_version = {current_version() + 1}")
    newer.close()


def test_an_older_program_refuses_a_newer_library_in_every_command(
    shell: Shell, tmp_path: Path
) -> None:
    made = shell.json("backup", "snapshot")
    path = shell.workspace / "library.sqlite3"
    as_of_the_future(path)
    before = path.read_bytes()
    for words in (
        ["wallet"], ["list", "files"], ["queue"], ["verify"], ["verify", "--repair"],
        ["backup", "snapshot"], ["backup", "full", "--to", str(tmp_path / "disk")],
        ["export-tables", "--to", str(tmp_path / "tables")],
        ["bring-back", "--list", "--from", made["name"]], ["rebuild", str(tmp_path)],
        ["workspace", "copy", "trial"], ["workspace", "compare", str(tmp_path)],
        ["import", str(tmp_path), "--as", "product"], ["worker", "--until-empty"], ["batches"],
    ):  # fmt: skip
        assert shell.run(*words) == 5, words
        assert "newer version of the program" in shell.err
        assert path.read_bytes() == before
    assert shell.run("backup", "list") == 0
    assert made["name"] in shell.out
    assert "newer version of the program" in shell.err
    assert "Or bring it back as it was before" in shell.err
    assert shell.json("backup", "list")["newer"]
    (shell.workspace / "backups" / made["name"]).unlink()
    assert shell.run("backup", "list") == 0
    assert "Install the newest version" in shell.err
    assert "Or bring it back" not in shell.err
    assert path.read_bytes() == before


def test_before_an_update_is_gone_back_to_and_forward_by_the_newer_program_alone(
    shell: Shell, tmp_path: Path
) -> None:
    made = shell.json("backup", "snapshot")
    as_of_the_future(shell.workspace / "library.sqlite3")
    assert shell.run("restore-backup", made["name"]) == 0
    assert "its form is newer" in shell.err
    assert shell.run("restore-backup", "--back") == 5
    assert "newer version of the program" in shell.err
    assert shell.json("backup", "list")["newer"] is False  # nothing has changed places


def test_a_backup_by_a_newer_program_is_marked_and_refused(shell: Shell, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    version = current_version()
    full = Path(shell.json("backup", "full", "--to", str(place))["path"])
    made = Path(shell.json("backup", "snapshot")["path"])
    newer = made.rename(made.with_name(made.name.replace(f"-s{version}-", f"-s{version + 1}-")))
    told = json.loads((full / "manifest.json").read_text())
    (full / "manifest.json").write_text(json.dumps({**told, "schema": version + 1}))
    assert shell.run("backup", "list") == 0
    assert shell.out.count("by a newer version of the program") == 2
    for words in (
        ["restore-backup", newer.name], ["restore-backup", str(place)],
        ["bring-back", "--list", "--from", str(place)],
    ):  # fmt: skip
        assert shell.run(*words) == 5, words
        assert "This backup was written by a newer version of the program" in shell.err


def test_a_workspace_of_a_newer_program_is_not_compared(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    newer = shutil.copytree(shell.workspace, tmp_path / "newer")
    as_of_the_future(newer / "library.sqlite3")
    for words in (["compare", str(newer)], ["sync", str(newer), "--yes"]):
        assert shell.run("workspace", *words) == 5
        assert "Install the newest version" in shell.err


def test_a_backup_that_was_cut_off_is_told(shell: Shell, tmp_path: Path) -> None:
    shell.json("backup", "snapshot")
    place = str(tmp_path / "a.zip")
    record.change(Workspace(shell.workspace), unfinished=place)
    assert shell.json("backup", "list")["unfinished"] == place
    assert shell.run("backup", "list") == 0
    assert f"The backup to {place} was cut off and is not complete." in shell.err
    shell.json("backup", "full", "--to", place)
    assert shell.run("backup", "list") == 0
    assert shell.err == ""
    assert f"{place}: " in shell.out


def test_everything_goes_out_by_one_command(shell: Shell, tmp_path: Path) -> None:
    imported(shell, tmp_path, "teal")
    place = str(tmp_path / "out")
    for words in ([], ["--all", "12"], ["--all", "--preset", "web"], ["--all", "--pattern", "x"]):
        assert shell.run("export", *words, "--to", place) == 2
    assert shell.run("export", "--all", "--to", place) == 0
    (folder,) = Path(place).iterdir()
    assert "1 pictures and every table" in shell.out
    assert len(list((folder / "pictures").iterdir())) == 1
    assert (folder / "tables" / "users.csv").is_file()
    assert len(shell.json("export", "--all", "--to", str(tmp_path / "again"))["tables"]) > 20


def test_without_any_backup_the_list_says_where_one_is_looked_for(shell: Shell) -> None:
    assert shell.run("backup", "list") == 0
    assert "stylestudio restore-backup PLACE" in shell.out
    assert shell.run("backup", "snapshot") == 0
    assert shell.run("backup", "list") == 0
    assert "restore-backup PLACE" not in shell.out
