"""Says what a made picture tells about itself wherever it goes: prompt, service and photos."""

from typing import Any

from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.files.metadata import Description, DigitalSource
from stylestudio_desktop.services import generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations

MADE_HERE = "Put together from photos of the product on this computer; no generative model"
MADE_BY_AI = "Made with AI from photos of the product"


def describe(
    studio: Studio,
    made: Generation,
    place: int,
    *,
    title: str = "",
    label: str = "",
    made_at: int | None = None,
) -> Description:
    """Return the description of the picture at `place` among those that `made` made."""
    linked = generations.linked(studio.database, [made.id])
    provider = studio.providers.get(made.provider)
    here = provider is not None and not provider.card.remote
    parameters: dict[str, Any] = {
        **generate.brief_from(made, (), ()).parameters(),
        "prompt": made.prompt,
        "place": place,
    }
    return Description(
        source=DigitalSource.COMPOSITE if here else DigitalSource.PARTLY_GENERATED,
        prompt=made.full_prompt,
        negative_prompt=made.negative_prompt,
        parameters=parameters,
        sources=tuple(one.storage_id for one in linked if one.role != Role.RESULT.value),
        people=tuple(one.storage_id for one in linked if one.role == Role.MODEL.value),
        backgrounds=tuple(one.storage_id for one in linked if one.role == Role.BACKGROUND.value),
        label=label or (MADE_HERE if here else MADE_BY_AI),
        title=title,
        system=made.provider,
        version=made.model or "",
        generation=str(made.id),
        made_at=made.completed_at if made_at is None else made_at,
    )
