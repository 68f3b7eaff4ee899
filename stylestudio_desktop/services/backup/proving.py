"""Proves snapshots and full backups by reading them, and says what a person should know."""

import contextlib
import tempfile
from pathlib import Path
from threading import Event

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.services.backup import reading, snapshots
from stylestudio_desktop.services.backup.reading import DATABASE, Backup, Progress, silent
from stylestudio_desktop.store import copying


def snapshot_faults(path: Path) -> list[str]:
    """Return what is wrong with a snapshot, nothing if it is whole."""
    try:
        copying.prove(path)
    except StorageError as error:
        return [error.sentence]
    return []


def backup_faults(
    backup: Backup, progress: Progress = silent, cancelled: Event | None = None
) -> list[str]:
    """Read every byte of a full backup, check its database, and return what is wrong."""
    found = list(reading.faults(backup, progress, cancelled))
    if any(one.startswith(DATABASE) for one in found):
        return found
    with tempfile.TemporaryDirectory(prefix="stylestudio-proof-") as folder:
        copy = Path(folder) / DATABASE
        with backup.open(DATABASE) as source, copy.open("wb") as target:
            reading.copy_checked(source, target, reading.stopping(cancelled))
        return found + snapshot_faults(copy)


def faults(
    workspace: Workspace,
    what: str,
    progress: Progress = silent,
    cancelled: Event | None = None,
) -> list[str]:
    """Return what is wrong with a snapshot, by its name, or with a full backup, by its place.

    Raises BadInput when there is neither.
    """
    with contextlib.suppress(BadInput):
        return snapshot_faults(snapshots.find(workspace, what).path)
    place = path_of(what).absolute()

    def work(progress: Progress, cancelled: Event | None) -> list[str]:
        with contextlib.closing(reading.find(place)) as backup:
            return backup_faults(backup, progress, cancelled)

    return attended(workspace.root, [place], work, progress, cancelled)
