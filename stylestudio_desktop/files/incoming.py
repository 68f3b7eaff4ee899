"""Bytes on their way into the store: copied, hashed and flushed before they get their name."""

import contextlib
import hashlib
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.disk import is_same_state, open_regular, source_error, storing

# Reading into one buffer and hashing on the way was as fast as copy_file_range followed by a
# hash of the copy on ext4 (5.0 against 5.4 ms for 5 MB) and needs no second look at the bytes.
_BUFFER = 1 << 18
_PREFIX = "ingest-"

if sys.platform != "win32":
    import fcntl


@dataclass(slots=True)
class Incoming:
    """One copied file under a temporary name, with its digest and size in bytes."""

    path: Path
    storage_id: str
    size: int
    descriptor: int | None

    def flush(self) -> None:
        """Make the bytes durable and the file read-only."""
        if self.descriptor is not None:
            if sys.platform != "win32":
                os.fchmod(self.descriptor, 0o400)
            os.fsync(self.descriptor)

    def release(self) -> None:
        """Close the descriptor (and with it the mark that this file is being written)."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def discard(self) -> None:
        """Delete the copy if it has not been published; what a disk holds on to is swept later."""
        self.release()
        with contextlib.suppress(OSError):
            self.path.unlink()

    @staticmethod
    def is_marked(name: str) -> bool:
        """Return whether a temporary of this name is held locked for as long as its writer lives.

        Never so on Windows, where nothing can be told from a lock without opening the file.
        """
        return sys.platform != "win32" and name.startswith(_PREFIX)

    @staticmethod
    def is_being_written(path: Path) -> bool:
        """Return whether a live process still writes `path`; only meaningful for temporaries.

        The writer holds a lock on the file that dies with its process. Windows refuses to
        delete an open file by itself, so nothing needs to be known there.
        """
        if sys.platform == "win32":
            return False
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # held, or a file system that cannot say: leave it for another day
            return True
        finally:
            os.close(descriptor)
        return False


def receive(source: Path | BinaryIO, folder: Path, limit_bytes: int) -> Incoming:
    """Copy `source` to a temporary file in `folder`, hashing on the way; not yet flushed.

    Raises BadInput if it is larger than `limit_bytes`, cannot be read, or changed meanwhile.
    """
    if isinstance(source, Path):
        with os.fdopen(open_regular(source), "rb", buffering=0) as opened:
            before = os.fstat(opened.fileno())
            _refuse_large(before.st_size, limit_bytes, source.name)
            incoming = _copy(opened, folder, limit_bytes, source.name)
            after = os.fstat(opened.fileno())
            if incoming.size != after.st_size or not is_same_state(before, after):
                incoming.discard()
                raise BadInput(
                    f"“{source.name}” changed while it was read. Nothing was kept of it; "
                    "import it again when it is finished."
                )
            return incoming
    return _copy(source, folder, limit_bytes, "The picture")


def _copy(source: BinaryIO, folder: Path, limit_bytes: int, name: str) -> Incoming:
    with storing("saving a picture"):
        descriptor, path = _new_temporary(folder)
    incoming = Incoming(path, "", 0, descriptor)
    digest = hashlib.sha256()
    buffer = bytearray(_BUFFER)
    view = memoryview(buffer)
    try:
        while count := _read(source, view, name):
            incoming.size += count
            _refuse_large(incoming.size, limit_bytes, name)
            digest.update(view[:count])
            with storing("saving a picture"):
                _write(descriptor, view[:count])
    except BaseException:
        incoming.discard()
        raise
    incoming.storage_id = digest.hexdigest()
    return incoming


def _read(source: BinaryIO, view: memoryview, name: str) -> int:
    try:
        readinto = getattr(source, "readinto", None)
        if readinto is not None:
            return int(readinto(view) or 0)
        block = source.read(len(view))
    except OSError as error:
        raise source_error(error, name) from error
    view[: len(block)] = block
    return len(block)


def _write(descriptor: int, block: memoryview) -> None:
    while block:
        block = block[os.write(descriptor, block) :]


def _new_temporary(folder: Path) -> tuple[int, Path]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        path = folder / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(8)}.tmp"
        descriptor = os.open(path, flags, 0o600)
        if sys.platform == "win32":
            return descriptor, path
        with contextlib.suppress(OSError):  # a file system without locks: age protects instead
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:
            return descriptor, path
        os.close(descriptor)  # a sweep in another process took it in the instant before the lock


def _refuse_large(size: int, limit_bytes: int, name: str) -> None:
    if size > limit_bytes:
        raise BadInput(
            f"“{name}” is larger than {limit_bytes / 1_048_576:.3g} MB, the largest file that is "
            "taken. Nothing was changed; save it smaller, or raise the limit in the settings."
        )
