"""Takes the ground out of the fork of trousers that lie flat, where a cut-out may keep some."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    components,
    grown,
    shrunk,
    spread_colour,
    to_lab,
)
from stylestudio_desktop.engine.garment import Legs

ABOVE, BELOW, ASIDE = 0.4, 0.25, 0.25  # of half the hips: how far from a gap's tip it may be
CLOTH = 0.5  # of the way aside: from here on all is taken for cloth
STRANGE = 12.0  # from the cloth to both sides of it, CIELAB; light counts half: folds are no ground


def forked(colour: Image, alpha: Plane, legs: Legs) -> Image:
    """Return the colours of trousers with cloth where ground is left at the tip between the legs.

    It was seen as a pale crumb at the crotch. Only what goes on from the open gap is looked at.
    """
    x, y = (int(value) for value in legs.crotch)
    above, below, aside = (max(4, round(s * legs.hip_half)) for s in (ABOVE, BELOW, ASIDE))
    box = slice(max(0, y - above), y + below), slice(max(0, x - aside), x + aside + 1)
    solid = (alpha[box] > 0.5).astype(np.uint8)
    off = np.abs(np.arange(solid.shape[1]) + box[1].start - x)
    beside = shrunk(solid, 2) * (off > CLOTH * aside)
    if int(beside.sum()) < 20 or solid.all():
        return colour
    lab = to_lab(colour[box])
    usual = spread_colour(lab, beside.astype(np.float32), (0.2 * aside, aside))
    apart = np.linalg.norm((lab - usual) * (0.5, 1, 1), axis=-1)
    strange = ((apart > STRANGE) & (alpha[box] > 0.02)).astype(np.uint8)
    _, labels, _ = components(strange)
    touched = np.unique(labels[(grown(1 - solid, 2) > 0) & (off <= CLOTH * aside)])
    crumbs = np.isin(labels, touched[touched > 0]).astype(np.uint8)
    if not crumbs.any():
        return colour
    crumbs = grown(crumbs, 2)
    sure = shrunk(solid, 2) & (1 - crumbs)
    cloth = spread_colour(colour[box], sure.astype(np.float32), (4.0, 12.0, 40.0))
    share = cv2.GaussianBlur(crumbs.astype(np.float32), (0, 0), 1.0)[..., None]
    whole = colour.copy()
    whole[box] = colour[box] * (1 - share) + cloth * share
    return whole
