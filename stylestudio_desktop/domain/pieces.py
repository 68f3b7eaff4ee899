"""Tells several products in one cut-out apart, so that people can say which one they mean."""

from collections import Counter

GRID = 128
"""The longest side, in cells, of the map on which products are told apart."""
COVERED = 24
"""The level, of 255, from which a cell belongs to something."""
LEAST = 0.06
"""The share of the largest product's area below which something is no product of its own."""
MOST = 9


def pieces(levels: bytes, width: int) -> list[frozenset[int]]:
    """Return the cells of each product on a map of grey `levels`, rows of `width` from the top.

    What touches, also by a corner, is one product. They come from left to right by their middles,
    then from the top; at most `MOST`, the largest ones.
    """
    left = {place for place, level in enumerate(levels) if level >= COVERED}
    found: list[frozenset[int]] = []
    while left:
        waiting = [left.pop()]
        piece = set(waiting)
        while waiting:
            beside = _around(waiting.pop(), width) & left
            left -= beside
            piece |= beside
            waiting += beside
        found.append(frozenset(piece))
    areas = Counter({piece: sum(levels[cell] for cell in piece) for piece in found})
    largest = areas.most_common(MOST)
    kept = [piece for piece, area in largest if area >= LEAST * largest[0][1]]
    return sorted(kept, key=lambda piece: _middle(piece, width))


def _around(cell: int, width: int) -> set[int]:
    column = cell % width
    across = [step for step in (-1, 0, 1) if 0 <= column + step < width]
    return {cell + step + row * width for step in across for row in (-1, 0, 1)}


def _middle(piece: frozenset[int], width: int) -> tuple[float, float]:
    columns, rows = [cell % width for cell in piece], [cell // width for cell in piece]
    return (min(columns) + max(columns)) / 2, (min(rows) + max(rows)) / 2
