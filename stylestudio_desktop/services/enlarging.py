"""Makes a finished picture again, larger: the same seed and settings at another quality."""

import json
from dataclasses import dataclass, replace

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.catalog import Quality
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.records import StoredFile
from stylestudio_desktop.services import generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, generations

_SHOWN = 0.8  # the part of a picture's long side that its product usually takes


@dataclass(frozen=True, slots=True)
class Larger:
    """The brief of the larger picture, and what people should know before they pay."""

    brief: Brief
    notes: tuple[str, ...]


def larger(studio: Studio, wanted: int, side: int | None = None) -> Larger:
    """Return how to make a picture again with `side` pixels on its longer side, by default most.

    `wanted` is the picture's id, or its generation's (its first picture is meant then). Nothing
    is started. Raises NotFound, or BadInput where its service can't or it is that large already.
    """
    shown = _picture(studio, wanted)
    brief = generate.brief_of(studio, int(shown.generation_id or 0))
    able = generate.capabilities(studio, brief.provider, brief.model)
    if not able.enlarges:
        name = studio.provider(brief.provider).card.name
        raise BadInput(
            f"{name} can't make the same picture again in another size. Nothing was started. "
            "Pictures made on this computer can be made larger."
        )
    worn = able.worn_qualities if brief.models else None
    offered = able.qualities if worn is None else worn
    sizes = [one for one in studio.catalogue.qualities if one.id in offered]
    above = [one for one in sizes if one.long_side > max(shown.width, shown.height)]
    if not above:
        raise BadInput("This picture has the largest size there is. Nothing was started.")
    quality = _sized(above, side)
    seed = json.loads(shown.facts).get("seed", brief.seed)
    return Larger(
        replace(brief, quality=quality.id, count=1, seed=seed),
        _notes(studio, brief, quality),
    )


def possible(studio: Studio, picture: int) -> bool:
    """Say whether a picture can be made again, larger; nothing is read but the library."""
    try:
        larger(studio, picture)
    except (BadInput, NotFound):
        return False
    return True


def _picture(studio: Studio, wanted: int) -> StoredFile:
    """Return the finished picture that is meant."""
    found = files.by_ids(studio.database, studio.user_id, [wanted])
    if found and found[0].generation_id is not None:
        return found[0]
    generate.brief_of(studio, wanted)  # raises NotFound where it is nobody's, or somebody else's
    linked = generations.linked(studio.database, [wanted])
    results = [one.file_id for one in linked if one.role == Role.RESULT.value]
    if not results:
        raise BadInput("It has no finished picture that could be made larger.")
    return files.by_ids(studio.database, studio.user_id, results[:1])[0]


def _sized(above: list[Quality], side: int | None) -> Quality:
    if side is None:
        return max(above, key=lambda one: one.long_side)
    for one in above:
        if one.long_side == side:
            return one
    sizes = ", ".join(str(one.long_side) for one in above)
    raise BadInput(f"It can't be made {side} pixels large. Choose one of: {sizes}.")


def _notes(studio: Studio, brief: Brief, quality: Quality) -> tuple[str, ...]:
    """Say which product photos have fewer pixels than the picture asks for."""
    photos = files.by_ids(studio.database, studio.user_id, list(brief.products))
    need = round(_SHOWN * quality.long_side) if len(brief.products) == 1 else 0
    return tuple(
        f"“{one.filename}” has {max(one.width, one.height):,} pixels on its longer side, fewer "
        f"than the {need:,} that show in the picture: it is enlarged, no detail is made up."
        for one in photos
        if max(one.width, one.height) < need
    )
