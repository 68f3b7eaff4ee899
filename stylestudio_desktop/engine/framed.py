"""Tells a photo that was laid into a border of one colour, as shops do to make it square."""

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane

FLAT = 3.0  # levels out of 255 by which a border's own pixels may differ
STEP = 3.0  # and by how much the photo must differ from its border, along nearly all of its side
ALONG = 0.93  # that share: a product's own straight edge hardly ever spans so much
STRAY = 0.005  # share of a line's pixels that JPEG files may throw off
LEAST = 0.4  # share of the picture that must be left within its border
SOFT = 0.004  # of the long side: how far the seam is blurred by the shop's resizing

Box = tuple[slice, slice]


def within(rgb: Image) -> Box:
    """Return the rows and columns of the photo within its border; all of them where it has none.

    A border is of one colour up to a straight seam at which nearly the whole line changes. An
    even ground has no seam, and where a product begins only a part of the line changes.
    """
    height, width = rgb.shape[:2]
    top, bottom, left, right = 0, height, 0, width
    for _ in range(2):  # what lies beside one pair of bars is judged without them
        part = rgb[top:bottom, left:right]
        left, right = left + _bar(part, 1, 1), right - _bar(part, 1, -1)
        part = rgb[top:bottom, left:right]
        top, bottom = top + _bar(part, 0, 1), bottom - _bar(part, 0, -1)
    if (bottom - top) * (right - left) < LEAST * height * width:
        return slice(0, height), slice(0, width)
    return slice(top, bottom), slice(left, right)


def _bar(part: Image, axis: int, step: int) -> int:
    """Return how many lines from one side of `part` are border: columns for axis 1, or rows."""
    lines = (part if axis == 0 else part.swapaxes(0, 1))[::step]
    soft = max(2, round(SOFT * max(part.shape)))
    own = np.median(lines[0], axis=0)
    deep = 0
    while deep < len(lines) // 2 and _share_off(lines[deep], own, FLAT) <= STRAY:
        deep += 1
    if not 0 < deep < len(lines) // 2:
        return 0
    last = np.median(lines[deep - 1], axis=0)
    return deep + soft if _share_off(lines[deep + soft], last, STEP) >= ALONG else 0


def _share_off(line: NDArray[np.float32], own: NDArray[np.float32], limit: float) -> float:
    return float((np.abs(line - own).max(axis=-1) > limit).mean())


def laid_back(part: Plane, box: Box, whole: Plane) -> Plane:
    """Return `whole` with `part` in its place within the border."""
    result = whole.copy()
    result[box] = part
    return result
