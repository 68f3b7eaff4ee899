"""Finds the even piece of wall or floor around a product in a photo of a furnished room."""

from dataclasses import replace

import numpy as np

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine.castshadow import shaded
from stylestudio_desktop.engine.filters import Image, Mask, Plane, bounds, grown, tidied
from stylestudio_desktop.engine.gaps import EVEN
from stylestudio_desktop.engine.ground import Ground
from stylestudio_desktop.engine.plain import told_apart

MARGIN = 0.06  # of the long side: how far around a product its ground must be even
EDGE = 4  # pixels beside what the network saw that may still be product
EXPLAINED = 0.99  # share of that margin that must be ground, bare or in shade: the next lower
# in the proof's photos are tiles and a bed sheet, 0.96 and less
SEEN = 0.2  # the network's word from which something may be product


def on_even_piece(small: Image, lab: Image, guess: Plane, ground: Ground) -> Mask | None:
    """Return the mask of a product around which the ground is even, as if there were no room.

    None where it is not: `ground` was fitted to the frame, and its colour may be that of most of a
    wall, or of joints and boards.
    """
    believed = (guess > 0.5).astype(np.uint8)
    if ground.residual > EVEN or not believed.any():
        return None
    reach = round(MARGIN * max(guess.shape))
    near = grown(believed, reach)
    ring = (near & (1 - grown(believed, EDGE))) > 0
    bare = (ground.distance < max(3.0, 3 * ground.residual)) | shaded(small, ground)
    if not ring.any() or float(bare[ring].mean()) < EXPLAINED:
        return None
    left, top, right, bottom = bounds(near)
    box = slice(top, bottom), slice(left, right)
    own = grounds.fit(lab[box], grown((guess[box] > SEEN).astype(np.uint8), 12))
    own = replace(own, strange=0.0)  # what is strange in the corners of the box lies beyond `near`
    if not own.plain or own.residual > EVEN:
        return None
    found = np.zeros(guess.shape, np.uint8)
    found[box] = told_apart(small[box], lab[box], guess[box], own)
    return tidied(found & near)
