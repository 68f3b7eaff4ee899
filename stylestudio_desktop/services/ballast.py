"""A file that is only there to be thrown away: on a full disk it makes the room the books need.

SQLite in write-ahead mode needs room even to delete. Dropping the ballast lets what is under way
be ended and paid for rightly; it is filled again once there is plenty of room.
"""

import logging
import os
import shutil
from pathlib import Path

from stylestudio_desktop.config.workspace import Workspace

_log = logging.getLogger(__name__)
SIZE = 16 * 1_048_576
PLENTY = 16 * SIZE
"""Bytes that must be free before the ballast is made: it must never be what fills the disk."""


def _path(workspace: Workspace) -> Path:
    return workspace.tmp / "ballast"


def keep(workspace: Workspace) -> bool:
    """Have the ballast there if the disk has plenty of room; return whether it is there."""
    path = _path(workspace)
    try:
        if path.exists() and path.stat().st_size == SIZE:
            return True
        if shutil.disk_usage(workspace.root).free < PLENTY:
            return False
        with path.open("wb") as file:
            # Real bytes: a file with holes in it takes no room and would give none back.
            file.write(os.urandom(SIZE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _log.warning("the ballast could not be made: %s", error)
        return False
    return True


def drop(workspace: Workspace) -> bool:
    """Throw the ballast away to make room; return whether there was any."""
    try:
        _path(workspace).unlink()
    except OSError:
        return False
    _log.warning("the disk is full: the ballast was dropped so that the books can be ended")
    return True
