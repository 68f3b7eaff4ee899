"""Follows a gap between sleeve and body up to its tip, where networks and windows give it up."""

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
    grown,
    reconstructed,
    shrunk,
    spread_colour,
)

NARROW = 0.07  # of the long side: the widest gap that is followed
APART = 16.0, 10.0  # CIELAB between the gap's ground and the product beside it, at least: usually,
FAR = 16.0  # and where three quarters of the product lie so far from that ground
ALIKE = 0.35  # of that distance, within which a pixel still is the gap's ground
COLOURS = 4  # of the product beside a gap that are told apart
RARE = 0.12  # share of the product from which a colour counts
STEPS = 6  # in which a gap is followed
MOST = 2.5  # times its own area by which a gap may grow
ONE = 0.75  # share of what is found that must hang together: many pieces are stripes


def followed(lab: Image, mask: Mask) -> Mask:
    """Return `mask` with narrow gaps opened to their tips.

    A gap is ground between two parts of the mask. It goes on where pixels have the colour that
    the ground has in it and not that of the product around. White stripes beside white ground
    do so too, but in many places and not at one end.
    """
    long = max(mask.shape)
    reach = max(4, round(NARROW * long / 2))
    closed = cv2.morphologyEx(np.pad(mask, reach), cv2.MORPH_CLOSE, disc(reach))
    closed = closed[reach:-reach, reach:-reach]
    zones = cv2.morphologyEx(closed & (1 - mask), cv2.MORPH_OPEN, disc(2)).astype(np.uint8)
    count, labels, stats = components(zones)
    left = mask.copy()
    for part in range(1, count):
        area = int(stats[part, cv2.CC_STAT_AREA])
        if area >= 0.0004 * mask.size:
            box = box_of(stats[part], mask.shape, 3 * reach)
            zone = (labels[box] == part).astype(np.uint8)
            left[box] &= 1 - _on(lab[box], mask[box], zone, reach)
    return left


def _on(lab: Image, mask: Mask, zone: Mask, reach: int) -> Mask:
    """Return the pixels of the mask into which a gap goes on; none where that is no gap."""
    found = np.zeros_like(mask)
    level = cv2.blur(lab, (3, 3))
    for _ in range(STEPS):  # it grows darker towards its tip: its colour is taken anew on the way
        more = _further(level, mask & (1 - found), zone | found, reach)
        if not more.any():
            break
        found |= more
    if float(found.sum()) > MOST * float(zone.sum()):
        return np.zeros_like(mask)
    count, _, stats = components(cv2.morphologyEx(found, cv2.MORPH_OPEN, disc(1)))
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or float(areas.max()) < ONE * float(areas.sum()):
        return np.zeros_like(mask)
    return found


def _further(level: Image, mask: Mask, zone: Mask, reach: int) -> Mask:
    """Return the next stretch of a gap: pixels of the mask that look like its ground."""
    inside = mask & (1 - grown(zone, reach))  # the gap's rest lies near it, the product further
    inside = shrunk(mask, 3) if int(inside.sum()) < 40 else inside
    ground = shrunk(zone, 1)
    if not inside.any() or not ground.any():
        return np.zeros_like(mask)
    sigmas = 2.0, 0.5 * reach, 2.0 * reach
    back = spread_colour(level, ground.astype(np.float32), sigmas)
    apart = _apart(level[inside > 0], back)
    off = np.linalg.norm(level - back, axis=-1)
    least = APART[_is_far(level[inside > 0], level[ground > 0])]
    like = ((off < ALIKE * apart) & (apart > least)).astype(np.uint8) & mask
    like = cv2.morphologyEx(like | zone, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    found = reconstructed(zone, like) & mask & grown(zone, reach)
    if not found.any():
        return found
    return grown(found, 2) & mask & (off < 0.5 * apart).astype(np.uint8) | found


def _is_far(product: NDArray[np.float32], ground: NDArray[np.float32]) -> bool:
    """Say whether the product lies far from the ground but for some folds in light or in shade."""
    away = np.linalg.norm(product - np.median(ground, axis=0), axis=-1)
    return float(np.percentile(away, 25)) > FAR


def _apart(product: NDArray[np.float32], back: Image) -> Plane:
    """Return how far the nearest of a product's few colours lies from the ground.

    A colour that is rare in it may be the gap's rest itself.
    """
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 8, 1.0)
    chosen = np.ascontiguousarray(product[:: max(1, len(product) // 2000)])
    cv2.setRNGSeed(1)
    _, labels, centres = cv2.kmeans(
        chosen, min(COLOURS, len(chosen)), np.empty(0), stop, 1, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(labels.ravel(), minlength=len(centres)) / len(chosen)
    own = centres[(shares > RARE) | (shares == shares.max())]
    far = [np.linalg.norm(back - each, axis=-1) for each in own]
    return np.asarray(np.min(far, axis=0), np.float32)
