"""What SQLite says when storage fails, as the errors that carry a sentence and a cure."""

from collections.abc import Callable

from stylestudio_desktop.domain.errors import (
    IllegalStep,
    Remedy,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageNewer,
)

BUSY_MS = 10_000
SAFE = "Nothing of this step was kept, and everything before it is safe."


def known(story: str) -> StorageError | IllegalStep | None:
    """Return the error for what SQLite said, in small letters, or None if it says nothing."""
    for signs, build in _DIAGNOSES:
        if any(sign in story for sign in signs):
            return build(story)
    return None


def _full(_story: str) -> StorageFull:
    return StorageFull(f"The disk is full. {SAFE} Free some space and try again.")


def _busy(_story: str) -> StorageBusy:
    return StorageBusy(
        f"Another program has been using the library for {BUSY_MS // 1000} seconds. {SAFE} "
        "Wait a moment and try again."
    )


def _step(_story: str) -> IllegalStep:
    return IllegalStep("That step is not possible from where this stands now. Nothing was changed.")


def damaged(story: str) -> StorageError:
    """Return the error for a database that can't be read as one."""
    first, remedy = "Close", Remedy.BRING_BACK
    if "disk i/o error" in story:  # it was unplugged or went read-only, or the file ends too soon
        story, remedy = "disk i/o error", Remedy.CHECK_LIBRARY
        first = "Look first whether its disk is connected, and not read-only. If all is well, close"
    return StorageError(
        f"The library's database is damaged or can't be read or written ({story[:120]}). {SAFE} "
        f"{first} the program and make a copy of the workspace folder. Then “stylestudio backup "
        "list” shows the snapshots, and “stylestudio restore-backup NAME” brings one back; if "
        "there is none, “stylestudio rebuild” makes the library anew of its pictures.",
        remedy=remedy,
    )


def _read_only(_story: str) -> StorageError:
    return StorageError(
        f"The library can't be written to. {SAFE} Check the folder's permissions, and that its "
        "disk is connected and not read-only.",
        remedy=Remedy.ALLOW_WRITING,
    )


def _newer(_story: str) -> StorageNewer:
    return StorageNewer(
        "This library was written by a newer version of the program and was not opened, so that "
        "nothing in it is harmed. Install the newest version."
    )


_DIAGNOSES: tuple[tuple[tuple[str, ...], Callable[[str], StorageError | IllegalStep]], ...] = (
    (("database or disk is full", "no space left"), _full),
    (("illegal step of",), _step),
    (("malformed", "not a database", "disk i/o error", "corrupt"), damaged),
    (("readonly", "read-only", "unable to open"), _read_only),
    (("database is locked", "database table is locked", "busy"), _busy),
    (("unsupported file format",), _newer),
)
