"""Makes a library anew of its own pictures, the last resort, ready to take the lost one's place.

When the database and every backup are gone, the pictures still tell what they are and how they
were made. The new library is built apart and then changes places, as a restored one does: what
was there before is kept whole, and a crash at any step loses neither.
"""

import contextlib
import os
from pathlib import Path
from threading import Event

from stylestudio_desktop.config.catalogue import load_catalogue
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import (
    BadInput,
    Stopped,
    StorageBusy,
    StorageError,
    StorageFull,
)
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.files.attending import Progress
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.services import opening, rebuilding
from stylestudio_desktop.services.backup import staging, swap
from stylestudio_desktop.services.backup.reading import silent
from stylestudio_desktop.services.backup.restore import Restored
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, files, soundness
from stylestudio_desktop.store.database import Database


class _Inside(Workspace):
    """The new library's folder, which holds only what takes part in the change of places."""

    __slots__ = ()

    @property
    def thumbnails(self) -> Path:
        """The old library's, which knows pictures by their digests."""
        return Workspace(self.root.parent.parent).thumbnails

    def make(self) -> None:
        """Make the folders that change places, and the one for unfinished files."""
        for folder in (self.root, self.files, self.tmp):
            make_private_folder(folder)


def has_pictures(workspace: Workspace) -> bool:
    """Say whether there is anything that a library could be made of."""
    with contextlib.suppress(StorageError):
        return next(_store(workspace).every(), None) is not None
    return False


def refuse_sound(workspace: Workspace) -> None:
    """Raise BadInput where the library is whole: made anew, it would only be poorer.

    Raises StorageError where it may be whole: it is closed to us, in use, or its disk is full.
    """
    with storing("looking for the library"):
        if not workspace.database.is_file():
            return
        workspace.database.open("r+b").close()
    if not copying.has_header(workspace.database):
        return
    database = Database(workspace.database)
    try:
        with contextlib.closing(database):
            database.open()
            sound = not soundness.of_all(database).rows
    except (StorageBusy, StorageFull):
        raise
    except StorageError:
        return
    if sound:
        raise BadInput(
            "This library is sound, so it is not made anew of its pictures. Nothing was changed. "
            "Name the folder whose pictures are to come into it."
        )


def stage(
    workspace: Workspace, progress: Progress = silent, cancelled: Event | None = None
) -> Restored:
    """Build a library of the pictures in `workspace`; nothing else is touched.

    It is ready to be swapped in. Raises Stopped, or StorageError for the disk: then none is.
    """
    place = _Inside(workspace.restoring / "library")
    with staging.alone(workspace), staging.put_away_unless_done(place.root):
        swap.forget(workspace)
        done = _build(workspace, place, progress, cancelled)
    found = len(done.adopted.pictures)
    return Restored(place.root, now_ms(), found, tuple(done.rejected), 0, False, "")


def _build(
    workspace: Workspace, place: Workspace, progress: Progress, cancelled: Event | None
) -> rebuilding.Rebuilt:
    with storing("restoring the library"):
        staging.clear(place.root)
        place.make()
    studio = opening.library(
        place, load_catalogue(resources() / "catalogue" / "catalogue.json"), lambda *_: {}
    )
    try:
        _share(_store(workspace), studio)
        done = rebuilding.rebuild(studio, workspace.root, progress, cancelled)
        if cancelled is not None and cancelled.is_set():
            raise Stopped
        if done.adopted.missing:  # each was read whole a moment ago: it is the disk that refused
            raise StorageFull(
                "The disk did not take all pictures into the new library, as when it is full. "
                "Nothing was changed. Free some space, then try again."
            )
        _forget_the_rest(studio)
        studio.database.value("PRAGMA journal_mode = delete")
    finally:
        opening.close(studio)
    with contextlib.suppress(OSError):
        place.settings.unlink(missing_ok=True)
        place.tmp.rmdir()
    # The new names must outlast a power cut before the libraries change places.
    getattr(os, "sync", lambda: None)()
    return done


def _share(old: FileStore, studio: Studio) -> None:
    """Give each picture a second name in the new library, where the disk knows such.

    Half of what made a library need this may be a full disk. What is not what its name says, or
    has no second name, is left to whoever takes the pictures in.
    """
    for storage_id in old.every():
        path = studio.files.path(storage_id)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.hardlink_to(old.path(storage_id))


def _forget_the_rest(studio: Studio) -> None:
    """Take away second names of what turned out to be no picture; its first name stays."""
    for storage_id in list(studio.files.every()):
        if not files.stored(studio.database, storage_id):
            studio.files.remove(storage_id)


def _store(workspace: Workspace) -> FileStore:
    return FileStore(workspace.files, workspace.tmp)
