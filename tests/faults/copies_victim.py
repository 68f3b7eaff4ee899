"""Copies, restores, imports, trashes, purges and upgrades, to be struck at any instant.

Plants bugs in that as well: three on each of these ways, and each of them must be found.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.files import disk
from stylestudio_desktop.services import library, rebuilding
from stylestudio_desktop.services.backup import (
    anew,
    full,
    reading,
    record,
    restore,
    snapshots,
    swap,
    unfinished,
)
from stylestudio_desktop.services.health import sweep_after_crash
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, database, files, schema
from stylestudio_desktop.store.database import Database
from tests.factories import FakeProvider


def opened(workspace: Path) -> Studio:
    """Open the library as every start does, and clear away what a crash left."""
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    sweep_after_crash(studio)
    return studio


def snapshot(workspace: Path, _outside: Path) -> None:
    """Take a snapshot."""
    studio = opened(workspace)
    snapshots.take(studio, Reason.ASKED)
    close_studio(studio)


def backup(workspace: Path, outside: Path) -> None:
    """Make a full backup."""
    studio = opened(workspace)
    full.make(studio, outside / "place")
    close_studio(studio)


def pack(workspace: Path, outside: Path) -> None:
    """Make a full backup in one file; under another name, if a former try left none whole."""
    begun = bool(record.read(Workspace(workspace)).unfinished)
    studio = opened(workspace)
    whole, other = outside / "whole.zip", outside / "other.zip"
    if not any(one.exists() for one in (whole, other)):
        full.make(studio, other if begun else whole)
    close_studio(studio)


def bring_back(workspace: Path, outside: Path) -> None:
    """Restore the full backup that lies outside, over the library."""
    place = Workspace(workspace)
    place.make()
    if not swap.is_planned(place):
        made = restore.stage(place, reading.find(outside / "before"))
        swap.plan(place, made.stage, made.settings)
    swap.finish(place)


def make_anew(workspace: Path, _outside: Path) -> None:
    """Make the library anew of its pictures, unless that is done."""
    place = Workspace(workspace)
    place.make()
    if not swap.is_planned(place) and not is_sound(place):
        made = anew.stage(place)
        swap.plan(place, made.stage, made.settings)
    swap.finish(place)


def is_sound(place: Workspace) -> bool:
    """Say whether the library there needs not be made anew."""
    try:
        anew.refuse_sound(place)
    except BadInput:
        return True
    return False


def bring_in(workspace: Path, outside: Path) -> None:
    """Import every photo that lies outside."""
    studio = opened(workspace)
    library.import_files(studio, [outside / "photos"], Category.PRODUCT)
    close_studio(studio)


def purge(workspace: Path, _outside: Path) -> None:
    """Trash every product photo and purge the trash."""
    studio = opened(workspace)
    wanted = [
        row[0] for row in studio.database.rows("SELECT id FROM files WHERE user_id > 0 ORDER BY id")
    ]
    library.trash(studio, wanted)
    library.purge(studio, now_ms() + 1000)
    close_studio(studio)


def trash(workspace: Path, _outside: Path) -> None:
    """Trash every photo and fetch all but the first back."""
    studio = opened(workspace)
    wanted = [
        row[0] for row in studio.database.rows("SELECT id FROM files WHERE user_id > 0 ORDER BY id")
    ]
    library.trash(studio, wanted)
    library.restore(studio, wanted[1:])
    close_studio(studio)


def migrate(workspace: Path, _outside: Path) -> None:
    """Open a library that an old version left."""
    close_studio(opened(workspace))


ACTIONS = {
    "snapshot": snapshot,
    "backup": backup,
    "pack": pack,
    "restore": bring_back,
    "anew": make_anew,
    "import": bring_in,
    "trash": trash,
    "purge": purge,
    "migrate": migrate,
}


def plant_name_before_proof() -> None:
    """A bug: a snapshot gets its name before it is whole."""

    def at_once(
        source: Any, target: Path, check: Any = None, base: bool = False
    ) -> copying.Contents:
        target.parent.mkdir(exist_ok=True)
        target.touch()
        copying._copy(source, target, lambda: None, base)
        return copying.prove(target)

    copying.snapshot = at_once


def plant_manifest_first() -> None:
    """A bug: a full backup is called complete before its pictures are there."""
    genuine = full._describe

    def early(studio: Studio, stage: Path, moment: int, *rest: Any) -> Any:
        final = stage.parent / reading.name_of(moment)
        stage.replace(final)
        (final / "manifest.json").write_text("{}")
        found = genuine(studio, final, moment, *rest)
        final.replace(stage)
        return found

    full._describe = early


def plant_left_for_ever() -> None:
    """A bug: nobody remembers what a single file that was cut off has left."""
    unfinished.noted = lambda *_: contextlib.nullcontext()


def plant_swap_unwritten() -> None:
    """A bug: the libraries change places without a plan that outlasts a crash."""

    def at_once(workspace: Workspace, stage: Path, settings: bool = True) -> None:
        kept = workspace.kept / "now"
        kept.mkdir(parents=True)
        swap._move(list(swap._MOVED), workspace.root, kept)
        swap._move(list(swap._MOVED), stage, workspace.root)

    swap.plan = at_once


def plant_poorer() -> None:
    """A bug: a library is made anew with fewer pictures where the disk did not take some."""
    genuine = rebuilding.rebuild

    def blind(*given: Any) -> Any:
        done = genuine(*given)
        done.adopted.missing.clear()
        return done

    rebuilding.rebuild = blind


def plant_row_before_bytes() -> None:
    """A bug: a purge removes the bytes first and the row afterwards."""
    genuine = files.delete

    def late(base: Any, file_id: int) -> None:
        (storage_id,) = base.row("SELECT storage_id FROM files WHERE id = ?", (file_id,))
        root = Path(base.path).parent / "files"
        (root / storage_id[:2] / storage_id[2:4] / storage_id).unlink(missing_ok=True)
        genuine(base, file_id)

    files.delete = late


def plant_names_only() -> None:
    """A bug: names are flushed, and the bytes that they stand for are not."""
    genuine = os.fsync

    def names(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            genuine(descriptor)

    os.fsync = names
    full._SYNC = lambda: None


def plant_no_journal() -> None:
    """A bug: a transaction is written straight into the database, with nothing to go back to."""

    def straight(self: Database) -> None:
        self.value("PRAGMA journal_mode = off")

    Database.use_wal = straight  # type: ignore[method-assign]


def plant_raw_errors() -> None:
    """A bug: what the disk refuses reaches people as the system's own words."""
    disk.storage_error = lambda error, _doing: RuntimeError(str(error))
    database._typed = lambda error: RuntimeError(str(error))


def plant_one_by_one() -> None:
    """A bug: several pictures go to the trash one after the other, the last one first."""
    genuine = library._set_trashed

    def apart(studio: Studio, wanted: Any, at: int | None) -> None:
        for one in reversed(wanted):
            genuine(studio, [one], at)

    library._set_trashed = apart


def plant_version_first() -> None:
    """A bug: an upgrade says that it is done before it begins."""
    genuine = schema._migrate

    def early(base: Database, newest: int) -> None:
        base.run(f"PRAGMA user_version = {newest}")
        genuine(base, newest + 1)  # which would do nothing where it is said to be done
        base.run(f"PRAGMA user_version = {newest}")

    schema._migrate = early


def plant_step_by_step() -> None:
    """A bug: an upgrade is no transaction; each of its steps lasts by itself."""

    def steps(base: Database, newest: int) -> None:
        from playhouse.migrations import Runner

        base.engine.atomic = lambda *_: contextlib.nullcontext()
        Runner(base.engine, str(schema.MIGRATIONS)).up()
        del base.engine.atomic
        base.run(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        base.run(f"PRAGMA user_version = {newest}")

    schema._migrate = steps


_FLUSHES = {"names_only": plant_names_only, "raw_errors": plant_raw_errors}
_WRITES = {"no_journal": plant_no_journal, "raw_errors": plant_raw_errors}
BUGS = {
    "snapshot": {**_FLUSHES, "name_before_proof": plant_name_before_proof},
    "backup": {**_FLUSHES, "manifest_first": plant_manifest_first},
    "pack": {**_FLUSHES, "left_for_ever": plant_left_for_ever},
    "restore": {**_FLUSHES, "swap_unwritten": plant_swap_unwritten},
    "anew": {
        "names_only": plant_names_only,
        "swap_unwritten": plant_swap_unwritten,
        "poorer": plant_poorer,
    },
    "import": {**_WRITES, **_FLUSHES},
    "trash": {**_WRITES, "one_by_one": plant_one_by_one},
    "purge": {**_WRITES, "row_before_bytes": plant_row_before_bytes},
    "migrate": {
        "raw_errors": plant_raw_errors,
        "version_first": plant_version_first,
        "step_by_step": plant_step_by_step,
    },
}
