"""The folder in which a library is built apart: claimed, cleared of a cut-off attempt, put away."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageBusy, StudioError
from stylestudio_desktop.domain.keeping import read_name
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.identity import STORAGE_ID
from stylestudio_desktop.files.removing import remove
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.services.backup import swap
from stylestudio_desktop.services.backup.reading import CATALOGUE, DATABASE, SETTINGS

MARK = "unfinished-restore"
"""The file that says of somebody's folder that what lies in it is a restore that was cut off."""

_APART = ("library", "look", "drill", "other")
"""Folders in the workspace's `restoring` that are of no use to anybody but who builds in them."""

_DATABASE = tuple(DATABASE + end for end in ("", "-wal", "-shm", "-journal", ".part"))
_OURS = (*_DATABASE, SETTINGS, CATALOGUE, MARK)


def claim(workspace: Workspace, folder: Path) -> None:
    """Take `folder` for a library that is built apart, if it is empty or an attempt's own.

    Raises BadInput for any other: it may be a library that somebody works in. Those inside the
    workspace's `restoring` are never anything else.
    """
    if workspace.restoring in folder.parents:
        return
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"There is no folder “{folder}”. Nothing was changed. Choose another.")
    mark = folder / MARK
    if not mark.is_file() and any(_files(folder)):
        raise _used(folder)
    make_private_folder(folder)
    mark.touch(mode=0o600)


def release(folder: Path) -> None:
    """Say of a claimed folder that its library is whole; nothing clears it any more."""
    (folder / MARK).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove what an earlier attempt left in `folder`: files of ours, by their names.

    Raises BadInput, with nothing removed, where there are others.
    """
    if not folder.exists():
        return
    if not all(_is_ours(path.relative_to(folder)) for path in _files(folder)):
        raise _used(folder)
    for name in _DATABASE:
        remove(folder / name, folder / name)
    for name in (SETTINGS, CATALOGUE):
        (folder / name).unlink(missing_ok=True)
    if (folder / "backups").is_dir():
        for path in (folder / "backups").iterdir():
            remove(path, path)
    for sub in ("files", "tmp"):
        if (folder / sub).is_dir() and not (folder / sub).is_symlink():
            store = FileStore(folder / "files", folder / "tmp")
            store.sweep_temporaries()
            for storage_id in list(store.every()):
                store.remove(storage_id)


@contextlib.contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Be the only one who builds a library that is to take this one's place.

    Raises StorageBusy while another program does: they would clear each other's.
    """
    from filelock import FileLock, Timeout

    with contextlib.ExitStack() as held:
        with storing("restoring the library"):
            make_private_folder(workspace.locks)
            try:
                held.enter_context(FileLock(workspace.locks / "restore.lock").acquire(timeout=0))
            except Timeout as error:
                raise StorageBusy(
                    "Another program is bringing this library back just now. Nothing was changed. "
                    "Wait until it has ended, then try again."
                ) from error
        yield


@contextlib.contextmanager
def put_away_unless_done(folder: Path) -> Iterator[None]:
    """Put `folder` away where what is built in it comes to nothing: the disk may be full of it."""
    try:
        yield
    except BaseException:
        put_away(folder)
        raise


def put_away(folder: Path) -> None:
    """Remove `folder` after use; what the disk does not let go of, the next use clears."""
    with contextlib.suppress(OSError, StudioError):
        clear(folder)
        release(folder)
        for path, _, _ in os.walk(folder, topdown=False):
            Path(path).rmdir()


def sweep(workspace: Workspace, older_s: float) -> int:
    """Remove what a program that was killed has left half built; return how many files went.

    Left alone is what waits to be put in place, and what was touched less than `older_s` seconds
    ago. The caller knows that nobody else works in this workspace; a command may still restore.
    """
    gone = 0
    with contextlib.suppress(StudioError), alone(workspace):
        for name in _APART:
            folder = workspace.restoring / name
            waits = name == "library" and swap.is_planned(workspace)
            if folder.is_dir() and not waits and time.time() - _touched(folder) >= older_s:
                there = sum(1 for _ in _files(folder))
                put_away(folder)
                gone += there - sum(1 for _ in _files(folder))
    return gone


def _touched(folder: Path) -> float:
    """Return when something was last changed in `folder`; a picture's link is as old as that."""
    return max(Path(root).stat().st_mtime for root, _, _ in os.walk(folder))


def _files(folder: Path) -> Iterator[Path]:
    """Yield everything in `folder`, however deep, but folders; links are not followed."""
    for root, folders, names in os.walk(folder):
        for name in (*names, *folders):
            path = Path(root, name)
            if name in names or path.is_symlink():
                yield path


def _is_ours(inside: Path) -> bool:
    first, *more = inside.parts
    name = inside.name
    if first == "files":
        return len(more) == 3 and STORAGE_ID.fullmatch(name) is not None
    if first == "backups":  # an upgrade's own snapshot of what is a copy itself
        return len(more) == 1 and read_name(name.removesuffix(".part")) is not None
    if first == "tmp":
        return len(more) == 1 and name.endswith((".tmp", ".part"))
    return not more and name in _OURS


def _used(folder: Path) -> BadInput:
    return BadInput(
        f"There are other files in “{folder}”, so nothing was restored into it. Choose an empty "
        "folder."
    )
