"""Gives a library's own files back the rights that a copy or a strange tool took from them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stylestudio_desktop.files.disk import storing

_KEPT_AS_THEY_ARE = ("files", "quarantine")
"""Folders whose files are never written to again, and can only be read on purpose."""


class Given(NamedTuple):
    """How many files and folders got rights back, and how many are another account's."""

    changed: int
    others: int


def give_back(root: Path) -> Given:
    """Let the owner read, and write where this program writes; nobody else gets any right.

    Links are not followed. Raises StorageError where the disk can only be read.
    """
    changed = others = 0
    with storing("allowing it to write in the workspace"):
        for path, found, needed in _walk(root):
            if _strange(found):
                others += 1
            elif found.st_mode & needed != needed:
                path.chmod(stat.S_IMODE(found.st_mode) | needed)
                changed += 1
    return Given(changed, others)


def _strange(found: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and found.st_uid != os.geteuid()


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result, int]]:
    """Yield what lies under `root` and what its owner needs, each folder before it is entered."""
    yield root, root.stat(), stat.S_IRWXU
    folders = [(root, stat.S_IRUSR | stat.S_IWUSR)]
    while folders:
        folder, of_files = folders.pop()
        try:
            with os.scandir(folder) as entries:
                there = list(entries)
        except PermissionError:  # another account's, which was counted already
            continue
        for entry in there:
            found = entry.stat(follow_symlinks=False)
            path = Path(entry.path)
            if stat.S_ISDIR(found.st_mode):
                kept = folder == root and entry.name in _KEPT_AS_THEY_ARE
                folders.append((path, stat.S_IRUSR if kept else of_files))
                yield path, found, stat.S_IRWXU
            elif stat.S_ISREG(found.st_mode):
                yield path, found, of_files
