"""Compares finished pictures, from every service, with the product photos they were made from.

It happens after a picture is saved and charged, in the embedded engine's process, and is kept
with the picture. A comparison that fails costs nothing and takes nothing away.
"""

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain import fidelity as reports
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.fidelity import Fidelity, Verdict
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import LinkedFile, StoredFile
from stylestudio_desktop.files.export import checked_folder, write_new
from stylestudio_desktop.files.heatmap import heat_map
from stylestudio_desktop.providers.protocol import Examines, Kind, ProviderError
from stylestudio_desktop.services import library, masks
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import fidelity as kept
from stylestudio_desktop.store import generations

ENGINE = "local"
_log = logging.getLogger(__name__)


def of_pictures(studio: Studio, file_ids: Sequence[int]) -> dict[int, Fidelity]:
    """Return the reports there are on some pictures."""
    found: dict[int, Fidelity] = {}
    for file_id, row in kept.of_files(studio.database, studio.user_id, file_ids).items():
        try:
            report = reports.kept(row)
        except BadInput as error:  # the picture itself is sound; only its report is not
            _log.warning("report of picture %d: %s", file_id, error.sentence)
            continue
        if report is not None:
            found[file_id] = report
    return found


def compare(studio: Studio, file_id: int, cancelled: Event | None = None) -> Fidelity:
    """Compare one picture now and keep the report.

    Raises NotFound if it is no finished picture of ours, BadInput if nothing here can compare,
    and ProviderError with kind CANCELLED when `cancelled` is set.
    """
    engine = _engine(studio)
    if engine is None:
        raise BadInput("The embedded engine, which compares pictures, is not installed.")
    row = library.picture(studio, file_id)
    products, worn = _photos(studio, row.generation_id)
    if not products:
        raise NotFound(
            "This picture was not made here from a product photo, so there is nothing to compare "
            "it with."
        )
    paths = [studio.files.path(one.storage_id) for one in products]
    drawn = masks.for_job(
        studio, [one.file_id for one in products], studio.workspace.tmp / "cutouts"
    )
    try:
        made = library.location(studio, row)
        stop = cancelled or Event()
        given = engine.examine(paths, made, _grade(row), stop, drawn, worn=worn)
        found = reports.read(given)
    except ProviderError as error:
        if error.kind is Kind.CANCELLED:
            raise
        _log.warning("picture %d could not be compared: %s", file_id, error.sentence)
        given = reports.failed()
        found = reports.read(given)
    with studio.database.write():
        text = json.dumps(dict(given))
        kept.keep(studio.database, studio.user_id, file_id, found.verdict.value, now_ms(), text)
        studio.tell(FilesChanged((file_id,)))
    return found


def write_map(studio: Studio, file_id: int, found: Fidelity, folder: Path) -> Path | None:
    """Write a new picture of where one differs from its product into a folder; return its path.

    None where nothing differs. A name that is taken gets a number. Raises BadInput for the folder,
    or a picture that can't be read.
    """
    into = checked_folder(folder)
    if found.heat is None or not any(found.heat.levels):
        return None
    drawn = heat_map(library.location(studio, library.picture(studio, file_id)), found.heat)
    return write_new(drawn, into, f"differences-{file_id}", ".png")


def study(studio: Studio, stop: Event, rest: Callable[[], None] = lambda: None) -> int:
    """Compare every picture that is due, oldest first, and return how many were done.

    What can't be compared is kept as "could not tell", so that nothing is tried for ever. `rest`
    is called before each, and may take its time while somebody is at work.
    """
    done, last = 0, 0
    while not stop.is_set() and _engine(studio) is not None:
        rest()
        due = kept.next_due(studio.database, studio.user_id, last)
        if due is None:
            break
        last = due
        try:
            compare(studio, due, stop)
        except NotFound:
            _set_aside(studio, due)
        except ProviderError:
            break
        done += 1
    return done


def _set_aside(studio: Studio, file_id: int) -> None:
    with studio.database.write():
        text = json.dumps(reports.failed())
        verdict = Verdict.UNKNOWN.value
        kept.keep(studio.database, studio.user_id, file_id, verdict, now_ms(), text)


def _grade(row: StoredFile) -> str:
    """Return the style in which the embedded engine itself developed a picture, "" for others.

    Pictures from before it told so, or that were found again without their facts, go by their
    style.
    """
    if row.provider != ENGINE:
        return ""
    return str(json.loads(row.facts).get("grade", row.style or ""))


def _engine(studio: Studio) -> Examines | None:
    found: object = studio.providers.get(ENGINE)
    return found if isinstance(found, Examines) else None


def _photos(studio: Studio, generation_id: int | None) -> tuple[list[LinkedFile], bool]:
    """Return the product photos that a generation was made from, and whether a person wore them."""
    if generation_id is None:
        return [], False
    linked = generations.linked(studio.database, [generation_id])
    chosen = [one for one in linked if one.role == Role.PRODUCT.value]
    worn = any(one.role == Role.MODEL.value for one in linked)
    return sorted(chosen, key=lambda one: one.position), worn
