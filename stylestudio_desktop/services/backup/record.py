"""What is remembered about backups outside of the database, so that a restore can't undo it."""

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.files.disk import flush_folder, make_private_folder, storing


@dataclass(frozen=True, slots=True)
class Record:
    """The last proven full backup, the last drill and the last trouble; times in UTC ms.

    `full_folder` is the last one that is no single file. `unfinished` is the place of the backup
    that is being made, or that was cut off.
    """

    full_at: int = 0
    full_place: str = ""
    full_pictures: int = 0
    full_folder: str = ""
    drill_at: int = 0
    drill_ok: bool = False
    drill_sentence: str = ""
    trouble_at: int = 0
    trouble: str = ""
    unfinished: str = ""


def read(workspace: Workspace) -> Record:
    """Return what is remembered; a missing or damaged file means nothing is."""
    try:
        found = json.loads(_path(workspace).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Record()
    if not isinstance(found, dict):
        return Record()
    usual = Record()
    known = {
        one.name: found[one.name]
        for one in fields(Record)
        if type(found.get(one.name)) is type(getattr(usual, one.name))
    }
    return replace(usual, **known)


def change(workspace: Workspace, **changes: Any) -> Record:
    """Remember some facts and return all. Raises StorageError."""
    new = replace(read(workspace), **changes)
    write_file(_path(workspace), json.dumps(asdict(new), indent=1))
    return new


def write_file(path: Path, text: str) -> None:
    """Write a small text file so that it is there whole or not at all. Raises StorageError."""
    partial = path.with_name(path.name + ".part")
    with storing(f"writing {path.name}"):
        make_private_folder(path.parent)
        with open(partial, "w", encoding="utf-8", opener=_private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        flush_folder(path.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def must_be_there(workspace: Workspace, home: Path) -> None:
    """Raise StorageError where the last full backup was made in `home`, and that is away now."""
    last = read(workspace).full_place
    with storing("looking for the former backups"):
        if last and Path(last).parent == home and not home.is_dir():
            raise StorageError(
                f"The backups that were made in {home} are not there, as when their disk is not "
                "connected. Nothing was begun in their place. Connect the disk and try again, or "
                f"choose another folder. If they are gone for good, make the folder {home} again."
            )


def _path(workspace: Workspace) -> Path:
    return workspace.backups / "record.json"
