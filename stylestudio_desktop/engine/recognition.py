"""Recognises whether a product is something to wear, which no outline can tell for sure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import bounds, over, resized, solid
from stylestudio_desktop.engine.networks import RECOGNITION, Networks
from stylestudio_desktop.engine.photo import Photo

ROOM = 0.06  # left around the product on each side, of its longer side
SIDE = 320  # pixels of what it is shown to the network at most, before it is fitted
PAPER, SHADOW = 235.0, 120.0  # what it is laid on, besides its own photo, and its mere shadow
# Classes of ImageNet's thousand (Russakovsky et al. 2015), by their numbers there: what hangs from
# shoulders or hips, and cloth that is seldom seen but in clothes; not towels, quilts and rugs.
GARMENTS = (
    399, 400, 411, 443, 445, 459, 461, 465, 474, 490, 501, 524, 568, 578, 601, 608, 610, 614, 617,
    638, 639, 652, 655, 689, 697, 735, 775, 824, 834, 841, 842, 869, 887,
)  # fmt: skip
CLOTH = 451, 457, 591, 885, 906, 911
UPPER = 474, 610, 841  # a cardigan, a T-shirt, a sweatshirt
JEANS, SHORTS = (608,), (842,)
SHOES = 502, 514, 630, 770, 774, 788
BAGS = 414, 636, 748
SURE = 0.5  # of what is seen; no garment measured had more than 0.05 of the other kind
SOME = 0.17  # of shoes or bags: 19 of 22 real shoes have more, no garment more than 0.1
# What it surely is, and which kinds may be that; the first one where its outline says none of them.
KINDS = (
    (SHOES, SOME, ("shoes",)),
    (BAGS, SOME, ("bag",)),
    (JEANS, SURE, ("trousers", "shorts")),
    (SHORTS, SURE, ("shorts", "trousers")),
    (UPPER, SURE, ("top", "jacket", "dress")),
)

Odds = NDArray[Any]


def seen(shot: Photo, cutout: Cutout, networks: Networks) -> Odds | None:
    """Return how likely `cutout` is each of a thousand sorts of things; they sum to 1.

    It is looked at twice, as its photo shows it and alone on pale paper: a rug's pattern or a
    room behind it is no part of it. None where the network has not been fetched.
    """
    apart = alone(cutout, networks)
    if apart is None:
        return None
    return np.asarray((networks.recognised(_square(shot.rgb, cutout)) + apart) / 2)


def alone(cutout: Cutout, networks: Networks) -> Odds | None:
    """Return how likely `cutout` on pale paper is each sort of thing; None where `seen` says so."""
    if not networks.has(RECOGNITION):
        return None
    colour, alpha = (_square(plane, cutout) for plane in (cutout.colour, cutout.alpha))
    return networks.recognised(over(np.full_like(colour, PAPER), colour, alpha))


def shadow_of(cutout: Cutout, networks: Networks) -> Odds:
    """Return how likely the mere shadow of `cutout` is each sort of thing.

    A large print outshouts the garment that it is on: what is seen is the bear, not the hoodie.
    """
    alpha = _square(cutout.alpha, cutout)
    paper = np.full((*alpha.shape, 3), PAPER, np.float32)
    return networks.recognised(over(paper, np.full_like(paper, SHADOW), alpha))


def likeness(odds: Odds) -> float:
    """Return how much of what is seen is a garment or its cloth, from 0 to 1."""
    return float(odds[[*GARMENTS, *CLOTH]].sum())


def other_kind(odds: Odds, kind: str) -> str | None:
    """Return what it surely is if that can't be a `kind`: "a top", "a bag"; None where it can.

    A skirt of denim may look like jeans, and be one.
    """
    sure = known(odds, kind)
    if sure == kind or (kind == "skirt" and sure in ("trousers", "shorts")):
        return None
    return {"shoes": "shoes", "bag": "a bag", "top": "a top"}.get(sure, "trousers or shorts")


def known(odds: Odds, outlined: str) -> str:
    """Return the kind that it surely is, else the one that its outline speaks for."""
    for classes, least, kinds in KINDS:
        if odds[[*classes]].sum() > least:
            return outlined if outlined in kinds else kinds[0]
    return outlined


def _square(picture: NDArray[Any], cutout: Cutout) -> NDArray[Any]:
    """Return the square of `picture` that the product fills; beyond the photo its edge goes on."""
    left, top, right, bottom = bounds(solid(cutout.alpha))
    side = round(max(right - left, bottom - top) * (1 + 2 * ROOM))
    x, y = (left + right - side) // 2, (top + bottom - side) // 2
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(y, y + side), 0, height - 1)
    columns = np.clip(np.arange(x, x + side), 0, width - 1)
    square = np.ascontiguousarray(picture[np.ix_(rows, columns)], dtype=np.float32)
    return square if side <= SIDE else resized(square, SIDE, SIDE)
