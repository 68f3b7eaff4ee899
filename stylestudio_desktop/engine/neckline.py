"""Finds the front edge of a neckline, so that the back's inside is not worn over the throat."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import Image, Plane, to_lab
from stylestudio_desktop.engine.garment import Panel

DEPTHS = np.arange(0.15, 2.6, 0.05)  # of half the neck's width
POWERS = (1.0, 1.3, 1.8, 2.5, 3.5)  # from a V to a boat
CLEAR = 0.85  # edge support, in local medians, from which the curve is believed


def neck_opening(colour: Image, alpha: Plane, panel: Panel) -> Plane | None:
    """Return a mask of what lies above the front neckline, or None where none is clear.

    The curve y = depth (1 - |x|^power) between the neck points is fitted by the colour gradient
    across it. Crew, round and boat necks are found; deep V necks and shirt collars mostly not.
    """
    if panel.neck is None:
        return None
    (left, left_y), (right, right_y) = panel.neck
    half = float(right - left) / 2
    if half < 8:
        return None
    centre, top = float(left + right) / 2, float(left_y + right_y) / 2
    lab = to_lab(cv2.GaussianBlur(colour, (0, 0), max(1.0, 0.02 * half)))
    slope_x = cv2.Sobel(lab, cv2.CV_32F, 1, 0)
    slope_y = cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strength = np.sqrt((np.square(slope_x) + np.square(slope_y)).sum(axis=2))
    side = int(0.7 * half) | 1
    usual = cv2.blur(strength, (side, side)) + 0.8
    margin = max(3, int(0.12 * half))
    inside = cv2.erode(alpha, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    t = np.linspace(-0.85, 0.85, 61)
    best = (0.0, 0.0, 1.0)
    for power in POWERS:
        for depth in DEPTHS:
            x = (centre + t * half).astype(np.float32)[None]
            y = (top + depth * half * (1 - np.abs(t) ** power)).astype(np.float32)
            if float(y.max()) >= panel.box[3]:
                continue
            normal = _normals(x[0], y)
            gx = cv2.remap(slope_x, x, y[None], cv2.INTER_LINEAR)[0]
            gy = cv2.remap(slope_y, x, y[None], cv2.INTER_LINEAR)[0]
            across = np.abs(gx * normal[:, :1] + gy * normal[:, 1:]).max(axis=1)
            local = cv2.remap(usual, x, y[None], cv2.INTER_LINEAR)[0]
            held = cv2.remap(inside, x, y[None], cv2.INTER_LINEAR)[0] > 0.8
            support = np.minimum(across / local, 3.5) * held
            score = 0.45 * float(support.mean()) + 0.55 * float(np.percentile(support, 25))
            score *= 1 - 0.05 * float(depth)  # of two seams of a collar, the upper one
            if score > best[0]:
                best = score, float(depth), power
    if best[0] < CLEAR:
        return None
    return _above(alpha, centre, top, half, best[1], best[2])


def _normals(x: Plane, y: Plane) -> Plane:
    slope = np.gradient(y, x)
    length = np.hypot(1, slope)
    return np.stack([-slope / length, 1 / length], axis=1)


def _above(
    alpha: Plane, centre: float, top: float, half: float, depth: float, power: float
) -> Plane:
    t = np.linspace(-1, 1, 91)
    x, y = centre + t * half, top + depth * half * (1 - np.abs(t) ** power)
    roof = [[x[-1], top - 2 * half], [x[0], top - 2 * half]]
    outline = np.concatenate([np.stack([x, y], axis=1), roof]).astype(np.int32)
    mask = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(mask, [outline], 1)
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
