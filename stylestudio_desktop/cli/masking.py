"""The command that shows, mends and resets the cut-out that pictures of a photo are made with."""

from pathlib import Path
from threading import Event

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, say
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import library, masks, sources


def mask(desk: Desk) -> int:
    """Tell whether a photo's cut-out was mended; with a way named, change it or write it out."""
    given = desk.arguments
    file_id = reading.an_id(given.id)
    written: Path | None = None
    with desk.open() as studio:
        library.picture(studio, file_id)
        if given.set is not None:
            masks.keep_file(studio, file_id, path_of(given.set).absolute())
        elif given.only is not None:
            sources.choose(studio, file_id, given.only, Event())
        elif given.sheer is not None:
            sources.see_through(studio, file_id, given.sheer, Event())
        elif given.reset:
            masks.reset(studio, file_id)
        elif given.to is not None:
            target = path_of(given.to).absolute()
            written = sources.write_mask(studio, file_id, target, Event())
        found = masks.of_files(studio, [file_id]).get(file_id)
    if desk.json:
        told = None if found is None else shapes.mask(found)
        path = None if written is None else str(written)
        print_json({"id": str(file_id), "mask": told, "written": path})
        return 0
    if found is None:
        say(f"Photo {file_id} is cut out by the engine.")
    else:
        day = shapes.day(found.made_at)
        say(f"Photo {file_id} is cut out as mended by hand {day} ({found.width} × {found.height}).")
    if written is not None:
        note(f"Written to {written}")
    return 0
