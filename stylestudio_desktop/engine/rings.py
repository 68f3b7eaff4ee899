"""Opens rings that lie on wood, stone or a pattern: a belt, a necklace, a strap laid in a loop."""

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Mask, box_of, components, disc, grown, shrunk

EVEN = 1.0  # residual of a ground below which its exact colour tells holes better
LEAST = 0.01  # of the frame: the smallest hole that is judged
COMMON = 0.95  # of the ground's pixels whose hues count as the ground's
BIN = 4.0  # CIELAB, the width of a bin of hue
WALLED = 0.8  # share of a hole's rim that must be of other colours than the ground's
CLOSED = 0.2  # of a hole that the mask must fill, or it was opened by other means
ALIKE = 0.8  # overlap of hues (Bhattacharyya) from which hole and ground are the same
GRAIN = 0.55, 1.8  # how much stronger the ground's grain may be in a hole, along and across
SHADED = -22.0, 6.0  # CIELAB: how much darker or lighter a hole may be
FULL = 80.0  # CIELAB: lightness, and 16, to which hues are brought before they are compared
HUES = 64  # bins across


def opened(lab: Image, mask: Mask, residual: float) -> Mask:
    """Return `mask` without the insides of rings in which the ground goes on.

    A hole is walled by other colours, and hue, lightness and the grain in both directions are those
    of the ground outside; cloth that is printed like the ground has another weave, or no wall.
    """
    outside = shrunk(1 - mask, 6)
    if residual < EVEN or int(outside.sum()) < 0.03 * mask.size:
        return mask
    hues = _hues(lab, outside > 0)
    like = _common(hues)[_bins(lab)] & _light(lab, outside)
    whole = _filled(mask)
    inner = cv2.morphologyEx((like & (whole > 0)).astype(np.uint8), cv2.MORPH_CLOSE, disc(3))
    inner = cv2.morphologyEx(inner & whole, cv2.MORPH_OPEN, disc(4)).astype(np.uint8)
    count, labels, stats = components(inner)
    left = mask.copy()
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < LEAST * mask.size:
            continue
        box = box_of(stats[part], mask.shape, 10)
        hole = (labels[box] == part).astype(np.uint8)
        rim = (grown(hole, 7) & (1 - grown(hole, 4))) > 0
        walled = rim.any() and float((~like[box])[rim].mean()) > WALLED
        closed = float(mask[box][hole > 0].mean()) > CLOSED
        if walled and closed and _same(lab, outside > 0, box, shrunk(hole, 3) > 0, hues):
            left[box] &= 1 - _filled(grown(hole, 2) & (like[box] | (hole > 0)).astype(np.uint8))
    return left


def _bins(lab: Image) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    # Shade takes the same part of lightness (and 16) as of a* and b*.
    hue = lab[..., 1:] * (FULL / (lab[..., :1] + 16))
    turned = np.round(hue / BIN).astype(np.intp) + HUES // 2
    held = turned.clip(0, HUES - 1)
    return held[..., 0], held[..., 1]


def _hues(lab: Image, where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how often each hue occurs, as shares."""
    first, second = _bins(lab)
    counts = np.zeros((HUES, HUES), np.float32)
    np.add.at(counts, (first[where], second[where]), 1)
    shares = cv2.GaussianBlur(counts, (0, 0), 0.8) / max(1.0, float(counts.sum()))
    return np.asarray(shares, np.float32)


def _common(hues: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the hues that make up nearly all of the ground."""
    order = np.sort(hues.ravel())[::-1]
    enough = int(np.searchsorted(np.cumsum(order), COMMON * float(order.sum())))
    return np.asarray(hues >= order[min(enough, len(order) - 1)], bool)


def _light(lab: Image, outside: Mask) -> NDArray[np.bool_]:
    level = lab[..., 0]
    low, high = np.percentile(level[outside > 0], [2, 98])
    return np.asarray((level > low + SHADED[0]) & (level < high + SHADED[1]), bool)


def _same(
    lab: Image,
    outside: NDArray[np.bool_],
    box: tuple[slice, slice],
    hole: NDArray[np.bool_],
    hues: NDArray[np.float32],
) -> bool:
    if not hole.any():
        return False
    part = lab[box]
    overlap = float(np.sqrt(hues * _hues(part, hole)).sum())
    off = float(np.median(part[hole][:, 0]) - np.median(lab[outside][:, 0]))
    ratios = [
        a / max(b, 1e-3) for a, b in zip(_grain(part, hole), _grain(lab, outside), strict=True)
    ]
    even = all(GRAIN[0] < ratio < GRAIN[1] for ratio in ratios)
    return overlap > ALIKE and SHADED[0] < off < SHADED[1] and even


def _grain(lab: Image, where: NDArray[np.bool_]) -> tuple[float, float]:
    """Return how much lightness changes from pixel to pixel, across and down."""
    level = np.log(lab[..., 0] + 16) * FULL
    across = np.abs(cv2.Sobel(level, cv2.CV_32F, 1, 0))[where]
    down = np.abs(cv2.Sobel(level, cv2.CV_32F, 0, 1))[where]
    return float(np.median(across)), float(np.median(down))


def _filled(mask: Mask) -> Mask:
    """Return a mask with everything in it that it encloses."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros_like(mask)
    cv2.drawContours(whole, outlines, -1, 1, cv2.FILLED)
    return whole
