"""Tells a product from plain ground: by colour and by network, each where it knows better."""

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.castshadow import peeled
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    box_of,
    closed,
    components,
    disc,
    frame_of,
    grown,
    luma,
    masked_blur,
    overlap,
    reconstructed,
    shrunk,
    tidied,
    wide_blur,
)
from stylestudio_desktop.engine.gaps import agreed, gaps
from stylestudio_desktop.engine.ground import Ground
from stylestudio_desktop.engine.inlets import inlets

FLAWLESS = 0.5  # residual of a ground whose exact colour is known: a shop's white
CONTRAST, CONTRAST_REACH = 7.0, 0.02  # weighted Lab units; share of the long side
ISLAND = 0.06  # share of the frame up to which ground in a loop of the product is believed
SAW_PRODUCT = 0.97, 0.9  # the network's word that cloth is no gap: on an even, on a rough ground


def told_apart(small: Image, lab: Image, guess: Plane | None, ground: Ground) -> Mask:
    """Return the mask of the product in `small` (and `lab`, the same), on a plain ground.

    `guess` is the network's, or None where it is not installed: then colour alone tells.
    """
    if guess is None:
        return tidied(peeled(small, _by_colour(small, lab, ground, shadows=True), ground, None))
    filled = inlets(small, lab, guess, ground)
    guess = guess * (1 - filled)
    believed = (guess > 0.5).astype(np.uint8)
    told = _told_by_colour(guess, ground)
    both = _joined(small, lab, guess, ground)
    told = told | _encircled(told, both, ground)
    joined = np.where(told, both, believed).astype(np.uint8)
    bare = peeled(small, joined, ground, guess)
    whole = tidied(np.where(told, bare, joined).astype(np.uint8))
    open_ = gaps(small, lab, whole, ground) | filled
    if ground.residual < FLAWLESS:
        open_ |= agreed(guess, ground)
    return whole & (1 - open_)


def is_pale(guess: Plane, ground: Ground) -> bool:
    """Say whether most of what the network saw is too near the ground's colour to be told by it."""
    away = ground.distance[guess > 0.5]
    return len(away) > 0 and float(np.median(away)) < CONTRAST + 2 * ground.residual


def _told_by_colour(guess: Plane, ground: Ground) -> NDArray[np.bool_]:
    """Say where the product's own colour lies far enough from the ground's to tell them apart.

    Where it does not (white on white), the network alone decides; where it saw no product at all
    that could tell, colour does.
    """
    inside = shrunk((guess > 0.8).astype(np.uint8), 3).astype(np.float32)
    if not inside.any():
        return np.ones(guess.shape, bool)
    reach = CONTRAST_REACH * max(guess.shape)
    contrast = masked_blur(ground.distance, inside, reach)
    unseen = wide_blur(inside, reach) < 0.01
    return np.asarray((contrast > CONTRAST + 2 * ground.residual) | unseen, bool)


def _encircled(told: NDArray[np.bool_], joined: Mask, ground: Ground) -> NDArray[np.bool_]:
    """Find what only the network could tell, but which lies in bare ground and looks like it.

    So does the middle of a bag's handle, which is too far from the product for its colour to count.
    """
    count, labels, stats = components((~told).astype(np.uint8))
    found = np.zeros_like(told)
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] > ISLAND * told.size:
            continue
        box = box_of(stats[part], told.shape, 6)
        inside = (labels[box] == part).astype(np.uint8)
        ring = (grown(inside, 4) & (1 - inside)) > 0
        alike = float(np.median(ground.distance[box][inside > 0])) < 2.0 + 1.2 * ground.residual
        if alike and ring.any() and float(joined[box][ring].mean()) < 0.25:
            found[box] |= inside > 0
    return found


def _joined(small: Image, lab: Image, guess: Plane, ground: Ground) -> Mask:
    """Join network and colour on a plain ground: each mends what the other misses.

    Colour brings back straps and cuffs that the network lost and opens gaps that it filled;
    the network keeps white parts on white ground and drops cast shadows.
    """
    by_colour = _by_colour(small, lab, ground, shadows=ground.residual < 1.2)
    believed = (guess > 0.5).astype(np.uint8)
    if overlap(by_colour, believed) > (0.82 if ground.residual < 1.2 else 0.93):
        return _opened(by_colour | _solid(guess), ground, guess)
    near = grown(believed, max(6, int(0.06 * max(guess.shape))))
    least = 9 + 2 * ground.residual
    if ground.residual < 2.0 and _same_thing(by_colour, believed):
        near = np.ones_like(near)  # a very even ground: colour reaches where the network gave up
        least = 4 + 2 * ground.residual
    extra = by_colour & near & (ground.distance > least).astype(np.uint8)
    joined = (believed | _solid_around(extra, by_colour)).astype(np.uint8)
    count, labels, _ = components(joined)
    for part in range(1, count):  # keep what hangs together with something the network saw
        inside = labels == part
        if float(guess[inside].mean()) < 0.15:
            joined[inside] = 0
    return _opened(joined, ground, guess)


def _same_thing(by_colour: Mask, believed: Mask) -> bool:
    """Whether colour found all that the network found, and not twice as much."""
    found = int(believed.sum())
    return int((by_colour & believed).sum()) > 0.9 * found and int(by_colour.sum()) < 1.9 * found


def _solid_around(strong: Mask, weak: Mask) -> Mask:
    """Grow strong evidence a little into weak evidence, so that pale stripes stay whole."""
    return grown(strong, 6) & weak


def _solid(guess: Plane) -> Mask:
    return shrunk((guess > 0.85).astype(np.uint8), 5)


def _opened(mask: Mask, ground: Ground, guess: Plane) -> Mask:
    """Open gaps (between sleeve and body, under straps) where the ground plainly shows through."""
    clear = (ground.distance < 2.5 + 1.5 * ground.residual).astype(np.uint8)
    clear = cv2.morphologyEx(clear, cv2.MORPH_OPEN, disc(2)).astype(np.uint8)
    inner = mask.astype(bool)
    least = 7.0 if ground.residual < 1.2 else 12 + ground.residual
    if float(np.percentile(ground.distance[inner], 35)) < least:
        return mask  # a product in the ground's own colour: a "gap" may be cloth
    count, labels, stats = components(clear & mask)
    certain = SAW_PRODUCT[ground.residual >= 1.2]
    opened = mask.copy()
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < 40:
            continue
        inside = labels == part
        if float(guess[inside].mean()) < certain:
            opened[inside] = 0
    return opened


def _by_colour(small: Image, lab: Image, ground: Ground, *, shadows: bool) -> Mask:
    """Tell product from a plain ground by colour, then take cast shadows away.

    Ground is what can be reached from the frame without crossing a colour edge; a shadow is
    darker ground of the same hue with a soft outline.
    """
    low, high = 3.0 + 1.5 * ground.residual, 7.0 + 2.5 * ground.residual
    sure = (ground.distance > high).astype(np.uint8)
    weak = (ground.distance > low).astype(np.uint8)
    weak = cv2.morphologyEx(weak, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    strong = reconstructed(sure, weak)
    if shadows:
        strong = strong & (1 - _shadow(small, lab, ground))
    return _filled(closed(strong, 3), ground)


def _shadow(small: Image, lab: Image, ground: Ground) -> Mask:
    """Find cast shadow: darker than the ground, its hue, smooth, and joined to bare ground."""
    change = lab - ground.field
    hue = np.hypot(change[..., 1], change[..., 2])
    level = luma(small)
    slope = np.hypot(cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1)) / 4
    smooth = cv2.blur(slope.astype(np.float32), (5, 5)) < 0.012
    candidate = (change[..., 0] < 0) & (change[..., 0] > -32) & (hue < 3.5) & smooth
    bare = ground.distance < 3.0 + 1.5 * ground.residual
    around = (candidate | bare).astype(np.uint8)
    outside = reconstructed(frame_of(around), around)
    return (outside & candidate).astype(np.uint8)


def _filled(mask: Mask, ground: Ground) -> Mask:
    """Fill holes, but for those in which the ground's exact colour shows."""
    count, labels, stats = components((1 - mask).astype(np.uint8))
    frame = set(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]).tolist())
    filled = mask.copy()
    for part in range(1, count):
        if part in frame:
            continue
        inside = labels == part
        clear = float(np.median(ground.distance[inside])) < 2.0 + 1.2 * ground.residual
        if not (clear and stats[part, cv2.CC_STAT_AREA] > 0.0004 * mask.size):
            filled[inside] = 1
    return filled
