"""A backup that was cut off is named, is no backup, and leaves nothing behind for long."""

from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageError
from stylestudio_desktop.files.export import part_of
from stylestudio_desktop.services import health, mending
from stylestudio_desktop.services.backup import full, places, reading, record, standing, unfinished
from stylestudio_desktop.services.studio import Studio


class PowerCut(BaseException):
    """Ends the program where it stands: nothing of it tidies up."""


def cut_off(studio: Studio, place: Path) -> list[Path]:
    """Leave what a program that was killed while it made a single file leaves."""
    stage = unfinished.stage(studio.workspace)
    stage.mkdir(parents=True)
    place.parent.mkdir(exist_ok=True)
    left = [stage / reading.DATABASE, part_of(place)]
    for path in left:
        path.write_bytes(b"x" * 1_000_000)
    record.change(studio.workspace, unfinished=str(place))
    return left


def test_while_it_is_made_it_is_remembered_and_afterwards_not(
    studio: Studio, tmp_path: Path
) -> None:
    seen: list[str] = []
    place = tmp_path / "a.zip"
    full.make(studio, place, lambda *_: seen.append(record.read(studio.workspace).unfinished))
    assert set(seen) == {str(place)}
    assert record.read(studio.workspace).unfinished == ""
    assert unfinished.left(studio.workspace) is None
    assert unfinished.sweep(studio.workspace) == 0


def test_a_file_that_was_stopped_is_forgotten_and_a_folder_goes_on(
    studio: Studio, tmp_path: Path
) -> None:
    def stop(*_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        full.make(studio, tmp_path / "a.zip", stop)
    assert unfinished.left(studio.workspace) is None
    with pytest.raises(Stopped):
        full.make(studio, tmp_path / "disk", stop)
    found = unfinished.left(studio.workspace)
    assert found == unfinished.Unfinished(tmp_path / "disk", (), 0)
    assert unfinished.sweep(studio.workspace) == 0
    assert health.verify(studio, grace_s=0).ok
    full.make(studio, tmp_path / "disk")
    assert unfinished.left(studio.workspace) is None
    record.change(studio.workspace, unfinished=str(tmp_path / "disk"))  # cut off once it was whole
    assert unfinished.left(studio.workspace) is None


def test_a_check_names_what_a_cut_off_file_left_and_repair_removes_it(
    studio: Studio, tmp_path: Path
) -> None:
    left = cut_off(studio, tmp_path / "disk" / "a.zip")
    (found,) = health.verify(studio, grace_s=0).problems
    assert (found.rule, found.subject) == ("temporary files", "a.zip")
    assert "2.0 MB" in found.sentence
    made = mending.repair(studio, grace_s=0)
    assert made.ok
    assert "Removed: 2.0 MB of a backup that was cut off." in made.done
    assert not any(path.exists() for path in left)
    assert not unfinished.stage(studio.workspace).exists()
    assert record.read(studio.workspace).unfinished == ""


def test_the_next_start_and_the_next_backup_remove_it(studio: Studio, tmp_path: Path) -> None:
    left = cut_off(studio, tmp_path / "disk" / "a.zip")
    health.sweep_after_crash(studio)
    assert not any(path.exists() for path in left)
    left = cut_off(studio, tmp_path / "disk" / "a.zip")
    full.make(studio, tmp_path / "disk" / "b.zip")
    assert not any(path.exists() for path in left)


def test_one_that_is_being_made_is_left_alone(studio: Studio, tmp_path: Path) -> None:
    from filelock import FileLock

    left = cut_off(studio, tmp_path / "disk" / "a.zip")
    with FileLock(studio.workspace.locks / "backup.lock"):
        assert unfinished.left(studio.workspace) is None
        assert unfinished.sweep(studio.workspace) == 0
    assert all(path.exists() for path in left)


def test_what_lies_on_a_disk_that_is_away_is_remembered_until_it_is_back(
    studio: Studio, tmp_path: Path
) -> None:
    _, part = cut_off(studio, tmp_path / "disk" / "a.zip")
    (tmp_path / "disk").rename(tmp_path / "away")
    assert unfinished.sweep(studio.workspace) == 1_000_000
    assert record.read(studio.workspace).unfinished
    (tmp_path / "away").rename(tmp_path / "disk")
    assert unfinished.sweep(studio.workspace) == 1_000_000
    assert not part.exists()
    assert record.read(studio.workspace).unfinished == ""


def test_a_disk_that_does_not_answer_is_not_asked(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, part = cut_off(studio, tmp_path / "disk" / "a.zip")
    monkeypatch.setattr(unfinished, "answers", lambda _place: False)
    assert unfinished.sweep(studio.workspace) == 1_000_000
    assert part.exists()
    assert record.read(studio.workspace).unfinished


def test_a_link_in_its_place_and_a_place_without_a_root_are_left_alone(
    studio: Studio, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("somebody's own")
    place = tmp_path / "a.zip"
    part_of(place).symlink_to(mine)
    record.change(studio.workspace, unfinished=str(place))
    assert unfinished.sweep(studio.workspace) == 0
    assert mine.read_text() == "somebody's own"
    assert part_of(place).is_symlink()
    for word in ("a.zip", "/" + "a" * 5000, "/x\0y", "~nobody-of-that-name/x"):
        record.change(studio.workspace, unfinished=word, full_place=word, full_folder=word)
        assert unfinished.left(studio.workspace) is None
        assert unfinished.sweep(studio.workspace) == 0
        assert health.verify(studio, grace_s=0).ok
        assert places.reachable(studio.workspace) == []


@pytest.mark.parametrize("name", ["a.zip", "disk"])
def test_one_that_was_whole_when_it_was_cut_off_counts(
    studio: Studio, tmp_path: Path, name: str
) -> None:
    made = full.make(studio, tmp_path / name)
    record.change(
        studio.workspace, unfinished=str(tmp_path / name), full_at=0, full_place="", full_folder=""
    )
    assert unfinished.left(studio.workspace) is None
    assert unfinished.sweep(studio.workspace) == 0
    known = record.read(studio.workspace)
    assert (known.full_at, known.full_place, known.full_pictures, known.unfinished) == (
        made.moment, str(made.home), made.pictures, "",
    )  # fmt: skip
    later = record.change(
        studio.workspace, unfinished=str(tmp_path / name), full_at=made.moment + 1, full_place="/x"
    )
    assert unfinished.sweep(studio.workspace) == 0
    assert record.read(studio.workspace) == replace(later, unfinished="")


def test_a_library_whose_disk_takes_no_note_is_backed_up_all_the_same(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_workspace: Workspace, **_changes: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(record, "change", refuse)
    with unfinished.noted(studio.workspace, tmp_path / "disk"):
        pass
    with pytest.raises(PowerCut), unfinished.noted(studio.workspace, tmp_path / "a.zip"):
        raise PowerCut


def test_a_folder_is_still_known_after_a_single_file(studio: Studio, tmp_path: Path) -> None:
    folder = full.make(studio, tmp_path / "disk").home
    file = full.make(studio, tmp_path / "a.zip").home
    assert places.places(studio.workspace) == [file, folder]
    assert [one.home for one in places.backups(folder)] == [folder]
    assert [one.manifest.pictures for one in places.backups(file)] == [2]
    file.write_bytes(b"rubbish")
    assert places.backups(file) == []
    lost = next(iter(studio.files.every()))
    studio.files.path(lost).unlink()
    assert mending.repair(studio, grace_s=0).ok  # out of the folder, since the file is rubbish
    studio.settings.change(backup_place=str(tmp_path / "disk"))
    assert places.places(studio.workspace) == [file, folder]
    with pytest.raises(BadInput):
        reading.find(file)


def test_a_damaged_library_is_not_called_newer(studio: Studio, tmp_path: Path) -> None:
    place = Workspace(tmp_path / "damaged")
    place.make()
    place.database.write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
    assert standing.newer(place) is None
    assert standing.newer(Workspace(tmp_path / "none")) is None
    assert standing.newer(studio.workspace) is None


def test_a_place_that_may_not_be_entered_is_as_good_as_away(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_given: object) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    full.make(studio, tmp_path / "disk")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_file", refuse)
        patched.setattr(Path, "exists", refuse)
        assert len(places.places(studio.workspace)) == 1
        assert places.reachable(studio.workspace) == []
        assert places.backups(tmp_path / "disk") == []
