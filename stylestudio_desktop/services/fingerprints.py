"""Holds every fingerprint of a library in memory and finds the near ones among a million.

Two ways, both exact: comparing with all at once (XOR and population count over one array, a few
milliseconds for a million), and by multi-index hashing for long runs of questions with a small
radius: M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index
Hashing" (CVPR 2012). Of two prints at most 7 bits apart, one of the four 16-bit quarters differs
in at most one bit.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

MOST_NEAR = 5_000
"""Candidates looked at for one print; plain pictures may share theirs with very many others."""

LARGEST_RADIUS = 7
_QUARTERS = 4
Print = tuple[int, int, int | None]
"""A picture's id, signed fingerprint, and colour if it is known."""


class Near(NamedTuple):
    """A picture and in how many of 64 bits its fingerprint differs."""

    id: int
    distance: int


class Fingerprints:
    """Ids with fingerprints and colours, in any order. Not safe to change on two threads."""

    def __init__(self) -> None:
        """Begin empty."""
        import numpy as np

        self._ids = np.empty(0, np.int64)
        self._prints = np.empty(0, np.uint64)
        self._colours = np.empty(0, np.int32)
        self._tables: list[tuple[Any, Any]] = []
        self._tabled = 0
        self.last = 0
        """The highest id held, 0 if there is none."""

    def __len__(self) -> int:
        return len(self._ids)

    def extend(self, portions: Iterable[Iterable[Print]]) -> None:
        """Add (id, signed fingerprint, colour) of pictures that are not held yet."""
        import numpy as np

        kind = [("id", np.int64), ("print", np.int64), ("colour", np.int32)]
        new = [
            np.fromiter(
                ((one, print_, -1 if colour is None else colour) for one, print_, colour in rows),
                dtype=kind,
            )
            for rows in portions
        ]
        if any(len(some) for some in new):
            self._ids = np.concatenate((self._ids, *(some["id"] for some in new)))
            prints = (some["print"].view(np.uint64) for some in new)
            self._prints = np.concatenate((self._prints, *prints))
            self._colours = np.concatenate((self._colours, *(some["colour"] for some in new)))
            self.last = int(self._ids.max())

    def put(self, rows: Iterable[Print]) -> None:
        """Add a few, or take over the colours of those that are held."""
        missing = []
        for row in rows:
            place = self._place(row[0])
            if place is None:
                missing.append(row)
            else:
                self._colours[place] = -1 if row[2] is None else row[2]
        self.extend([missing])

    def print_of(self, file_id: int) -> tuple[int, int] | None:
        """Return the signed fingerprint and colour (-1: unknown) of a picture, or None."""
        import numpy as np

        place = self._place(file_id)
        if place is None:
            return None
        return int(self._prints[place].view(np.int64)), int(self._colours[place])

    def _place(self, file_id: int) -> int | None:
        import numpy as np

        found = np.flatnonzero(self._ids == file_id)
        return int(found[0]) if len(found) else None

    def nearest(self, fingerprint: int, colour: int, limit: int, radius: int) -> list[Near]:
        """Return up to `limit` pictures within `radius` bits, nearest first.

        Of equally near ones the more alike in colour come first: 32 levels of sRGB distance
        count as one bit. `colour` is 0xRRGGBB or -1 for unknown.
        """
        import numpy as np

        bits = np.bitwise_count(self._prints ^ _unsigned(fingerprint))
        found = np.flatnonzero(bits <= radius)
        if colour >= 0:
            ranks = bits[found] + _colour_steps(self._colours[found], colour)
        else:
            ranks = bits[found].astype(np.float32)
        order = np.lexsort((self._ids[found], ranks))[:limit]
        return [Near(int(self._ids[n]), int(bits[n])) for n in found[order]]

    def within(self, fingerprint: int, radius: int) -> list[Near]:
        """Return the pictures within `radius` (at most 7) bits, nearest and oldest first.

        Builds its tables at the first question and again when a fifth has joined since; what
        joined after the tables is compared one by one.
        """
        import numpy as np

        if radius > LARGEST_RADIUS:
            raise ValueError(f"tables answer up to {LARGEST_RADIUS} bits")
        if len(self._ids) - self._tabled > self._tabled // 5:
            self._build()
        wanted = _unsigned(fingerprint)
        parts = [np.arange(self._tabled, len(self._ids))]
        for number, (starts, order) in enumerate(self._tables):
            quarter = (int(wanted) >> (16 * number)) & 0xFFFF
            for probe in (quarter, *(quarter ^ (1 << bit) for bit in range(16))):
                begin, end = starts[probe], starts[probe + 1]
                if begin < end:
                    parts.append(order[begin : min(end, begin + MOST_NEAR)])
        places = np.unique(np.concatenate(parts))
        bits = np.bitwise_count(self._prints[places] ^ wanted)
        near = np.flatnonzero(bits <= radius)
        near = near[np.lexsort((self._ids[places[near]], bits[near]))][:MOST_NEAR]
        return [Near(int(self._ids[places[n]]), int(bits[n])) for n in near]

    def _build(self) -> None:
        import numpy as np

        self._tables = []
        for number in range(_QUARTERS):
            quarters = (self._prints >> np.uint64(16 * number)).astype(np.uint16)
            starts = np.concatenate(([0], np.cumsum(np.bincount(quarters, minlength=1 << 16))))
            # Half the memory of what argsort returns; a library has less than 2^31 pictures.
            order = np.argsort(quarters, kind="stable").astype(np.int32)
            self._tables.append((starts, order))
        self._tabled = len(self._ids)


def _unsigned(fingerprint: int) -> Any:
    import numpy as np

    return np.uint64(fingerprint & ((1 << 64) - 1))


def _colour_steps(colours: Any, colour: int) -> Any:
    """Return how far colours lie from one, in steps of 32 levels; unknown ones lie at 4 steps."""
    import numpy as np

    total = np.zeros(len(colours), np.float32)
    for shift in (16, 8, 0):
        difference = ((colours >> shift) & 255) - ((colour >> shift) & 255)
        total += difference.astype(np.float32) ** 2
    return np.where(colours < 0, np.float32(4), np.sqrt(total) / 32)
