"""Recognises whether a product is something to wear, which no outline can tell for sure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import Image, bounds, over, solid
from stylestudio_desktop.engine.networks import RECOGNITION, Networks
from stylestudio_desktop.engine.photo import Photo

ROOM = 0.06  # left around the product on each side, of its longer side
PAPER, SHADOW = 235.0, 120.0  # what it is laid on, besides its own photo, and its mere shadow
# Classes of ImageNet's thousand (Russakovsky et al. 2015), by their numbers there: what hangs from
# shoulders or hips, and cloth that is seldom seen but in clothes; not towels, quilts and rugs.
GARMENTS = (
    399, 400, 411, 443, 445, 459, 461, 465, 474, 490, 501, 524, 568, 578, 601, 608, 610, 614, 617,
    638, 639, 652, 655, 689, 697, 735, 775, 824, 834, 841, 842, 869, 887,
)  # fmt: skip
CLOTH = 451, 457, 591, 885, 906, 911
UPPER = 474, 610, 841  # a cardigan, a T-shirt, a sweatshirt
LEGS = 608, 842  # jeans, and trunks or shorts
SURE = 0.5  # of what is seen; no garment measured had more than 0.05 of the other kind

Odds = NDArray[Any]


def seen(shot: Photo, cutout: Cutout, networks: Networks) -> Odds | None:
    """Return how likely `cutout` is each of a thousand sorts of things; they sum to 1.

    It is looked at twice, as its photo shows it and alone on pale paper: a rug's pattern or a
    room behind it is no part of it. None where the network has not been fetched.
    """
    if not networks.has(RECOGNITION):
        return None
    alone = over(np.full_like(shot.rgb, PAPER), cutout.colour, cutout.alpha)
    views = (_square(picture, cutout) for picture in (shot.rgb, alone))
    return np.asarray(np.mean([networks.recognised(view) for view in views], axis=0))


def shadow_of(cutout: Cutout, networks: Networks) -> Odds:
    """Return how likely the mere shadow of `cutout` is each sort of thing.

    A large print outshouts the garment that it is on: what is seen is the bear, not the hoodie.
    """
    paper = np.full_like(cutout.colour, PAPER)
    shadow = over(paper, np.full_like(paper, SHADOW), cutout.alpha)
    return networks.recognised(_square(shadow, cutout))


def likeness(odds: Odds) -> float:
    """Return how much of what is seen is a garment or its cloth, from 0 to 1."""
    return float(odds[[*GARMENTS, *CLOTH]].sum())


def other_kind(odds: Odds, kind: str) -> str | None:
    """Return what it surely is if that is not `kind`: "a top", or "trousers or shorts"."""
    if kind in ("trousers", "shorts", "skirt") and odds[[*UPPER]].sum() > SURE:
        return "a top"
    if kind in ("top", "jacket", "dress") and odds[[*LEGS]].sum() > SURE:
        return "trousers or shorts"
    return None


def _square(picture: Image, cutout: Cutout) -> Image:
    """Return the square of `picture` that the product fills; beyond the photo its edge goes on."""
    left, top, right, bottom = bounds(solid(cutout.alpha))
    side = round(max(right - left, bottom - top) * (1 + 2 * ROOM))
    x, y = (left + right - side) // 2, (top + bottom - side) // 2
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(y, y + side), 0, height - 1)
    columns = np.clip(np.arange(x, x + side), 0, width - 1)
    return np.ascontiguousarray(picture[np.ix_(rows, columns)])
