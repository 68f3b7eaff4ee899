"""Guesses a product's kind from what it looks like: a pre-selection that the user can overrule."""

import cv2
import numpy as np

from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import Plane, bounds, components, solid
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.recognition import alone, known

LOOP, RING = 0.01, 0.3  # shares of the outline's box that a handle encloses at least and at most
TURNED = 0.75  # how much of it a garment shares with its mirror picture; a shoe from the side less
SOLE = 0.9  # of its width: as much of a shoe stands on the ground
DOME = 0.97  # how much of its convex hull a hat fills, at least


def kind_of(order: Order, index: int, cutout: Cutout, networks: Networks) -> str:
    """Return the kind of a product of `order`: what the user named, else what it looks like.

    The outline tells, but for what the network that recognises things is sure of.
    """
    named = order.kind(index)
    if named != "auto":
        return named
    odds = alone(cutout, networks)
    return guessed(cutout.alpha) if odds is None else known(odds, guessed(cutout.alpha))


def guessed(alpha: Plane) -> str:
    """Return top, dress, trousers, shorts, skirt, shoes, bag or other.

    It is told by a few proportions of the outline.
    """
    alpha = solid(alpha)
    left, top, right, bottom = bounds(alpha)
    mask = alpha[top:bottom, left:right] > 0.5
    height, width = mask.shape
    tall = height / max(1, width)
    if float(mask.mean()) < 0.2:
        return "other"
    if _handled(mask):
        return "bag"
    if _sided(mask):
        return "shoes"
    legs = _legs(mask)
    if legs and tall > 1.35:
        return "trousers"
    if legs and 0.7 < tall <= 1.35 and _width(mask, 0.1) > 0.6:
        return "shorts"
    if tall > 1.45:
        narrow_top = _width(mask, 0.06) < 0.75 * _width(mask, 0.9)
        return "skirt" if narrow_top and _filled_top(mask) else "dress"
    flares = _width(mask, 0.3) < 0.78 * _width(mask, 0.9)
    if _filled_top(mask) and flares and tall > 0.8:
        return "skirt"
    return "top" if tall > 0.55 and not _domed(mask) else "other"


def _sided(mask: Plane) -> bool:
    """Say whether the outline stands on a sole and has a heel and a toe: a shoe from the side."""
    mirrored = mask[:, ::-1]
    alike = float((mask & mirrored).sum()) / max(1.0, float((mask | mirrored).sum()))
    height = mask.shape[0]
    lows = height - mask[::-1].argmax(axis=0)
    stands = mask.any(axis=0) & (lows > 0.9 * height)
    return alike < TURNED and float(stands.mean()) > SOLE and height < 2 * mask.shape[1]


def _domed(mask: Plane) -> bool:
    """Say whether the outline is round above and whole all round: a hat, no neck and no sleeves."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    whole = float(mask.sum()) / max(1.0, hull)
    return whole > DOME and _width(mask, 0.06) < 0.8 * _width(mask, 0.5)


def _width(mask: Plane, share: float) -> float:
    """Return the outline's width, as a share of its box, at a share of the height."""
    height, width = mask.shape
    rows = mask[max(0, int((share - 0.03) * height)) : max(1, int((share + 0.03) * height))]
    spans = [float(np.ptp(np.nonzero(row)[0])) for row in rows if row.any()]
    return float(np.median(spans)) / width if spans else 0.0


def _handled(mask: Plane) -> bool:
    """Say whether a closed loop stands over the middle: a bag's handle, no neck of a garment."""
    height, width = mask.shape
    _, labels, stats = components((~mask).astype(np.uint8))
    column = labels[: int(0.5 * height), width // 2]
    for part in np.unique(column[column > 0]):
        left, top, wide, tall, area = stats[part]
        closed = left > 0 and top > 0 and left + wide < width and top + tall < height
        if closed and LOOP * mask.size < area < RING * mask.size and wide > 0.15 * width:
            return True
    return False


def _legs(mask: Plane) -> bool:
    """Say whether a gap in the lower middle splits the outline in two."""
    height, width = mask.shape
    low = mask[int(0.72 * height) : int(0.94 * height), int(0.42 * width) : int(0.58 * width)]
    return float((~low).any(axis=1).mean()) > 0.7 and float((~low).mean()) > 0.10


def _filled_top(mask: Plane) -> bool:
    """Say whether the upper edge is one straight waistband without straps or a neckline."""
    height, width = mask.shape
    tops = np.where(mask.any(axis=0), mask.argmax(axis=0), height)
    middle = tops[int(0.35 * width) : int(0.65 * width)]
    return float(np.percentile(middle, 90) - np.percentile(middle, 10)) < 0.02 * height
