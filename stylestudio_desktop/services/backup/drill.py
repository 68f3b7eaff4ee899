"""Tries on the user's own machine whether the backups would come back, and remembers the answer."""

import contextlib
from dataclasses import dataclass
from threading import Event

from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import (
    moments,
    proving,
    reading,
    record,
    restore,
    snapshots,
    staging,
)
from stylestudio_desktop.services.backup.reading import Progress, silent
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, copying
from stylestudio_desktop.store.checks import FAULTS


@dataclass(frozen=True, slots=True)
class Drill:
    """Whether everything would come back, in a sentence, and what would not."""

    ok: bool
    sentence: str
    faults: tuple[str, ...]


def drill(studio: Studio, progress: Progress = silent, cancelled: Event | None = None) -> Drill:
    """Restore the newest snapshot on trial, read the last full backup whole, and remember both.

    The trial lies beside the library for as long as it takes. Raises BadInput when there is no
    backup at all, Stopped, or StorageError.
    """
    newest = next(iter(snapshots.listing(studio.workspace)), None)
    place = record.read(studio.workspace).full_place
    if newest is None and not place:
        raise BadInput("There is no backup yet. “stylestudio backup snapshot” makes one.")
    found: list[str] = []
    tried: list[str] = []
    if newest is not None:
        origin = moments.find(studio.workspace, max(newest.moment, now_ms()))
        found += _try(studio, origin, progress, cancelled)
        since = isinstance(origin, moments.Moment)
        tried.append("the newest snapshot" + " with what was written since" * since)
    if place:
        found += _read(studio, place, progress, cancelled)
        tried.append("the last full backup")
    names = " and ".join(tried)
    if found:
        sentence = f"A trial with {names} failed. Make a new backup now. {found[0]}"
    else:
        sentence = f"A trial with {names} brought everything back."
    record.change(studio.workspace, drill_at=now_ms(), drill_ok=not found, drill_sentence=sentence)
    return Drill(not found, sentence, tuple(found))


def _try(
    studio: Studio,
    origin: restore.Origin,
    progress: Progress,
    cancelled: Event | None,
) -> list[str]:
    folder = studio.workspace.restoring / "drill"
    try:
        made = restore.stage(studio.workspace, origin, folder, progress, cancelled, fetch=False)
        copy = copying.Copy(folder / reading.DATABASE)
        with contextlib.closing(copy):
            copy.open()
            found = [
                f"In the library brought back: {fault.sentence.format(*row)}"
                for fault in FAULTS
                for row in audit.faults(copy, fault)
            ]
        if made.missing:
            found.append(
                f"{len(made.missing)} pictures of the snapshot are no longer in the library."
            )
        return found
    except StorageError as error:
        return [error.sentence]
    finally:
        staging.put_away(folder)


def _read(studio: Studio, place: str, progress: Progress, cancelled: Event | None) -> list[str]:
    try:
        return proving.faults(studio.workspace, place, progress, cancelled)
    except BadInput as error:
        return [error.sentence]
