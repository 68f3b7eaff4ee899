"""Finds the inside of a garment that shows in its neck: it belongs behind the wearer's throat."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Mask, Plane, to_lab
from stylestudio_desktop.engine.garment import Panel

INSIDE, FRONT = 1, 2
CLEAR = 0.8  # edge strength along the found neckline, in means of its surroundings
NEAR = 0.92  # among necklines almost as clear as the best, the deepest is taken: labels are inside
DEPTHS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8)  # how deep the inside is planted, in half neck widths
REACH = 3.4  # how far below the neck a front edge is looked for, in half neck widths


@dataclass(frozen=True)
class _Window:
    """A cut-out of the photo round the neck, at a size where half the neck is 40 pixels."""

    left: int
    top: int
    scale: float
    lab: Image
    cloth: Mask


def neck_opening(colour: Image, alpha: Plane, panel: Panel) -> Plane | None:
    """Return a soft mask of the back's inside with all that lies above it; None if none is clear.

    The inside and the front grow from seeds over the colour gradient until they meet (watershed,
    Meyer 1992): they meet on the strongest edge between them, which is the front's upper edge,
    whether it is round, a V, a collar or the rim of a hood.
    """
    if panel.neck is None or panel.shoulders is None:
        return None
    half = float(panel.neck[1, 0] - panel.neck[0, 0]) / 2
    if half < 8:
        return None
    window = _window(colour, alpha, panel, half, float(panel.neck[:, 1].mean()))
    flat = _flattened(window.lab)
    strength = _strength(flat)
    tried = []
    for depth in DEPTHS:
        inside = _even(_grown(flat, window, _seeds(window, panel, depth)))
        tried.append((_clearness(inside, strength, window), inside))
    best = max(clear for clear, _ in tried)
    if best < CLEAR:
        return None
    near = [inside for clear, inside in tried if clear > NEAR * best]
    return _whole(max(near, key=lambda inside: int(inside.sum())), window, alpha.shape)


def _window(colour: Image, alpha: Plane, panel: Panel, half: float, row: float) -> _Window:
    height, width = alpha.shape
    reach = 2.0 * half
    left, right = max(0, int(panel.axis - reach)), min(width, int(panel.axis + reach))
    top = max(0, panel.box[1] - 8)
    bottom = min(height, int(row + (REACH + 0.4) * half))
    scale = 40.0 / half
    size = max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale))
    lab = to_lab(cv2.resize(colour[top:bottom, left:right], size, interpolation=cv2.INTER_AREA))
    cloth = cv2.resize(alpha[top:bottom, left:right], size, interpolation=cv2.INTER_AREA) > 0.5
    return _Window(left, top, scale, lab, cloth.astype(np.uint8))


def _flattened(lab: Image) -> NDArray[np.uint8]:
    """Return the colours as bytes with the weave smoothed away and the edges kept."""
    smooth = cv2.bilateralFilter(np.ascontiguousarray(lab, np.float32), 0, 7.0, 2.0)
    spread = smooth * np.array([2.4, 3.0, 3.0], np.float32) + np.array([0, 128, 128], np.float32)
    return np.clip(spread, 0, 255).astype(np.uint8)


def _seeds(window: _Window, panel: Panel, depth: float) -> NDArray[np.int32]:
    """Plant the inside below the top of the back, the front at collar points, sides and chest."""
    if panel.neck is None:
        raise ValueError("a garment without a neck has no neckline")
    seeds = np.zeros(window.cloth.shape, np.int32)
    height, width = window.cloth.shape
    has = window.cloth.any(axis=0)
    tops = np.where(has, window.cloth.argmax(axis=0), height)
    axis = (panel.axis - window.left) * window.scale
    neck = (panel.neck - (window.left, window.top)) * window.scale
    row = float(neck[:, 1].mean())

    def strip(columns: NDArray[Any], low: int, high: int, label: int) -> None:
        for x in columns[(columns >= 0) & (columns < width)]:
            top = int(tops[x]) + low
            seeds[max(0, top) : max(0, int(tops[x]) + high), x] = label

    for sign in (-1, 1):
        side = axis + sign * 58
        strip(np.arange(int(side) - 1, int(side) + 2), 12, height, FRONT)
        corner = neck[0 if sign < 0 else 1] + (sign * 6, 9)
        cv2.circle(seeds, (int(corner[0]), int(corner[1])), 2, FRONT, -1)
    chest = int(min(height - 3, row + REACH * 40))
    seeds[chest : chest + 3] = FRONT
    middle = np.arange(int(axis) - 10, int(axis) + 11)
    if panel.hood:
        strip(np.arange(int(neck[0, 0]) + 4, int(neck[1, 0]) - 4), 2, 5, FRONT)
        rise = panel.hood * window.scale
        spot = int(axis), int(row + 0.38 * rise - 0.30 * rise - 0.08 * rise)
        cv2.circle(seeds, spot, 4, INSIDE, -1)
    else:
        strip(middle, 2, 2 + max(3, round(40 * depth)), INSIDE)
    seeds[window.cloth == 0] = 3
    return seeds


def _grown(flat: NDArray[np.uint8], window: _Window, seeds: NDArray[np.int32]) -> Mask:
    inside = (cv2.watershed(flat, seeds) == INSIDE) & (window.cloth > 0)
    return inside.astype(np.uint8)


def _even(inside: Mask) -> Mask:
    """Return `inside` as one span a row; where one side runs far beyond the other it is cut."""
    solid = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    columns = solid.shape[1]
    has = np.asarray(solid.any(axis=1))
    if not has.any():
        return inside
    left = np.where(has, solid.argmax(axis=1), 0).astype(np.float32)
    right = np.where(has, columns - solid[:, ::-1].argmax(axis=1), 0).astype(np.float32)
    axis = float(np.median((left + right)[has])) / 2
    sides = np.stack([axis - left, right - axis])
    sides = np.minimum(sides, 1.15 * sides[::-1].clip(0) + 2)
    sides = np.stack([_smoothed(side, has) for side in sides])
    x = np.arange(columns)[None]
    span = (x >= axis - sides[0][:, None]) & (x < axis + sides[1][:, None]) & has[:, None]
    return span.astype(np.uint8)


def _smoothed(side: Plane, has: NDArray[np.bool_]) -> Plane:
    """Return one edge of the opening without steps: prints cut notches into it."""
    even = np.asarray(cv2.medianBlur(side[has].reshape(-1, 1).astype(np.float32), 5))
    curve = cv2.GaussianBlur(even, (1, 17), 0, borderType=cv2.BORDER_REPLICATE)
    result = np.zeros_like(side)
    result[has] = np.maximum(curve, even).ravel()
    return result


def _strength(flat: NDArray[np.uint8]) -> Plane:
    """Return the colour gradient, in multiples of what is usual round the neck."""
    slopes = [cv2.Sobel(flat.astype(np.float32), cv2.CV_32F, *o) for o in ((1, 0), (0, 1))]
    strength = np.sqrt(np.square(slopes[0]).sum(axis=2) + np.square(slopes[1]).sum(axis=2))
    usual = cv2.blur(strength, (61, 61)) + 2.0
    return np.asarray(np.minimum(strength / usual, 4.0), np.float32)


def _clearness(inside: Mask, strength: Plane, window: _Window) -> float:
    """Return how clearly the colours jump all along the inside's lower edge; 0 if unlikely."""
    area = float(inside.sum())
    if not 60 < area < 0.45 * float(window.cloth.sum()):
        return 0.0
    ring = cv2.dilate(inside, np.ones((3, 3), np.uint8)) & (1 - inside)
    ring &= cv2.erode(window.cloth, np.ones((5, 5), np.uint8))
    if int(ring.sum()) < 20:
        return 0.0
    contours = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(list(contours))))
    support = cv2.dilate(strength, np.ones((3, 3), np.uint8))[ring > 0]
    score = 0.45 * float(support.mean()) + 0.55 * float(np.percentile(support, 25))
    return score * min(1.0, area / max(hull, 1.0))


def _whole(inside: Mask, window: _Window, shape: tuple[int, ...]) -> Plane:
    """Return the inside and what lies above it, smoothed, in the photo's own pixels."""
    solid = cv2.morphologyEx(inside, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    above = np.maximum.accumulate(solid[::-1], axis=0)[::-1]
    soft = cv2.GaussianBlur(above.astype(np.float32), (0, 0), 1.6)
    size = round(above.shape[1] / window.scale), round(above.shape[0] / window.scale)
    large = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)
    result = np.zeros(shape, np.float32)
    rows = min(large.shape[0], shape[0] - window.top)
    columns = min(large.shape[1], shape[1] - window.left)
    place = slice(window.top, window.top + rows), slice(window.left, window.left + columns)
    result[place] = np.clip((large[:rows, :columns] - 0.25) * 2, 0, 1)
    result[: window.top] = result[window.top]
    return result
