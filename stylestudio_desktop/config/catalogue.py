"""Reads the catalogue of styles, qualities, ratios, packages and prompt forms from its file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from stylestudio_desktop.domain.catalog import (
    Catalogue,
    Package,
    PromptForms,
    Quality,
    Ratio,
    Style,
)
from stylestudio_desktop.domain.errors import BadInput

Made = TypeVar("Made")
_LARGEST = 1_000_000


def load_catalogue(path: Path) -> Catalogue:
    """Read the catalogue at `path`. Raises BadInput naming the first thing that is wrong."""
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        found = json.loads(path.read_text("utf-8"))
        return Catalogue(
            styles=_list(found, "styles", _style),
            qualities=_list(found, "qualities", _quality),
            ratios=_list(found, "ratios", _ratio),
            packages=_list(found, "packages", _package),
            prompt=PromptForms(_text(found["prompt"], "alone"), _text(found["prompt"], "worn")),
            free_tokens=_number(found, "free_tokens", 0, 1_000_000),
            dated=_text(found, "dated"),
        )
    except KeyError as error:
        problem = f"{error.args[0]} is missing"
    except (OSError, ValueError, TypeError, RecursionError) as error:
        problem = str(error)
    raise BadInput(
        f"The catalogue {path.name} can't be used: {problem}. Nothing was changed. Mend the file, "
        "or remove it to use the one that comes with the program."
    )


def _list(found: Any, name: str, make: Callable[[Any], Made]) -> tuple[Made, ...]:
    made = tuple(make(one) for one in found[name])
    ids = [getattr(one, "id") for one in made]  # noqa: B009
    if not made or len(set(ids)) != len(ids):
        raise ValueError(f"{name} must be a list without repeated ids")
    return made


def _style(one: Any) -> Style:
    return Style(
        *(_text(one, key) for key in ("id", "name", "summary", "adds", "avoids", "picture"))
    )


def _quality(one: Any) -> Quality:
    return Quality(
        _text(one, "id"),
        _text(one, "name"),
        _text(one, "summary"),
        _number(one, "tokens", 0, 1000),
        _number(one, "long_side", 64, 8192),
    )


def _ratio(one: Any) -> Ratio:
    return Ratio(
        _text(one, "id"),
        _text(one, "name"),
        _text(one, "use"),
        _number(one, "width", 1, 100),
        _number(one, "height", 1, 100),
    )


def _package(one: Any) -> Package:
    return Package(
        _text(one, "id"),
        _text(one, "name"),
        _number(one, "tokens", 1, 10_000_000),
        _number(one, "cents", 1, 100_000_000),
        _text(one, "currency"),
        _text(one, "tag"),
    )


def _text(found: Any, key: str) -> str:
    value = found[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} must be text")
    return value


def _number(found: Any, key: str, least: int, most: int) -> int:
    value = found[key]
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{key} must be a whole number from {least} to {most}")
    return int(value)
