"""What the state machines share: a quick library with two people, and results to save."""

import dataclasses
import tempfile
from pathlib import Path

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import FileId, new_id, now_ms
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.files.probe import Probe
from stylestudio_desktop.providers.protocol import RemoteRef
from stylestudio_desktop.services import finishing, queue
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import users
from tests.factories import import_photo, open_test_studio, photo

HOST = "host"


def second_person(studio: Studio, name: str = "Somebody else") -> Studio:
    """Return the same library with another person at the desk."""
    user_id = new_id()
    with studio.database.write():
        users.insert(studio.database, user_id, name, now_ms())
    return dataclasses.replace(studio, user_id=user_id)


def stored_result(studio: Studio, folder: Path, colour: str = "purple") -> finishing.Saved:
    """Put a picture's bytes into the store, as the worker does before it completes."""
    path = photo(folder, f"result-{colour}.jpg", colour)
    stored = studio.files.ingest(path, 1_000_000)
    seen = Probe("JPEG", "image/jpeg", 64, 48, 1, False, False, stored.size)
    return finishing.Saved(0, stored.storage_id, seen, {})


def results(one: finishing.Saved, number: int) -> list[finishing.Saved]:
    """Return `number` results with the same bytes in rising positions."""
    return [dataclasses.replace(one, position=position) for position in range(number)]


def work_until_processing(studio: Studio, row: Generation) -> Generation:
    """Claim a job and carry it to where its pictures could be saved."""
    claimed = queue.claim(studio, HOST, row.id)
    assert claimed is not None
    queue.advance(studio, row.id, Status.UPLOADING)
    queue.about_to_send(studio, row.id)
    queue.keep_ref(studio, row.id, RemoteRef(f"remote-{row.id}"))
    current = queue.current(studio, row.id)
    assert current is not None
    return current


class Library:
    """A library of its own for one run of a machine; quick, since no plug is pulled here."""

    def __init__(self) -> None:
        """Open it with two people, one product photo each."""
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.studio = open_test_studio(self.folder)
        self.studio.database.run("PRAGMA synchronous = OFF")
        self.people = (self.studio, second_person(self.studio))
        self.products: tuple[FileId, ...] = tuple(
            import_photo(one, self.folder) for one in self.people
        )
        self.saved = stored_result(self.studio, self.folder)

    def close(self) -> None:
        """Close it and forget its folder."""
        close_studio(self.studio)
        self._folder.cleanup()
