"""What is built apart in a workspace is gone once nobody builds it any more, and not before."""

import shutil
from pathlib import Path

import pytest

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import health_files
from stylestudio_desktop.services.backup import restore, snapshots, staging, swap
from stylestudio_desktop.services.studio import Studio


@pytest.fixture
def left(studio: Studio) -> Path:
    """Return the library that a restore leaves which is killed before it could be decided on."""
    snapshots.take(studio, Reason.HOURLY)
    origin = snapshots.listing(studio.workspace)[0]
    return restore.stage(studio.workspace, origin).stage


def test_what_a_killed_restore_left_is_removed_after_the_crash(studio: Studio, left: Path) -> None:
    files = sum(path.is_file() for path in left.rglob("*"))
    assert files > 0
    assert staging.sweep(studio.workspace, 1000) == 0, "somebody has just built it"
    assert staging.sweep(studio.workspace, 0) == files
    assert not left.exists()
    assert staging.sweep(studio.workspace, 0) == 0


def test_what_waits_to_be_put_in_place_stays(studio: Studio, left: Path) -> None:
    drill = studio.workspace.restoring / "drill"
    shutil.copytree(left, drill)
    swap.plan(studio.workspace, left)
    assert staging.sweep(studio.workspace, 0) > 0
    assert left.exists()
    assert not drill.exists()


def test_what_another_program_builds_stays(studio: Studio, left: Path) -> None:
    with staging.alone(studio.workspace):
        assert staging.sweep(studio.workspace, 0) == 0
    assert left.exists()


def test_the_start_after_a_crash_removes_it(
    studio: Studio, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_files, "LOADED_AT", 4e9)
    monkeypatch.setattr(health_files, "_alone", lambda _: False)
    health_files.sweep_after_crash(studio)
    assert left.exists(), "another window may have built it"
    monkeypatch.setattr(health_files, "_alone", lambda _: True)
    health_files.sweep_after_crash(studio)
    assert not left.exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = workspace.restoring / "look"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("somebody's")
    assert staging.sweep(workspace, 0) == 0
    assert (folder / "notes.txt").read_text() == "somebody's"
