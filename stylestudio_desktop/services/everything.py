"""Takes everything of a person out of the library in open formats: pictures, and every table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import exporting, library, table_export
from stylestudio_desktop.services.exporting import Exports
from stylestudio_desktop.services.studio import Studio

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Everything:
    """Where it lies, what became of the pictures, and the tables with their rows."""

    folder: Path
    pictures: Exports
    tables: dict[Path, int]


def take_out(
    studio: Studio,
    place: Path,
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> Everything:
    """Write all pictures and tables into a new folder in `place`, named by the moment (UTC).

    Pictures carry how they were made; each table is there as CSV and as JSON Lines. What lies in
    the trash stays there. Raises BadInput, Stopped or StorageError; nothing is ever replaced.
    """
    moment = datetime.fromtimestamp(now_ms() / 1000, UTC)
    folder = place / f"style-studio-{moment:%Y-%m-%d-%H-%M-%S}"
    tables: dict[Path, int] = {}
    for form in table_export.FORMATS:
        tables |= table_export.export(
            studio, folder / "tables", form, lambda *_: progress(0, 1, ""), cancelled
        )
    ids = list(library.ids(studio, FileFilter()))
    pictures = exporting.export(
        studio, ids, folder / "pictures", progress=progress, cancelled=cancelled
    )
    return Everything(folder, pictures, tables)
