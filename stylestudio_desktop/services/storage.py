"""How much room the library takes, and how much is left."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.domain.records import Count
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes by purpose; `free` is None where the disk does not say."""

    kept: tuple[Count, ...]
    trashed: tuple[Count, ...]
    database: int
    thumbnails: int
    free: int | None


def room(studio: Studio) -> Room:
    """Return what the library takes, from kept counts; no folder is walked."""
    place = studio.workspace
    return Room(
        kept=tuple(library.totals(studio)),
        trashed=tuple(library.totals(studio, trashed=True)),
        database=_with_journal(place.database),
        thumbnails=_with_journal(place.thumbnails),
        free=_free(place.root),
    )


def _with_journal(path: Path) -> int:
    return sum(_size(path.with_name(path.name + end)) for end in ("", "-wal", "-shm"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a journal comes and goes
        return 0


def _free(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None
