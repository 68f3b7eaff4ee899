"""Takes pictures out of the library: safe names, a preset's form, and how each was made inside."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError, StudioError
from stylestudio_desktop.domain.generation import Category, Role
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Action, Generation, StoredFile, UsageRecord
from stylestudio_desktop.files.attending import Progress, attended
from stylestudio_desktop.files.export import checked_folder, export_picture
from stylestudio_desktop.files.metadata import Description
from stylestudio_desktop.files.names import DEFAULT_PATTERN, fill_pattern
from stylestudio_desktop.files.presets import Marketplace, Original, Preset, Web
from stylestudio_desktop.services import describing, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, generations, usage

__all__ = ["DEFAULT_PATTERN", "PRESETS", "Exports", "describe", "export", "log", "meant"]

PRESETS: dict[str, Preset] = {"original": Original(), "web": Web(), "marketplace": Marketplace()}


PORTION = 500
"""Rows held at a time: an export of half a million pictures takes no more memory than of these."""

_GONE = "This picture was removed for good meanwhile. The others are written."


@dataclass(frozen=True, slots=True)
class Exported:
    """Where a picture was written to."""

    file_id: int
    path: Path


@dataclass(frozen=True, slots=True)
class NotExported:
    """A picture that could not be exported, and why."""

    file_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Exports:
    """What became of an export, in the order asked."""

    exported: tuple[Exported, ...]
    rejected: tuple[NotExported, ...]


def meant(studio: Studio, wanted: Sequence[int]) -> list[int]:
    """Return the pictures meant by ids of pictures or of generations (then: their results).

    Each once, in the order asked. Raises NotFound if one is neither, or a generation has no
    pictures.
    """
    chosen: dict[int, None] = {}
    for begin in range(0, len(wanted), PORTION):
        some = wanted[begin : begin + PORTION]
        found = {row.id for row in files.cards(studio.database, studio.user_id, some)}
        for one in some:
            results = [one] if one in found else [row.id for row in _results(studio, one)]
            if not results:
                raise NotFound(f"Generation {one} has no pictures to export.")
            chosen.update(dict.fromkeys(results))
    return list(chosen)


def _rows(studio: Studio, ids: Sequence[int]) -> Iterator[tuple[int, StoredFile | None]]:
    """Yield pictures with their rows (None: gone meanwhile), however many, in little memory."""
    for begin in range(0, len(ids), PORTION):
        some = ids[begin : begin + PORTION]
        found = {row.id: row for row in files.by_ids(studio.database, studio.user_id, some)}
        for one in some:
            yield one, found.get(one)


def _results(studio: Studio, generation_id: int) -> list[StoredFile]:
    if generations.get(studio.database, generation_id, studio.user_id) is None:
        raise NotFound(f"There is no picture or generation {generation_id} in this library.")
    linked = generations.linked(studio.database, [generation_id])
    ids = [one.file_id for one in linked if one.role == Role.RESULT.value]
    rows = {row.id: row for row in files.by_ids(studio.database, studio.user_id, ids)}
    return [rows[file_id] for file_id in ids if file_id in rows]


def export(
    studio: Studio,
    wanted: Sequence[int],
    folder: Path,
    *,
    preset: str = "original",
    pattern: str = DEFAULT_PATTERN,
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
    logged: bool = True,
) -> Exports:
    """Write copies of pictures into `folder`, made if it is missing; nothing is ever replaced.

    Each copy carries how it was made, and is `logged` as it is written, or by `log` later. A
    picture that this preset can't take is named and the rest is written. Raises BadInput,
    NotFound, or StorageError for the disk; what was written before stays and is logged.
    """
    if preset not in PRESETS:
        raise BadInput(f"There is no preset “{preset[:60]}”. Choose {', '.join(PRESETS)}.")
    fill_pattern(pattern, {})
    chosen = meant(studio, wanted)

    def work(progress: Progress, cancelled: Event | None) -> Exports:
        form = PRESETS[preset]
        return _export(studio, chosen, folder, form, pattern, logged, progress, cancelled)

    return attended(
        studio.workspace.root, [folder], work, progress, cancelled, studio.database.connection
    )


def _export(
    studio: Studio,
    chosen: Sequence[int],
    folder: Path,
    preset: Preset,
    pattern: str,
    logged: bool,
    progress: Progress,
    cancelled: Event | None,
) -> Exports:
    target = _folder(folder)
    exported: list[Exported] = []
    rejected: list[NotExported] = []
    for number, (file_id, row) in enumerate(_rows(studio, chosen), 1):
        if cancelled is not None and cancelled.is_set():
            break
        if row is None:
            rejected.append(NotExported(file_id, _GONE))
            continue
        progress(number - 1, len(chosen), row.filename)
        try:
            form = _cut_out(studio, row, preset, cancelled)
            path = _write(studio, row, target, form, pattern, number)
            if logged:
                log(studio, [row.id])
        except StorageError:
            raise
        except StudioError as error:
            rejected.append(NotExported(row.id, error.sentence))
            continue
        exported.append(Exported(row.id, path))
    progress(len(chosen), len(chosen), "")
    return Exports(tuple(exported), tuple(rejected))


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"The folder “{folder}” can't be made: {error.strerror}. Nothing was written. "
            "Choose another."
        ) from error
    return checked_folder(folder)


def _cut_out(studio: Studio, row: StoredFile, preset: Preset, cancelled: Event | None) -> Preset:
    """Give the marketplace's form the outline of a product photo without a clear ground.

    Only photos: the set of a made picture is part of it, and its outline would be torn.
    """
    photo = row.category == Category.PRODUCT.value and row.format == "JPEG"
    if not (isinstance(preset, Marketplace) and photo):
        return preset
    for name in studio.providers:
        if sources.shows_cutouts(studio, name):
            outline = sources.cutout(studio, name, row, cancelled or Event())
            return replace(preset, mask=outline)
    return preset


def _write(
    studio: Studio, row: StoredFile, folder: Path, preset: Preset, pattern: str, number: int
) -> Path:
    made = None
    if row.generation_id is not None:
        made = generations.get(studio.database, row.generation_id, studio.user_id)
    when = datetime.fromtimestamp(row.uploaded_at / 1000, UTC)
    stem = fill_pattern(
        pattern,
        {
            "name": Path(_shown(studio, row)).stem,
            "style": row.style or "",
            "quality": made.quality if made else "",
            "provider": row.provider or "",
            "ratio": made.aspect_ratio.replace(":", "x") if made else "",
            "date": when.strftime("%Y-%m-%d"),
            "time": when.strftime("%H-%M"),
            "id": str(row.id),
            "n": number,
        },
    )
    described = None if made is None else describe(studio, row, made)
    return export_picture(studio.files.path(row.storage_id), folder, stem, preset, described)


def log(studio: Studio, written: Sequence[int]) -> None:
    """Log that pictures were taken out of the library; those that are gone by now are not."""
    for _, row in _rows(studio, written):
        if row is not None:
            with studio.database.write():
                usage.insert(studio.database, _downloaded(row))


def _shown(studio: Studio, row: StoredFile) -> str:
    """Return the file name of what a picture shows: a made one's own only repeats its style."""
    if row.generation_id is None:
        return row.filename
    linked = generations.linked(studio.database, [row.generation_id])
    products = [one.filename for one in linked if one.role == Role.PRODUCT.value]
    return products[0] if products else row.filename


def describe(studio: Studio, row: StoredFile, made: Generation) -> Description:
    """Return what an exported picture of the generation `made` says about itself."""
    facts: dict[str, Any] = json.loads(row.facts)
    linked = generations.linked(studio.database, [made.id])
    places = [one.position for one in linked if one.file_id == row.id]
    return describing.describe(
        studio,
        made,
        places[0] if places else 0,
        title=row.filename,
        label=str(facts.get("label") or ""),
    )


def _downloaded(row: StoredFile) -> UsageRecord:
    return UsageRecord(
        id=new_id(),
        user_id=row.user_id,
        action=Action.IMAGE_DOWNLOADED.value,
        timestamp=now_ms(),
        session=None,
        generation_id=row.generation_id,
        purchase_id=None,
        file_id=row.id,
        provider=row.provider or "",
        style=row.style or "",
        tokens=0,
        pictures=1,
        duration_ms=0,
        metadata=json.dumps({"size": row.size}),
    )
