"""Reads single values of a file that people edit, with errors that name the field."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

_Choice = TypeVar("_Choice", bound=Enum)


def text(raw: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """Return a text; raise KeyError where it is missing and has no default."""
    value = raw.get(key, default)
    if value is None:
        raise KeyError(key)
    if not isinstance(value, str):
        raise TypeError(f"“{key}” must be text")
    return value


def texts(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts, an empty one where there is none."""
    found = list_of(raw, key)
    if not all(isinstance(one, str) for one in found):
        raise TypeError(f"“{key}” must be a list of texts")
    return tuple(found)


def list_of(raw: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list, an empty one where there is none."""
    found = raw.get(key, [])
    if not isinstance(found, list):
        raise TypeError(f"“{key}” must be a list")
    return found


def object_of(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return an object, an empty one where there is none."""
    found = raw.get(key, {})
    if not isinstance(found, dict):
        raise TypeError(f"“{key}” must be an object")
    return found


def flag(raw: Mapping[str, Any], key: str, default: bool) -> bool:
    """Return true or false."""
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise TypeError(f"“{key}” must be true or false")
    return value


def number(raw: Mapping[str, Any], key: str, least: float, most: float, default: float) -> float:
    """Return a number within limits."""
    try:
        return within(raw.get(key, default), least, most)
    except (TypeError, ValueError) as error:
        raise ValueError(f"“{key}” must be a number from {least:g} to {most:g}") from error


def maybe(
    raw: Mapping[str, Any], key: str, least: float, most: float, default: float | None
) -> float | None:
    """Return a number within limits, None where the file says null."""
    if raw.get(key, default) is None:
        return None
    return number(raw, key, least, most, default or least)


def within(value: Any, least: float, most: float) -> float:
    """Return `value` as a number, or raise if it is none or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError("a number is expected")
    if not least <= value <= most:
        raise ValueError("it is out of range")
    return float(value)


def choice(choices: type[_Choice], value: Any, default: _Choice) -> _Choice:
    """Read a word tolerantly: a newer file may use one that this version doesn't know."""
    return next((one for one in choices if one.value == value), default)
