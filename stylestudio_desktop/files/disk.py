"""What a disk can refuse, said in sentences, and the few steps that make a write last."""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from stylestudio_desktop.domain.errors import (
    BadInput,
    NotFound,
    Remedy,
    StorageBusy,
    StorageError,
    StorageFull,
)

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_HANDLES = {errno.EMFILE, errno.ENFILE}


def is_full(error: OSError) -> bool:
    """Say whether there is no more room on the disk, or no more for this person."""
    return error.errno in _FULL


def storage_error(error: OSError, doing: str) -> StorageError:
    """Return the typed error for an OSError of our own storage, met while `doing` something.

    `doing` completes "while …", for instance "saving a picture".
    """
    if is_full(error):
        return StorageFull(
            f"The disk became full while {doing}. What was saved before is safe and nothing is "
            "left half-written. Free some space, then try again."
        )
    if error.errno == errno.EROFS:
        return StorageError(
            f"The disk of the workspace can only be read, which showed while {doing}. Nothing was "
            "changed. Make the disk writable or move the workspace, then try again."
        )
    if error.errno in _FORBIDDEN:
        return StorageError(
            f"The system did not allow it while {doing}. Nothing was changed. Check who owns the "
            "workspace folder and that this program may write there.",
            remedy=Remedy.ALLOW_WRITING,
        )
    if error.errno in _HANDLES:
        return StorageBusy(
            f"Too many files are open on this computer while {doing}. Nothing was changed. "
            "Close other programs, then try again."
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StorageError(
        f"The disk failed while {doing} ({reason}). What was saved before has not been touched. "
        "Check the disk, make a backup, then try again."
    )


def source_error(error: OSError, name: str) -> BadInput:
    """Return the typed error for an OSError met while reading the file a person gave us."""
    if error.errno == errno.ENOENT:
        return NotFound(f"“{name}” is no longer there. Nothing was changed; choose it again.")
    if error.errno in _FORBIDDEN:
        return BadInput(
            f"“{name}” may not be read by this program. Nothing was changed; "
            "allow reading it or choose another file."
        )
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENOTDIR, errno.ENODEV):
        return BadInput(_not_a_photo(name))
    reason = os.strerror(error.errno) if error.errno else str(error)
    return BadInput(
        f"“{name}” could not be read ({reason}). Nothing was changed; "
        "copy it to this computer and choose it again."
    )


@contextlib.contextmanager
def storing(doing: str) -> Iterator[None]:
    """Turn every OSError inside into the sentence that `storage_error` gives."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, doing) from error


def _not_a_photo(name: str) -> str:
    return f"“{name}” is not an ordinary file. Choose a photo; nothing was changed."


def open_regular(path: Path, *, follow: bool = True) -> int:
    """Return a read-only descriptor of an ordinary file, or raise BadInput without blocking.

    A pipe or device is refused before it is opened, since opening alone may block or act; what
    was opened is looked at again, since the name may have been given to something else meanwhile.
    With `follow` off a symbolic link is refused too.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_CLOEXEC", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        before = path.stat(follow_symlinks=follow)
        if not stat.S_ISREG(before.st_mode):
            raise BadInput(_not_a_photo(path.name))
        descriptor = os.open(path, flags)
    except ValueError as error:  # a NUL in the name
        raise BadInput(f"“{path.name!a}” is not a usable file name.") from error
    except OSError as error:
        raise source_error(error, path.name) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInput(_not_a_photo(path.name))
    return descriptor


def flush_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Windows keeps them with the file system's journal."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private_folder(folder: Path) -> None:
    """Make `folder` (mode 0700) and missing parents, each durable before this returns."""
    missing = []
    step = folder
    while not step.exists():
        missing.append(step)
        step = step.parent
    for new in reversed(missing):
        with contextlib.suppress(FileExistsError):  # another process was quicker
            new.mkdir(mode=0o700)
        flush_folder(new.parent)


def is_same_state(before: os.stat_result, after: os.stat_result) -> bool:
    """Return whether a file looks unchanged between two looks at its descriptor."""
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
