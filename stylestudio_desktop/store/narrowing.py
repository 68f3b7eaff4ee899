"""Decides when hits of the text index are compared with an index instead of with pictures' rows.

A common word beside other conditions has tens of thousands of hits before a page is full, and the
row of each lies somewhere else on the disk. An index that holds all that is asked gives the ids
that fit in one walk, and the hits are compared with those.
"""

from collections.abc import Collection, Mapping

ROW_COST = 10
"""Reading the row of a hit costs as much as walking so many entries of an index."""

_COLUMNS = ("rating", "favourite", "style", "provider", "category")
_HELD = {
    "rating": frozenset(_COLUMNS),
    "favourite": frozenset(_COLUMNS),
    "style": frozenset(_COLUMNS) - {"category"},
}


def narrower(counts: Mapping[str, int], filters: Collection[str], everything: int) -> str | None:
    """Return the name of the index to compare the hits with, None where their rows are read.

    `counts` are the kept counts of what is asked by name, `filters` the names of all conditions
    ("not " before what must not be), `everything` the number of pictures. Either way the same
    hits are walked; beside each lies either its row, or its share of that index's entries.
    """
    asked = {name.removeprefix("not ") for name in filters}
    able = [name for name, held in _HELD.items() if name in counts and asked <= held]
    if not able:
        return None
    best = min(able, key=lambda name: counts[name])
    return best if 1 + counts[best] / max(1, everything) < ROW_COST else None
