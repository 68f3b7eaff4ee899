"""Holds rows and stored bytes against each other, and finds what a crash left on the disk."""

import contextlib
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput, StudioError
from stylestudio_desktop.files.identity import check_storage_id
from stylestudio_desktop.files.incoming import Incoming
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.backup import staging, unfinished
from stylestudio_desktop.services.problem import Problem
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, files
from stylestudio_desktop.store.audit import Bytes

_log = logging.getLogger(__name__)
LOADED_AT = time.time()
"""When this process began to use the library, in seconds since 1970 (a file's own clock)."""

COMMITTING_S = 10.0
"""The longest that another process needs between naming a file and committing its row."""


def file_problems(
    studio: Studio,
    deep: bool,
    grace_s: float,
    counted: Counter[str],
    progress: Callable[[int], None],
) -> Iterator[Problem]:
    """Yield rows without sound bytes and bytes without rows; both lists are walked in one order.

    `counted` gets `stored_files`, `stored_bytes` and `arriving_files`.
    """
    for storage_id, row in side_by_side(studio):
        if row is None:
            yield from _orphan(studio, storage_id, grace_s, counted)
            continue
        counted["stored_files"] += 1
        counted["stored_bytes"] += row.least
        yield from _row_problems(studio, row, deep)
        progress(counted["stored_files"])


def side_by_side(studio: Studio) -> Iterator[tuple[str, Bytes | None]]:
    """Yield every stored file that rows refer to, and every other one on the disk with None."""
    on_disk = studio.files.every()
    present = next(on_disk, None)
    for row in audit.stored_bytes(studio.database):
        while present is not None and present < row.storage_id:
            yield present, None
            present = next(on_disk, None)
        if present == row.storage_id:
            present = next(on_disk, None)
        yield row.storage_id, row
    while present is not None:
        yield present, None
        present = next(on_disk, None)


def _row_problems(studio: Studio, row: Bytes, deep: bool) -> Iterator[Problem]:
    try:
        check_storage_id(row.storage_id)
    except BadInput as error:
        yield Problem("stored bytes", str(row.file_id), error.sentence)
        return
    if row.least != row.most:
        yield Problem(
            "stored bytes",
            row.storage_id,
            f"Rows disagree on the size of {row.storage_id}: {row.least} and {row.most} bytes.",
        )
    condition = studio.files.quick(row.storage_id, row.least)
    if deep and condition is Condition.INTACT:
        condition = studio.files.verify(row.storage_id)
    if condition is Condition.INTACT or not files.stored(studio.database, row.storage_id):
        return
    mine = files.get(studio.database, row.file_id, studio.user_id)
    name = f" ({mine.filename})" if mine is not None else ""  # another person's name is theirs
    yield Problem(
        "stored bytes",
        str(row.file_id),
        f"The bytes of picture {row.file_id}{name} are {condition.value}. Restore them from a "
        "backup, or import the photo again.",
    )


def _orphan(
    studio: Studio, storage_id: str, grace_s: float, counted: Counter[str]
) -> Iterator[Problem]:
    path = studio.files.path(storage_id)
    try:
        age = time.time() - path.lstat().st_mtime
    except FileNotFoundError:  # removed since it was listed
        return
    if files.stored(studio.database, storage_id):  # its row was written since
        return
    if age < grace_s:
        counted["arriving_files"] += 1
        return
    yield Problem("stored bytes", storage_id, f"No picture refers to the stored file {storage_id}.")


def leftovers(studio: Studio, grace_s: float) -> Iterator[Problem]:
    """Yield unfinished files that nobody is writing, and working folders of no open job."""
    for path in _temporaries(studio.workspace.tmp):
        with contextlib.suppress(FileNotFoundError):
            old = time.time() - path.lstat().st_mtime >= grace_s
            if old and not Incoming.is_being_written(path):
                yield Problem("temporary files", path.name, f"{path.name} was left unfinished.")
    for folder in _forgotten_folders(studio):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.lstat().st_mtime >= grace_s:
                yield Problem(
                    "temporary files",
                    folder.name,
                    f"The working folder {folder.name} belongs to no generation in the queue.",
                )
    cut_off = unfinished.left(studio.workspace)
    if cut_off is not None and cut_off.files:
        said = (
            f"A backup into the file {cut_off.place} was cut off. What is left of it is no backup "
            f"and takes {cut_off.size / 1e6:,.1f} MB."
        )
        yield Problem("temporary files", cut_off.place.name, said)


def left_over(studio: Studio, grace_s: float) -> Iterator[Path]:
    """Yield every unfinished file, and every file in working folders of no open job."""
    for path in _temporaries(studio.workspace.tmp):
        if age_of(path) >= grace_s and not Incoming.is_being_written(path):
            yield path
    for folder in _forgotten_folders(studio):
        if age_of(folder) >= grace_s:
            yield from (path for path in list(folder.iterdir()) if path.is_file())
            with contextlib.suppress(OSError):  # something else lies in it
                folder.rmdir()


def age_of(path: Path) -> float:
    """Return for how many seconds a file has been as it is; 0 if it is gone."""
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _temporaries(tmp: Path) -> list[Path]:
    with os.scandir(tmp) as found:
        return [
            Path(entry.path)
            for entry in found
            if entry.name.endswith((".tmp", ".part")) and entry.is_file(follow_symlinks=False)
        ]


def _forgotten_folders(studio: Studio) -> list[Path]:
    parent = studio.workspace.tmp / "jobs"
    if not parent.is_dir() or parent.is_symlink():
        return []
    with os.scandir(parent) as found:
        folders = [Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False)]
    if not folders:
        return []
    known = audit.intents(studio.database)  # asked after listing: a new job's folder is known
    return [folder for folder in folders if folder.name not in known]


def left_behind(studio: Studio) -> bool:
    """Say whether folders of ended jobs lie here, which the disk would not let go at the time."""
    return bool(_forgotten_folders(studio))


def sweep_after_crash(studio: Studio) -> None:
    """Remove what a crash left: unfinished files and libraries, forgotten folders, lone bytes.

    Only what was there before this process began; while another host lives, only what was there
    COMMITTING_S earlier still, since what is younger may be about to get its row. While another
    host works on a job, stored bytes are left alone: its first pictures wait there for the last.
    The dead hosts' locks have been forgotten before. What went is logged.
    """
    age = time.time() - LOADED_AT + (0.0 if _alone(studio) else COMMITTING_S)
    gone = studio.files.sweep_temporaries(age)
    for folder in _forgotten_folders(studio):
        gone += _empty(folder, age)
    if not audit.claimed(studio.database):
        for storage_id in [name for name, row in side_by_side(studio) if row is None]:
            with studio.database.write():  # no row can be written between question and deed
                if not files.stored(studio.database, storage_id):
                    gone += studio.files.remove(storage_id, age)
    if _alone(studio):
        gone += staging.sweep(studio.workspace, age)
    with contextlib.suppress(StudioError):  # its disk may be away: a check names it then
        unfinished.sweep(studio.workspace)
    _log.info("%d files that a crash left behind were removed", gone)


def _alone(studio: Studio) -> bool:
    """Say whether no host but this one has a lock; a dead one's would count as living."""
    return sum(1 for _ in studio.workspace.locks.glob("host-*.lock")) <= 1


def _empty(folder: Path, age: float) -> int:
    """Delete the files that lie directly in a forgotten folder, then the folder itself."""
    if time.time() - folder.lstat().st_mtime < age:
        return 0
    gone = 0
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink():
            path.unlink(missing_ok=True)
            gone += 1
    with contextlib.suppress(OSError):  # something else lies in it: it stays for a person to see
        folder.rmdir()
    return gone
