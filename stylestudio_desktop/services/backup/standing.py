"""How well the library is kept just now: what a person should see at a glance."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageError, StorageNewer
from stylestudio_desktop.files.answering import must_answer
from stylestudio_desktop.services.backup import moments, reading, record, schedule, snapshots
from stylestudio_desktop.services.backup.reading import Backup, Manifest
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A complete full backup: its folder or file, and what it says it holds."""

    home: Path
    manifest: Manifest


def places(workspace: Workspace) -> list[Path]:
    """Return where full backups may lie: the last one's place, and the one that was chosen."""
    known = record.read(workspace)
    chosen = SettingsFile(workspace.settings).value.backup_place
    found = [Path(one) for one in (known.full_place, known.full_folder, chosen) if one]
    homes = [one if one.is_file() else reading.house(_place(one)) for one in found]
    return [one for number, one in enumerate(found) if homes[number] not in homes[:number]]


def _place(place: Path) -> Path:
    """Return the place of a version's own folder, or `place` itself."""
    return place.parent if (place / reading.MANIFEST).is_file() else place


def backups(place: Path) -> list[Kept]:
    """Return the complete backups at `place`, newest first; a single file is one.

    What lies there and is none of ours is left out, and so is a disk that does not answer.
    """
    found = []
    with contextlib.suppress(StorageError, BadInput, OSError):
        must_answer(place)
        homes = [place] if place.is_file() else reading.versions(_place(place))
        for home in homes:
            with contextlib.suppress(BadInput), contextlib.closing(_open(home)) as one:
                found.append(Kept(home, one.manifest))
    return found


def _open(home: Path) -> Backup:
    return Backup(home) if home.is_file() else Backup(home, home.parent)


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
