"""The command line shows reports of crashes and deletes them when asked."""

import pytest

from stylestudio_desktop.config import crashes
from stylestudio_desktop.services import doctor
from tests.cli.conftest import Shell


def test_a_crash_of_a_command_is_reported_listed_shown_and_deleted(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shell.json("crashes") == []
    assert shell.run("doctor") == 0

    def broken(*_: object) -> None:
        raise RuntimeError("rk_live_secret")

    monkeypatch.setattr(doctor, "examine", broken)
    assert shell.run("doctor") == 70
    (one,) = shell.json("crashes")
    assert one["kind"] == "RuntimeError"
    assert shell.run("crashes") == 0
    assert one["name"] in shell.out
    assert shell.run("crashes", "show", one["name"]) == 0
    assert "RuntimeError" in shell.out
    assert "rk_live" not in shell.out
    assert shell.json("crashes", "show")["kind"] == "RuntimeError"
    assert shell.json("crashes", "show", "other", code=2)["error"]["code"] == "not_found"
    assert shell.json("crashes", "delete") == {"deleted": 1}
    assert shell.run("crashes") == 0
    assert crashes.listing(shell.workspace) == []


def test_a_folder_of_reports_that_cannot_be_read_is_not_called_empty(shell: Shell) -> None:
    crashes.place(shell.workspace).parent.mkdir(parents=True)
    crashes.place(shell.workspace).write_text("no folder")
    assert "can't be read" in shell.json("crashes", code=5)["error"]["message"]
    assert shell.run("crashes", "delete") == 5
