"""Puts a proven library in the place of the present one; a crash at any step loses neither.

The old library's database, pictures and settings move into a folder of their own, then the new
ones move in. What has been decided is written down before each of the two, so that the next
start finishes what a crash has interrupted.
"""

import contextlib
import json
import os
from pathlib import Path

from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageBusy, StorageError, StorageNewer
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import stamp
from stylestudio_desktop.files.disk import flush_folder, make_private_folder, storing
from stylestudio_desktop.services.backup import record
from stylestudio_desktop.store.copying import Copy, has_header
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.schema import refuse_newer

_MOVED = (
    "library.sqlite3-wal",
    "library.sqlite3-shm",
    "library.sqlite3-journal",
    "library.sqlite3",
    "files",
    "settings.json",
    "catalogue.json",
)
_OUT, _IN = "out", "in"
ANEW = "The library was brought back from a backup."
"""Why the ledger is sealed anew afterwards."""


def plan(workspace: Workspace, stage: Path, settings: bool = True) -> None:
    """Decide that `stage`, a folder inside the workspace, replaces what is there.

    From now on the next opening of the library does it. Without `settings` those stay.
    """
    kept = workspace.kept / stamp(now_ms())
    names = [name for name in _MOVED if settings or name not in ("settings.json", "catalogue.json")]
    _decide(
        workspace,
        {
            "phase": _OUT,
            "stage": stage.relative_to(workspace.root).as_posix(),
            "kept": kept.relative_to(workspace.root).as_posix(),
            "names": names,
        },
    )


def is_planned(workspace: Workspace) -> bool:
    """Say whether a library waits to be put in place."""
    return _plan(workspace).is_file()


def forget(workspace: Workspace) -> None:
    """Drop a plan that has not begun, as before another library is built; finish one that has."""
    if not is_planned(workspace):
        return
    from filelock import FileLock

    with storing("dropping a restore"):
        make_private_folder(workspace.locks)
    with storing("dropping a restore"), FileLock(workspace.locks / "swap.lock"):
        if is_planned(workspace) and _read(workspace)["phase"] == _IN:
            _carry_out(workspace)
        _plan(workspace).unlink(missing_ok=True)
        flush_folder(workspace.restoring)


def finish(workspace: Workspace) -> Path | None:
    """Carry out what was decided, and return where the old library lies; None if nothing was.

    Raises StorageBusy while another program has the library open: nothing has moved then.
    """
    if not is_planned(workspace):
        return None
    from filelock import FileLock

    with storing("finishing a restore"):
        make_private_folder(workspace.locks)
    with storing("finishing a restore"), FileLock(workspace.locks / "swap.lock"):
        if not is_planned(workspace):  # another start has done it meanwhile
            return None
        return _carry_out(workspace)


def _carry_out(workspace: Workspace) -> Path:
    decided = _read(workspace)
    stage, kept = workspace.root / decided["stage"], workspace.root / decided["kept"]
    names = [name for name in _MOVED if name in decided["names"]]
    with storing("putting the restored library in its place"):
        if decided["phase"] == _OUT:
            _need_alone(workspace)
            make_private_folder(kept)
            _move(names, workspace.root, kept)
            _decide(workspace, {**decided, "phase": _IN})
        _move(names, stage, workspace.root)
        _plan(workspace).unlink()
        flush_folder(workspace.restoring)
        with contextlib.suppress(OSError):  # a kept library is given back to an empty folder
            stage.rmdir()
    return kept


def _move(names: list[str], source: Path, target: Path) -> None:
    for name in names:
        there = (source / name).exists()
        with contextlib.suppress(OSError):  # an empty folder, made by a start in between
            (target / name).rmdir()
        if there and not (target / name).exists():
            os.rename(source / name, target / name)  # noqa: PTH104 - folders move as they are
    flush_folder(source)
    flush_folder(target)


def _need_alone(workspace: Workspace) -> None:
    """Raise StorageBusy if any other program has the library open.

    Only a database's sole user can turn its journal off, which also folds it in. A database that
    can't be read at all is moved as it is, and with it its journal.
    """
    presence = Presence(workspace.locks)
    names = {path.stem.removeprefix("host-") for path in workspace.locks.glob("host-*.lock")}
    if any(presence.alive(name) for name in names):
        raise _busy()
    if not has_header(workspace.database):  # gone, or rubbish: nobody can have it open
        return
    database = Database(workspace.database)
    try:
        with contextlib.closing(database):
            database.open()
            database.leave_journal()
            database.value("PRAGMA busy_timeout = 500")
            database.value("PRAGMA journal_mode = delete")
    except StorageBusy as error:
        raise _busy() from error
    except StorageError:  # too damaged to be opened, which may be why it is replaced
        return


def _busy() -> StorageBusy:
    return StorageBusy(
        "The restored library is ready, but another program has this library open. Nothing was "
        "changed. Close the window and every other command, then start again."
    )


def _plan(workspace: Workspace) -> Path:
    return workspace.restoring / "plan.json"


def _decide(workspace: Workspace, decided: dict[str, object]) -> None:
    record.write_file(_plan(workspace), json.dumps(decided))


def _read(workspace: Workspace) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_plan(workspace).read_text("utf-8"))
        inside = all(".." not in Path(found[key]).parts for key in ("stage", "kept"))
        if not inside or found["phase"] not in (_OUT, _IN) or Path(found["stage"]).is_absolute():
            raise ValueError("it names another folder")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"The plan of a restore in {workspace.restoring} can't be read ({error}). Nothing was "
            "moved. Move that folder away, then start again."
        ) from error
    return found


def kept(workspace: Workspace) -> list[Path]:
    """Return the libraries that restores have replaced, newest first."""
    with storing("looking for replaced libraries"):
        if not workspace.kept.is_dir():
            return []
        found = [one for one in workspace.kept.iterdir() if (one / "library.sqlite3").is_file()]
    return sorted(found, reverse=True)


def plan_back(workspace: Workspace) -> Path:
    """Decide that the library which the last restore replaced comes back.

    Raises BadInput where there is none, StorageNewer for one that this program could not open.
    """
    found = kept(workspace)
    if not found:
        raise BadInput("No restore has replaced a library here, so there is nothing to go back to.")
    _refuse_newer(found[0] / "library.sqlite3")
    plan(workspace, found[0], (found[0] / "settings.json").exists())
    return found[0]


def _refuse_newer(path: Path) -> None:
    """Raise StorageNewer for a library that this program can't open; a damaged one may come."""
    with contextlib.closing(Copy(path)) as copy:
        try:
            copy.open()
            refuse_newer(copy)
        except StorageNewer:
            raise
        except StorageError:
            return
