"""Peels the shadow that a product throws on its ground off the product's mask."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    box_of,
    components,
    disc,
    from_lab,
    grown,
    luma,
    shrunk,
    spread_colour,
)
from stylestudio_desktop.engine.ground import Ground

DARKEST, LIGHTEST = 0.35, 1.04  # how much of the ground's light may be left in a shadow
# How far the three channels of a shadow's ratio may differ: by little on an even ground, where the
# ratio is known well (0.008 in nine of ten shadow pixels of the proof photos), more by its spread.
GREY, GREY_SPREAD, GREY_MOST = 0.012, 0.016, 0.075
THIN, LONG = 4, 5  # half the width of a cord in pixels, and its length in these
LOST = 0.5  # share of a cord: where less is left of it, it was taken for a shadow
STEEP = 0.06  # of white from pixel to pixel: cords are so at most of their places, shadows hardly
EVEN = 1.2  # residual of a ground up to which such pools are looked for
UNSEEN, HALF = 0.4, 0.6  # what the network may say of a pool of shadow, and up to its end
FADING = 0.27  # share of its depth by which a pool may change from pixel to pixel where it ends
LITTLE = 5.0  # CIELAB, per cent of white: so little says nothing
OPEN = 0.5  # share of its outline that is open to the ground
DEPTH = 0.05  # share of the long side to which a shadow may reach under the mask


def peeled(small: Image, mask: Mask, ground: Ground, guess: Plane | None) -> Mask:
    """Return `mask` without the pixels that are darkened ground rather than product.

    Where the network (`guess`) is certain well inside, nothing is peeled: a dark collar or fold is
    no shadow.
    """
    if mask.all():
        return mask
    left = _unshaded(small, mask, ground, guess)
    if ground.residual >= EVEN or not ground.plain:
        return left
    if guess is not None:
        left = left & (1 - _pools(small, left, guess, ground))
        left = cv2.morphologyEx(left, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    return left | _cords(small, mask, left)


def _unshaded(small: Image, mask: Mask, ground: Ground, guess: Plane | None) -> Mask:
    """Take away what is shaded ground by its colours.

    A pixel goes when the light it lost is the same in all channels (a shadow changes the amount
    of light, hardly its hue: Finlayson et al. 2006), when it is unlike the product further
    inside, and when a broad band of such pixels leads out of the mask.
    """
    reach = max(4, round(DEPTH * max(mask.shape)))
    inside = shrunk(mask, reach)
    if int(inside.sum()) < 0.1 * int(mask.sum()):
        inside = shrunk(mask, max(2, reach // 3))
    if not inside.any():
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


def _pools(small: Image, mask: Mask, guess: Plane, ground: Ground) -> Mask:
    """Find shadow that is as dark as the product on it, and glow: under a sole, in a heel's arch.

    The network leaves it out and it fades outward: where the mask ends, little of what it differs
    from the ground by is lost from one pixel to the next. Along a strap or a white sole that the
    network only missed it is a third and more.
    """
    unseen: Mask = (mask & (guess < UNSEEN)).astype(np.uint8)
    count, labels, stats = components(cv2.morphologyEx(unseen, cv2.MORPH_OPEN, disc(3)))
    rim = mask & (1 - shrunk(mask, 2))
    dimmed = np.abs(luma(small) - luma(from_lab(ground.field)))
    found = np.zeros_like(mask)
    for part in range(1, count):
        box = box_of(stats[part], mask.shape, 6)
        pool = grown((labels[box] == part).astype(np.uint8), 3) & unseen[box]
        end = (grown(pool, 2) & rim[box]) > 0
        if end.sum() < OPEN * int((pool & (1 - shrunk(pool, 1))).sum()):
            continue  # a white sole: product stands all around it
        if all(_fades(off[box], pool > 0, end) for off in (ground.distance, 100 * dimmed)):
            found[box] |= grown(pool, 4) & mask[box] & (guess[box] < HALF).astype(np.uint8)
    return found


def _fades(off: Plane, pool: NDArray[np.bool_], end: NDArray[np.bool_]) -> bool:
    """Say whether `off`, how far a pool lies from its ground, falls slowly where it ends.

    Nor may it jump within: stripes do.
    """
    deep = float(np.percentile(off[pool], 80))
    if deep < LITTLE:
        return True
    slope = _slope(off)
    steep = cv2.dilate(slope, np.ones((5, 5), np.uint8))[end]
    within = slope[shrunk(pool.astype(np.uint8), 3) > 0]
    calm = not len(within) or float(np.percentile(within, 80)) < FADING * deep
    return calm and float(np.percentile(steep, 60)) < FADING * deep


def _cords(small: Image, mask: Mask, left: Mask) -> Mask:
    """Find laces and cords of which hardly anything is `left`: long, thin, and not soft as shadow.

    Seen from afar a dark cord on pale ground has the ground's own hue, as a shadow has. A strap
    of which most is left lost its shadow alone.
    """
    thin = mask & (1 - grown(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(THIN)), 1))
    count, labels, stats = components(thin)
    area = stats[:, cv2.CC_STAT_AREA]
    long = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1) > LONG * THIN
    steep = cv2.dilate(_slope(luma(small)), np.ones((3, 3), np.uint8)) > STEEP
    hard = np.bincount(labels[(thin > 0) & steep], minlength=count)
    whole = np.bincount(labels[(thin > 0) & (left > 0)], minlength=count)
    cord = long & (hard > 0.6 * area) & (whole < LOST * area)
    cord[0] = False
    return cord[labels].astype(np.uint8)


def _slope(level: Plane) -> Plane:
    """Return how much a plane changes from one pixel to the next."""
    across, down = cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, down) / 8, np.float32)


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
