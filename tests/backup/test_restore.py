"""Restoring: built apart, proven, swapped; nothing is lost, and money least of all."""

import contextlib
import json
import os
import shutil
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageBusy, StorageError
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Review
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import (
    health,
    history,
    ledger_proof,
    library,
    lineup,
    steering,
    wallet,
)
from stylestudio_desktop.services.backup import (
    full,
    moments,
    reading,
    restore,
    schedule,
    snapshots,
    staging,
    swap,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, restored
from stylestudio_desktop.store.database import SQLITE, Database
from tests.backup.conftest import purchase, the_job
from tests.backup.test_full import damage
from tests.factories import FakeProvider, give, import_photo
from tests.fixtures.schema import make as fixtures
from tests.vault.drawer import Drawer, with_backend

SCHEMA = fixtures.FOLDER


@pytest.fixture(autouse=True)
def _closed(studio: Studio):
    """No test leaves a second studio open."""
    opened: list[Studio] = []
    _OPEN.clear()
    yield
    for one in _OPEN:
        close_studio(one)
    assert not opened


_OPEN: list[Studio] = []


def reopened(workspace: Workspace) -> Studio:
    """Open the workspace as the next start of the program does."""
    studio = open_studio(workspace, {"local": FakeProvider()})
    _OPEN.append(studio)
    return studio


def pictures(studio: Studio) -> set[int]:
    return set(library.ids(studio, FileFilter()))


def sound(studio: Studio) -> None:
    assert [one.sentence for one in health.verify(studio, deep=True).problems] == []


def bring_back(studio: Studio, origin: restore.Origin) -> tuple[Studio, restore.Restored]:
    """Restore `origin` over a library that is closed for it, and open it again."""
    place = studio.workspace
    close_studio(studio)
    made = restore.stage(place, origin)
    swap.plan(place, made.stage, made.settings)
    return reopened(place), made


def test_back_to_a_snapshot_everything_is_as_it_was(studio: Studio, tmp_path: Path) -> None:
    before, then = pictures(studio), history.ids(studio, GenerationFilter())
    snapshot = snapshots.take(studio, Reason.ASKED)
    later = import_photo(studio, tmp_path, "orange")
    studio.settings.change(low_balance=9)

    again, made = bring_back(studio, snapshot)

    assert (made.moment, made.missing) == (snapshot.moment, ())
    assert pictures(again) == before
    assert history.ids(again, GenerationFilter()) == then
    assert again.settings.value.low_balance == 9, "a snapshot has no settings"
    sound(again)
    (kept,) = swap.kept(again.workspace)
    assert not list(again.workspace.restoring.iterdir())
    old = reopened(Workspace(kept))
    assert later in pictures(old)
    sound(old)


def test_work_in_flight_waits_for_a_person_and_so_does_the_queue(studio: Studio) -> None:
    job = the_job(studio)
    again, _ = bring_back(studio, snapshots.take(studio, Reason.ASKED))

    waiting = the_job(again)
    assert (waiting.generation_id, waiting.review) == (job.generation_id, Review.RESTORED.value)
    (pause,) = lineup.pauses(again)
    assert "brought back" in pause.sentence
    assert schedule.waits_for_a_look(again)
    assert schedule.due(again, 1 << 41) == []
    assert [one["moment"] for one in restored.history(again.database)]

    steering.resume_queue(again)
    assert not schedule.waits_for_a_look(again)
    balance = wallet.summary(again).user.token_balance
    assert steering.let_go(again, job.generation_id).error_code == "restored"
    assert wallet.summary(again).user.token_balance == balance + 1
    sound(again)


def test_what_was_bought_since_comes_along(studio: Studio) -> None:
    database = studio.database
    for number in (1, 2, 3):
        purchase(studio, number)
    snapshot = snapshots.take(studio, Reason.ASKED)
    balance = wallet.summary(studio).user.token_balance
    purchase(studio, 4)
    with database.write():
        for number in (1, 2, 4):
            database.run(
                "UPDATE token_purchases SET status = 'completed', completed_at = 2 WHERE id = ?",
                (number,),
            )
            move = ledger.Movement(
                ledger.Kind.PURCHASE, 50, 0, f"paid/{number}", purchase_id=number
            )
            entries.append(database, studio.user_id, move, 2)
        database.run("UPDATE token_purchases SET status = 'failed', error = 'no' WHERE id = 3")
        database.run("UPDATE token_purchases SET status = 'refunded' WHERE id = 2")
        database.run(
            "INSERT INTO token_refunds (id, user_id, purchase_id, kind, status, remote_id, amount,"
            " tokens, taken, created_at, updated_at)"
            " VALUES (1, ?, 2, 'refund', 'done', 're_1', 499, 50, 50, 3, 3)",
            (studio.user_id,),
        )
        back = ledger.Movement(ledger.Kind.REFUND, -50, 0, "refunded/2", purchase_id=2)
        entries.append(database, studio.user_id, back, 3)

    again, made = bring_back(studio, snapshot)

    assert (made.purchases, made.remark) == (4, "")
    assert wallet.summary(again).user.token_balance == balance + 100
    states = dict(again.database.rows("SELECT id, status FROM token_purchases"))
    assert states == {1: "completed", 2: "refunded", 3: "failed", 4: "completed"}
    assert [one.sentence for one in health.verify(again).problems] == []


def test_purchases_that_can_not_come_along_are_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = snapshots.take(studio, Reason.ASKED)

    def refuse(*_: object) -> int:
        raise StorageError("The sums do not allow it.")

    monkeypatch.setattr(restored, "bring_purchases", refuse)
    _, made = bring_back(studio, snapshot)
    assert "could not be brought along" in made.remark


def test_people_of_another_library_bring_nothing(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    full.make(studio, place)
    strange = open_studio(Workspace(tmp_path / "other"), {"local": FakeProvider()})
    purchase(strange, 7)
    again, made = bring_back(strange, reading.find(place))
    assert (made.purchases, made.remark) == (0, "")
    assert again.database.value("SELECT count(*) FROM token_purchases") == 0
    with studio.database.write():
        assert (
            restored.bring_purchases(
                reopened(Workspace(tmp_path / "third")).database, studio.database
            )
            == 0
        )


def test_of_two_people_in_one_library_only_known_ones_bring_theirs(
    studio: Studio, tmp_path: Path
) -> None:
    snapshot = snapshots.take(studio, Reason.ASKED)
    with studio.database.write():
        studio.database.run("INSERT INTO users (id, name, created_at) VALUES (9, 'New', 1)")
        studio.database.run(
            "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received,"
            " status, transaction_id, package_name, display_name, created_at)"
            " VALUES (5, 9, 499, 'EUR', 50, 'pending', 'x', 'small', 'Small', 1)"
        )
        entries.append(studio.database, 9, ledger.grant(9, 5, "welcome"), 1)
    again, made = bring_back(studio, snapshot)
    assert made.purchases == 0
    sound(again)


def test_a_full_backup_heals_what_the_library_lost(studio: Studio, tmp_path: Path) -> None:
    studio.settings.change(low_balance=3)
    (tmp_path / "workspace" / "catalogue.json").write_bytes(
        (Path(__file__).parents[2] / "resources/catalogue/catalogue.json").read_bytes()
    )
    made = full.make(studio, tmp_path / "out.zip")
    first, second = studio.files.every()
    studio.files.path(first).unlink()
    damage(studio.files.path(second))
    studio.settings.change(low_balance=9)

    backup = reading.find(tmp_path / "out.zip")
    with contextlib.closing(backup):
        again, found = bring_back(studio, backup)

    assert (found.pictures, found.missing, found.moment) == (2, (), made.moment)
    assert again.settings.value.low_balance == 3
    assert again.workspace.catalogue.is_file()
    sound(again)


def test_pictures_that_are_nowhere_are_named(studio: Studio, tmp_path: Path) -> None:
    place = tmp_path / "out"
    made = full.make(studio, place)
    first, second = studio.files.every()
    for storage_id in (first, second):
        studio.files.path(storage_id).unlink()
    damage(made.home.parent / reading.picture_name(first))
    (made.home.parent / reading.picture_name(second)).unlink()
    _, found = bring_back(studio, reading.find(place))
    assert set(found.missing) == {first, second}


def test_pictures_of_a_snapshot_that_are_gone_are_named(studio: Studio) -> None:
    snapshot = snapshots.take(studio, Reason.ASKED)
    first, _ = studio.files.every()
    studio.files.path(first).unlink()
    _, found = bring_back(studio, snapshot)
    assert found.missing == (first,)


def test_where_no_second_names_are_possible_pictures_are_copied(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = snapshots.take(studio, Reason.ASKED)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    again, _ = bring_back(studio, snapshot)
    sound(again)
    assert all(again.files.path(one).stat().st_nlink == 1 for one in again.files.every())


def test_into_a_folder_of_its_own(studio: Studio, tmp_path: Path) -> None:
    full.make(studio, tmp_path / "out")
    target = tmp_path / "new machine" / "library"
    restore.stage(Workspace(target), reading.find(tmp_path / "out"), target)
    moved = reopened(Workspace(target))
    assert pictures(moved) == pictures(studio)
    sound(moved)
    close_studio(_OPEN.pop())
    (target / "mine.txt").write_text("somebody's own")
    with pytest.raises(BadInput, match="other files"):
        restore.stage(Workspace(target), reading.find(tmp_path / "out"), target)
    assert (target / "mine.txt").exists()
    (target / "mine.txt").unlink()
    again = reopened(Workspace(target))
    assert pictures(again) == pictures(studio)
    sound(again)


def test_a_library_that_lies_in_the_folder_already_is_not_touched(
    studio: Studio, tmp_path: Path
) -> None:
    """Whoever named one as the folder lost its database and pictures, and was told of a refusal."""
    full.make(studio, tmp_path / "out")
    target = tmp_path / "kept apart"
    first = restore.stage(studio.workspace, reading.find(tmp_path / "out"), target)
    was = tree(target)
    assert len(was) > first.pictures
    for mark in (False, True):
        if mark:  # as after an end just before it was whole, and a start on it since
            (target / staging.MARK).touch()
            (target / "locks").mkdir()
            (target / "locks" / "swap.lock").touch()
        with pytest.raises(BadInput, match="other files"):
            restore.stage(studio.workspace, reading.find(tmp_path / "out"), target)
        assert was.items() <= tree(target).items()


def tree(folder: Path) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("ended", [False, True])
def test_a_restore_into_a_folder_that_was_cut_off_is_begun_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    full.make(studio, tmp_path / "out")
    target, stop = tmp_path / "moved", Event()
    with monkeypatch.context() as patch:
        if ended:  # whoever is ended puts nothing away
            patch.setattr(staging, "put_away", lambda _folder: None)
        with pytest.raises(Stopped):
            restore.stage(
                studio.workspace, reading.find(tmp_path / "out"), target,
                lambda *_: stop.set(), stop,
            )  # fmt: skip
    assert target.exists() is ended
    if ended:  # and an older library was being brought up to date
        (target / "backups").mkdir()
        (target / "backups" / "20261130T155334645Z-s11-migration.sqlite3.part").touch()
        (target / "tmp").mkdir(exist_ok=True)
        (target / "tmp" / "half.tmp").touch()
    made = restore.stage(studio.workspace, reading.find(tmp_path / "out"), target)
    assert made.missing == ()
    assert not (target / staging.MARK).exists()
    sound(reopened(Workspace(target)))


def test_an_older_schema_is_brought_up_to_date(tmp_path: Path, studio: Studio) -> None:
    place = Workspace(tmp_path / "old")
    place.make()
    shutil.copy(SCHEMA / "0001.sqlite3", place.database)
    old = Database(place.database)
    old.open()
    purchase_schema = old.value("PRAGMA user_version")
    from stylestudio_desktop.store.copying import snapshot

    name = snapshots.SnapshotName(5, purchase_schema, Reason.ASKED)
    snapshot(old, place.backups / str(name))
    old.close()
    made = restore.stage(place, snapshots.find(place, str(name)))
    assert "form is older" in made.remark, "the library itself is still of the old schema"
    assert len(made.missing) > 0
    assert not (made.stage / "backups").exists()
    swap.plan(place, made.stage)
    assert reopened(place).database.value("PRAGMA user_version") > purchase_schema


def test_a_database_of_another_make_is_refused(studio: Studio, tmp_path: Path) -> None:
    made = full.make(studio, tmp_path / "out")
    raw = SQLITE.connect(made.home / "library.sqlite3")
    raw.execute("CREATE TRIGGER evil AFTER UPDATE ON users BEGIN DELETE FROM files; END")
    raw.commit()
    raw.close()
    text = json.loads((made.home / "manifest.json").read_text())
    with (made.home / "library.sqlite3").open("rb") as file:
        part = reading.copy_checked(file, None, lambda: None)
    text["parts"]["library.sqlite3"] = {"size": part.size, "sha256": part.sha256}
    (made.home / "manifest.json").write_text(json.dumps(text))
    with pytest.raises(BadInput, match="not as this program makes it"):
        restore.stage(studio.workspace, reading.find(tmp_path / "out"))
    damage(made.home / "library.sqlite3")
    with pytest.raises(StorageError, match="is damaged"):
        restore.stage(studio.workspace, reading.find(tmp_path / "out"))


def test_damaged_settings_do_not_come_back(studio: Studio, tmp_path: Path) -> None:
    studio.settings.change(low_balance=3)
    made = full.make(studio, tmp_path / "out")
    damage(made.home / "settings.json")
    found = restore.stage(studio.workspace, reading.find(tmp_path / "out"))
    assert not found.settings


def test_a_stopped_restore_changes_nothing_and_the_next_begins_anew(studio: Studio) -> None:
    snapshot = snapshots.take(studio, Reason.ASKED)
    stop = Event()
    with pytest.raises(Stopped):
        restore.stage(studio.workspace, snapshot, None, lambda *_: stop.set(), stop)
    assert not list(studio.workspace.restoring.rglob("*")), "the disk may be full of it"
    found = restore.stage(studio.workspace, snapshot)
    assert found.missing == ()
    sound(studio)
    staging.clear(found.stage)
    assert not [path for path in studio.workspace.restoring.rglob("*") if path.is_file()]


def test_the_moment_asked_for_gets_the_last_snapshot_before(studio: Studio) -> None:
    first, second = (snapshots.take(studio, Reason.ASKED) for _ in range(2))
    assert moments.find(studio.workspace, second.moment) == second
    assert moments.find(studio.workspace, second.moment - 1) == first
    with pytest.raises(BadInput, match="as old as that"):
        moments.find(studio.workspace, first.moment - 60_000)


# --- putting it in place


def test_the_way_back_from_a_restore(studio: Studio, tmp_path: Path) -> None:
    place = studio.workspace
    snapshot = snapshots.take(studio, Reason.ASKED)
    later = import_photo(studio, tmp_path, "orange")
    with pytest.raises(BadInput, match="nothing to go back to"):
        swap.plan_back(place)
    again, _ = bring_back(studio, snapshot)
    assert later not in pictures(again)
    close_studio(_OPEN.pop())
    swap.plan_back(place)
    assert later in pictures(reopened(place))
    assert len(swap.kept(place)) == 1


def test_nothing_moves_while_another_program_has_it_open(studio: Studio) -> None:
    made = restore.stage(studio.workspace, snapshots.take(studio, Reason.ASKED))
    swap.plan(studio.workspace, made.stage, False)
    other = SQLITE.connect(studio.database.path)
    other.execute("SELECT count(*) FROM users").fetchall()
    with pytest.raises(StorageBusy, match="another program"):
        swap.finish(studio.workspace)
    assert swap.is_planned(studio.workspace)
    still = reopened(studio.workspace)
    assert swap.is_planned(still.workspace), "the present library goes on"
    close_studio(_OPEN.pop())
    other.close()
    studio.database.close()
    with Presence(studio.workspace.locks), pytest.raises(StorageBusy):
        swap.finish(studio.workspace)
    assert swap.finish(studio.workspace) is not None
    assert swap.finish(studio.workspace) is None


def moved_out(studio: Studio) -> tuple[Workspace, restore.Restored, dict[str, Any]]:
    """Leave what a start leaves that is cut off once the old library has moved out."""
    place = studio.workspace
    made = restore.stage(place, snapshots.take(studio, Reason.ASKED))
    swap.plan(place, made.stage, made.settings)
    close_studio(studio)
    decided = json.loads((place.restoring / "plan.json").read_text())
    (place.root / decided["kept"]).mkdir(parents=True)
    swap._move(decided["names"], place.root, place.root / decided["kept"])
    return place, made, decided


def test_a_start_after_a_crash_between_out_and_in_finishes_it(studio: Studio) -> None:
    """The kill matrix found it: an empty folder made by the next start stood in the way."""
    place, made, _ = moved_out(studio)
    place.make()
    (made.stage / "library.sqlite3-journal").touch()
    sound(reopened(place))
    staging.clear(place.restoring / "library")


def test_a_library_that_was_ready_is_not_put_in_place_half_built_anew(studio: Studio) -> None:
    """Whoever chose another moment and stopped that got what there was of it at the next start."""
    before = pictures(studio)
    snapshot = snapshots.take(studio, Reason.ASKED)
    made = restore.stage(studio.workspace, snapshot)
    swap.plan(studio.workspace, made.stage, made.settings)
    stop = Event()
    with pytest.raises(Stopped):
        restore.stage(studio.workspace, snapshot, None, lambda *_: stop.set(), stop)
    close_studio(studio)
    again = reopened(studio.workspace)
    assert pictures(again) == before
    sound(again)
    assert not swap.kept(studio.workspace)


def test_two_programs_do_not_build_in_the_same_place(studio: Studio) -> None:
    """The second cleared what the first had built, and the first's plan named a mixture of both."""
    place, snapshot = studio.workspace, snapshots.take(studio, Reason.ASKED)
    tried: list[str] = []

    def meanwhile(*_: object) -> None:
        with pytest.raises(StorageBusy) as told:
            restore.stage(place, snapshot)
        tried.append(told.value.sentence)

    made = restore.stage(place, snapshot, None, meanwhile)
    assert all("bringing this library back just now" in one for one in tried)
    assert tried
    swap.plan(place, made.stage, made.settings)
    close_studio(studio)
    sound(reopened(place))


def test_a_swap_that_has_begun_is_finished_before_another_library_is_built(
    studio: Studio,
) -> None:
    place, _, decided = moved_out(studio)
    swap._decide(place, {**decided, "phase": "in"})
    swap.forget(place)
    assert not swap.is_planned(place)
    sound(reopened(place))


def test_a_plan_can_be_dropped(studio: Studio) -> None:
    made = restore.stage(studio.workspace, snapshots.take(studio, Reason.ASKED))
    swap.plan(studio.workspace, made.stage)
    swap.forget(studio.workspace)
    assert swap.finish(studio.workspace) is None


def test_two_starts_at_once_do_it_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    made = restore.stage(studio.workspace, snapshots.take(studio, Reason.ASKED))
    swap.plan(studio.workspace, made.stage)
    answers = iter([True, False])
    monkeypatch.setattr(swap, "is_planned", lambda _place: next(answers))
    assert swap.finish(studio.workspace) is None


def test_a_library_too_damaged_to_open_is_replaced_and_kept(studio: Studio) -> None:
    place = studio.workspace
    snapshot = snapshots.take(studio, Reason.ASKED)
    close_studio(studio)
    place.database.write_bytes(b"rubbish" * 1000)
    wal = place.database.with_name("library.sqlite3-wal")
    wal.write_bytes(b"its journal")
    made = restore.stage(place, snapshot)
    assert "could not be brought along" in made.remark
    swap.plan(place, made.stage, made.settings)
    again = reopened(place)
    sound(again)
    (kept,) = list(place.kept.iterdir())
    assert (kept / "library.sqlite3").read_bytes().startswith(b"rubbish")
    assert (kept / "library.sqlite3-wal").read_bytes() == b"its journal"


def test_a_library_that_only_begins_like_one_is_replaced(studio: Studio) -> None:
    place = studio.workspace
    snapshot = snapshots.take(studio, Reason.ASKED)
    close_studio(studio)
    data = bytearray(place.database.read_bytes())
    data[16:4096] = b"\xff" * 4080
    place.database.write_bytes(bytes(data))
    made = restore.stage(place, snapshot)
    swap.plan(place, made.stage, made.settings)
    sound(reopened(place))


def test_a_library_that_is_gone_is_restored(studio: Studio, tmp_path: Path) -> None:
    place = studio.workspace
    full.make(studio, tmp_path / "out")
    close_studio(studio)
    shutil.rmtree(place.root)
    place.make()
    made = restore.stage(place, reading.find(tmp_path / "out"))
    swap.plan(place, made.stage, made.settings)
    sound(reopened(place))


@pytest.mark.parametrize(
    "text",
    [
        "rubbish",
        '{"phase": "out"}',
        '{"phase": "other", "stage": "a", "kept": "b", "names": []}',
        '{"phase": "out", "stage": "../a", "kept": "b", "names": []}',
        '{"phase": "out", "stage": "/a", "kept": "b", "names": []}',
        "[]",
    ],
)
def test_a_foreign_plan_moves_nothing(studio: Studio, text: str) -> None:
    studio.workspace.restoring.mkdir()
    (studio.workspace.restoring / "plan.json").write_text(text)
    with pytest.raises(StorageError, match="plan of a restore"):
        swap.finish(studio.workspace)


# --- the ledger's seals


def test_a_restored_ledger_is_sealed_anew_and_says_why(tmp_path: Path) -> None:
    drawer = Drawer()
    place = Workspace(tmp_path / "sealed")

    def start() -> Studio:
        made = open_studio(place, {"local": FakeProvider()}, with_backend(drawer))
        _OPEN.append(made)
        return made

    first = start()
    assert ledger_proof.at_start(first).state is State.PROVEN
    give(first, 5)
    snapshot = snapshots.take(first, Reason.ASKED)
    give(first, 5)
    first.database.seals.close()
    close_studio(_OPEN.pop())
    made = restore.stage(place, snapshot)
    swap.plan(place, made.stage)
    again = start()
    assert ledger_proof.at_start(again).state is State.PROVEN
    assert "backup" in ledger_proof.history(again)[-1].reason
    assert again.database.seals.restored is None
    give(again, 5)

    close_studio(_OPEN.pop())
    without = open_studio(place, {"local": FakeProvider()}, with_backend(None))
    _OPEN.append(without)
    without.database.seals.restored = "Brought back."
    assert ledger_proof.at_start(without).state is not State.PROVEN


def test_a_library_that_was_kept_because_it_is_damaged_may_come_back(studio: Studio) -> None:
    place = studio.workspace
    old = place.kept / "20260101T000000000Z"
    old.mkdir(parents=True)
    (old / "library.sqlite3").write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
    assert swap.plan_back(place) == old
    swap.forget(place)
