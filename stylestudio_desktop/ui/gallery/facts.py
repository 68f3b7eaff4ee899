"""Writes down all that is known of a picture, for the viewer's panel, as people say it."""

import json

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.domain.ids import made_at
from stylestudio_desktop.domain.records import Generation, StoredFile
from stylestudio_desktop.services import organising
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.gallery.naming import Names

Rows = list[tuple[str, str]]
translate = QCoreApplication.translate


def own_rows(studio: Studio, row: StoredFile) -> Rows:
    """Return what the user wrote on a picture: tags, collections, a note; nothing for none."""
    tags = ", ".join(one.name for one in organising.tags_of(studio, row.id))
    on = organising.collections_on(studio, [row.id])
    shelves = ", ".join(one.name for one in organising.list_collections(studio) if one.id in on)
    rows = [
        (translate("Facts", "Tags"), tags),
        (translate("Facts", "Collections"), shelves),
        (translate("Facts", "Note"), organising.note_of(studio, row.id)),
    ]
    return [(name, value) for name, value in rows if value]


def file_rows(row: StoredFile) -> Rows:
    """Return what the picture's file is."""
    return [
        (translate("Facts", "Kind"), wording.category(row.category)),
        (translate("Facts", "Name"), row.filename),
        (translate("Facts", "Size"), f"{row.width} × {row.height}"),
        (translate("Facts", "File"), f"{row.format.upper()}, {wording.size(row.size)}"),
        (translate("Facts", "Added"), wording.moment(made_at(row.id))),
        (translate("Facts", "Digest"), f"{row.storage_id[:16]}…"),
    ]


def honest_rows(row: StoredFile) -> Rows:
    """Return how the embedded engine made a picture, and its warnings; nothing for others."""
    given = json.loads(row.facts)
    honest = wording.honest(str(given.get("mode", "")))
    warned = " ".join(str(one) for one in given.get("warnings", ()))
    rows = [(translate("Facts", "How"), honest), (translate("Facts", "Mind"), warned)]
    return [(name, value) for name, value in rows if honest and value]


def story_rows(names: Names, made: Generation) -> Rows:
    """Return how a picture was made; services and choices go by their names."""
    knobs = (
        (translate("Facts", "Strength"), made.strength),
        (translate("Facts", "Guidance"), made.guidance_scale),
        (translate("Facts", "Steps"), made.num_inference_steps),
        (translate("Facts", "Seed"), made.seed),
    )
    return [
        (translate("Facts", "Style"), names.style(made.style)),
        (translate("Facts", "Quality"), names.quality(made.quality)),
        (translate("Facts", "Ratio"), made.aspect_ratio),
        (translate("Facts", "Made by"), names.service(made.provider, made.model)),
        (translate("Facts", "Time"), wording.length(made.processing_time_ms)),
        (translate("Facts", "Tokens"), wording.count(made.tokens_used)),
        *((name, f"{value}") for name, value in knobs if value is not None),
        (translate("Facts", "Prompt"), made.prompt or "–"),
        (translate("Facts", "Not wanted"), made.negative_prompt or "–"),
        (translate("Facts", "Sent"), made.full_prompt),
    ]
