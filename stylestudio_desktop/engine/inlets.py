"""Finds ground that a network filled: between sleeve and body, between two legs, under straps."""

from typing import NamedTuple

import cv2
import numpy as np

from stylestudio_desktop.engine.castshadow import shaded
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
    reconstructed,
    shrunk,
)
from stylestudio_desktop.engine.gaps import EVEN, quiet
from stylestudio_desktop.engine.ground import Ground

WIDE = 0.05  # of the long side: half the width of the widest inlet
ROUGH, FAR = 2.0, 8.0  # residual of boards, and times that by which a product must differ
LEAST = 0.0006  # of the frame: the smallest one
MOST = 3  # two sleeves and a pair of legs; more are stripes
ALIKE = 0.05  # share of the product's own that may look like its ground in shade: 0 to 0.02 in the
# proof's photos, 0.13 to 0.22 where it is a grey hoodie on pale paper
OWN = 0.6  # share of a product that must be of other colours than its ground
WALLED = 0.65  # share of its rim that must be product, and
MOUTH = 0.02, 0.3  # the shares that may be open to the ground
SMOOTH = 0.9  # share of it that must be as quiet as the bare ground
SHADED = 0.5  # share of it that must lie in the product's shade: 0.72 and more of those that a
# network filled; a shirt in a shop's white is as white as its ground
STEP = 2.5  # lightness from one pixel to the one after the next: shadows change less
FILLED = 0.3  # the network's word from which an inlet is filled
CLOSED = 0.96  # share of a loop's rim that must be product
UNSURE, SURE = 0.45, 0.8  # the network's word below which a loop is one: where it is too narrow to
# tell whether it is quiet, and where it is (0.09 to 0.7; a label 0.36 and more)
QUIET = 0.85  # share of a loop that must be as quiet as the bare ground (a label: none of it)
BEYOND = 12  # pixels around what the network saw in which product is looked for
RIM = 3  # pixels around an inlet that are looked at
BLURRED = 7  # pixels of its edge that do not look smooth


class Seen(NamedTuple):
    """Where the product and the open ground are, what is quiet or in shade, a network's word."""

    product: Mask
    outside: Mask
    smooth: Mask
    dimmed: Mask
    guess: Plane


def inlets(small: Image, lab: Image, guess: Plane, ground: Ground) -> Mask:
    """Return the ground in inlets that the network's `guess` fills; none on uneven ground.

    Its colour tells it: darkened ground, while what stands on both sides is not. A product that
    looks like its ground in more places has folds and pockets there, and a white stripe on white
    ground is open at both ends.
    """
    if not _is_even(ground, guess):
        return np.zeros(guess.shape, np.uint8)
    shade = shaded(small, ground).astype(np.uint8)
    sure = (ground.distance > 3 + 1.5 * ground.residual).astype(np.uint8) & (1 - shade)
    believed = (guess > 0.5).astype(np.uint8)
    product = sure & grown(believed, BEYOND)
    product = cv2.morphologyEx(product, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    reach = max(4, round(WIDE * max(guess.shape)))
    bare = cv2.morphologyEx(shade & (1 - product), cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    between = closed(product, reach) & bare
    wide = cv2.morphologyEx(between, cv2.MORPH_OPEN, disc(2)).astype(np.uint8)
    dimmed = (ground.distance > 2 + 1.2 * ground.residual).astype(np.uint8)
    outside = _outside(lab, bare, guess, reach)
    seen = Seen(product, outside, quiet(lab, believed), dimmed, guess)
    found, number = _sorted_out(reconstructed(wide, between), seen)
    inside = shrunk(believed, 4) & (1 - grown(found, 2))
    alike = int((inside & bare & dimmed).sum())
    own = int((inside & product).sum())
    if number > MOST or alike > ALIKE * own or own < OWN * int(inside.sum()):
        return np.zeros_like(found)
    return found | (reconstructed(found, bare) & grown(found, reach))  # tips, and the mouth


def _is_even(ground: Ground, guess: Plane) -> bool:
    """Say whether a ground is even; boards are even enough for what lies far from their colour."""
    if not ground.plain or ground.residual <= EVEN:
        return ground.plain
    away = ground.distance[guess > 0.5]
    far = len(away) > 0 and float(np.percentile(away, 25)) > FAR * ground.residual
    return far and ground.residual < ROUGH


def _sorted_out(between: Mask, seen: Seen) -> tuple[Mask, int]:
    """Return what of `between` is inlets, and how many they are."""
    found, number = np.zeros_like(between), 0
    count, labels, stats = components(between)
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < LEAST * between.size:
            continue
        box = box_of(stats[part], between.shape, 2 * RIM)
        piece = (labels[box] == part).astype(np.uint8)
        here = Seen(*(plane[box] for plane in seen))
        inlet = _is_inlet(piece, here)
        if inlet or _is_loop(piece, here):
            found[box] |= piece
            number += inlet
    return found, number


def _outside(lab: Image, bare: Mask, guess: Plane, reach: int) -> Mask:
    """Return bare ground that the network left out, and what of the rest goes on without a step.

    A shirt in a blazer ends in one, in however much shade it lies.
    """
    left_out = bare & (guess < FILLED).astype(np.uint8)
    open_ = reconstructed(frame_of(left_out), left_out)
    level = lab[..., 0]
    change = cv2.dilate(level, disc(1)) - cv2.erode(level, disc(1))
    flat = (change < STEP).astype(np.uint8)
    return reconstructed(open_, bare & flat & grown(open_, reach))


def _spread(mask: Mask) -> float:
    """Return the standard deviation of the places of a mask's pixels."""
    rows, columns = np.nonzero(mask)
    return float(np.hypot(rows.std(), columns.std()))


def _is_inlet(inlet: Mask, seen: Seen) -> bool:
    """Say whether smooth, shaded ground is walled by product, and open at one end alone."""
    rim = grown(inlet, RIM) & (1 - inlet)
    mouth = rim & seen.outside
    whole = max(1, int(rim.sum()))
    calm = seen.smooth[shrunk(inlet, BLURRED) > 0]
    share = int(mouth.sum()) / whole
    walled = int((rim & seen.product).sum()) / whole
    return (
        walled > WALLED
        and MOUTH[0] < share < MOUTH[1]
        and _spread(mouth) < _spread(inlet)
        and len(calm) > 0
        and float(calm.mean()) > SMOOTH
        and float(seen.dimmed[inlet > 0].mean()) > SHADED
    )


def _is_loop(piece: Mask, seen: Seen) -> bool:
    """Say whether it is closed, and ground by the network's word: a strap's, or a handle's.

    So is a label in a dark collar, which the network doubts: but that is not as quiet as ground.
    """
    rim = grown(piece, RIM) & (1 - piece)
    if int((rim & seen.product).sum()) <= CLOSED * int(rim.sum()):
        return False
    word = float(seen.guess[piece > 0].mean())
    calm = seen.smooth[shrunk(piece, BLURRED) > 0]
    if not len(calm):
        return word < UNSURE
    return word < SURE and float(calm.mean()) > QUIET
