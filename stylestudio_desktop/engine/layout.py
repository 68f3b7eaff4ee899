"""Places one to five products in a frame: rows of even height, room to breathe, a small tilt."""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

GAP = 0.06  # the room between two products, as a share of the free area's shorter side


@dataclass(frozen=True)
class Place:
    """Where a product's box goes: its centre and size in pixels, its turn in degrees."""

    x: float
    y: float
    width: float
    height: float
    turn: float


def arrange(
    sizes: list[tuple[int, int]],
    frame: tuple[int, int],
    fill: float,
    tilt: float,
    rng: np.random.Generator,
    *,
    floor: float | None = None,
    aside: bool = False,
) -> list[Place]:
    """Place boxes of `sizes` (width, height) in `frame`, filling at most the share `fill` of it.

    Several products are set in the rows that let the smallest come out largest. With `floor`
    (a share of the height) all stand side by side on that line. `aside` moves a single product
    off the middle of a wide or tall frame, for empty space on one side.
    """
    width, height = frame
    several = len(sizes) > 1
    room_w = width * (min(0.92, fill + 0.10) if several else fill)
    room_h = height * (min(0.90, fill + 0.06) if several else fill)
    if floor is not None:
        room_h = min(room_h, height * (floor - 0.08))
        rows = [list(range(len(sizes)))]
    else:
        rows = _best_rows(sizes, room_w, room_h)
    boxes = _packed(sizes, rows, room_w, room_h)
    shift_x, shift_y = _aside(frame, boxes, rng) if aside and not several else (0.0, 0.0)
    places = []
    for box in boxes:
        x, y = width / 2 + box[0] + shift_x, height / 2 + box[1] + shift_y
        if floor is not None:
            y = height * floor - box[3] / 2
        turn = float(rng.uniform(-tilt, tilt)) if floor is None else 0.0
        places.append(Place(x, y, box[2], box[3], turn))
    return places


def _aside(
    frame: tuple[int, int], boxes: list[tuple[float, float, float, float]], rng: np.random.Generator
) -> tuple[float, float]:
    """Move toward a line of thirds, as far as the frame is longer than the product is."""
    width, height = frame
    side = 1.0 if rng.random() < 0.5 else -1.0
    spare_x = max(0.0, (width - boxes[0][2]) / 2 - 0.15 * min(frame))
    spare_y = max(0.0, (height - boxes[0][3]) / 2 - 0.10 * min(frame))
    if width > 1.15 * height:
        return side * min(width / 6, spare_x), 0.0
    if height > 1.3 * width:
        return 0.0, min(height / 12, spare_y)
    return 0.0, 0.0


def _best_rows(sizes: list[tuple[int, int]], room_w: float, room_h: float) -> list[list[int]]:
    """Try every cut of the sequence into rows; the best makes the smallest product largest."""
    count = len(sizes)
    best: tuple[float, list[list[int]]] = (-1.0, [list(range(count))])
    for cuts in range(min(3, count)):
        for places in combinations(range(1, count), cuts):
            edges = [0, *places, count]
            rows = [list(range(a, b)) for a, b in pairwise(edges)]
            boxes = _packed(sizes, rows, room_w, room_h)
            score = min(box[2] * box[3] for box in boxes)
            if score > best[0]:
                best = score, rows
    return best[1]


def _packed(
    sizes: list[tuple[int, int]], rows: list[list[int]], room_w: float, room_h: float
) -> list[tuple[float, float, float, float]]:
    """Return (x, y, width, height) of each box round the middle, rows justified to one width."""
    gap = GAP * min(room_w, room_h) if len(sizes) > 1 else 0.0
    heights = []
    for row in rows:
        across = sum(sizes[i][0] / sizes[i][1] for i in row)
        heights.append((room_w - gap * (len(row) - 1)) / across)
    limit = (room_h - gap * (len(rows) - 1)) / len(rows)
    heights = [min(height, limit * 1.25) for height in heights]
    scale = min(1.0, (room_h - gap * (len(rows) - 1)) / sum(heights))
    heights = [height * scale for height in heights]
    boxes: dict[int, tuple[float, float, float, float]] = {}
    y = -(sum(heights) + gap * (len(rows) - 1)) / 2
    for row, height in zip(rows, heights, strict=True):
        widths = [height * sizes[i][0] / sizes[i][1] for i in row]
        x = -(sum(widths) + gap * (len(row) - 1)) / 2
        for i, width in zip(row, widths, strict=True):
            boxes[i] = (x + width / 2, y + height / 2, width, height)
            x += width + gap
        y += height + gap
    return [boxes[i] for i in range(len(sizes))]
