"""Repair: every planted damage is mended or named, and nothing that is removed is gone."""

import shutil
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import finding, health, health_files, library, mending, queue
from stylestudio_desktop.services.backup import full, reading, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, jobs
from stylestudio_desktop.store.database import SQLITE
from tests.backup.conftest import the_job
from tests.backup.test_full import damage
from tests.backup.test_restore import bring_back, sound
from tests.factories import import_photo


def plant(studio: Studio, *statements: str) -> None:
    """Change rows past every trigger, as a stray tool would."""
    raw = SQLITE.connect(studio.database.path)
    triggers = raw.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
    ).fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()


def mended(studio: Studio) -> mending.Mended:
    steps: list[float] = []
    made = mending.repair(studio, lambda done, of_all, _name: steps.append(done / of_all), True, 0)
    assert steps == sorted(steps)
    assert max(steps) <= 1
    return made


def test_a_sound_library_is_left_alone(studio: Studio) -> None:
    mended(studio)  # draws the thumbnails that the fixture's pictures lack
    made = mended(studio)
    assert made.ok
    assert (made.done, made.quarantine) == ([], None)
    assert snapshots.listing(studio.workspace) == []


def test_counts_sums_and_words_are_worked_out_anew(studio: Studio) -> None:
    plant(
        studio,
        "UPDATE generation_counts SET number = number + 1",
        "UPDATE file_counts SET bytes = bytes + 1",
        "UPDATE usage_days SET number = number + 5",
        "UPDATE file_facets SET number = number + 5",
        "DELETE FROM generation_search WHERE rowid = (SELECT max(id) FROM generations)",
        "DELETE FROM file_search WHERE rowid = (SELECT max(id) FROM files)",
        "INSERT INTO file_search (rowid, owner, name, prompt, tags, notes)"
        " VALUES (7, 'u1', 'ghost', '', '', '')",
        "INSERT INTO generation_search (rowid, owner, prompt) VALUES (7, 'u1', 'ghost')",
    )
    assert len(health.verify(studio).problems) > 6
    made = mended(studio)
    assert made.ok, made.left
    assert any("counts" in one for one in made.done)
    assert any("search" in one for one in made.done)
    assert len(snapshots.listing(studio.workspace)) == 1, "the snapshot taken first"


BROKEN_WORDS = "DELETE FROM file_search_data WHERE id = (SELECT max(id) FROM file_search_data)"


@pytest.mark.parametrize("deep", [True, False])
def test_a_broken_search_is_made_anew_and_keeps_no_snapshot_from_being_taken(
    studio: Studio, deep: bool
) -> None:
    every = set(finding.ids(studio, parse("")))
    found = set(finding.ids(studio, parse("sea")))
    assert found
    plant(studio, BROKEN_WORDS)
    (problem,) = health.verify(studio, deep, grace_s=0).problems
    assert (problem.rule, problem.subject) == ("search", "file_search")
    assert snapshots.take(studio, Reason.ASKED).path.is_file()
    made = mended(studio)
    assert made.ok
    assert set(finding.ids(studio, parse("sea"))) == found
    assert set(finding.ids(studio, parse(""))) == every


def test_a_snapshot_with_a_broken_search_is_restored_and_finds_everything(studio: Studio) -> None:
    found = set(finding.ids(studio, parse("sea")))
    plant(studio, BROKEN_WORDS)
    taken = snapshots.take(studio, Reason.ASKED)
    again, made = bring_back(studio, taken)
    assert made.missing == ()
    assert set(finding.ids(again, parse("sea"))) == found
    sound(again)


def test_a_row_that_is_broken_beside_the_search_is_still_named(studio: Studio) -> None:
    plant(studio, BROKEN_WORDS)
    raw = SQLITE.connect(studio.database.path)
    (page,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'users'").fetchone()
    raw.close()
    with studio.database.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(64))
    copy = studio.workspace.root / "copy.sqlite3"
    shutil.copyfile(studio.database.path, copy)
    for whole in (True, False):
        with pytest.raises(StorageError):
            copying.prove(copy, whole)


def test_lost_pictures_come_back_from_the_last_full_backup(studio: Studio, tmp_path: Path) -> None:
    full.make(studio, tmp_path / "out.zip")
    first, second = studio.files.every()
    studio.files.path(first).unlink()
    damage(studio.files.path(second))
    harmed = studio.files.path(second).read_bytes()
    made = mended(studio)
    assert made.ok, made.left
    assert any(one.startswith("2 pictures came back whole") for one in made.done)
    assert made.quarantine is not None
    (aside,) = [path for path in made.quarantine.rglob("*") if path.is_file()]
    assert aside.read_bytes() == harmed


@pytest.mark.parametrize("harm", ["none", "moved", "damaged", "gone"])
def test_pictures_that_are_in_no_backup_are_named(
    studio: Studio, tmp_path: Path, harm: str
) -> None:
    first, _ = studio.files.every()
    if harm != "none":
        made = full.make(studio, tmp_path / "out")
        inside = made.home.parent / reading.picture_name(first)
        if harm == "moved":
            (tmp_path / "out").rename(tmp_path / "elsewhere")
        elif harm == "damaged":
            damage(inside)
        else:
            inside.unlink()
    studio.files.path(first).unlink()
    found = mended(studio)
    assert not found.ok
    assert any(one.endswith("that can be reached: 1 picture.") for one in found.done)


def test_what_nobody_refers_to_is_set_aside_and_not_lost(studio: Studio, tmp_path: Path) -> None:
    orphan = import_photo(studio, tmp_path, "orange")
    path = library.location(studio, library.picture(studio, orphan))
    content = path.read_bytes()
    plant(studio, f"DELETE FROM files WHERE id = {orphan}")
    (studio.workspace.tmp / "half.part").write_bytes(b"half")
    forgotten = studio.workspace.tmp / "jobs" / "forgotten"
    forgotten.mkdir(parents=True)
    (forgotten / "0.part").write_bytes(b"a result")
    kept = studio.workspace.tmp / "jobs" / "strange"
    (kept / "folder").mkdir(parents=True)

    made = mended(studio)

    assert made.quarantine is not None
    aside = {one.name: one.read_bytes() for one in made.quarantine.rglob("*") if one.is_file()}
    assert aside == {path.name: content, "half.part": b"half", "0.part": b"a result"}
    assert not forgotten.exists()
    assert kept.exists()
    assert not path.exists()


def test_what_is_arriving_just_now_is_left_alone(studio: Studio, tmp_path: Path) -> None:
    orphan = import_photo(studio, tmp_path, "orange")
    path = library.location(studio, library.picture(studio, orphan))
    plant(studio, f"DELETE FROM files WHERE id = {orphan}", "UPDATE file_counts SET bytes = 1")
    first = next(iter(studio.files.every()))
    studio.files.path(first if first != path.name else next(studio.files.every())).exists()
    made = mending.repair(studio, grace_s=3600)
    assert path.exists()
    assert made.quarantine is None


def test_no_snapshot_is_no_reason_not_to_mend(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(studio, "UPDATE file_counts SET bytes = bytes + 1")

    def fail(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(snapshots, "take", fail)
    made = mended(studio)
    assert made.ok
    assert "No snapshot could be taken first: The disk is full." in made.done


def test_jobs_of_a_dead_program_go_back_into_the_queue(studio: Studio) -> None:
    job = the_job(studio)
    assert queue.claim(studio, "deadbeef", job.generation_id)
    plant(studio, "UPDATE file_counts SET bytes = bytes + 1")
    made = mended(studio)
    assert any("put back into the queue" in one for one in made.done)
    again = jobs.get(studio.database, job.generation_id)
    assert again is not None
    assert again.host is None


def test_a_file_that_goes_meanwhile_is_no_trouble(studio: Studio, tmp_path: Path) -> None:
    made = mending.Mended()
    assert mending._set_aside(studio, made, [studio.workspace.tmp / "gone.part"]) == 0
    assert list(studio.workspace.quarantine.iterdir())
    assert health_files.age_of(studio.workspace.tmp / "gone.part") == 0
