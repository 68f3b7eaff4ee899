"""What is about to be asked for, as one value and pure functions, so that it is tested without Qt.

A draft holds whatever the user chose, possible or not; `problems` says what keeps it from being
made, and `briefs` turns it into what the services take.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

from stylestudio_desktop.domain import scene, staging
from stylestudio_desktop.domain.brief import MAX_PROMPT, Brief
from stylestudio_desktop.domain.catalog import Catalogue
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.protocol import Capabilities
from stylestudio_desktop.ui.create.kinds import as_options, of_brief

MOST_ALONE = 50
"""Products in one batch; each becomes a generation of its own."""


class Step(IntEnum):
    """The pane's pages, in the order of its tabs."""

    PRODUCT = 0
    MODEL = 1
    LOOK = 2
    REVIEW = 3
    PICTURES = 4


class Need(Enum):
    """What keeps a draft from being made."""

    PRODUCT = "product"
    FEWER_PRODUCTS = "fewer_products"
    PERSON = "person"
    FEWER_PEOPLE = "fewer_people"
    QUALITY = "quality"
    RATIO = "ratio"
    FEWER_PICTURES = "fewer_pictures"
    WORN_QUALITY = "worn_quality"
    ARRANGEMENT = "arrangement"
    NO_SCENES = "no_scenes"
    PERSON_OR_SCENE = "person_or_scene"
    SHORTER_PROMPT = "shorter_prompt"
    READY_SERVICE = "ready_service"


@dataclass(frozen=True, slots=True)
class Problem:
    """A need, the step where it is met, and the number it is about."""

    need: Need
    step: Step
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the library in its part; `kind` is the garment's, one of KINDS."""

    id: FileId
    storage_id: str
    name: str
    kind: str = "auto"


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything chosen so far."""

    products: tuple[Photo, ...] = ()
    together: bool = False
    models: tuple[Photo, ...] = ()
    style: str = "realistic"
    quality: str = "standard"
    ratio: str = "1:1"
    count: int = 1
    prompt: str = ""
    negative_prompt: str = ""
    provider: str = "local"
    model: str | None = None
    seed: int | None = None
    strength: float | None = None
    guidance_scale: float | None = None
    steps: int | None = None
    arrangement: str = staging.AUTO
    backdrop: str = staging.BACKDROPS[0]
    reflection: str = staging.AUTO
    background: Photo | None = None
    plane: str = scene.AUTO
    light_from: str = scene.AUTO
    size: int = 100

    @property
    def photos(self) -> tuple[Photo, ...]:
        """Every photo chosen: products, people, the background."""
        behind = () if self.background is None else (self.background,)
        return (*self.products, *self.models, *behind)

    @property
    def kind(self) -> str:
        """The one kind that all products are of, else `auto`."""
        kinds = {one.kind for one in self.products}
        return kinds.pop() if len(kinds) == 1 else "auto"

    @property
    def batch(self) -> bool:
        """Whether several products are each made by themselves."""
        return len(self.products) > 1 and not self.together


@dataclass(frozen=True, slots=True)
class Bill:
    """What a draft costs; tokens throughout. `balance` is None until it is known."""

    each: int
    pictures: int
    total: int
    balance: int | None

    @property
    def after(self) -> int | None:
        """The balance afterwards."""
        return None if self.balance is None else self.balance - self.total

    @property
    def short(self) -> int:
        """How many tokens are missing."""
        return max(0, self.total - self.balance) if self.balance is not None else 0


def added(photos: Sequence[Photo], new: Sequence[Photo], most: int) -> tuple[Photo, ...]:
    """Return `photos` with `new` ones at the end, none twice; beyond `most` the first ones stay."""
    known = {one.id: one for one in photos}
    for one in new:
        known.setdefault(one.id, one)
    return tuple(known.values())[:most]


def toggled(photos: Sequence[Photo], one: Photo, most: int) -> tuple[Photo, ...]:
    """Return `photos` without `one`, or with it; without room for it, the last gives way."""
    if any(known.id == one.id for known in photos):
        return without(photos, one.id)
    return (*photos[: max(0, most - 1)], one)


def without(photos: Sequence[Photo], file_id: int) -> tuple[Photo, ...]:
    """Return `photos` without the one of `file_id`."""
    return tuple(one for one in photos if one.id != file_id)


def of_kind(photos: Sequence[Photo], file_id: int, kind: str) -> tuple[Photo, ...]:
    """Return `photos` with another kind of garment for one of them."""
    return tuple(replace(one, kind=kind) if one.id == file_id else one for one in photos)


def problems(draft: Draft, able: Capabilities, ready: bool = True) -> tuple[Problem, ...]:
    """Return what keeps `draft` from being made by a service that can do `able`, in step order."""
    shown = len(draft.products)
    most = able.max_products if shown > 1 and draft.together else MOST_ALONE
    checks = (
        (shown == 0, Problem(Need.PRODUCT, Step.PRODUCT)),
        (shown > most, Problem(Need.FEWER_PRODUCTS, Step.PRODUCT, most)),
        (able.needs_model_photo and not draft.models, Problem(Need.PERSON, Step.MODEL)),
        (
            len(draft.models) > able.max_models,
            Problem(Need.FEWER_PEOPLE, Step.MODEL, able.max_models),
        ),
        (draft.quality not in able.qualities, Problem(Need.QUALITY, Step.LOOK)),
        (
            bool(draft.models)
            and able.worn_qualities is not None
            and draft.quality in able.qualities
            and draft.quality not in able.worn_qualities,
            Problem(Need.WORN_QUALITY, Step.LOOK),
        ),
        (
            bool(able.arrangements)
            and not draft.models
            and not staging.fits(draft.kind, draft.arrangement),
            Problem(Need.ARRANGEMENT, Step.LOOK),
        ),
        (
            draft.background is not None and not able.scenes,
            Problem(Need.NO_SCENES, Step.LOOK),
        ),
        (
            draft.background is not None and bool(draft.models),
            Problem(Need.PERSON_OR_SCENE, Step.LOOK),
        ),
        (draft.ratio not in able.ratios, Problem(Need.RATIO, Step.LOOK)),
        (
            draft.count > able.max_count,
            Problem(Need.FEWER_PICTURES, Step.LOOK, able.max_count),
        ),
        (
            max(len(draft.prompt), len(draft.negative_prompt)) > MAX_PROMPT,
            Problem(Need.SHORTER_PROMPT, Step.LOOK, MAX_PROMPT),
        ),
        (not ready, Problem(Need.READY_SERVICE, Step.LOOK)),
    )
    return tuple(problem for wrong, problem in checks if wrong)


def bill(draft: Draft, catalogue: Catalogue, balance: int | None) -> Bill:
    """Return what `draft` costs: one generation, or one for each product of a batch."""
    pictures = draft.count * (max(1, len(draft.products)) if draft.batch else 1)
    return Bill(
        each=catalogue.price(draft.quality, 1),
        pictures=pictures,
        total=catalogue.price(draft.quality, pictures),
        balance=balance,
    )


def briefs(draft: Draft, able: Capabilities) -> tuple[Brief, ...]:
    """Return what to start: knobs that the service does not have are left out."""
    groups = [(one,) for one in draft.products] if draft.batch else [draft.products]
    return tuple(
        Brief(
            products=tuple(one.id for one in group),
            models=tuple(one.id for one in draft.models),
            background=None if draft.background is None else draft.background.id,
            prompt=draft.prompt.strip(),
            negative_prompt=draft.negative_prompt.strip() if able.negative_prompt else "",
            style=draft.style,
            quality=draft.quality,
            aspect_ratio=draft.ratio,
            count=draft.count,
            provider=draft.provider,
            model=draft.model,
            seed=draft.seed if able.seed else None,
            strength=draft.strength if able.strength else None,
            guidance_scale=draft.guidance_scale if able.guidance_scale else None,
            num_inference_steps=draft.steps if able.num_inference_steps else None,
            options=MappingProxyType(_options(draft, group, able)),
        )
        for group in groups
    )


def shown_options(draft: Draft, able: Capabilities) -> dict[str, str]:
    """Return how products are shown, for a batch whose photos are not known yet."""
    return _options(draft, (), able)


def _options(draft: Draft, group: Sequence[Photo], able: Capabilities) -> dict[str, str]:
    kind = replace(draft, products=tuple(group)).kind
    found = as_options([one.kind for one in group])
    if draft.background is not None:
        return found | _scene(draft, able, kind)
    if able.arrangements and not draft.models:
        fits = staging.fits(kind, draft.arrangement)  # one of a batch may be of another kind
        asked = (
            ("arrangement", draft.arrangement if fits else staging.AUTO),
            ("backdrop", draft.backdrop),
            ("reflection", draft.reflection),
        )
        found |= staging.chosen(asked)
    return found


def _scene(draft: Draft, able: Capabilities, kind: str) -> dict[str, str]:
    """Return what a background photo asks for beyond what the engine would find by itself."""
    offered = draft.arrangement in able.scenes and staging.fits(kind, draft.arrangement)
    asked = (
        ("arrangement", draft.arrangement if offered else staging.AUTO),
        ("reflection", draft.reflection),
    )
    found = staging.chosen(asked)
    if draft.plane != scene.AUTO:
        found[scene.PLANE] = draft.plane
    if draft.light_from != scene.AUTO:
        found[scene.LIGHT] = draft.light_from
    if draft.size != scene.USUAL_SIZE:
        found[scene.SIZE] = str(draft.size)
    return found


def like(
    brief: Brief,
    products: Sequence[Photo],
    models: Sequence[Photo],
    background: Photo | None = None,
) -> Draft:
    """Return the draft that asks for what `brief` asked, with those of its photos still there.

    The seed is left to chance again: more like this, not the same again.
    """
    kinds = of_brief(brief, len(products))
    shown = _staged(brief)
    return Draft(
        arrangement=shown["arrangement"],
        backdrop=shown["backdrop"],
        reflection=shown["reflection"],
        products=tuple(replace(one, kind=kind) for one, kind in zip(products, kinds, strict=True)),
        together=len(products) > 1,
        models=tuple(models),
        background=background,
        **_set(brief, background),
        style=brief.style,
        quality=brief.quality,
        ratio=brief.aspect_ratio,
        count=brief.count,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        provider=brief.provider,
        model=brief.model,
        strength=brief.strength,
        guidance_scale=brief.guidance_scale,
        steps=brief.num_inference_steps,
    )


def _set(brief: Brief, background: Photo | None) -> dict[str, Any]:
    """Return how the products of `brief` were set into its background photo."""
    if background is None:
        return {}
    try:
        asked = scene.asked(brief.options)
    except BadInput:  # what is odd falls back to what the engine finds
        return {}
    plane = scene.AUTO if asked.plane is None else asked.plane.text()
    return {"plane": plane, "light_from": asked.light_from, "size": asked.size}


def _staged(brief: Brief) -> dict[str, str]:
    """Return how the products of `brief` were shown; what is odd falls back to what is usual."""
    asked = {name: brief.options.get(name, known[0]) for name, known in staging.OPTIONS.items()}
    return {
        name: value if value in staging.OPTIONS[name] else staging.OPTIONS[name][0]
        for name, value in asked.items()
    }
