"""Turns a draft into plain JSON and back, so that nothing chosen is lost between two starts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.brief import MAX_COUNT, MAX_MODELS, MAX_PROMPT, MAX_SEED
from stylestudio_desktop.domain.catalog import Catalogue
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.ids import LARGEST_ID, FileId
from stylestudio_desktop.domain.staging import OPTIONS
from stylestudio_desktop.ui.create.draft import MOST_ALONE, Draft, Photo
from stylestudio_desktop.ui.create.kinds import KINDS


def to_memory(draft: Draft) -> dict[str, Any]:
    """Return `draft` as plain JSON values."""
    return asdict(draft)


def from_memory(
    memory: Mapping[str, Any], catalogue: Catalogue, services: Collection[str]
) -> Draft:
    """Return the draft that `memory` holds; what is odd or no longer offered falls back.

    The memory is a file that anybody may have edited, so every value is looked at.
    """
    usual = Draft()
    known = {one.name for one in fields(Draft)} - {"products", "models", "background"}
    found = {name: value for name, value in memory.items() if name in known and _fits(name, value)}
    draft = replace(
        usual,
        **found,
        products=_photos(memory.get("products"), MOST_ALONE),
        models=_photos(memory.get("models"), MAX_MODELS),
        background=next(iter(_photos([memory.get("background")], 1)), None),
    )
    offers = {
        "style": [one.id for one in catalogue.styles],
        "quality": [one.id for one in catalogue.qualities],
        "ratio": [one.id for one in catalogue.ratios],
        "provider": list(services),
    }
    lost: dict[str, Any] = {
        name: getattr(usual, name) if getattr(usual, name) in offer else offer[0]
        for name, offer in offers.items()
        if offer and getattr(draft, name) not in offer
    }
    if "provider" in lost:
        lost["model"] = None
    return replace(draft, **lost)


def _fits(name: str, value: Any) -> bool:
    if name in ("style", "quality", "ratio", "provider"):
        return isinstance(value, str)
    if name in ("prompt", "negative_prompt"):
        return isinstance(value, str) and len(value) <= MAX_PROMPT
    if name in OPTIONS:
        return value in OPTIONS[name]
    if name in scene.OPTIONS:
        typed = isinstance(value, str) if name != scene.SIZE else type(value) is int
        return typed and _is_scene({name: str(value)})
    if name == "together":
        return isinstance(value, bool)
    if name == "count":
        return _number(value, 1, MAX_COUNT)
    if value is None:
        return True
    if name == "model":
        return isinstance(value, str)
    limits = {"seed": (0, MAX_SEED), "steps": (1, 150)}
    if name in limits:
        return _number(value, *limits[name])
    low, high = (0.1, 1.0) if name == "strength" else (1.0, 20.0)
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_scene(options: Mapping[str, str]) -> bool:
    try:
        scene.asked(options)
    except BadInput:
        return False
    return True


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _number(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _photos(found: Any, most: int) -> tuple[Photo, ...]:
    photos: dict[int, Photo] = {}
    for one in found if isinstance(found, list | tuple) else ():
        if not isinstance(one, Mapping):
            continue
        file_id, storage_id = one.get("id"), one.get("storage_id")
        name, kind = one.get("name"), one.get("kind")
        if not (_number(file_id, 1, LARGEST_ID) and _is_digest(storage_id)):
            continue
        photos[int(file_id or 0)] = Photo(
            FileId(int(file_id or 0)),
            str(storage_id),
            name if isinstance(name, str) else "",
            kind if kind in KINDS else "auto",
        )
    return tuple(photos.values())[:most]
