"""Keeps several workspaces apart by name: which there are, what each is for, and which is used.

A workspace made here says in a file of its own, `workspace.json`, what it is for and under which
name its keys lie in the system's keyring. The file is no part of the database, so no restore and
no copy of rows can turn a place for trials into the real one. A folder without it is what it
always was: a production workspace with the program's usual keys.
"""

import json
import os
import re
import secrets
from pathlib import Path
from typing import NamedTuple

from stylestudio_desktop.config import remembered
from stylestudio_desktop.config.workspace import Workspace, flush, home, write_lasting
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.places import path_of

PRODUCTION, STAGING, DEVELOPMENT = "production", "staging", "development"
KINDS = (PRODUCTION, STAGING, DEVELOPMENT)
FIRST = "main"
"""The name of the workspace that the program makes by itself."""
USUAL_KEYS = "StyleStudio"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FILE = "workspace.json"


class Character(NamedTuple):
    """What a workspace is: its name, what it is for, and where its keys lie in the keyring."""

    name: str = ""
    kind: str = PRODUCTION
    keys: str = USUAL_KEYS

    @property
    def for_trials(self) -> bool:
        """Whether no real money may move here."""
        return self.kind != PRODUCTION


class Known(NamedTuple):
    """A workspace of this user's; `current` is the one that is used when none is named."""

    name: str
    root: Path
    kind: str
    current: bool


def character(workspace: Workspace) -> Character:
    """Return what a workspace is. Raises StorageError for a file that can't be read.

    A damaged file must never turn a staging workspace into one where money moves.
    """
    path = workspace.root / _FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        made = Character(str(found["name"]), str(found["kind"]), str(found["keys"]))
        if made.kind not in KINDS or not made.keys.startswith(USUAL_KEYS):
            raise ValueError("it is not as this program writes it")
    except FileNotFoundError:
        return Character()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(
            f"What the workspace {workspace.root} is for can't be read from {_FILE} ({error}). "
            "Nothing was opened, so that test and real payments stay apart. Put the file right, "
            "or remove it if this is your real workspace."
        ) from error
    return made


def listing() -> list[Known]:
    """Return this user's workspaces by name, the first one first."""
    now = current_name()
    found = [Known(FIRST, home() / "workspace", PRODUCTION, now == FIRST)]
    folder = home() / "workspaces"
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if _NAME.fullmatch(path.name) and _is_one(path):
                kind = character(Workspace(path)).kind
                found.append(Known(path.name, path, kind, path.name == now))
    return found


def named(name: str) -> Workspace:
    """Return the workspace of that name. Raises BadInput."""
    for one in listing():
        if one.name == name:
            return Workspace(one.root)
    names = ", ".join(one.name for one in listing())
    raise BadInput(f"There is no workspace “{name[:60]}”. There are: {names}.")


def create(name: str, kind: str) -> Workspace:
    """Make a workspace with keys of its own. Raises BadInput or StorageError."""
    if not _NAME.fullmatch(name) or name == FIRST:
        raise BadInput(
            f"“{name[:60]}” can't be a workspace's name. Take up to 40 small letters, digits, - "
            f"and _, and not “{FIRST}”. Nothing was made."
        )
    if kind not in KINDS:
        raise BadInput(f"A workspace is for {', '.join(KINDS)}, not for “{kind[:20]}”.")
    workspace = Workspace(home() / "workspaces" / name)
    if workspace.root.exists():
        raise BadInput(
            f"There is a workspace “{name}” already. Nothing was changed. Take another name, or "
            "use that workspace and bring in what is new here."
        )
    keys = f"{USUAL_KEYS} {name} {secrets.token_hex(4)}"
    # It gets its name last: a folder that does not say what it is for would be the real one.
    being = workspace.root.with_name(f".{name}.part")
    _write(being / _FILE, json.dumps(Character(name, kind, keys)._asdict(), indent=1))
    try:
        being.rename(workspace.root)
        flush(workspace.root.parent)
    except OSError as error:
        raise _unwritten(workspace.root, error) from error
    workspace.make()
    remembered.forget(workspace)
    return workspace


def switch(name: str) -> Workspace:
    """Use the workspace of that name from now on. Raises BadInput or StorageError."""
    found = named(name)
    _write(home() / "current", name)
    return found


def current_name() -> str:
    """Return the name of the workspace that is used when none is named."""
    try:
        name = (home() / "current").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return FIRST
    there = _NAME.fullmatch(name) and _is_one(home() / "workspaces" / name)
    return name if there else FIRST


def _is_one(root: Path) -> bool:
    """Say whether a workspace lies here, be it on a disk that is not connected now."""
    return root.is_dir() or remembered.is_away(Workspace(root))


def choose(given: str | None) -> Workspace:
    """Return the workspace meant: a folder, a name, STYLESTUDIO_WORKSPACE, or the current one."""
    word = given or os.environ.get("STYLESTUDIO_WORKSPACE")
    if not word:
        name = current_name()
        return Workspace(home() / "workspace" if name == FIRST else home() / "workspaces" / name)
    path = path_of(word)
    # A word that is also a folder here means the folder, as it always did.
    root = home() / "workspaces" / word
    if _NAME.fullmatch(word) and not path.exists() and _is_one(root):
        return Workspace(root)
    return Workspace(path.absolute())


def _write(path: Path, text: str) -> None:
    try:
        write_lasting(path, text)
    except OSError as error:
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path.name} could not be written in {path.parent}: {error.strerror}. Nothing was "
        "changed. Check the folder and its free space."
    )
