"""Decides where products stand, hang or lie in a frame: fill, margins, floor line, empty space."""

from dataclasses import dataclass, replace

import numpy as np

from stylestudio_desktop.engine.layout import Place, arrange

MARGIN = 0.07  # of the shorter side, kept free on every side
RAIL = 0.055  # where the rail of hung products runs, as a share of the height
HOOK = 0.075  # how far a garment hangs under the rail, as a share of the long side
ABREAST = 0.84  # of the width, which products side by side may take at least
SHARE_BELOW = 0.42  # of the room that is free, what lies under a standing product


@dataclass(frozen=True)
class Composition:
    """Where everything is, in pixels of a canvas, horizon as a share of its height or None.

    `plinths` are boxes (left, top, right, bottom), one under each product, where there are any.
    """

    places: tuple[Place, ...]
    horizon: float | None
    plinths: tuple[tuple[float, float, float, float], ...] = ()
    rail: float | None = None


def composed(
    sizes: list[tuple[float, float]],
    frame: tuple[int, int],
    arrangement: str,
    fill: float,
    tilt: float,
    rng: np.random.Generator,
    *,
    aside: bool = False,
) -> Composition:
    """Compose boxes of `sizes` (width, height) in `frame` by the rules of one arrangement.

    The sizes of several are on one scale, as `measures.beside` tells them.
    """
    if arrangement == "laid":
        turn = tilt if len(sizes) == 1 else tilt * 1.6
        return Composition(tuple(arrange(sizes, frame, fill, turn, rng, aside=aside)), None)
    if arrangement == "hung":
        return _hung(sizes, frame, fill, rng)
    if arrangement == "plinth":
        return _on_plinths(sizes, frame, fill, rng)
    return _standing(sizes, frame, arrangement, fill, rng, aside=aside)


def _row(
    sizes: list[tuple[float, float]], room_w: float, room_h: float, gap: float
) -> list[tuple[float, float]]:
    """Return widths and heights of products side by side, on their common scale, as large as fits.

    A single product's size counts by its form only.
    """
    across = sum(width for width, _ in sizes)
    free = room_w - gap * (len(sizes) - 1)
    scale = min(free / across, room_h / max(height for _, height in sizes))
    return [(width * scale, height * scale) for width, height in sizes]


def _columns(boxes: list[tuple[float, float]], middle: float, gap: float) -> list[float]:
    x = middle - (sum(box[0] for box in boxes) + gap * (len(boxes) - 1)) / 2
    found = []
    for box in boxes:
        found.append(x + box[0] / 2)
        x += box[0] + gap
    return found


def _room(frame: tuple[int, int], fill: float, several: bool) -> tuple[float, float]:
    width, height = frame
    margin = MARGIN * min(frame)
    wide = min(width - 2 * margin, width * (max(ABREAST, fill + 0.10) if several else fill))
    high = min(height - 2 * margin, height * (fill + 0.04 if several else fill))
    return wide, high


def _standing(
    sizes: list[tuple[float, float]],
    frame: tuple[int, int],
    arrangement: str,
    fill: float,
    rng: np.random.Generator,
    *,
    aside: bool,
) -> Composition:
    width, height = frame
    several = len(sizes) > 1
    room_w, room_h = _room(frame, fill, several)
    gap = 0.045 * min(frame)
    boxes = _row(sizes, room_w, min(room_h, 0.78 * height), gap)
    tallest = max(box[1] for box in boxes)
    floor = height - max(0.10 * height, SHARE_BELOW * (height - tallest))
    middle = width / 2 + float(rng.uniform(-0.012, 0.012)) * width
    if aside and not several and width > 1.15 * height:
        side = 1.0 if rng.random() < 0.5 else -1.0
        middle += side * min(width / 6, max(0.0, (width - boxes[0][0]) / 2 - 0.15 * height))
    places = []
    for index, (x, box) in enumerate(zip(_columns(boxes, middle, gap), boxes, strict=True)):
        # Every other product of a group stands a step further back, and so a little higher.
        back = 0.022 * height if several and index % 2 and arrangement == "standing" else 0.0
        places.append(Place(x, floor - back - box[1] / 2, box[0], box[1], 0.0))
    depth = (
        0.045 if arrangement == "leaning" else float(np.clip(0.25 * tallest / height, 0.08, 0.16))
    )
    return Composition(tuple(places), floor / height - depth)


def _hung(
    sizes: list[tuple[float, float]], frame: tuple[int, int], fill: float, rng: np.random.Generator
) -> Composition:
    width, height = frame
    rail = RAIL * height
    top = rail + HOOK * max(frame)
    several = len(sizes) > 1
    room_w, _ = _room(frame, fill, several)
    gap = 0.04 * min(frame)
    most = min(height - top - 0.08 * height, (fill + 0.06) * height)
    boxes = _row(sizes, room_w, most, gap)
    tallest = max(box[1] for box in boxes)
    # What is left over goes above and below in equal parts: the rail comes down with the product.
    spare = max(0.0, height - top - tallest - 0.10 * height)
    rail, top = rail + 0.42 * spare, top + 0.42 * spare
    places = []
    for x, box in zip(_columns(boxes, width / 2, gap), boxes, strict=True):
        turn = float(rng.uniform(-0.5, 0.5))
        places.append(Place(x, top + box[1] / 2, box[0], box[1], turn))
    return Composition(tuple(places), None, rail=rail)


def _on_plinths(
    sizes: list[tuple[float, float]], frame: tuple[int, int], fill: float, rng: np.random.Generator
) -> Composition:
    width, height = frame
    several = len(sizes) > 1
    gap = 0.07 * min(frame)
    room_w, _ = _room(frame, fill, several)
    base = 0.93 * height if height >= width else 1.04 * height
    least = 0.17 * height  # of a plinth that is seen
    steps = [0.0, 0.10, 0.04, 0.13, 0.02] if several else [0.0]
    rise = 0.10 * height if several else 0.0
    boxes = _row(sizes, room_w * 0.94, height * 0.92 - least - rise - MARGIN * height, gap)
    tallest = max(box[1] for box in boxes)
    top = min(base, height) - max(least, 0.30 * (height - tallest))
    places, plinths = [], []
    shift = float(rng.uniform(-0.012, 0.012)) * width
    for index, (x, box) in enumerate(
        zip(_columns(boxes, width / 2 + shift, gap), boxes, strict=True)
    ):
        foot = top - steps[index] * height * (tallest + rise > 0)
        half = 0.5 * box[0] + 0.22 * gap
        places.append(Place(x, foot - box[1] / 2, box[0], box[1], 0.0))
        plinths.append((x - half, foot, x + half, base))
    lifted = min(place.y - place.height / 2 for place in places) - MARGIN * min(frame)
    if lifted < 0:  # a group's tallest would leave the frame on its step
        places = [replace(place, y=place.y - lifted) for place in places]
        plinths = [(a, b - lifted, c, d) for a, b, c, d in plinths]
    return Composition(tuple(places), min(0.80, base / height - 0.10), tuple(plinths))
