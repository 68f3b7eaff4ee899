"""How a product can be shown where nobody wears it: arrangements, backdrops, and what is usual."""

from collections.abc import Iterable

AUTO = "auto"
ARRANGEMENTS = (AUTO, "standing", "leaning", "laid", "hung", "plinth")
BACKDROPS = ("style", "seamless", "gradient", "wall", "fabric", "gel", "white")
REFLECTIONS = (AUTO, "none", "floor")
OPTIONS = {"arrangement": ARRANGEMENTS, "backdrop": BACKDROPS, "reflection": REFLECTIONS}
"""The options of a brief that say it, with their values; the first one is what nobody chose."""

_USUAL = {"shoes": "standing", "bag": "standing", "dress": "hung", "jacket": "hung"}
_NEVER = {"shoes": ("hung",)}


def usual(kind: str) -> str:
    """Return how a kind of product is shown unless asked otherwise."""
    return _USUAL.get(kind, "laid")


def fits(kind: str, arrangement: str) -> bool:
    """Say whether products of a kind can be shown so."""
    return arrangement not in _NEVER.get(kind, ())


def chosen(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return those of `options` that say something about it beyond what is usual anyway."""
    return {name: value for name, value in options if name in OPTIONS and value != OPTIONS[name][0]}
