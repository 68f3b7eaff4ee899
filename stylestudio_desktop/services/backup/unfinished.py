"""Remembers the backup that is being made, so that one which was cut off is told and tidied up.

A folder of backups goes on where it ended. A single file can't: what is left of it counts for
nothing, hides in somebody's folder, and may be many gigabytes.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageError, StudioError
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.files.answering import answers
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.files.export import part_of
from stylestudio_desktop.services.backup import record
from stylestudio_desktop.services.backup.reading import PARTS, Backup, find, house


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A backup to `place` that was cut off; `files` of `size` bytes are of no use any more."""

    place: Path
    files: tuple[Path, ...]
    size: int


def is_one_file(place: Path) -> bool:
    """Say whether a backup at `place` is a single file."""
    return place.suffix.lower() == ".zip"


def stage(workspace: Workspace) -> Path:
    """Return the folder where the parts of a single file wait to be packed."""
    return workspace.backups / "unfinished"


@contextlib.contextmanager
def noted(workspace: Workspace, place: Path) -> Iterator[None]:
    """Remember that a backup is being made at `place`, after removing what a former one left.

    The caller holds the lock of backups, and forgets the note with the finished backup's record.
    A disk that takes no note of it is no reason to make none elsewhere.
    """
    with contextlib.suppress(StudioError):
        _tidy(workspace)
    _note(workspace, str(place))
    try:
        yield
    except BaseException:
        # A file tidies up after itself, if the disk lets it; a folder goes on the next time.
        if is_one_file(place) and not _useless(workspace, place) and not stage(workspace).exists():
            _note(workspace, "")
        raise


def _note(workspace: Workspace, place: str) -> None:
    with contextlib.suppress(StudioError):
        record.change(workspace, unfinished=place)


def ended(workspace: Workspace, moment: int, home: Path, pictures: int) -> None:
    """Remember the backup that is complete now, and none that is unfinished; StorageError."""
    folder = record.read(workspace).full_folder if is_one_file(home) else str(home)
    record.change(
        workspace,
        full_at=moment,
        full_place=str(home),
        full_pictures=pictures,
        full_folder=folder,
        unfinished="",
    )


def left(workspace: Workspace) -> Unfinished | None:
    """Return the backup that was cut off; None if there is none, or one is being made just now."""
    if not record.read(workspace).unfinished:
        return None
    with _alone(workspace) as alone:
        return _left(workspace) if alone else None


def _left(workspace: Workspace) -> Unfinished | None:
    place = _place(workspace)
    if place is None or _whole(place) is not None:
        return None
    files = _useless(workspace, place)
    return Unfinished(place, files, sum(one.stat().st_size for one in files))


def _place(workspace: Workspace) -> Path | None:
    """Return the place that is remembered, if it can be one: anybody may have written the file."""
    with contextlib.suppress(BadInput):
        place = path_of(record.read(workspace).unfinished)
        return place if place.is_absolute() else None
    return None


def _useless(workspace: Workspace, place: Path) -> tuple[Path, ...]:
    """Return what a single file that was cut off has left behind."""
    if not is_one_file(place):
        return ()
    names = [stage(workspace) / name for name in PARTS]
    if answers(place.parent):
        names.append(part_of(place))
    return tuple(one for one in names if one.is_file() and not one.is_symlink())


def _whole(place: Path) -> Backup | None:
    """Return the backup at `place`, if it was cut off only once it was there whole."""
    if not answers(place):
        return None
    with contextlib.suppress(BadInput, StorageError, OSError):
        if not is_one_file(place) and any(house(place).glob("unfinished-*")):
            return None
        with contextlib.closing(find(place)) as found:
            return found
    return None


def sweep(workspace: Workspace) -> int:
    """Remove what a single file that was cut off has left; return how many bytes that freed."""
    if not record.read(workspace).unfinished:
        return 0
    with _alone(workspace) as alone:
        return _tidy(workspace) if alone else 0


def _tidy(workspace: Workspace) -> int:
    known, place = record.read(workspace), _place(workspace)
    if place is None:
        return 0
    whole, files = _whole(place), _useless(workspace, place)
    size = sum(one.stat().st_size for one in files)
    with storing("removing an unfinished backup"):
        for path in files:
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # none there, or something of somebody's lies in it
            stage(workspace).rmdir()
    if whole is not None and whole.manifest.moment > known.full_at:
        ended(workspace, whole.manifest.moment, whole.home, whole.manifest.pictures)
    elif whole is not None or (
        is_one_file(place) and answers(place.parent) and place.parent.is_dir()
    ):
        _note(workspace, "")  # else its disk is away, and so is what is left
    return size


@contextlib.contextmanager
def _alone(workspace: Workspace) -> Iterator[bool]:
    """Say whether no backup is being made just now, and let none begin meanwhile.

    Where the disk refuses even a lock, nothing can be removed from it either.
    """
    from filelock import FileLock

    with contextlib.ExitStack() as held:
        alone = False
        with contextlib.suppress(OSError):  # which is what a lock that is held raises, too
            held.enter_context(FileLock(workspace.locks / "backup.lock").acquire(timeout=0))
            alone = True
        yield alone
