"""Closes what the parts of a worn garment leave bare between them: a sleeve goes round its arm."""

import cv2
import numpy as np

from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    components,
    disc,
    shrunk,
    smoothstep,
    spread_colour,
)
from stylestudio_desktop.engine.person import SKIN, Person
from stylestudio_desktop.engine.warp import Warp

SHADED = 0.86  # how light cloth is that lies in the shadow between two parts
LOW, CORNER = 0.5, 0.12  # of an arm, and of the square of half the shoulders: a hem's corner
LEGS = 0.06  # of half the shoulders: half of the widest gap that is closed between two legs
HOLE = 0.06  # of the square of half the shoulders: smaller holes are none between arm and body


def closed(
    person: Person,
    body: Body,
    warp: Warp,
    colour: Image,
    shown: Plane,
    old: Plane,
    front: Plane,
    back: Plane,
) -> tuple[Image, Plane]:
    """Return the garment's colours and cover without gaps; what closes them lies in shadow.

    Slivers where cloth was seen before, specks of holes, and the arm itself down to the cuff.
    The neck, where `back` shows, stays open.
    """
    solid = (shown > 0.5).astype(np.uint8)
    reach = disc(max(3, round(0.13 * person.half)))
    neck = cv2.dilate((back > 0.2).astype(np.uint8), reach) > 0
    sleeved, below = _sleeved(person, body, warp, old)
    near = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, reach) > 0
    near = (near & (old > 0.3) & ~below) | _specks(solid, HOLE * person.half**2)
    sliver = near & (solid == 0) & (front < 0.3) & ~neck
    # Outlines are smooth: what would only stand out from one as a knob is left.
    whole = ((solid > 0) | sliver | sleeved).astype(np.uint8)
    smooth = cv2.morphologyEx(whole, cv2.MORPH_OPEN, disc(round(0.08 * person.half) + 2)) > 0
    gaps = (sliver | sleeved) & smooth & (solid == 0)
    if not bool(gaps.any()):
        return colour, shown
    stays = front * ~(gaps & sleeved)
    return _filled(colour, shown, gaps, whole, stays)


def within_arms(person: Person, body: Body, warp: Warp, shown: Plane) -> Plane:
    """Return a top's cover without the corners of its hem that look out beyond bare arms.

    A wide cape is seen there too, but that is more than a corner. Where a sleeve is, it stays.
    """
    left = shown
    for side in (0, 1):
        if warp.cuffs[side] > LOW:
            continue
        share, away = body.along_arms[side]
        beyond = (body.across_arms[side] > 1.02) & (share > LOW + 0.1) & (away < 0.9 * person.half)
        if 0 < float((shown * beyond).sum()) < CORNER * person.half**2:
            soft = cv2.GaussianBlur(beyond.astype(np.float32), (0, 0), 0.8)
            left = left * (1 - soft)
    return left.astype(np.float32)


def between_legs(
    person: Person, colour: Image, shown: Plane, old: Plane, front: Plane
) -> tuple[Image, Plane]:
    """Return colours and cover of trousers or shorts, whose crotch goes over the old clothes.

    Photographed flat their legs part further up: what closes the gap lies in shadow. Further down
    nothing of the `old` is between them, and the gap stays open.
    """
    solid = (shown > 0.5).astype(np.uint8)
    reach = disc(max(3, round(LEGS * person.half)))
    hid = (cv2.dilate((old > 0.3).astype(np.uint8), reach) > 0) & (person.alpha > 0.3)
    whole = solid | ((cv2.morphologyEx(solid, cv2.MORPH_CLOSE, reach) > 0) & hid)
    whole = (whole | _specks(whole.astype(np.uint8), HOLE * person.half**2)).astype(np.uint8)
    gaps = (whole > 0) & (solid == 0) & (front < 0.3)
    edges = np.asarray(cv2.dilate(gaps.astype(np.uint8), disc(2)), np.uint8) & whole
    gaps |= (edges > 0) & (shown < 0.98) & (front < 0.3)  # their own edges stand in it as crumbs
    return _filled(colour, shown, gaps, whole, front) if bool(gaps.any()) else (colour, shown)


def _filled(
    colour: Image, shown: Plane, gaps: Plane, whole: Mask, stays: Plane
) -> tuple[Image, Plane]:
    """Fill `gaps` of a garment that covers the `whole` with its cloth, but where `stays` lies."""
    sure = shrunk((shown > 0.9).astype(np.uint8), 2).astype(np.float32)  # no seam, no ground
    filled = spread_colour(colour, sure, (3.0, 9.0, 30.0)) * SHADED
    wide = cv2.dilate(gaps.astype(np.uint8), disc(2)) & whole
    share = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 1) * (1 - stays)
    joined = np.where((share > shown)[..., None], filled, colour).astype(np.float32)
    return joined, np.maximum(shown, share).astype(np.float32)


def _specks(solid: Mask, limit: float) -> Plane:
    """Return the holes of a mask that are smaller than `limit` pixels."""
    count, labels, stats = components((1 - solid).astype(np.uint8))
    small = np.zeros(count, bool)
    small[1:] = stats[1:, cv2.CC_STAT_AREA] < limit
    return np.asarray(small[labels])


def _sleeved(person: Person, body: Body, warp: Warp, old: Plane) -> tuple[Plane, Plane]:
    """Return where both arms, bare or in their old sleeves, must lie under the new, and where not.

    The second is what lies below the new cuffs.
    """
    limbs = np.maximum(smoothstep(person.parts[SKIN], 0.3, 0.6), old) * person.alpha
    under, below = np.zeros(limbs.shape, bool), np.zeros(limbs.shape, bool)
    for side in (0, 1):
        share, away = body.along_arms[side]
        near = away < 0.34 * person.half
        arm = near & (np.abs(body.across_arms[side]) < 1.02)
        down = smoothstep(share, 0.08, 0.14) * (1 - smoothstep(share, *_cuff(warp, side)))
        under |= arm & (down * limbs > 0.5)
        below |= near & (share > warp.cuffs[side])
    return under, below


def _cuff(warp: Warp, side: int) -> tuple[float, float]:
    """Return between which shares of the arm its cuff lies."""
    return warp.cuffs[side] - 0.02, warp.cuffs[side] - 0.005
