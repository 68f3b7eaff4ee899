"""Remembers where this user's libraries are, so that one whose disk is away is no new beginning.

Without it a workspace on a disk that is not connected would become an empty library in the folder
where that disk is usually found, and every picture would look lost. What is remembered lies beside
the user's workspaces, so whoever removes all of that begins anew; losing it costs nothing else.
"""

import contextlib
import json
import os
from itertools import islice
from pathlib import Path

from stylestudio_desktop.config.workspace import Workspace, home, write_lasting
from stylestudio_desktop.domain.errors import Code, Remedy, StorageError

_FILE = "libraries.json"
MOST = 200
"""Folders remembered; whoever has more libraries forgets the one not opened for longest."""


class LibraryAway(StorageError):
    """A library that was opened before is not in its folder; nothing was made in its place."""

    code = Code.STORAGE_AWAY
    remedy = Remedy.RETRY

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"The library in {root} is not there, as when its disk is not connected. Nothing was "
            "made in its place. Connect the disk and try again, or choose another folder. If the "
            f"library is gone for good, “stylestudio --workspace {root} restore-backup PLACE” "
            f"brings it back from a full backup, and “stylestudio workspace begin {root}” begins a "
            "new one there."
        )


def is_away(workspace: Workspace) -> bool:
    """Say whether a library is known to belong here and nothing of it can be found."""
    with contextlib.suppress(OSError):  # what can't be looked at is told when it is opened
        there = (
            workspace.database.exists()
            or (workspace.restoring / "plan.json").exists()
            or any(islice(workspace.backups.glob("*.sqlite3"), 1))
            or any(islice(workspace.files.glob("??/??/*"), 1))
        )
        return not there and _name(workspace.root) in _known()
    return False


def must_be_there(workspace: Workspace) -> None:
    """Raise LibraryAway where a library is known to belong and none is."""
    if is_away(workspace):
        raise LibraryAway(workspace.root)


def remember(workspace: Workspace) -> None:
    """Keep in mind that a library is here; where that can't be written, it is opened all the same.

    Two programs that do so at once may lose one of the two until it is opened again.
    """
    known, name = _known(), _name(workspace.root)
    if name not in known[-MOST // 2 :]:  # one that is opened now and then is never forgotten
        _write([*(one for one in known if one != name), name][-MOST:])


def forget(workspace: Workspace) -> None:
    """Let a new library begin here."""
    known, name = _known(), _name(workspace.root)
    if name in known:
        _write([one for one in known if one != name])


def _name(root: Path) -> str:
    return os.path.realpath(root)


def _known() -> list[str]:
    try:
        found = json.loads((home() / _FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _write(known: list[str]) -> None:
    with contextlib.suppress(OSError):
        write_lasting(home() / _FILE, json.dumps(known, indent=1))
