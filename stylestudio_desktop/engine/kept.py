"""Keeps what was found in a photo for the next job that shows the same one: pictures come in sets.

Whoever tries another style, seed or garment shows the same product or person again; what is found
in a photo depends on nothing else, so it is looked for once while it is at hand.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

MOST = 160_000_000  # bytes of everything kept; one person at 2,048 pixels takes 140 million
Found = TypeVar("Found")


class Kept:
    """The last things found, while they are no more than `most` bytes together."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def of(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what was found for `key` before, else `find` it; what it raises passes through.

        A dataclass is kept whose arrays nobody may write on from then on.
        """
        if key in self._found:
            self._found.move_to_end(key)
            known: Found = self._found[key]
            return known
        new = find()
        for plane in _planes(new):
            plane.setflags(write=False)
        self._found[key] = new
        while self._found and sum(map(_weight, self._found.values())) > self._most:
            self._found.popitem(last=False)
        return new


def _planes(found: Any) -> list[np.ndarray[Any, Any]]:
    values = (getattr(found, each.name) for each in fields(found))
    return [value for value in values if isinstance(value, np.ndarray)]


def _weight(found: Any) -> int:
    return sum(plane.nbytes for plane in _planes(found))
