"""Brings the sample collection into the library, so that a new user has something to try."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from threading import Event

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio


def load(
    studio: Studio,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> Imported:
    """Import every photo of the collection in its category; those already here stay as they are.

    Raises StorageError if the program's own files are damaged: nothing is imported then.
    """
    by_category = collection(resources() / "samples")
    total = sum(len(paths) for paths in by_category.values())
    done = 0
    taken = Imported((), ())
    for category, paths in by_category.items():

        def shown(number: int, _all: int, name: str, before: int = done) -> None:
            progress(before + number, total, name)

        part = library.import_files(studio, paths, category, progress=shown, cancelled=cancelled)
        taken = Imported(
            taken.files + part.files,
            taken.rejected + part.rejected,
            part.trouble or taken.trouble,
        )
        done += len(paths)
    return taken


def collection(folder: Path) -> dict[Category, list[Path]]:
    """Return the collection's photos by category, their digests checked. Raises StorageError."""
    found: dict[Category, list[Path]] = {}
    try:
        listed = json.loads((folder / "collection.json").read_text("utf-8"))
        for item in listed["items"]:
            path = folder / str(item["file"])
            if hashlib.sha256(path.read_bytes()).hexdigest() != item["sha256"]:
                raise ValueError(f"{item['file']} is not as it was packed")
            found.setdefault(Category(item["category"]), []).append(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"The sample collection can't be used ({error}). Nothing was imported, and your "
            "library is as it was. Install the program again."
        ) from error
    return found
