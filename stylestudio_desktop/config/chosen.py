"""The picture services that the user has added, as the settings keep them; never with a key."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

LONGEST = 2000
"""Characters of one value of a service's settings."""
LARGEST_CEILING = 1_000_000


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Chosen(NamedTuple):
    """One service that the user has added.

    `settings` are what its adapter reads; `ceiling` is how many pictures a calendar month may
    bring, None for no limit. `consent_at` (UTC milliseconds) is when the user agreed that photos
    of people go to the host `consent_to`. `learned` is what the service said of itself at its last
    test, at `tested_at`.
    """

    id: str
    settings: Mapping[str, str] = _NOTHING
    ceiling: int | None = None
    consent_at: int | None = None
    consent_to: str = ""
    learned: Mapping[str, Any] = _NOTHING
    tested_at: int | None = None


def chosen_in(found: Sequence[Any]) -> tuple[Chosen, ...]:
    """Return the services that the settings list, in the order of preference.

    The file may have been edited: what can't be understood is left out, and no service stands
    there twice.
    """
    known: dict[str, Chosen] = {}
    for raw in found:
        if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"]:
            known.setdefault(raw["id"], _read(raw))
    return tuple(known.values())


def as_json(chosen: Sequence[Chosen]) -> list[Any]:
    """Return the services as plain JSON values for the settings file."""
    return [
        {
            "id": one.id,
            "settings": dict(one.settings),
            "ceiling": one.ceiling,
            "consent_at": one.consent_at,
            "consent_to": one.consent_to,
            "learned": dict(one.learned),
            "tested_at": one.tested_at,
        }
        for one in chosen
    ]


def _read(raw: Mapping[str, Any]) -> Chosen:
    settings = raw.get("settings")
    texts = {
        name: value
        for name, value in (settings.items() if isinstance(settings, dict) else ())
        if isinstance(value, str) and len(value) <= LONGEST
    }
    ceiling, learned = _number(raw.get("ceiling")), raw.get("learned")
    host = raw.get("consent_to")
    return Chosen(
        id=raw["id"],
        settings=MappingProxyType(texts),
        ceiling=None if ceiling is None else min(ceiling, LARGEST_CEILING),
        consent_at=_number(raw.get("consent_at")) if isinstance(host, str) else None,
        consent_to=host if isinstance(host, str) else "",
        learned=MappingProxyType(learned if isinstance(learned, dict) else {}),
        tested_at=_number(raw.get("tested_at")),
    )


def _number(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None
