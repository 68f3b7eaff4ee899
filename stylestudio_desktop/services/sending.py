"""Makes ready what leaves this computer, and keeps what it was: digests, and what was dropped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.services import consents, generate, masks
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


def ready(studio: Studio, prepared: "Prepared", workdir: Path) -> Ready:
    """Write clean copies of the photos into `workdir`, no larger than the model takes.

    They are upright, in sRGB and without metadata. What is part of this program reads the
    originals instead, and the masks that somebody mended.

    Raises BadInput naming a photo that can't be made ready, or NeedsConsent; nothing was sent.
    """
    consents.require(studio, prepared.brief)
    card = studio.provider(prepared.brief.provider).card
    able = _able(studio, prepared.brief)
    dropped = dropped_from(prepared.brief, able)
    if card.originals:
        drawn = masks.for_job(studio, prepared.brief.products, workdir)
        return Ready(replace(prepared, masks=drawn), (), dropped)
    products = _copies(prepared.products, Role.PRODUCT, able, workdir)
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


def _able(studio: Studio, brief: "Brief") -> "Capabilities":
    try:
        return generate.capabilities(studio, brief.provider, brief.model)
    except NotFound:  # the model left the catalogue meanwhile: the service's first one stands in
        return generate.capabilities(studio, brief.provider, None)


def _copies(
    paths: Sequence[Path], role: Role, able: "Capabilities", workdir: Path
) -> list[tuple[Path, "Sent"]]:
    from stylestudio_desktop.files.sending import prepare_for_sending

    made = []
    for number, path in enumerate(paths):
        out = workdir / f"sent-{role.value}-{number}"
        sent = prepare_for_sending(path, out, able.upload_max_side, able.upload_max_bytes)
        made.append((out, sent))
    return made
