"""The command that tells whether pictures still show the product they were made from."""

from pathlib import Path

from stylestudio_desktop.cli import reading
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.shapes import Json
from stylestudio_desktop.cli.speaking import note, print_json, say
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.fidelity import REASONS, VERDICTS, Fidelity
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import fidelity as comparing
from stylestudio_desktop.services import history, library
from stylestudio_desktop.services.studio import Studio


def fidelity(desk: Desk) -> int:
    """Show the reports on a picture or on all of a generation; made now where there is none."""
    wanted = reading.an_id(desk.arguments.id)
    with desk.open() as studio:
        ids = _pictures(studio, wanted)
        known = {} if desk.arguments.again else comparing.of_pictures(studio, ids)
        found: dict[int, Fidelity] = {}
        for file_id in ids:
            if file_id not in known and not desk.json:
                note(f"Comparing picture {file_id} with its product photo")
            found[file_id] = known.get(file_id) or comparing.compare(studio, file_id)
        drawn = _drawn(studio, found, desk.arguments.to)
    if desk.json:
        items = [shape(file_id, one) | _named(drawn, file_id) for file_id, one in found.items()]
        print_json({"items": items})
        return 0
    for file_id, one in found.items():
        _tell(file_id, one)
        if drawn is not None:
            say(f"  Where it differs: {drawn[file_id] or 'nowhere, so nothing was drawn'}")
    return 0


def _drawn(
    studio: Studio, found: dict[int, Fidelity], folder: str | None
) -> dict[int, Path | None] | None:
    if folder is None:
        return None
    into = path_of(folder).absolute()
    return {one: comparing.write_map(studio, one, report, into) for one, report in found.items()}


def _named(drawn: dict[int, Path | None] | None, file_id: int) -> Json:
    if drawn is None:
        return {}
    path = drawn[file_id]
    return {"map": None if path is None else str(path)}


def shape(file_id: int, found: Fidelity) -> Json:
    """Return a report as programs read it; the heat map's levels are hexadecimal digits."""
    heat = found.heat
    return {
        "file_id": str(file_id),
        "verdict": found.verdict.value,
        "reasons": list(found.reasons),
        "products": [
            {
                "verdict": one.verdict.value,
                "reasons": list(one.reasons),
                "colour_median": one.colour_median,
                "colour_p95": one.colour_p95,
                **one.facts,
            }
            for one in found.products
        ],
        "heat": None
        if heat is None
        else {"width": heat.width, "height": heat.height, "levels": heat.levels.hex()},
    }


def _pictures(studio: Studio, wanted: int) -> list[int]:
    try:
        story = history.story(studio, wanted)
    except NotFound:
        return [library.picture(studio, wanted).id]
    if not story.results:
        raise BadInput(f"Generation {wanted} has no finished picture to compare.")
    return [row.id for row in story.results]


def _tell(file_id: int, found: Fidelity) -> None:
    say(f"Picture {file_id}: {VERDICTS[found.verdict]}")
    for number, one in enumerate(found.products, start=1):
        if len(found.products) > 1:
            say(f"  Product {number}: {VERDICTS[one.verdict]}")
        for code in one.reasons:
            say(f"  {REASONS[code]}")
        if one.colour_median is not None:
            say(
                f"  Colour difference (CIEDE2000): {one.colour_median:.1f} in the middle, "
                f"{one.colour_p95 or 0.0:.1f} for the worst twentieth"
            )
        for name, label in (("points", "details"), ("matched", "found again")):
            if one.facts.get(name):
                say(f"  {label.capitalize()}: {one.facts[name]}")
