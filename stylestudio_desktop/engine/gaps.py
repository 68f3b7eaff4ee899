"""Finds ground that a mask took for product: between sleeve and body, in loops of straps, belts."""

import cv2
import numpy as np

from stylestudio_desktop.engine.castshadow import shaded
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    box_of,
    components,
    disc,
    grown,
    reconstructed,
)
from stylestudio_desktop.engine.ground import Ground

WINDOW = 0.01  # share of the frame from which a hole is opened anywhere in a product
LEAST = 0.0003  # and one that lies between a strap's two sides, or is open to the ground
STRAP = 0.035  # of the long side: the widest strap around a loop
EVEN = 1.2  # residual of a ground up to which small gaps are looked for
ROOM = 24  # pixels around a gap that are looked at
SEEN = 6  # pixels of the edge of a gap that do not look smooth
EDGE = 7.0  # CIELAB between a gap and the product beside it
AGREED, NEARLY = 0.35, 5.0  # the network's word, and CIELAB from the ground, that go with it
WALLED = 0.5  # share of an open gap's rim that must be product


def gaps(small: Image, lab: Image, mask: Mask, ground: Ground) -> Mask:
    """Return what of `mask` is bare or shaded ground, for a plain ground."""
    found = _windows(lab, mask, ground)
    if ground.residual > EVEN:
        return found
    shade = shaded(small, ground).astype(np.uint8) & mask
    inside = cv2.morphologyEx(shade & quiet(lab, mask), cv2.MORPH_OPEN, disc(2))
    count, labels, stats = components(inside.astype(np.uint8))
    outside = (1 - mask).astype(np.uint8)
    near = grown(outside, max(4, round(STRAP * max(mask.shape))))
    for part in range(1, count):
        area = int(stats[part, cv2.CC_STAT_AREA])
        if LEAST * mask.size <= area < 0.2 * int(mask.sum()):
            box = box_of(stats[part], mask.shape, ROOM)
            gap = (labels[box] == part).astype(np.uint8)
            gap = grown(gap, SEEN) & shade[box]  # the weave's window blurs its edges
            if _is_gap(lab[box], gap, mask[box], near[box]):
                found[box] |= grown(gap, 2) & mask[box] & _between(lab[box], gap)
    return found


def agreed(guess: Plane, ground: Ground) -> Mask:
    """Return where network and colour both see ground: narrow gaps may have been closed."""
    near = (ground.distance < NEARLY) & (guess < 0.5)
    exact = (ground.distance < 1.5 + 1.2 * ground.residual) & (guess < AGREED)
    return reconstructed(exact, near.astype(np.uint8))


def _windows(lab: Image, mask: Mask, ground: Ground) -> Mask:
    """Find wide holes that a network fills.

    The ground's exact colour shows in them, or it in shadow, and all around them stands something
    of another colour.
    """
    exact = (ground.distance < 1.6 + 1.2 * ground.residual).astype(np.uint8) & mask
    change = lab - ground.field
    dimmed = (np.hypot(change[..., 1], change[..., 2]) < 4) & (change[..., 0] > -30)
    like = (dimmed & (change[..., 0] < 4)).astype(np.uint8) & mask
    like = cv2.morphologyEx(like, cv2.MORPH_OPEN, disc(2)).astype(np.uint8)
    count, labels, _ = components(like)
    sizes = np.bincount(labels[exact > 0], minlength=count)
    found = np.zeros_like(mask)
    for part in range(1, count):
        if sizes[part] < WINDOW * mask.size:
            continue
        hole = (labels == part).astype(np.uint8)
        rim = grown(hole, 6) & (1 - grown(hole, 3))
        if float(np.percentile(ground.distance[rim > 0], 15)) > 10 + 2 * ground.residual:
            found |= grown(hole, 1) & mask
    return found


def quiet(lab: Image, mask: Mask) -> Mask:
    """Say where lightness is as quiet as on the bare ground: cloth has a weave, a shadow none."""
    level = lab[..., 0]
    fine = cv2.blur(np.square(level - cv2.GaussianBlur(level, (0, 0), 2.0)), (7, 7))
    free = fine[mask == 0]
    quiet = float(np.percentile(free, 90)) if len(free) else 0.0
    return (fine < 4 * quiet + 0.25).astype(np.uint8)


def _is_gap(lab: Image, gap: Mask, mask: Mask, near: Mask) -> bool:
    """Tell a gap from cloth in the ground's own hue.

    A gap is walled by product of another colour. Where it is open its shadow goes on outside
    without an edge; where it is closed, what closes it is a strap: the outside is near all along
    one side of it.
    """
    around = grown(gap, 5) & (1 - grown(gap, 3))
    wall = around & mask
    share = float(wall.sum()) / max(1, int(around.sum()))
    own = cv2.blur(lab * gap[..., None], (13, 13))
    own = own / (cv2.blur(gap.astype(np.float32), (13, 13))[..., None] + 1e-4)
    apart = np.linalg.norm(lab - own, axis=-1)
    if share < WALLED:
        return False
    walled = float((apart[wall > 0] > EDGE).mean())
    wide = cv2.morphologyEx((1 - mask).astype(np.uint8), cv2.MORPH_OPEN, disc(SEEN))
    mouth = around & wide  # pinholes in the product beside a gap are no way out of it
    if share > 0.97 or not mouth.any():
        return walled > 0.8 and float(near[wall > 0].mean()) > 0.45
    return walled > 0.45 and float(np.percentile(apart[mouth > 0], 75)) < EDGE


def _between(lab: Image, gap: Mask) -> Mask:
    """Return the pixels that look more like the gap than like what stands around it."""
    weight = gap.astype(np.float32)
    own = cv2.blur(lab * weight[..., None], (9, 9)) / (cv2.blur(weight, (9, 9))[..., None] + 1e-4)
    other = (1 - grown(gap, 4)).astype(np.float32)
    wall = cv2.blur(lab * other[..., None], (15, 15))
    wall = wall / (cv2.blur(other, (15, 15))[..., None] + 1e-4)
    nearer: Plane = np.linalg.norm(lab - own, axis=-1) < np.linalg.norm(lab - wall, axis=-1)
    return (nearer | (gap > 0)).astype(np.uint8)
