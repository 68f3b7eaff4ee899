"""Remembers where this user's libraries are, so that one whose disk is away is no new beginning.

Without it a workspace on a disk that is not connected would become an empty library in the folder
where that disk is usually found, and every picture would look lost. What is remembered lies beside
the user's workspaces, so whoever removes all of that begins anew; losing it costs nothing else.

A folder elsewhere that somebody names and has removed may begin anew, as scripts do: there a
library is away only if the disk that is found in its place is another one.
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
        known = _known()
        name = _name(workspace.root)
        if there or name not in known:
            return False
        return workspace.root.is_relative_to(home()) or known[name] != _disk(name)
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
    disk = _disk(name)
    # One that is opened now and then is never forgotten.
    if known.get(name) != disk or name not in [*known][-MOST // 2 :]:
        known.pop(name, None)
        _write({**known, name: disk})


def forget(workspace: Workspace) -> None:
    """Let a new library begin here."""
    known, name = _known(), _name(workspace.root)
    if known.pop(name, None) is not None:
        _write(known)


def _name(root: Path) -> str:
    return os.path.realpath(root)


def _disk(name: str) -> int:
    """Return the number of the disk that holds a folder, or would; 0 where there is none."""
    for folder in (Path(name), *Path(name).parents):
        with contextlib.suppress(OSError):
            return folder.stat().st_dev
    return 0


def _known() -> dict[str, int]:
    try:
        found = json.loads((home() / _FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: disk for name, disk in pairs if isinstance(disk, int)}


def _write(known: dict[str, int]) -> None:
    with contextlib.suppress(OSError):
        kept = dict(list(known.items())[-MOST:])
        write_lasting(home() / _FILE, json.dumps(kept, indent=1))
