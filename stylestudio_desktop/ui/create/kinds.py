"""The kinds of products that can be told, and how a brief's options say which product is which."""

from collections.abc import Sequence

from stylestudio_desktop.domain.brief import Brief

KINDS = ("auto", "top", "dress", "trousers", "skirt", "shorts", "jacket", "shoes", "bag")


def as_options(kinds: Sequence[str]) -> dict[str, str]:
    """Return the options that tell what the products of one brief are, in their order."""
    if not kinds or set(kinds) == {"auto"}:
        return {}
    if len(set(kinds)) == 1:
        return {"garment": kinds[0]}
    return {"garments": ",".join(kinds)}


def of_brief(brief: Brief, count: int) -> list[str]:
    """Return the kinds of the `count` products of `brief` that are still there.

    Where one is gone, nobody knows which kind was whose.
    """
    each = brief.options.get("garments", "").split(",")
    if len(each) == count and set(each) <= set(KINDS):
        return each
    kind = brief.options.get("garment", "auto")
    return [kind if kind in KINDS else "auto"] * count
