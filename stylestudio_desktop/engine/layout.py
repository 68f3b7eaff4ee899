"""Places one to five products in a frame: each in its size, room to breathe, a small tilt."""

from dataclasses import dataclass

import numpy as np

from stylestudio_desktop.engine.packing import GAP, Box, packed

FULLER = 0.74  # of the frame, which several products may fill at least: each is small enough


@dataclass(frozen=True)
class Place:
    """Where a product's box goes: its centre and size in pixels, its turn in degrees."""

    x: float
    y: float
    width: float
    height: float
    turn: float


def arrange(
    sizes: list[tuple[float, float]],
    frame: tuple[int, int],
    fill: float,
    tilt: float,
    rng: np.random.Generator,
    *,
    floor: float | None = None,
    aside: bool = False,
) -> list[Place]:
    """Place boxes of `sizes` (width, height) in `frame`, filling at most the share `fill` of it.

    Several products, whose sizes are on one scale, are packed so that they come out largest.
    With `floor` (a share of the height) all stand side by side on that line. `aside` moves a
    single product off the middle of a wide or tall frame, for empty space on one side.
    """
    width, height = frame
    several = len(sizes) > 1
    room_w = width * (min(0.92, max(FULLER, fill + 0.10)) if several else fill)
    room_h = height * (min(0.90, max(FULLER, fill + 0.06)) if several else fill)
    if floor is not None:
        room_h = min(room_h, height * (floor - 0.08))
    if not several:
        boxes = [_alone(sizes[0], room_w, room_h)]
    else:
        boxes = (
            _row(sizes, room_w, room_h) if floor is not None else packed(sizes, (room_w, room_h))
        )
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
    frame: tuple[int, int], boxes: list[Box], rng: np.random.Generator
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


def _alone(size: tuple[float, float], room_w: float, room_h: float) -> Box:
    """Return the box of a single product, as large as the room allows."""
    height = min(room_w / (size[0] / size[1]), room_h * 1.25)
    height *= min(1.0, room_h / height)
    return 0.0, 0.0, height * size[0] / size[1], height


def _row(sizes: list[tuple[float, float]], room_w: float, room_h: float) -> list[Box]:
    """Return boxes side by side, in the products' order."""
    gap = GAP * sum(width * height for width, height in sizes) ** 0.5
    across = sum(width for width, _ in sizes) + gap * (len(sizes) - 1)
    scale = min(room_w / across, room_h / max(height for _, height in sizes))
    x, boxes = -across * scale / 2, []
    for width, height in sizes:
        boxes.append((x + width * scale / 2, 0.0, width * scale, height * scale))
        x += (width + gap) * scale
    return boxes
