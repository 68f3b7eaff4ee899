"""What a generation is asked for: a quote, a start, and the brief it came from."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.brief import MAX_SEED, Brief, asked_for, check
from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    NotFound,
)
from stylestudio_desktop.domain.generation import (
    ROLE_CATEGORY,
    Role,
)
from stylestudio_desktop.domain.ids import FileId, new_id, now_ms
from stylestudio_desktop.domain.records import Generation, StoredFile
from stylestudio_desktop.domain.staging import OPTIONS
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, generations, users

if TYPE_CHECKING:
    from stylestudio_desktop.providers.protocol import Capabilities, ServiceCard
from stylestudio_desktop.services import attempts, ceilings, consents, ledger_proof


@dataclass(frozen=True, slots=True)
class Quote:
    """What a brief costs and what would be sent, before anything is started."""

    price: int
    each: int
    balance: int
    width: int
    height: int
    prompt: str
    negative_prompt: str

    @property
    def short(self) -> int:
        """How many tokens are missing."""
        return max(0, self.price - self.balance)


def quote(studio: Studio, brief: Brief) -> Quote:
    """Price a brief and compose its prompt; the files are not looked at. Raises BadInput."""
    width, height = studio.catalogue.pixels(brief.quality, brief.aspect_ratio)
    return Quote(
        price=studio.catalogue.price(brief.quality, brief.count),
        each=studio.catalogue.quality(brief.quality).tokens,
        balance=users.balance(studio.database, studio.user_id),
        width=width,
        height=height,
        prompt=studio.catalogue.compose(brief),
        negative_prompt=studio.catalogue.avoid(brief),
    )


def capabilities(studio: Studio, provider: str, model: str | None) -> "Capabilities":
    """Return what the chosen model of a service can do. Raises NotFound."""
    return _able(studio.provider(provider).card, model)


def _able(card: "ServiceCard", model: str | None) -> "Capabilities":
    for one in card.models:
        if model is None or one.id == model:
            return one.capabilities
    names = ", ".join(one.id for one in card.models)
    raise NotFound(f"{card.name} has no model “{str(model)[:60]}”. Choose one of: {names}.")


def start(studio: Studio, brief: Brief) -> Generation:
    """Create a generation, hold its tokens, link its files and queue it, all or nothing.

    Raises BadInput, NotFound or NotEnoughTokens; nothing has changed then.
    """
    return start_many(studio, [brief])[0]


def start_many(studio: Studio, briefs: Sequence[Brief]) -> list[Generation]:
    """Start several generations in one transaction: all of them, or none."""
    ready = _all_examined(studio, briefs)
    asked: Counter[str] = Counter()
    for brief in ready:
        asked[brief.provider] += brief.count
    ledger_proof.prepare(studio)
    with studio.database.write():
        ceilings.require(studio, asked)
        started = [begin(studio, brief) for brief in ready]
        attempts.tell_balance(studio)
    return started


def fitting(studio: Studio, brief: Brief) -> Brief:
    """Return `brief` with trimmed texts once everything but its photos is found in order.

    Raises BadInput or NotFound, naming what the service or the catalogue does not have.
    """
    brief = check(brief)
    studio.catalogue.style(brief.style)
    _check_able(studio, brief)
    consents.require(studio, brief)
    return brief


def examined(studio: Studio, brief: Brief) -> Brief:
    """Return `brief` once all of it is in order, its photos too. Raises BadInput or NotFound."""
    return _all_examined(studio, [brief])[0]


def _all_examined(studio: Studio, briefs: Sequence[Brief]) -> list[Brief]:
    """Return the briefs once all are in order; photos that several share are looked at once."""
    ready = [fitting(studio, brief) for brief in briefs]
    wanted = dict.fromkeys(one for brief in ready for one in brief.photos)
    found = {row.id: row for row in files.by_ids(studio.database, studio.user_id, [*wanted])}
    sound: set[str] = set()
    for brief in ready:
        _check_photos(studio, brief, found, sound)
    return ready


def _check_photos(
    studio: Studio, brief: Brief, found: Mapping[int, StoredFile], sound: set[str]
) -> None:
    """Raise for a photo that can't be used; the bytes of those in `sound` have been looked at."""
    behind = () if brief.background is None else (brief.background,)
    for role, ids in (
        (Role.PRODUCT, brief.products),
        (Role.MODEL, brief.models),
        (Role.BACKGROUND, behind),
    ):
        for file_id in ids:
            row = found.get(file_id)
            if row is None or row.trashed_at is not None:
                raise NotFound(
                    f"The {role.value} photo {file_id} is not in the library. Nothing was started. "
                    "Import it, or bring it back from the trash."
                )
            if row.category != ROLE_CATEGORY[role].value:
                raise BadInput(
                    f"“{row.filename}” is kept as a {row.category.replace('_', ' ')} and can't be "
                    f"used as a {role.value} photo. Import it as a {role.value} photo first."
                )
            if row.storage_id in sound:
                continue
            if studio.files.quick(row.storage_id, row.size) is not Condition.INTACT:
                raise BadInput(
                    f"The file of “{row.filename}” is missing or damaged. Nothing was started. "
                    "Import the photo again.",
                    code=Code.FILE_MISSING,
                )
            sound.add(row.storage_id)


def _check_able(studio: Studio, brief: Brief) -> None:
    card = studio.provider(brief.provider).card  # asked for once: each time costs a look at a file
    able, name = _able(card, brief.model), card.name
    studio.catalogue.quality(brief.quality)
    studio.catalogue.ratio(brief.aspect_ratio)
    refusals = [one.refusal for one in card.models if brief.model in (None, one.id)]
    if refusals and refusals[0]:
        raise BadInput(f"{refusals[0]} Nothing was started.")
    problems: tuple[tuple[bool, str], ...] = (
        *_too_many(brief, able),
        (able.needs_model_photo and not brief.models, "a photo of a person"),
        (brief.quality not in able.qualities, f"the qualities {', '.join(able.qualities)}"),
        (brief.aspect_ratio not in able.ratios, f"the ratios {', '.join(able.ratios)}"),
    )
    for option, offered in (("arrangement", able.arrangements), ("backdrop", able.backdrops)):
        value = brief.options.get(option, OPTIONS[option][0])
        asked_for = value != OPTIONS[option][0] and value not in offered
        problems += ((asked_for, f"no {option} “{value[:40]}”"),)
    if brief.background is not None:
        how = brief.options.get("arrangement", OPTIONS["arrangement"][0])
        shown = able.scenes and how not in able.scenes
        problems += (
            (not able.scenes, "no background photo of your own"),
            (bool(shown), f"no arrangement “{how[:40]}” in a background photo"),
        )
    worn = able.worn_qualities
    if brief.models and worn is not None:
        unworn = brief.quality not in worn
        problems += ((unworn, f"pictures of people in the qualities {', '.join(worn)}"),)
    for wrong, takes in problems:
        if wrong:
            raise BadInput(f"{name} takes {takes}. Nothing was started.")


def _too_many(brief: Brief, able: "Capabilities") -> tuple[tuple[bool, str], ...]:
    def at_most(limit: int, one: str, many: str) -> str:
        if limit == 0:
            return f"no {many}"
        return f"at most {limit} {one if limit == 1 else many}"

    products = at_most(able.max_products, "product photo", "product photos")
    people = at_most(able.max_models, "photo of a person", "photos of people")
    pictures = at_most(able.max_count, "picture at a time", "pictures at a time")
    return (
        (len(brief.products) > able.max_products, products),
        (len(brief.models) > able.max_models, people),
        (brief.count > able.max_count, pictures),
    )


def begin(
    studio: Studio, brief: Brief, *, batch_id: int | None = None, price: int | None = None
) -> Generation:
    """Create a generation from an examined brief, inside a transaction.

    `price` is the one that was frozen with its batch. Raises NotEnoughTokens.
    """
    database = studio.database
    moment = now_ms()
    generation_id = new_id()
    seed = secrets.randbelow(MAX_SEED + 1) if brief.seed is None else brief.seed
    if price is None:
        price = studio.catalogue.price(brief.quality, brief.count)
    row = asked_for(brief, generation_id, moment)._replace(
        user_id=studio.user_id,
        full_prompt=studio.catalogue.compose(brief),
        seed=seed,
        price=price,
        tokens_used=price,
        batch_id=batch_id,
    )
    with attempts.within_budget():
        generations.insert(database, row)
    generations.link(database, generation_id, Role.PRODUCT, brief.products)
    if brief.models:
        generations.link(database, generation_id, Role.MODEL, brief.models)
    if brief.background is not None:
        generations.link(database, generation_id, Role.BACKGROUND, [brief.background])
    attempts.enqueue(studio, row, attempt=0, moment=moment)
    return row


def brief_of(studio: Studio, generation_id: int) -> Brief:
    """Return what a generation asked for, to run it again or to start from its settings."""
    row = attempts.owned(studio, generation_id)
    used = generations.linked(studio.database, [generation_id])
    playing = {role: [one.file_id for one in used if one.role == role.value] for role in Role}
    return brief_from(
        row, playing[Role.PRODUCT], playing[Role.MODEL], *playing[Role.BACKGROUND][:1]
    )


def brief_from(
    row: Generation,
    products: Sequence[int],
    models: Sequence[int],
    background: int | None = None,
) -> Brief:
    """Return a generation's row and files as the brief they came from."""
    return Brief(
        products=tuple(FileId(file_id) for file_id in products),
        models=tuple(FileId(file_id) for file_id in models),
        background=None if background is None else FileId(background),
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        style=row.style,
        quality=row.quality,
        aspect_ratio=row.aspect_ratio,
        count=row.pictures,
        provider=row.provider,
        model=row.model,
        seed=row.seed,
        strength=row.strength,
        guidance_scale=row.guidance_scale,
        num_inference_steps=row.num_inference_steps,
        options=MappingProxyType(json.loads(row.options)),
    )
