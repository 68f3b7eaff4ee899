"""Packs products of given sizes side by side and above each other, so that they come out large."""

from collections.abc import Iterator
from dataclasses import dataclass

GAP = 0.075  # the room between two products, as a share of the side of a square as large as all
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Block:
    """A rectangle of products: one (`one` is its number), or two blocks beside or above others."""

    width: float
    height: float
    one: int = -1
    parts: tuple["_Block", ...] = ()
    across: bool = True

    def boxes(self, x: float, y: float, gap: float) -> Iterator[tuple[int, Box]]:
        """Yield each product's number and box (middle, width, height) round the middle (x, y)."""
        if not self.parts:
            yield self.one, (x, y, self.width, self.height)
            return
        first, second = self.parts
        if self.across:
            left = x - self.width / 2
            yield from first.boxes(left + first.width / 2, y, gap)
            yield from second.boxes(left + first.width + gap + second.width / 2, y, gap)
        else:
            top = y - self.height / 2
            yield from first.boxes(x, top + first.height / 2, gap)
            yield from second.boxes(x, top + first.height + gap + second.height / 2, gap)


def packed(sizes: list[tuple[float, float]], room: tuple[float, float]) -> list[Box]:
    """Return the boxes (x, y, width, height) of products round the middle of a room.

    All grow by the same factor, as far as the room allows; every way of cutting the room straight
    through is tried. Of equal ones the first is taken, so equal sizes give equal boxes.
    """
    area = sum(width * height for width, height in sizes)
    gap = GAP * area**0.5
    blocks: dict[int, list[_Block]] = {
        1 << number: [_Block(width, height, number)] for number, (width, height) in enumerate(sizes)
    }
    everything = (1 << len(sizes)) - 1
    for group in range(1, everything + 1):
        if group not in blocks:
            blocks[group] = _smallest(list(_joined(group, blocks, gap)))
    best = max(
        blocks[everything],
        key=lambda block: min(room[0] / block.width, room[1] / block.height),
    )
    scale = min(room[0] / best.width, room[1] / best.height)
    found = dict(best.boxes(0.0, 0.0, gap))
    return [
        (x * scale, y * scale, width * scale, height * scale)
        for x, y, width, height in (found[number] for number in range(len(sizes)))
    ]


def _joined(group: int, blocks: dict[int, list[_Block]], gap: float) -> Iterator[_Block]:
    """Yield every block made of two, that holding the lowest number first."""
    lowest = group & -group
    part = (group - 1) & group
    while part:
        if part & lowest:
            for one in blocks[part]:
                for other in blocks[group ^ part]:
                    pair = one, other
                    wide, high = one.width + gap + other.width, max(one.height, other.height)
                    yield _Block(wide, high, -1, pair, across=True)
                    wide, high = max(one.width, other.width), one.height + gap + other.height
                    yield _Block(wide, high, -1, pair, across=False)
        part = (part - 1) & group


def _smallest(blocks: list[_Block]) -> list[_Block]:
    """Return the blocks than which no other is both narrower and lower."""
    kept: list[_Block] = []
    for block in sorted(blocks, key=lambda each: (each.width, each.height)):
        if not kept or block.height < kept[-1].height - 1e-9:
            kept.append(block)
    return kept
