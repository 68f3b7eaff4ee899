"""Says where a workspace keeps its database, files and the rest, and makes its folders."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from stylestudio_desktop.domain.errors import StorageError


class Workspace(NamedTuple):
    """A folder that holds one library with everything that belongs to it."""

    root: Path

    @property
    def database(self) -> Path:
        """The library's SQLite file."""
        return self.root / "library.sqlite3"

    @property
    def files(self) -> Path:
        """The file store."""
        return self.root / "files"

    @property
    def thumbnails(self) -> Path:
        """The thumbnail cache, which can be deleted at any time."""
        return self.root / "thumbnails.sqlite3"

    @property
    def settings(self) -> Path:
        """The workspace's settings."""
        return self.root / "settings.json"

    @property
    def catalogue(self) -> Path:
        """A catalogue of the user's own, which is used instead of ours when it is there."""
        return self.root / "catalogue.json"

    @property
    def services(self) -> Path:
        """Services and models of the user's own, laid over ours when the file is there."""
        return self.root / "services.json"

    @property
    def logs(self) -> Path:
        """Logs and crash reports."""
        return self.root / "logs"

    @property
    def tmp(self) -> Path:
        """Unfinished files; on the same file system as the file store."""
        return self.root / "tmp"

    @property
    def locks(self) -> Path:
        """Lock files by which processes see each other."""
        return self.root / "locks"

    @property
    def backups(self) -> Path:
        """Snapshots of the database."""
        return self.root / "backups"

    @property
    def journal(self) -> Path:
        """What every commit wrote since the oldest moment that one can go back to."""
        return self.root / "journal"

    @property
    def restoring(self) -> Path:
        """A restored library on its way in; empty but in the middle of a restore."""
        return self.root / "restoring"

    @property
    def quarantine(self) -> Path:
        """Files that a repair has set aside."""
        return self.root / "quarantine"

    @property
    def kept(self) -> Path:
        """Libraries that a restore has replaced, each whole in a folder of its own."""
        return self.root / "kept"

    def paths(self) -> dict[str, str]:
        """Return every place by name, for people and scripts."""
        return {
            "workspace": str(self.root),
            "database": str(self.database),
            "files": str(self.files),
            "thumbnails": str(self.thumbnails),
            "settings": str(self.settings),
            "logs": str(self.logs),
            "tmp": str(self.tmp),
            "backups": str(self.backups),
        }

    def make(self) -> None:
        """Make the folders, readable by the user alone; they last. Raises StorageError."""
        try:
            for folder in (self.root, self.files, self.logs, self.tmp, self.locks, self.journal):
                make_lasting(folder)
        except OSError as error:
            raise StorageError(
                f"The workspace {self.root} can't be used: {error.strerror}. Nothing was changed. "
                "Check that its disk is connected and that you may write there, or choose another "
                "folder."
            ) from error


def home() -> Path:
    """Return the folder that holds this user's workspaces."""
    import platformdirs

    return Path(platformdirs.user_data_dir("StyleStudio", False))


def make_lasting(folder: Path) -> None:
    """Make `folder` (mode 0700) and missing parents; no power cut takes them. Raises OSError."""
    missing = []
    step = folder
    while not step.is_dir():
        missing.append(step)
        step = step.parent
    for new in reversed(missing):
        new.mkdir(mode=0o700, exist_ok=True)
        flush(new.parent)


def flush(folder: Path) -> None:
    """Make the names in `folder` last. Windows keeps them with the file system's journal."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_lasting(path: Path, text: str) -> None:
    """Write a small file, readable by the user alone, that is there whole or not. OSError."""
    partial = path.with_name(path.name + ".part")
    make_lasting(path.parent)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    flush(path.parent)
