"""Commands that bring photos in: from files and folders, and the sample collection."""

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.at_work import at_work
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import Bar, exit_code, note, print_json, table
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import library, samples
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio

ROLES = {
    "product": Category.PRODUCT,
    "model": Category.MODEL,
    "background": Category.BACKGROUND,
}


def import_photos(desk: Desk) -> int:
    """Import files and folders; 2 only when nothing could be taken, 5 if the disk failed."""
    paths = [path_of(word) for word in desk.arguments.paths]
    with desk.open() as studio, at_work(studio), Bar("Importing") as bar:
        taken = library.import_files(studio, paths, ROLES[desk.arguments.role], progress=bar.step)
        return _tell(desk, studio, taken)


def sample_collection(desk: Desk) -> int:
    """Import the sample photos."""
    with desk.open() as studio, at_work(studio), Bar("Importing the samples") as bar:
        return _tell(desk, studio, samples.load(studio, progress=bar.step))


def _tell(desk: Desk, studio: Studio, taken: Imported) -> int:
    for one in taken.rejected:
        note(f"{one.path}: {one.reason}")
    nothing = bool(taken.rejected) and not taken.files
    code = None if taken.trouble is None else taken.trouble.code
    if code is None and nothing:
        code = Code.BAD_INPUT
    if desk.json:
        answer: shapes.Json = {
            "files": [shapes.picture(studio, row) for row in taken.files],
            "rejected": [{"path": one.path, "reason": one.reason} for one in taken.rejected],
        }
        if code is not None:
            told = taken.trouble.sentence if taken.trouble else taken.rejected[0].reason
            answer["error"] = shapes.error(code, told)
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
    return 0 if code is None else exit_code(code)
