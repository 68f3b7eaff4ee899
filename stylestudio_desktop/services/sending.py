"""Makes ready what leaves this computer, and keeps what it was: digests, and what was dropped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import BadInput, Code, NotFound, ServiceError
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.masks import LONGEST
from stylestudio_desktop.domain.records import Generation, Job
from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.services import consents, generate, masks, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import sendings

if TYPE_CHECKING:
    from stylestudio_desktop.domain.brief import Brief
    from stylestudio_desktop.files.sending import Sent
    from stylestudio_desktop.providers.protocol import Capabilities, Prepared

KNOBS = ("strength", "guidance_scale", "num_inference_steps")


@dataclass(frozen=True, slots=True)
class Ready:
    """An attempt whose photos may leave, with what is to be remembered of it."""

    job: "Prepared"
    photos: tuple[tuple[Role, "Sent"], ...]
    dropped: tuple[str, ...]


def ready(studio: Studio, prepared: "Prepared", workdir: Path, cancelled: Event) -> Ready:
    """Write clean copies of the photos into `workdir`, no larger than the model takes.

    They are upright, in sRGB and without metadata; a model that wants products alone gets them
    cut out. What is part of this program reads the originals instead, and the masks that somebody
    mended.

    Raises BadInput naming a photo that can't be made ready, or NeedsConsent; nothing was sent.
    """
    consents.require(studio, prepared.brief)
    card = studio.provider(prepared.brief.provider).card
    able = offered(studio, prepared.brief)
    dropped = dropped_from(prepared.brief, able)
    if card.originals:
        drawn = masks.for_job(studio, prepared.brief.products, workdir)
        return Ready(replace(prepared, masks=drawn), (), dropped)
    alone = _alone(studio, prepared, cancelled) if able.cutouts else prepared.products
    products = _copies(alone, Role.PRODUCT, able, workdir)
    models = _copies(prepared.models, Role.MODEL, able, workdir)
    clean = replace(
        prepared,
        products=tuple(path for path, _ in products),
        models=tuple(path for path, _ in models),
    )
    photos = [(Role.PRODUCT, sent) for _, sent in products]
    photos += [(Role.MODEL, sent) for _, sent in models]
    return Ready(clean, tuple(photos), dropped)


def keep(studio: Studio, job: Job, what: Ready) -> None:
    """Remember what is about to be sent, in the transaction that commits the intent to send."""
    photos = [
        {
            "role": role.value,
            "sha256": sent.sha256,
            "content_type": sent.content_type,
            "width": sent.width,
            "height": sent.height,
            "size": sent.size,
        }
        for role, sent in what.photos
    ]
    row = Sending(
        generation_id=job.generation_id,
        attempt=job.attempt,
        sent_at=now_ms(),
        provider=job.provider,
        model=what.job.brief.model or "",
        photos=json.dumps(photos),
        dropped=json.dumps(what.dropped),
    )
    with studio.database.write():
        sendings.keep(studio.database, row)


def dropped_from(brief: "Brief", able: "Capabilities") -> tuple[str, ...]:
    """Return the names of the brief's settings that a model does not have."""
    dropped = [name for name in KNOBS if getattr(brief, name) is not None]
    dropped = [name for name in dropped if not getattr(able, name)]
    if brief.negative_prompt and not able.negative_prompt:
        dropped.append("negative_prompt")
    if brief.seed is not None and not able.seed:
        dropped.append("seed")
    return tuple(dropped)


def offered(studio: Studio, asked: "Brief | Generation") -> "Capabilities":
    """Return what the service can do that something was asked of."""
    try:
        return generate.capabilities(studio, asked.provider, asked.model)
    except NotFound:  # the model left the catalogue meanwhile: the service's first one stands in
        return generate.capabilities(studio, asked.provider, None)


def _alone(studio: Studio, prepared: "Prepared", cancelled: Event) -> tuple[Path, ...]:
    """Return the products cut out by the embedded engine; the photos as they are without it.

    A photo in which no product can be told is a BadInput: a frame within the picture is nothing
    that anybody would pay for.
    """
    engine = sources.cutter(studio, prepared.brief.provider, wants_cutouts=True)
    if engine is None:
        return prepared.products
    cut: list[Path] = []
    for file_id, photo in zip(prepared.brief.products, prepared.products, strict=True):
        try:
            named = sources.Photo(file_id, photo.name)  # the store names files by their ids
            made = sources.cutout(studio, engine, named, cancelled, side=LONGEST)
        except ServiceError as error:
            if not cancelled.is_set():
                raise BadInput(error.sentence, code=Code.PHOTO_UNSUITABLE) from error
            made = None
        cut.append(made or photo)
    return tuple(cut)


def _copies(
    paths: Sequence[Path], role: Role, able: "Capabilities", workdir: Path
) -> list[tuple[Path, "Sent"]]:
    from stylestudio_desktop.files.sending import prepare_for_sending

    made = []
    for number, path in enumerate(paths):
        out = workdir / f"sent-{role.value}-{number}"
        sent = prepare_for_sending(
            path,
            out,
            able.upload_max_side,
            able.upload_max_bytes,
            trimmed=able.cutouts and role is Role.PRODUCT,
        )
        made.append((out, sent))
    return made
