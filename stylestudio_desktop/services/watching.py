"""Imports what lands in watched folders: once each, when it is whole, across restarts.

Folders are listed every second. A file is taken once its size and time have stood still for two
seconds, so a copy or download that still grows waits. What was dealt with is remembered by name,
size and time: a rename brings nothing anew, and other content under an old name does. This works
on every file system, network drives too, where notifications of the system don't.
"""

import errno
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.domain.records import WatchedFile, WatchFolder
from stylestudio_desktop.files.answering import answers, must_answer
from stylestudio_desktop.services import library
from stylestudio_desktop.services.library import PICTURE_SUFFIXES, Rejected
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import watched

STILL_S = 2.0
POLL_S = 1.0
AT_ONCE = 50
"""Files of a folder taken in one go; a stop is heard in between."""

_CATEGORIES = (Category.PRODUCT, Category.MODEL, Category.BACKGROUND)


@dataclass(frozen=True, slots=True)
class Report:
    """What one look at the folders brought: rows' ids, and what was not taken, with the reason."""

    taken: tuple[int, ...] = ()
    rejected: tuple[Rejected, ...] = ()


@dataclass(slots=True)
class _Look:
    """A file as it was seen, and since when (monotonic seconds) it has looked so."""

    size: int
    mtime: int
    since: float


@dataclass(slots=True)
class _Folder:
    """What is remembered of a folder between two looks."""

    waiting: dict[str, _Look] = field(default_factory=dict)
    missing: bool = False


def watch(studio: Studio, path: Path, category: Category) -> WatchFolder:
    """Watch a folder from now on; what lies there already comes in too.

    Raises BadInput, or StorageError where its disk does not answer.
    """
    if category not in _CATEGORIES:
        raise BadInput("A watched folder brings photos of products or of people.")
    folder = path_of(str(path)).absolute()
    if not str(folder).isprintable() and "\\udc" in ascii(str(folder)):
        raise BadInput(
            f"The name of the folder {str(folder)!a} is no text, so the library can't keep "
            "it. Nothing was changed. Give the folder another name, then watch it."
        )
    must_answer(folder)
    if not folder.is_dir():
        raise BadInput(f"There is no folder “{path}”. Choose another.")
    own = studio.workspace.root.absolute()
    if folder == own or own in folder.parents or folder in own.parents:
        raise BadInput(
            "The program's own folder can't be watched, nor one that holds it: it would import "
            "its own pictures. Choose another."
        )
    row = WatchFolder(new_id(), str(folder), category.value, 1, now_ms())
    with studio.database.write():
        if any(one.path == row.path for one in folders(studio)):
            raise BadInput(f"The folder “{folder.name}” is watched already.")
        watched.insert(studio.database, studio.user_id, row)
    return row


def folders(studio: Studio) -> list[WatchFolder]:
    """Return the watched folders, oldest first."""
    return watched.listing(studio.database, studio.user_id)


def enable(studio: Studio, folder_id: int, enabled: bool) -> None:
    """Let a folder rest, or watch it again. Raises NotFound."""
    with studio.database.write():
        if not watched.enable(studio.database, studio.user_id, folder_id, enabled):
            raise NotFound("That folder is not watched any more.")


def forget(studio: Studio, folder_id: int) -> None:
    """Watch a folder no longer; what it brought stays in the library. Raises NotFound."""
    with studio.database.write():
        if not watched.delete(studio.database, studio.user_id, folder_id):
            raise NotFound("That folder is not watched any more.")


class Watcher:
    """Looks at the watched folders; made once, and used on one thread."""

    def __init__(self, studio: Studio, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing seen; `clock` gives seconds that never go back."""
        self._studio, self._clock = studio, clock
        self._folders: dict[int, _Folder] = {}

    def look(self, stop: Event | None = None) -> Report:
        """Look once at every folder and take in what is whole. Raises StorageError."""
        taken: list[int] = []
        rejected: list[Rejected] = []
        for folder in folders(self._studio):
            if folder.enabled and not (stop is not None and stop.is_set()):
                self._look_at(folder, taken, rejected, stop)
        return Report(tuple(taken), tuple(rejected))

    def run(
        self,
        stop: Event,
        tell: Callable[[Report], None] = lambda _report: None,
        poll_s: float = POLL_S,
    ) -> None:
        """Look every `poll_s` seconds until `stop` is set; the thread's whole work.

        A disk that fails is told once as a rejected folder, and looked at again.
        """
        failing = ""
        with self._studio.database.connection():
            while not stop.is_set():
                try:
                    report, failing = self.look(stop), ""
                except StorageError as error:
                    again, failing = failing == error.sentence, error.sentence
                    report = Report() if again else Report((), (Rejected("", failing),))
                if report != Report():
                    tell(report)
                stop.wait(poll_s)

    def _look_at(
        self,
        folder: WatchFolder,
        taken: list[int],
        rejected: list[Rejected],
        stop: Event | None,
    ) -> None:
        state = self._folders.setdefault(folder.id, _Folder())
        try:
            if not answers(Path(folder.path)):
                raise TimeoutError(errno.ETIMEDOUT, "its disk does not answer")
            seen = _pictures_in(Path(folder.path))
        except OSError as error:
            if not state.missing:
                reason = (
                    f"The watched folder can't be read: {error.strerror}. It is looked at again "
                    "when it is back."
                )
                rejected.append(Rejected(folder.path, reason))
            state.missing = True
            return
        state.missing = False
        known = watched.known(self._studio.database, folder.id)
        self._vanished(folder, state, seen, rejected)
        self._follow_renames(folder, seen, known)
        ready = self._whole(state, seen, known)
        for begin in range(0, len(ready), AT_ONCE):
            if stop is not None and stop.is_set():
                return
            self._take(folder, state, ready[begin : begin + AT_ONCE], taken, rejected)

    def _vanished(
        self,
        folder: WatchFolder,
        state: _Folder,
        seen: dict[str, tuple[int, int]],
        rejected: list[Rejected],
    ) -> None:
        looks = set(seen.values())
        for name in [name for name in state.waiting if name not in seen]:
            look = state.waiting.pop(name)
            # The same size and time under another name is the end of a download, no loss.
            if (look.size, look.mtime) not in looks:
                path = str(Path(folder.path) / name)
                rejected.append(Rejected(path, "It vanished before it was whole."))

    def _follow_renames(
        self, folder: WatchFolder, seen: dict[str, tuple[int, int]], known: dict[str, WatchedFile]
    ) -> None:
        """Let a file that was dealt with keep that under its new name; forget those that left.

        A folder without any picture forgets none: a disk that is not mounted leaves one behind,
        and what comes back with it is nothing new.
        """
        gone = {name: row for name, row in known.items() if name not in seen}
        if not gone or not seen:
            return
        by_look = {(row.size, row.mtime): row for row in gone.values()}
        database = self._studio.database
        with database.write():
            for name, look in seen.items():
                if name not in known and look in by_look:
                    known[name] = by_look[look]._replace(name=name)
                    watched.note(database, folder.id, known[name])
            for name in gone:
                watched.drop(database, folder.id, name)
                del known[name]

    def _whole(
        self, state: _Folder, seen: dict[str, tuple[int, int]], known: dict[str, WatchedFile]
    ) -> list[tuple[str, _Look]]:
        """Return the new files that have stood still long enough; remember the others."""
        now = self._clock()
        ready = []
        for name, (size, mtime) in sorted(seen.items()):
            row = known.get(name)
            if row is not None and (row.size, row.mtime) == (size, mtime):
                continue
            look = state.waiting.get(name)
            if look is None or (look.size, look.mtime) != (size, mtime):
                state.waiting[name] = _Look(size, mtime, now)
            elif size and now - look.since >= STILL_S:
                ready.append((name, look))
        return ready

    def _take(
        self,
        folder: WatchFolder,
        state: _Folder,
        ready: list[tuple[str, _Look]],
        taken: list[int],
        rejected: list[Rejected],
    ) -> None:
        root = Path(folder.path)
        brought = library.import_files(
            self._studio, [root / name for name, _ in ready], Category(folder.category)
        )
        refused = {one.path: one for one in brought.rejected}
        taken += [row.id for row in brought.files]
        for name, look in ready:
            path = root / name
            if brought.trouble is not None and str(path) in refused:
                continue  # it waits until the disk takes it
            del state.waiting[name]
            if _appearance(path) != (look.size, look.mtime):
                # It changed while it was read: what came in was whole (or was refused), and the
                # new content waits until it stands still.
                if str(path) in refused and not path.exists():
                    rejected.append(refused[str(path)])
                continue
            bad = refused.get(str(path))
            if bad is not None:
                rejected.append(bad)
            row = WatchedFile(name, look.size, look.mtime, "refused" if bad else "imported")
            with self._studio.database.write():
                watched.note(self._studio.database, folder.id, row)
        if brought.trouble is not None:
            raise brought.trouble


def _pictures_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Return name → (size, time in ns) of a folder's pictures; links and hidden files are not."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or _suffix(entry.name) not in PICTURE_SUFFIXES:
                continue
            try:
                entry.name.encode()
                if entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found[entry.name] = (status.st_size, status.st_mtime_ns)
            except (FileNotFoundError, UnicodeEncodeError):
                continue  # gone since the listing, or a name that is no text
    return found


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _appearance(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
