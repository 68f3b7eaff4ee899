"""Draws a product into a window of the picture, as soft and as grained as the photo about it."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane
from stylestudio_desktop.engine.layer import Subject
from stylestudio_desktop.engine.scene import texture


@dataclass(frozen=True)
class Item:
    """A product ready to be drawn: `matrix` takes its pixels to the picture's."""

    subject: Subject
    matrix: NDArray[Any]
    gain: Image | None = None


def window(item: Item, box: tuple[int, int, int, int]) -> tuple[Image, Plane]:
    """Return colour and alpha of a product in a window (left, top, width, height)."""
    left, top, width, height = box
    matrix = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ item.matrix
    size = width, height
    each = item.subject
    alpha = cv2.warpPerspective(each.alpha, matrix, size, flags=cv2.INTER_LINEAR)
    if not alpha.any():
        return np.zeros((height, width, 3), np.float32), alpha
    colour = cv2.warpPerspective(
        each.colour, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if item.gain is not None:
        across, down = (
            each.size[0] / item.gain.shape[1],
            each.size[1] / item.gain.shape[0],
        )
        grown = np.array([[across, 0, 0.5 * across - 0.5], [0, down, 0.5 * down - 0.5], [0, 0, 1]])
        colour = colour * cv2.warpPerspective(
            item.gain, matrix @ grown, size, borderMode=cv2.BORDER_REPLICATE
        )
    return np.clip(colour, 0, 255).astype(np.float32), np.clip(alpha, 0, 1)


def softened(item: Item, more: float) -> Item:
    """Return a product blurred as shrinking asks, and by `more` pixels of the picture besides."""
    each = item.subject
    middle = np.array([each.size[0] / 2, each.size[1] / 2, 1.0])
    steps = []
    for axis in (0, 1):
        ends = []
        for side in (-0.5, 0.5):
            point = middle.copy()
            point[axis] += side
            seen = item.matrix @ point
            ends.append(seen[:2] / seen[2])
        steps.append(max(1e-3, float(np.hypot(*(ends[1] - ends[0])))))
    sigmas = []
    for step in steps:
        needed = 0.42 / step if step < 0.75 else 0.0
        sigmas.append(float(np.hypot(needed, more / step)))
    if max(sigmas) < 0.25:
        return item
    sigma_x, sigma_y = (max(0.01, one) for one in sigmas)
    colour = cv2.GaussianBlur(each.colour, (0, 0), sigma_x, sigmaY=sigma_y)
    alpha = cv2.GaussianBlur(
        each.alpha, (0, 0), 0.8 * sigma_x, sigmaY=0.8 * sigma_y, borderType=cv2.BORDER_CONSTANT
    )
    return Item(replace(item.subject, colour=colour, alpha=alpha), item.matrix, item.gain)


def matched(item: Item, background: NDArray[Any]) -> tuple[Item, float]:
    """Return a product as soft as the photo about it, and the spread of grain that it lacks."""
    height, width = background.shape[:2]
    corners = np.array([[0, 0, 1], [*item.subject.size, 1.0]]) @ item.matrix.T
    (x0, y0), (x1, y1) = (corners[:, :2] / corners[:, 2:]).tolist()
    left, right = (int(np.clip(x, 0, width - 1)) for x in (x0, x1))
    top, bottom = (int(np.clip(y, 0, height - 1)) for y in (y0, y1))
    around = max(64, (right - left) // 3)
    near = background[
        max(0, top) : min(height, bottom + around), max(0, left - around) : right + around
    ].astype(np.float32)
    middle = (left + right) // 2, (top + bottom) // 2
    side = int(np.clip(max(right - left, bottom - top), 64, 1024))
    box = max(0, middle[0] - side // 2), max(0, middle[1] - side // 2), side, side
    own, _ = window(softened(item, 0.0), box)
    lacks = texture.blur_of(near) ** 2 - texture.blur_of(own) ** 2
    most = texture.MOST_BLUR * max(width, height)
    more = min(most, float(np.sqrt(max(0.0, lacks))))
    soft = softened(item, more if more > 0.3 else 0.0)
    own, alpha = window(soft, box)
    there = texture.grain_of(near)
    missing = float(np.sqrt(max(0.0, there**2 - texture.grain_of(own, alpha) ** 2)))
    return soft, min(texture.MOST_GRAIN, missing)
