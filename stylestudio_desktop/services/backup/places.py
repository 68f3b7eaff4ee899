"""Where full backups lie: the last ones' places and the one that was chosen, and what is there."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.files.answering import answers, must_answer
from stylestudio_desktop.services.backup import reading, record
from stylestudio_desktop.services.backup.reading import Backup, Manifest


@dataclass(frozen=True, slots=True)
class Kept:
    """A complete full backup: its folder or file, and what it says it holds."""

    home: Path
    manifest: Manifest

    @property
    def moment(self) -> int:
        """The moment (UTC milliseconds) whose library it holds."""
        return self.manifest.moment


def places(workspace: Workspace) -> list[Path]:
    """Return where full backups may lie: the last one's place, and the one that was chosen."""
    known = record.read(workspace)
    chosen = SettingsFile(workspace.settings).value.backup_place
    found = []
    for one in (known.full_place, known.full_folder, chosen):
        with contextlib.suppress(BadInput):
            found += [path_of(one)] if one else []
    homes = [one if _is_file(one) else reading.house(_place(one)) for one in found]
    return [one for number, one in enumerate(found) if homes[number] not in homes[:number]]


def _is_file(path: Path) -> bool:
    with contextlib.suppress(OSError):  # a folder that may not be entered has none for us
        return path.is_file()
    return False


def _exists(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.exists()
    return False


def _place(place: Path) -> Path:
    """Return the place of a version's own folder, or `place` itself."""
    return place.parent if _is_file(place / reading.MANIFEST) else place


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


def reachable(workspace: Workspace, patience_s: float | None = None) -> list[Path]:
    """Return those of the places whose disk is there and answers (within `patience_s` seconds)."""
    return [one for one in places(workspace) if answers(one, patience_s) and _exists(one)]


@contextlib.contextmanager
def newest(places: list[Path]) -> Iterator[list[Backup]]:
    """Hold the newest full backup of each of `places` open that has a whole one."""
    with contextlib.ExitStack() as held:
        found = []
        for place in places:
            with contextlib.suppress(BadInput, StorageError):
                found.append(held.enter_context(contextlib.closing(reading.find(place))))
        yield found
