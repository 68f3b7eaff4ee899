"""Commands that bring photos in: from files and folders, and the sample collection."""

from pathlib import Path

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import BAD_INPUT, Bar, note, print_json, table
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library, samples
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio

ROLES = {"product": Category.PRODUCT, "model": Category.MODEL}


def import_photos(desk: Desk) -> int:
    """Import files and folders; 2 only when there was nothing that could be taken."""
    paths = [Path(word).expanduser() for word in desk.arguments.paths]
    with desk.open() as studio, Bar("Importing") as bar:
        taken = library.import_files(studio, paths, ROLES[desk.arguments.role], progress=bar.step)
        return _tell(desk, studio, taken)


def sample_collection(desk: Desk) -> int:
    """Import the sample photos."""
    with desk.open() as studio, Bar("Importing the samples") as bar:
        return _tell(desk, studio, samples.load(studio, progress=bar.step))


def _tell(desk: Desk, studio: Studio, taken: Imported) -> int:
    for one in taken.rejected:
        note(f"{one.path}: {one.reason}")
    nothing = bool(taken.rejected) and not taken.files
    if desk.json:
        answer: shapes.Json = {
            "files": [shapes.picture(studio, row) for row in taken.files],
            "rejected": [{"path": one.path, "reason": one.reason} for one in taken.rejected],
        }
        if nothing:
            answer["error"] = shapes.error(Code.BAD_INPUT, taken.rejected[0].reason)
        print_json(answer)
    else:
        table(
            ("Id", "Name", "Size", "Pixels"),
            [
                (row.id, row.filename, shapes.size(row.size), f"{row.width} × {row.height}")
                for row in taken.files
            ],
            right=(2, 3),
        )
    return BAD_INPUT if nothing else 0
