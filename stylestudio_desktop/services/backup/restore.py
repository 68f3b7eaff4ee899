"""Restores a library to a snapshot, a moment or a full backup: built apart, then proven.

What is there now is not touched until the new one is whole; `swap` then changes their places and
keeps the old one.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageError, StorageNewer, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.store import Condition, FileStore
from stylestudio_desktop.services.backup import places, reading, staging, swap
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.backup.reading import (
    CATALOGUE,
    DATABASE,
    SETTINGS,
    Backup,
    Progress,
    picture_name,
    silent,
    stopping,
)
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.store import audit, copying, mending, restored, rewinding
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.schema import bring_up_to_date, current_version

_SENTENCE = (
    "This library was brought back from a backup. Look whether everything is as you want it; "
    "then let the queue go on."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """A library that is ready: of which moment, with how many pictures, and which are missing."""

    stage: Path
    moment: int
    pictures: int
    missing: tuple[str, ...]
    purchases: int
    settings: bool
    remark: str


Origin = Snapshot | Backup | Moment


def _moment(origin: Origin) -> int:
    if isinstance(origin, Snapshot):
        return origin.until or origin.moment
    return origin.manifest.moment if isinstance(origin, Backup) else origin.moment


def schema_of(origin: Origin) -> int:
    """Return the schema version that a backup says it has."""
    if isinstance(origin, Backup):
        return origin.manifest.schema
    return (origin.snapshot if isinstance(origin, Moment) else origin).schema


def stage(
    workspace: Workspace,
    origin: Origin,
    folder: Path | None = None,
    progress: Progress = silent,
    cancelled: Event | None = None,
    fetch: bool = True,
) -> Restored:
    """Build the library that `origin` holds in `folder` and prove it; nothing else is touched.

    Pictures come from the library's own store where they are intact there, else from the backup,
    or unless `fetch` is off from the newest full backups that are known and can be reached.
    Without `folder` it is made inside the workspace, ready to be swapped in. Raises BadInput for
    a backup that can't be trusted, Stopped, or StorageError: nothing of it is left then.
    """

    def work(progress: Progress, cancelled: Event | None) -> Restored:
        with places.newest(known) as others:
            return _stage(workspace, origin, others, folder, progress, cancelled)

    known = places.reachable(workspace) if fetch else []
    homes = [origin.home, *known] if isinstance(origin, Backup) else known
    return attended(workspace.root, homes, work, progress, cancelled)


def _stage(
    workspace: Workspace,
    origin: Origin,
    others: list[Backup],
    folder: Path | None,
    progress: Progress,
    cancelled: Event | None,
) -> Restored:
    target = folder or workspace.restoring / "library"
    with contextlib.ExitStack() as held, storing("restoring the library"):
        staging.claim(workspace, target)
        if folder is None:
            held.enter_context(staging.alone(workspace))
            swap.forget(workspace)
        with staging.put_away_unless_done(target):
            put_database(workspace, origin, target, stopping(cancelled))
            bought, remark = _make_fit(workspace, target / DATABASE, origin)
            found, missing = _pictures(
                workspace, origin, others, target, progress, stopping(cancelled)
            )
            settings = _settings(origin, target)
            staging.release(target)
    return Restored(target, _moment(origin), found, missing, bought, settings, remark)


def put_database(
    workspace: Workspace, origin: Origin, target: Path, check: Callable[[], None]
) -> Path:
    """Put the origin's database into the folder `target`, proven and in today's form.

    Raises BadInput for one that can't be trusted, StorageError for one that is damaged, and
    StorageNewer, before anything is copied, for one that a newer program has written.
    """
    if (schema := schema_of(origin)) > current_version():
        raise StorageNewer(
            f"This backup was written by a newer version of the program (schema {schema}, this "
            f"program knows {current_version()}). Nothing was changed. Install the newest version, "
            "or choose an older backup."
        )
    staging.clear(target)
    make_private_folder(target)
    path = target / DATABASE
    _put_database(origin, path, check)
    if isinstance(origin, Moment):
        rewinding.lead(workspace.journal, path, origin.way)
    _prove(path)
    return path


def _put_database(origin: Origin, target: Path, check: Callable[[], None]) -> None:
    with _source(origin) as (source, expected):
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as copy:

            def portion() -> None:
                # A drill goes on beside the queue, and whoever commits waits for a flush: one of
                # gigabytes at the end would hold it up for all of them.
                copy.flush()
                os.fsync(copy.fileno())
                check()

            part = reading.copy_checked(source, copy, portion)
    if expected is not None and part.sha256 != expected:
        raise StorageError(
            "The database in this backup is damaged, so nothing was restored. What is here now is "
            "untouched. Choose another backup."
        )


@contextlib.contextmanager
def _source(origin: Origin) -> Iterator[tuple[BinaryIO, str | None]]:
    if not isinstance(origin, Backup):
        snapshot = origin.snapshot if isinstance(origin, Moment) else origin
        with reading.open_regular_file(snapshot.path) as file:
            yield file, None
        return
    with origin.open(DATABASE) as file:
        yield file, origin.manifest.parts[DATABASE].sha256


def _prove(path: Path) -> None:
    """Refuse a database that is damaged, or not exactly as this program makes them."""
    broken = copying.prove(path).broken_words
    database = Database(path)
    with contextlib.closing(database):
        database.open()
        bring_up_to_date(database)
        if broken:
            with database.write():
                mending.make_words_anew(database, broken)
        strange = audit.schema_differences(database)
    older = path.parent / "backups"  # an upgrade's own snapshot of what is a copy itself
    if older.is_dir():
        for snapshot in older.iterdir():
            snapshot.unlink()
        older.rmdir()
    if strange:
        raise BadInput(
            f"The database in this backup is not as this program makes it ({strange[0][:60]}), so "
            "nothing was restored. Choose another backup."
        )


def _make_fit(workspace: Workspace, path: Path, origin: Origin) -> tuple[int, str]:
    new = Database(path)
    with contextlib.closing(new):
        new.open()
        with new.write():
            restored.mark(new, _moment(origin), now_ms(), _SENTENCE)
        bought = _bring_purchases(workspace, new)
        new.value("PRAGMA journal_mode = delete")
    return bought


def _bring_purchases(workspace: Workspace, new: Database) -> tuple[int, str]:
    """Bring along what was bought since, where the present library can still be read.

    Returns how many entries that was, and a remark if it was not possible.
    """
    if not workspace.database.is_file():
        return 0, ""
    old = Database(workspace.database)
    with contextlib.closing(old):
        try:
            if not copying.has_header(workspace.database):
                raise StorageError("its database can't be read")
            old.open()
            if _is_foreign(old, new):
                return 0, ""
            here, there = (int(one.value("PRAGMA user_version")) for one in (old, new))
            if here != there:
                raise StorageError(f"its form is {'newer' if here > there else 'older'}")
            with new.write():
                return restored.bring_purchases(old, new), ""
        except StudioError as error:  # the ledger may have been found broken
            why = error.sentence.split(". ")[0].rstrip(".")  # what to do about it is done here
            return 0, (
                f"What was bought since that moment could not be brought along ({why}). It stays "
                "in the library that is kept."
            )


def _is_foreign(old: Database, new: Database) -> bool:
    people = [{row[0] for row in db.rows("SELECT id FROM users")} for db in (old, new)]
    return not people[0] & people[1]


def _pictures(
    workspace: Workspace,
    origin: Origin,
    others: list[Backup],
    target: Path,
    progress: Progress,
    check: Callable[[], None],
) -> tuple[int, tuple[str, ...]]:
    backups = [origin, *others] if isinstance(origin, Backup) else others
    (target / "files").mkdir(mode=0o700, exist_ok=True)
    present = FileStore(workspace.files, workspace.tmp) if workspace.files.is_dir() else None
    new = FileStore(target / "files", target / "tmp")
    there = copying.Copy(target / DATABASE)
    there.open()
    found, missing = 0, []
    with contextlib.closing(there):
        total = int(there.value("SELECT count(DISTINCT storage_id) FROM files"))
        for number, row in enumerate(audit.stored_bytes(there)):
            check()
            if number % 50 == 0:
                progress(number, total, row.storage_id[:12])
            if _link(present, new, row, origin) or any(_fetch(one, new, row) for one in backups):
                found += 1
            else:
                missing.append(row.storage_id)
    # The new names and copies must outlast a power cut before the libraries change places; one
    # flush of everything is many times faster than one for each of thousands of folders.
    getattr(os, "sync", lambda: None)()
    progress(total, max(1, total), "")
    with contextlib.suppress(OSError):
        (target / "tmp").rmdir()
    return found, tuple(missing)


def _link(present: FileStore | None, new: FileStore, row: audit.Bytes, origin: Origin) -> bool:
    """Give an intact picture of the present store a second name in the new one.

    Every byte is read where a backup has others; beside a snapshot these are all there are.
    """
    if present is None or present.quick(row.storage_id, row.least) is not Condition.INTACT:
        return False
    if isinstance(origin, Backup) and present.verify(row.storage_id) is not Condition.INTACT:
        return False
    path = new.path(row.storage_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(present.path(row.storage_id), path)
    except OSError:  # a file system without second names, or another disk
        shutil.copyfile(present.path(row.storage_id), path)
        path.chmod(0o400)
    return True


def _fetch(backup: Backup, new: FileStore, row: audit.Bytes) -> bool:
    try:
        with backup.open(picture_name(row.storage_id)) as source, new.batch() as batch:
            incoming = batch.add(source, row.most)
            if incoming.storage_id != row.storage_id:
                batch.reject(incoming)
                return False
    except (StorageError, BadInput):
        return False
    return True


def _settings(origin: Origin, target: Path) -> bool:
    if not isinstance(origin, Backup):
        return False
    for name in (SETTINGS, CATALOGUE):
        part = origin.manifest.parts.get(name)
        if part is not None:
            with origin.open(name) as source, (target / name).open("wb") as copy:
                found = reading.copy_checked(source, copy, lambda: None)
            if found.sha256 != part.sha256:
                (target / name).unlink()
    return (target / SETTINGS).exists()
