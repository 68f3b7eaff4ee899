"""Gives a cut-out the full detail of its photo, so that large pictures need not invent any."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import bounds, resized

CUT_SIDE = 2000  # the outline is found at this size; above it only the photo's pixels count
ENOUGH = 0.9  # of the asked size; a product enlarged further is said to be


def detailed(found: Cutout, path: Path, side: int, check: Callable[[], None]) -> Cutout:
    """Return the cut-out with the photo's own pixels at `side` pixels, cropped to the product.

    Well inside the outline the pixels are those of the photo; along it the cleaned colours of
    `found` are enlarged. Memory grows with the product's box alone.
    """
    shot = photo.read(path, side)
    check()
    scale = shot.rgb.shape[1] / found.alpha.shape[1]
    if scale <= 1.02:
        return found
    left, top, right, bottom = bounds(found.alpha, 0.02)
    sharp = shot.rgb[round(top * scale) : round(bottom * scale)]
    sharp = sharp[:, round(left * scale) : round(right * scale)]
    size = sharp.shape[1], sharp.shape[0]
    alpha = resized(found.alpha[top:bottom, left:right], *size)
    alpha = np.clip(alpha, 0, 1).astype(np.float32)
    check()
    reach = max(3, round(2.5 * scale))
    inside = cv2.erode((alpha > 0.995).astype(np.float32), np.ones((reach, reach), np.uint8))
    inside = cv2.GaussianBlur(inside, (0, 0), 0.5 * scale)[..., None]
    colour = resized(found.colour[top:bottom, left:right], *size)
    colour += (sharp - colour) * inside
    return Cutout(np.clip(colour, 0, 255), alpha, found.warnings)
