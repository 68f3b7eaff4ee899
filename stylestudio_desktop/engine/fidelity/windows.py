"""Finds where in a picture of several products one of them may stand, and looks for it there.

Among others a product is small, and its colours are a small share: looked for in the whole picture,
it is lost. What stands apart in the picture is looked at one by one, as large as its photo.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import placing, registration, verdict
from stylestudio_desktop.engine.filters import EPS, Image, Mask, Plane, components, resized
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo

SMALLEST = 0.003  # of the picture: what may be a product
LEAST = 64  # pixels of a side from which a piece can be told
LONGEST = 3.5  # times as long as wide is a single product at most: trousers 3; one on a plinth 4
MARGIN = 0.2  # of a piece's longer side, looked at around it
LONG = 384  # pixels at which each is looked at
MOST, TRIED = 10, 4  # pieces, and those of them in which a shape is looked for
OUTLINE, COLOURED = 0.85, 0.6  # of a piece that may be a product: its outline, and its colours
TILES = 0.5, 0.3  # of the picture's longer side

Window = tuple[int, int, int, int]  # left, top, right, bottom


class Close(NamedTuple):
    """A part of the picture, `larger` by so much, whose corner lies at `corner`; its features."""

    scene: Image
    corner: tuple[int, int]
    larger: float
    keys: placing.Features
    piece: Plane | None  # what stands apart in it, where that was told

    def back(self, place: placing.Placement) -> placing.Placement:
        """Return a placement found in this part as one in the picture."""
        matrix = place.matrix / self.larger
        matrix[:, 2] += self.corner
        return placing.Placement(matrix, place.points, place.matched, place.mirrored)


@dataclass(frozen=True)
class Apart:
    """The parts of a picture in which one of several products may stand.

    `all_told` says that as many things stand apart as there are products, each plainly one thing:
    what is none of them is not in the picture.
    """

    parts: tuple[Close, ...] = ()
    all_told: bool = True


def apart(scene: Image, products: int, networks: Networks, check: Callable[[], None]) -> Apart:
    """Return where in a picture of so many products one of them may stand.

    That is what stands apart in it and, where that is less than there are products, tiles of it.
    """
    if products < 2:
        return Apart()
    found, labels = _pieces(scene, networks, check)
    pieces = [_around(box, scene) for box in found]
    told = len(found) >= products and all(map(_plainly_one, found[:products]))
    parts = [_close(scene, *box, labels == number) for number, box in enumerate(pieces, 1)]
    if len(pieces) < products:
        parts += [_close(scene, *box) for box in _tiles(scene.shape[1], scene.shape[0])]
    return Apart(tuple(parts), told)


def _close(
    scene: Image, left: int, top: int, right: int, bottom: int, piece: NDArray[Any] | None = None
) -> Close:
    part = scene[top:bottom, left:right]
    larger = LONG / max(part.shape[:2])
    size = max(8, round(part.shape[1] * larger)), max(8, round(part.shape[0] * larger))
    shown, mask = resized(part, *size), None
    if piece is not None:
        mask = resized(piece[top:bottom, left:right].astype(np.float32), *size)
    return Close(shown, (left, top), larger, placing.features(shown, None, 3000), mask)


def _pieces(
    scene: Image, networks: Networks, check: Callable[[], None]
) -> tuple[list[Window], NDArray[Any]]:
    """Return the boxes of what stands apart, the largest first, and a plane of their numbers."""
    numbers = np.zeros(scene.shape[:2], np.int32)
    try:
        alpha = cut(Photo(scene, None, "the picture"), networks, check).alpha
    except EngineFault:
        return [], numbers
    count, labels, stats = components((alpha > 0.5).astype(np.uint8))
    large = [n for n in range(1, count) if stats[n, 4] > SMALLEST * alpha.size]
    large = sorted(large, key=lambda n: -int(stats[n, 4]))[:MOST]
    boxes = []
    for number, label in enumerate(large, 1):
        numbers[labels == label] = number
        left, top, wide, high = stats[label, :4].tolist()
        boxes.append((left, top, left + wide, top + high))
    return boxes, numbers


def _plainly_one(box: Window) -> bool:
    """Say whether a piece is large enough to be known, and no product on a stand."""
    sides = box[2] - box[0], box[3] - box[1]
    return min(sides) >= LEAST and max(sides) <= LONGEST * min(sides)


def _around(box: Window, scene: Image) -> Window:
    left, top, right, bottom = box
    margin = round(MARGIN * max(right - left, bottom - top))
    height, width = scene.shape[:2]
    right, bottom = min(width, right + margin), min(height, bottom + margin)
    return max(0, left - margin), max(0, top - margin), right, bottom


def _tiles(width: int, height: int) -> list[Window]:
    """Return overlapping tiles of two sizes, each as wide as high or as the picture."""
    found = []
    for share in TILES:
        wide, high = (min(side, round(share * max(width, height))) for side in (width, height))
        for y in _steps(height, high):
            found += [(x, y, x + wide, y + high) for x in _steps(width, wide)]
    return found


def _steps(whole: int, part: int) -> list[int]:
    count = 1 + int(np.ceil((whole - part) / (0.5 * part)))
    return [round(float(at)) for at in np.linspace(0, whole - part, count)]


def looked_for(product: Image, mask: Mask, close: Sequence[Close]) -> placing.Placement | None:
    """Return where the product stands, by what is on it or, failing that, by shape and colours."""
    best: tuple[int, placing.Placement] | None = None
    for part in close:
        place = placing.by_features(product, mask, part.keys)
        if place is not None and (best is None or place.matched > best[0]):
            best = place.matched, part.back(place)
    if best is not None:
        return best[1]
    likely = [(placing.likely(product, mask, part.scene), part) for part in close]
    return _outlined(mask, likely) or _shaped(mask, likely)


def _outlined(mask: Mask, likely: list[tuple[Plane, Close]]) -> placing.Placement | None:
    """Return the piece that has the product's outline and colours, laid on it as a whole."""
    best: tuple[float, placing.Placement] | None = None
    for chances, part in likely:
        if part.piece is None:
            continue
        matrix = registration.settled(mask, part.piece, _laid_on(mask, part.piece))
        there = cv2.warpAffine(mask.astype(np.float32), matrix, part.piece.shape[::-1])
        both, either = (there * part.piece).sum(), np.maximum(there, part.piece).sum()
        alike = float(both / (either + EPS))
        coloured = float((there * (chances > 0.4)).sum() / (there.sum() + EPS))
        score = alike * coloured
        if alike > OUTLINE and coloured > COLOURED and (best is None or score > best[0]):
            best = score, part.back(placing.Placement(matrix, 0, 0))
    return None if best is None else best[1]


def _laid_on(mask: Mask, piece: Plane) -> NDArray[Any]:
    """Return the map that lays a silhouette on a piece: its middle and its area, upright."""
    one, two = cv2.moments(mask.astype(np.float32)), cv2.moments(piece)
    scale = float(np.sqrt(two["m00"] / (one["m00"] + EPS)))
    shift = [two[axis] / (two["m00"] + EPS) - scale * one[axis] / one["m00"]
             for axis in ("m10", "m01")]  # fmt: skip
    return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])


def _shaped(mask: Mask, likely: list[tuple[Plane, Close]]) -> placing.Placement | None:
    """Return where the product's shape stands best among its likely colours."""
    nearest = sorted(likely, key=lambda one: -float((one[0] > 0.5).mean()))
    best: tuple[float, placing.Placement] | None = None
    for chances, part in nearest[:TRIED]:
        matrix, score = placing.by_shape(mask, chances)
        if matrix is None or score < verdict.SHAPE or (best is not None and score < best[0]):
            continue
        there = placing.Placement(registration.settled(mask, chances, matrix), 0, 0)
        best = score, part.back(there)
    return None if best is None else best[1]
