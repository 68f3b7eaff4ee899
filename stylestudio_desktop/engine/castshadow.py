"""Peels the shadow that a product throws on its ground off the product's mask."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    components,
    disc,
    from_lab,
    grown,
    shrunk,
    spread_colour,
)
from stylestudio_desktop.engine.ground import Ground

DARKEST, LIGHTEST = 0.35, 1.04  # how much of the ground's light may be left in a shadow
# How far the three channels of a shadow's ratio may differ: by little on an even ground, where the
# ratio is known well (0.008 in nine of ten shadow pixels of the proof photos), more by its spread.
GREY, GREY_SPREAD, GREY_MOST = 0.012, 0.016, 0.075
DEPTH = 0.05  # share of the long side to which a shadow may reach under the mask


def peeled(small: Image, mask: Mask, ground: Ground, guess: Plane | None) -> Mask:
    """Return `mask` without the pixels that are darkened ground rather than product.

    A pixel goes when the light it lost is the same in all channels (a shadow changes the amount
    of light, hardly its hue: Finlayson et al. 2006), when it is unlike the product further
    inside, and when a broad band of such pixels leads out of the mask. Where the network
    (`guess`) is certain well inside, nothing is peeled: a dark collar or fold is no shadow.
    """
    reach = max(4, round(DEPTH * max(mask.shape)))
    inside = shrunk(mask, reach)
    if int(inside.sum()) < 0.1 * int(mask.sum()):
        inside = shrunk(mask, max(2, reach // 3))
    if not inside.any() or mask.all():
        return mask
    front = spread_colour(small, inside.astype(np.float32), (reach / 2.0, reach * 2.0))
    back = _unshaded_ground(small, mask, ground, reach)
    loose = GREY_MOST if not ground.plain else min(GREY_MOST, GREY + GREY_SPREAD * ground.residual)
    shadow = _explained(small, front, back, loose, ground.plain) & (mask > 0)
    near = mask & (1 - shrunk(mask, reach))
    candidate = (shadow & (near > 0)).astype(np.uint8)
    if guess is not None:
        candidate = candidate & (1 - shrunk((guess > 0.9).astype(np.uint8), 4))
    outside = (1 - mask).astype(np.uint8)
    candidate = cv2.morphologyEx(candidate | outside, cv2.MORPH_OPEN, disc(4)).astype(np.uint8)
    candidate = grown(candidate, 2) & mask & shadow.astype(np.uint8)
    count, labels, _ = components((candidate | outside).astype(np.uint8))
    touching = np.unique(labels[outside > 0])
    gone = np.isin(labels, touching[touching > 0]) if count > 1 else candidate > 0
    left = mask.copy()
    left[gone & (candidate > 0)] = 0
    return cv2.morphologyEx(left, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)


def shaded(small: Image, ground: Ground) -> NDArray[Any]:
    """Say where a plain ground, bare or in shadow, explains a pixel's hue."""
    ratio, mean = _left(cv2.GaussianBlur(small, (0, 0), 0.8), from_lab(ground.field))
    bright = (mean > DARKEST) & (mean < LIGHTEST)
    return np.asarray(bright & (_colouring(ratio, mean) < GREY + GREY_SPREAD * ground.residual))


def _left(small: Image, back: Image) -> tuple[Image, Plane]:
    """Return how much of the ground's light is left, by channel and on average."""
    ratio = (small + 4) / (back + 4)
    return ratio, ratio.mean(axis=-1)


def _colouring(ratio: Image, mean: Plane) -> Plane:
    """Return how far the channels differ: not at all in a perfect shadow."""
    return np.asarray(np.abs(ratio - mean[..., None]).max(axis=-1), np.float32)


def _unshaded_ground(small: Image, mask: Mask, ground: Ground, reach: int) -> Image:
    if ground.plain:
        return from_lab(ground.field)
    far = (1 - grown(mask, reach)).astype(np.float32)
    return spread_colour(small, far, (reach * 1.0, reach * 4.0))


def _explained(small: Image, front: Image, back: Image, loose: float, plain: bool) -> NDArray[Any]:
    """Say where darkened `back` explains a pixel better than `front` does."""
    ratio, mean = _left(small, back)
    grey = _colouring(ratio, mean) < loose * (1.0 if plain else 1.6)
    darkened = (mean > DARKEST) & (mean < (LIGHTEST if plain else 1.15))
    return grey & darkened & _unlike(small, front, back, mean.astype(np.float32))


def _unlike(small: Image, front: Image, back: Image, mean: Plane) -> NDArray[Any]:
    to_front = np.linalg.norm(small - front, axis=-1)
    apart = np.linalg.norm(back - front, axis=-1)
    to_shade = np.linalg.norm(small - back * mean[..., None], axis=-1)
    return np.asarray((to_front > 0.35 * apart) & (to_front > 12) & (to_shade < to_front))
