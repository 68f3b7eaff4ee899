"""How well the library is kept just now: what a person should see at a glance."""

import contextlib
from dataclasses import dataclass

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError, StorageNewer
from stylestudio_desktop.services.backup import moments, record, schedule, snapshots
from stylestudio_desktop.services.backup.record import Record
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.copying import has_header
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.rewinding import Stretch
from stylestudio_desktop.store.schema import current_version, refuse_newer


@dataclass(frozen=True, slots=True)
class Standing:
    """The proven snapshots, newest first; what is remembered; and whether a restore waits.

    `reach` are the stretches of time any moment of which can be gone back to, oldest first; the
    last one lasts until now if the journal `goes_on`.
    """

    snapshots: tuple[Snapshot, ...]
    known: Record
    place: str
    every_days: int
    looking: bool
    reach: tuple[Stretch, ...] = ()
    goes_on: bool = True

    @property
    def verified_at(self) -> int:
        """The moment (UTC milliseconds) of the last proven backup of any kind; 0 if none."""
        newest = self.snapshots[0].moment if self.snapshots else 0
        return max(newest, self.known.full_at)


def standing(studio: Studio) -> Standing:
    """Return how the library is kept."""
    value = studio.settings.value
    return Standing(
        tuple(snapshots.listing(studio.workspace)),
        record.read(studio.workspace),
        value.backup_place,
        value.backup_every_days,
        schedule.waits_for_a_look(studio),
        moments.reach(studio.workspace),
        moments.goes_on(studio.workspace),
    )


def is_newer(schema: int) -> bool:
    """Say whether only a newer program can read what has this schema version."""
    return schema > current_version()


def newer(workspace: Workspace) -> StorageNewer | None:
    """Return what to say of a library that a newer program has written; None of all others."""
    if not has_header(workspace.database):
        return None
    with contextlib.closing(Database(workspace.database)) as database:
        try:
            database.open()
            refuse_newer(database)
        except StorageNewer as error:
            return error
        except StorageError:  # damaged: whoever opens it is told
            return None
    return None
