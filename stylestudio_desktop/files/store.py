"""Keeps every picture under the digest of its bytes, so that none is lost or changed."""

import contextlib
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from stylestudio_desktop.domain.errors import BadInput, Code, StorageError
from stylestudio_desktop.files.batch import Batch
from stylestudio_desktop.files.disk import (
    flush_folder,
    make_private_folder,
    open_regular,
    storage_error,
    storing,
)
from stylestudio_desktop.files.identity import STORAGE_ID, Condition, Stored, check_storage_id
from stylestudio_desktop.files.incoming import Incoming

_READ = 1 << 18

__all__ = ["Batch", "Condition", "FileStore", "Stored", "check_storage_id"]


class FileStore:
    """A folder of immutable files named by their SHA-256, as `root/ab/cd/<digest>`.

    `root` and `tmp` must lie on one file system: a file is written in `tmp`, flushed, and only
    then renamed to its name, so no reader and no crash ever meets half a file under that name.
    Safe for many threads and processes at once.
    """

    def __init__(self, root: Path, tmp: Path) -> None:
        """Open the store, making both folders (mode 0700) where they are missing."""
        self.root = root
        self.tmp = tmp
        self._durable: set[Path] = set()
        with storing("opening the store of pictures"):
            make_private_folder(root)
            make_private_folder(tmp)

    def path(self, storage_id: str) -> Path:
        """Return where the file of that digest lies or would lie."""
        check_storage_id(storage_id)
        return self.root.joinpath(storage_id[:2], storage_id[2:4], storage_id)

    def exists(self, storage_id: str) -> bool:
        """Return whether an ordinary file lies there (its bytes are not looked at)."""
        return self.size(storage_id) is not None

    def size(self, storage_id: str) -> int | None:
        """Return the stored size in bytes, None if there is no such file."""
        try:
            found = self.path(storage_id).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise storage_error(error, "looking for a stored picture") from error
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def open(self, storage_id: str) -> BinaryIO:
        """Open a stored file for reading; StorageError with code FILE_MISSING if it is gone."""
        path = self.path(storage_id)
        try:
            return os.fdopen(open_regular(path, follow=False), "rb")
        except BadInput as error:
            raise StorageError(
                "The bytes of this picture are missing from the workspace. Everything else is "
                "untouched. Restore the workspace's files from a backup, or import it again.",
                code=Code.FILE_MISSING,
            ) from error

    def quick(self, storage_id: str, size: int | None = None) -> Condition:
        """Look at presence and, if `size` is given, at the length only: microseconds."""
        found = self.size(storage_id)
        if found is None:
            return Condition.MISSING
        return Condition.DAMAGED if size is not None and found != size else Condition.INTACT

    def verify(self, storage_id: str) -> Condition:
        """Read every byte and compare its SHA-256 with the name."""
        if self.size(storage_id) is None:
            return Condition.MISSING
        digest = hashlib.sha256()
        try:
            with self.open(storage_id) as stored:
                while block := stored.read(_READ):
                    digest.update(block)
        except StorageError:
            return Condition.MISSING if self.size(storage_id) is None else Condition.DAMAGED
        except OSError:  # a sector that cannot be read is damage, and the list must go on
            return Condition.DAMAGED
        return Condition.INTACT if digest.hexdigest() == storage_id else Condition.DAMAGED

    def ingest(
        self,
        source: Path | BinaryIO,
        limit_bytes: int,
        check: Callable[[Path], object] | None = None,
    ) -> Stored:
        """Copy `source` into the store; when this returns the bytes outlast a power cut.

        `check` is called with the copy before it is published and may refuse it by raising, so
        the bytes that were examined are the bytes that are kept. Raises BadInput for a source
        that is too large, unreadable or changed while it was read; StorageError for the disk.
        """
        with self.batch() as batch:
            incoming = batch.add(source, limit_bytes)
            if check is not None:
                check(incoming.path)
        return batch.stored[0]

    def adopt(self, temp_path: Path, check: Callable[[Path], object] | None = None) -> Stored:
        """Take over a finished download: the file itself is flushed and renamed, not copied.

        It must lie on the store's file system, closed by its writer. A file with a second name
        (a hard link) is copied instead, since somebody could still change it.
        """
        with storing("saving a downloaded picture"):
            descriptor = open_regular(temp_path, follow=False)
            with os.fdopen(descriptor, "rb") as opened:
                status = os.fstat(opened.fileno())
                same_disk = status.st_dev == self.tmp.stat().st_dev
                if status.st_nlink > 1 or not same_disk or sys.platform == "win32":
                    stored = self.ingest(opened, status.st_size, check)
                    temp_path.unlink()
                    return stored
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
                if check is not None:
                    check(temp_path)
                os.fchmod(opened.fileno(), 0o400)
                os.fsync(opened.fileno())
            incoming = Incoming(temp_path, digest, status.st_size, None)
            folders: set[Path] = set()
            stored = self.publish(incoming, folders)
            for folder in folders:
                flush_folder(folder)
            return stored

    def batch(self, *, lenient: bool = False) -> Batch:
        """Return a group of files that become durable together, at the end of its `with`."""
        return Batch(self, lenient=lenient)

    def remove(self, storage_id: str, grace_s: float = 0.0) -> bool:
        """Delete one stored file that no row refers to (the caller has proven it).

        Returns False, and keeps the file, if it was saved (or saved again) in the last
        `grace_s` seconds: its row may be about to be written. The file is moved aside before
        its age is read, so an ingest at the same instant either shows in that age or sees the
        file gone and brings its own. Refuses links and everything that is not a stored file.
        """
        path = self.path(storage_id)
        with storing("removing a stored picture"):
            for folder in (path.parent.parent, path.parent):
                if folder.exists() and not stat.S_ISDIR(folder.lstat().st_mode):
                    raise BadInput(f"{folder} is a link, so nothing was removed through it.")
            try:
                found = path.lstat()
            except FileNotFoundError:
                return False
            if not stat.S_ISREG(found.st_mode):
                raise BadInput(f"{path} is not an ordinary file, so it was not removed.")
            aside = self.tmp / f"remove-{storage_id}-{os.getpid()}-{time.monotonic_ns()}.tmp"
            path.rename(aside)
            if time.time() - aside.lstat().st_mtime < grace_s:
                aside.rename(path)
                return False
            if sys.platform == "win32":
                aside.chmod(0o600)
            aside.unlink()
            flush_folder(path.parent)
            return True

    def sweep_temporaries(self, older_than_s: float = 0.0) -> int:
        """Delete what a crash left in `tmp`, and return how many files that was.

        Only ordinary files named `*.tmp` or `*.part` directly in `tmp`, not being written by any
        live process, and last written more than `older_than_s` seconds ago. A copy on its way in
        shows by its mark whether its writer lives, so its age is not asked where marks exist.
        """
        swept = 0
        horizon = time.time() - older_than_s
        with storing("tidying temporary files"), os.scandir(self.tmp) as entries:
            for entry in entries:
                if not entry.name.endswith((".tmp", ".part")):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    continue
                with contextlib.suppress(FileNotFoundError):  # swept by another process
                    old = entry.stat(follow_symlinks=False).st_mtime <= horizon
                    if not old and not Incoming.is_marked(entry.name):
                        continue
                    if not Incoming.is_being_written(Path(entry.path)):
                        swept += _gone(Path(entry.path))
        return swept

    def every(self) -> Iterator[str]:
        """Yield the id of every stored file, in order, one fan-out folder at a time."""
        with storing("listing the stored pictures"):
            for first in _folders(self.root):
                for second in _folders(first):
                    prefix = first.name + second.name
                    with os.scandir(second) as entries:
                        names = sorted(
                            entry.name
                            for entry in entries
                            if entry.name.startswith(prefix)
                            and STORAGE_ID.fullmatch(entry.name)
                            and entry.is_file(follow_symlinks=False)
                        )
                    yield from names

    def publish(self, incoming: Incoming, folders: set[Path]) -> Stored:
        """Give flushed bytes their name, unless intact bytes have it (for `Batch` and `adopt`).

        The caller must flush every folder that this adds to `folders` before it relies on it.
        """
        path = self.path(incoming.storage_id)
        folders.add(self._folder(path.parent))
        stored = Stored(incoming.storage_id, incoming.size)
        if self._kept(path):
            incoming.discard()
            return Stored(stored.storage_id, stored.size, new=False)
        if sys.platform == "win32":
            incoming.release()  # Windows renames no open file and replaces no read-only one
            if path.exists():
                path.chmod(0o600)
        incoming.path.replace(path)
        incoming.release()  # only now: without its mark a temporary is anybody's to sweep
        return stored

    def _kept(self, path: Path) -> bool:
        """Return whether intact bytes lie there already; they then count as saved just now."""
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                return False
            os.utime(path)
        except (FileNotFoundError, PermissionError):
            return False
        return self.verify(path.name) is Condition.INTACT

    def _folder(self, folder: Path) -> Path:
        """Make a fan-out folder and make its own name durable once in this process's life."""
        if folder not in self._durable:
            for step in (folder.parent, folder):
                step.mkdir(mode=0o700, exist_ok=True)
                if not stat.S_ISDIR(step.lstat().st_mode):
                    raise BadInput(f"{step} is a link; the store does not write through links.")
            flush_folder(folder.parent)
            flush_folder(self.root)
            self._durable.add(folder)
        return folder


def _gone(temporary: Path) -> bool:
    """Delete a temporary file; False where Windows says that somebody still has it open."""
    try:
        temporary.unlink()
    except PermissionError:
        if sys.platform == "win32":
            return False
        raise
    return True


def _folders(parent: Path) -> list[Path]:
    with os.scandir(parent) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if len(entry.name) == 2 and entry.is_dir(follow_symlinks=False)
        )
    return [parent / name for name in names]
