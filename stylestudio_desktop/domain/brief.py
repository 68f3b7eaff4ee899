"""Everything that one generation asks for, as one value that never changes after it is accepted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.records import Generation

MAX_PRODUCTS = 5
MAX_MODELS = 3
MAX_COUNT = 10
MAX_SEED = 2**31 - 1
MAX_PROMPT = 4000
STRENGTH = (0.1, 1.0)
GUIDANCE = (1.0, 20.0)
STEPS = (1, 150)


@dataclass(frozen=True, slots=True)
class Brief:
    """One request for `count` pictures of `products`, perhaps worn by `models`.

    `background` is a photo of the user's own that the products are set into; `options` then say
    where (`domain.scene`).

    `style`, `quality` and `aspect_ratio` name rows of the catalogue, `provider` a picture-making
    service and `model` that service's own model id. Knobs that a service does not have stay
    None. `options` are short text settings that only one service knows (for the embedded engine
    the garment's kind, for instance).
    """

    products: tuple[FileId, ...]
    models: tuple[FileId, ...] = ()
    background: FileId | None = None
    prompt: str = ""
    negative_prompt: str = ""
    style: str = "realistic"
    quality: str = "standard"
    aspect_ratio: str = "1:1"
    count: int = 1
    provider: str = "local"
    model: str | None = None
    seed: int | None = None
    strength: float | None = None
    guidance_scale: float | None = None
    num_inference_steps: int | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def photos(self) -> tuple[FileId, ...]:
        """Every photo it is made from: products, people, the background."""
        behind = () if self.background is None else (self.background,)
        return (*self.products, *self.models, *behind)

    def parameters(self) -> dict[str, Any]:
        """Return the settings, without files and prompts, as plain JSON values."""
        return {
            "provider": self.provider,
            "model": self.model,
            "style": self.style,
            "quality": self.quality,
            "aspect_ratio": self.aspect_ratio,
            "count": self.count,
            "strength": self.strength,
            "guidance_scale": self.guidance_scale,
            "num_inference_steps": self.num_inference_steps,
            "seed": self.seed,
            "options": dict(self.options),
        }


def check_words(prompt: str, negative_prompt: str) -> None:
    """Raise BadInput if a prompt is too long, or holds what is no text."""
    for name, text in (("prompt", prompt), ("negative prompt", negative_prompt)):
        if len(text) > MAX_PROMPT:
            raise BadInput(f"The {name} is {len(text)} characters long; {MAX_PROMPT} is the limit.")
        if "\x00" in text:
            raise BadInput(f"The {name} holds a NUL character, which no service accepts.")
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            raise BadInput(f"The {name} holds bytes that are no text. Type or paste it again.")


def check(brief: Brief) -> Brief:
    """Return `brief` with trimmed texts, or raise BadInput naming the first wrong value.

    Only rules that hold for every service are checked here; what a service can do is checked
    against its capabilities, and names against the catalogue.
    """
    if not 1 <= len(brief.products) <= MAX_PRODUCTS:
        raise BadInput(f"Choose 1 to {MAX_PRODUCTS} product photos; {len(brief.products)} given.")
    if len(brief.models) > MAX_MODELS:
        raise BadInput(f"Choose at most {MAX_MODELS} photos of people; {len(brief.models)} given.")
    for role, files in (("product", brief.products), ("model", brief.models)):
        if len(set(files)) != len(files):
            raise BadInput(f"The same {role} photo is chosen twice. Choose each photo once.")
    if not 1 <= brief.count <= MAX_COUNT:
        raise BadInput(f"Ask for 1 to {MAX_COUNT} pictures at a time; {brief.count} given.")
    check_words(brief.prompt, brief.negative_prompt)
    if brief.background is not None:
        if brief.models:
            raise BadInput(
                "A picture has a background photo or a person, not both. Leave one of them out."
            )
        if brief.options.get("backdrop", "style") != "style":
            raise BadInput("A background photo takes the backdrop's place. Choose one of the two.")
        scene.asked(brief.options)
    elif scene.PLANE in brief.options:
        raise BadInput("A plane belongs to a background photo. Choose one, or leave the plane out.")
    _within("seed", brief.seed, (0, MAX_SEED))
    _within("strength", brief.strength, STRENGTH)
    _within("guidance scale", brief.guidance_scale, GUIDANCE)
    _within("number of steps", brief.num_inference_steps, STEPS)
    return replace(
        brief, prompt=brief.prompt.strip(), negative_prompt=brief.negative_prompt.strip()
    )


def _within(name: str, value: float | None, limits: tuple[float, float]) -> None:
    if value is not None and not limits[0] <= value <= limits[1]:
        # Not “:g”: that would round the largest seed to 2.14748e+09.
        raise BadInput(f"The {name} must lie between {limits[0]} and {limits[1]}.")


def asked_for(brief: Brief, generation_id: int, moment: int) -> Generation:
    """Return what `brief` asks for as a new row: waiting, at no price, and of nobody yet."""
    return Generation(
        id=generation_id,
        user_id=0,
        status=Status.PENDING.value,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        full_prompt="",
        provider=brief.provider,
        model=brief.model,
        style=brief.style,
        quality=brief.quality,
        aspect_ratio=brief.aspect_ratio,
        pictures=brief.count,
        strength=brief.strength,
        guidance_scale=brief.guidance_scale,
        num_inference_steps=brief.num_inference_steps,
        seed=brief.seed,
        options=json.dumps(dict(brief.options)),
        price=0,
        tokens_used=0,
        error_code=None,
        error=None,
        retry_count=0,
        processing_time_ms=None,
        remote_id=None,
        created_at=moment,
        updated_at=moment,
        completed_at=None,
        trashed_at=None,
    )
