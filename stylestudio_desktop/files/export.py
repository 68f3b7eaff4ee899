"""Puts exported pictures into the user's folder: whole or not at all, and never over anything."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.disk import flush_folder, storing
from stylestudio_desktop.files.metadata import Description
from stylestudio_desktop.files.names import numbered, safe_stem
from stylestudio_desktop.files.presets import Original, Preset, encode

_MOST_TRIES = 10_000


def export_picture(
    source: Path,
    folder: Path,
    stem: str,
    preset: Preset | None = None,
    description: Description | None = None,
) -> Path:
    """Export the picture at `source` as `stem` into `folder` and return where it lies.

    The stem is made safe, the suffix follows the content, and a name that is taken gets " (2)"
    and so on. Durable when this returns. Raises BadInput for a picture or folder that cannot be
    used and StorageError for the disk; either way nothing half-written stays behind.
    """
    target = checked_folder(folder)
    data, suffix = encode(source, preset or Original(), description)
    return write_new(data, target, stem, suffix)


def checked_folder(folder: Path) -> Path:
    """Return the true path of an existing folder, or raise BadInput; a link is refused.

    A link could be turned elsewhere between the choice and the writing.
    """
    try:
        found = folder.lstat()
    except OSError as error:
        raise BadInput(f"The folder “{folder}” cannot be used. Choose another.") from error
    if stat.S_ISLNK(found.st_mode):
        raise BadInput(f"“{folder}” is a link to another place. Choose the folder itself.")
    if not stat.S_ISDIR(found.st_mode):
        raise BadInput(f"“{folder}” is not a folder. Choose a folder to export to.")
    return folder.resolve(strict=True)


def write_new(data: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """Write `data` under a name in `folder` that nothing has yet, durable on return."""
    stem = safe_stem(stem)
    with storing("writing an exported picture"), _partial(_name(folder)) as (part, opened):
        opened.write(data)
        _close(opened)
        for number in range(1, _MOST_TRIES):
            final = folder / f"{numbered(stem, number)}{suffix}"
            if final.parent != folder:
                raise BadInput(f"“{stem}” would leave the folder. Choose another name.")
            if _claim(part, final):
                part.unlink(missing_ok=True)
                flush_folder(folder)
                return final
    raise BadInput(f"“{stem}” exists {_MOST_TRIES} times in that folder. Choose another name.")


@contextlib.contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Write a file of the person's own that appears whole at the end, or not at all.

    Until then it lies beside, in place of what a process that was cut off left there. Without
    `replace` FileExistsError is raised where the name was taken meanwhile; raises OSError for
    the disk.
    """
    part = part_of(path)
    part.unlink(missing_ok=True)  # also a link that would lead elsewhere
    with _partial(part) as (_, opened):
        yield opened
        _close(opened)
        if replace:
            part.replace(path)
        elif not _claim(part, path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        part.unlink(missing_ok=True)  # before the flush, or a power cut brings that name back
        flush_folder(path.parent)


def part_of(path: Path) -> Path:
    """Return where the file `path` lies while `new_file` is writing it."""
    known = hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()
    return path.with_name(f".stylestudio-{known[:16]}.tmp")


def _name(folder: Path) -> Path:
    return folder / f".stylestudio-{secrets.token_hex(8)}.tmp"


@contextlib.contextmanager
def _partial(part: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open the new file `part`, which is gone again where it got no other name."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(part, flags, 0o666)  # the user's own folder: the user's umask
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield part, opened
    finally:
        part.unlink(missing_ok=True)


def _close(opened: BinaryIO) -> None:
    opened.flush()
    os.fsync(opened.fileno())
    opened.close()


def _claim(part: Path, final: Path) -> bool:
    """Give the finished file its name unless the name is taken; never replaces anything."""
    if sys.platform == "win32":
        try:
            part.rename(final)  # refuses by itself where the name is taken
        except FileExistsError:
            return False
        return True
    try:
        os.link(part, final, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:  # a file system without second names, such as a memory stick's
        try:
            os.close(os.open(final, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666))
        except FileExistsError:
            return False
        try:
            part.replace(final)
        except BaseException:
            with contextlib.suppress(OSError):
                final.unlink()
            raise
    return True
