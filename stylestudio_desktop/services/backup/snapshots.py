"""Snapshots of the database: taken in one moment, proven before they count, thinned by age."""

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageFull
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import (
    DAY_MS,
    HOUR_MS,
    Reason,
    SnapshotName,
    read_name,
    superfluous,
)
from stylestudio_desktop.files.behind import behind
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.files.removing import remove
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, rewinding

SPARE = 64 * 1_048_576
"""Bytes that stay free beside a snapshot, so that what runs can still be saved."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A proven copy of the database as it was at `moment` (UTC milliseconds).

    Where it is known that nothing was written `until` a later one, it is of that moment as well.
    """

    path: Path
    moment: int
    schema: int
    reason: Reason
    size: int
    until: int = field(default=0, compare=False)


def listing(workspace: Workspace) -> list[Snapshot]:
    """Return every snapshot, newest first."""
    found = []
    with storing("looking for snapshots"):
        if not workspace.backups.is_dir():
            return []
        with os.scandir(workspace.backups) as entries:
            for entry in entries:
                name = read_name(entry.name)
                if name is not None and entry.is_file(follow_symlinks=False):
                    found.append(_snapshot(Path(entry.path), name, entry.stat().st_size))
    return sorted(found, key=lambda one: one.moment, reverse=True)


def _snapshot(path: Path, name: SnapshotName, size: int) -> Snapshot:
    return Snapshot(path, name.moment, name.schema, name.reason, size)


def find(workspace: Workspace, name: str) -> Snapshot:
    """Return the snapshot whose file is called `name`. Raises BadInput."""
    for one in listing(workspace):
        if one.path.name == name:
            return one
    raise BadInput(
        f"There is no snapshot “{name[:80]}”. “stylestudio backup list” shows those there are."
    )


def take(studio: Studio, reason: Reason, check: Callable[[], None] = lambda: None) -> Snapshot:
    """Take a snapshot, prove it, thin the older ones, and return it.

    `check` may stop it by raising. Raises StorageFull when there is no room for it, StorageError
    when it does not pass its proof; what is there stays as it is then.
    """
    from filelock import FileLock

    workspace = studio.workspace
    with storing("taking a snapshot"), FileLock(workspace.locks / "snapshot.lock"):
        return behind(lambda look: _take(studio, reason, look), check)


def _sweep(workspace: Workspace, check: Callable[[], None]) -> None:
    """Remove what a crash left half-written; the caller holds the lock of all snapshots."""
    with storing("removing an unfinished snapshot"):
        for partial in workspace.backups.glob("*.sqlite3.part"):
            name = read_name(partial.name.removesuffix(".part"))
            if name is None:
                continue
            # A migration takes its own without the lock, and none for an hour.
            if name.reason is not Reason.MIGRATION or name.moment < now_ms() - HOUR_MS:
                remove(partial, partial, check)


def _take(studio: Studio, reason: Reason, check: Callable[[], None]) -> Snapshot:
    workspace, database = studio.workspace, studio.database
    _sweep(workspace, check)
    _need_room(workspace)
    with database.connection():
        schema = int(database.value("PRAGMA user_version"))
        moment = now_ms()
        while (path := workspace.backups / str(SnapshotName(moment, schema, reason))).exists():
            moment += 1
        copying.snapshot(database, path, check, base=True)
    thin(workspace, check)
    return _snapshot(path, SnapshotName(moment, schema, reason), path.stat().st_size)


def _need_room(workspace: Workspace) -> None:
    with storing("looking for room for a snapshot"):
        needed = workspace.database.stat().st_size + SPARE
        free = shutil.disk_usage(workspace.root).free
    if free < needed:
        raise StorageFull(
            f"A snapshot needs {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free, so none "
            "was taken. The library itself is untouched. Free some space, or remove old snapshots "
            f"in {workspace.backups}."
        )


def thin(workspace: Workspace, check: Callable[[], None] = lambda: None) -> int:
    """Remove the snapshots that their age makes superfluous, and return how many that were.

    One that somebody asked for, or that was taken before a risky step, stays a week at least.
    `check` may stop it by raising; what is half gone then goes before the next snapshot.
    """
    there = listing(workspace)
    gone = superfluous(one.moment for one in there)
    young = now_ms() - 7 * DAY_MS
    removed = 0
    with storing("removing old snapshots"):
        for one in there:
            protected = one.reason is not Reason.HOURLY and one.moment > young
            if one.moment in gone and not protected:
                remove(one.path, one.path.with_name(one.path.name + ".part"), check)
                removed += 1
        rewinding.thin(workspace.journal, _names(listing(workspace)))
    return removed


def _names(there: list[Snapshot]) -> set[str]:
    return {one.path.name for one in there}


def changed_since(workspace: Workspace, moment: int) -> bool:
    """Say whether anything was committed since `moment` (UTC milliseconds).

    A commit touches the database or the journal beside it; a checkpoint touches them, too, which
    costs at most a snapshot too many.
    """
    for end in ("", "-wal"):
        path = workspace.database.with_name(workspace.database.name + end)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime_ns // 1_000_000 > moment:
                return True
    return False


def is_due(workspace: Workspace, now: int) -> bool:
    """Say whether the hourly snapshot is due: an hour has passed and something has changed.

    One is due at once where the journal has begun anew and no snapshot leads into it, or where
    it can't follow and something was written since the last one.

    What lies in the future was taken before the clock was set back, and does not count.
    """
    there = listing(workspace)
    past = (one.moment for one in there if one.moment <= now + HOUR_MS)
    newest = next(past, None)
    if newest is None or not rewinding.is_rooted(workspace.journal, _names(there)):
        return True
    waited = now - newest >= HOUR_MS or not rewinding.goes_on(workspace.journal)
    return waited and changed_since(workspace, newest)
