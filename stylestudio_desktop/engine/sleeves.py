"""Follows a flat sleeve from its seam to its cuff, so that it can be hung on an arm."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Mask, grown

COARSE = 4  # the walk is made at a quarter of the resolution


@dataclass(frozen=True)
class Sleeve:
    """A sleeve as a bent strip: a centre line, and how far it reaches to both sides of it.

    `region` marks its pixels; `centre` are points from seam to cuff with arc lengths `arc`;
    `low` and `high` the strip's edges across it there; `outward` is +1 where positive offsets
    lie on the outer (shoulder) side; `length` runs along the middle to the cuff.
    """

    region: Mask
    centre: NDArray[Any]
    arc: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    outward: int
    length: float

    def place(self, points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return for points their share of the length, offset from -1 (inner) to 1, half width."""
        dense = np.linspace(0, self.arc[-1], 80)
        line = np.stack([np.interp(dense, self.arc, self.centre[:, axis]) for axis in (0, 1)], 1)
        line = cv2.GaussianBlur(line, (1, 15), 0, borderType=cv2.BORDER_REPLICATE)
        away = np.linalg.norm(points[:, None] - line[None], axis=2)
        nearest = away.argmin(axis=1)
        tangents = np.gradient(line, axis=0)
        tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-6)
        tangent, base = tangents[nearest], line[nearest]
        along = dense[nearest] + ((points - base) * tangent).sum(axis=1)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
        offset = ((points - base) * normal).sum(axis=1)
        low, high = np.interp(along, self.arc, self.low), np.interp(along, self.arc, self.high)
        half = np.maximum((high - low) / 2, 1.0)
        across = np.clip(self.outward * (offset - (low + high) / 2) / half, -1.4, 1.4)
        return np.clip(along / max(self.length, 1.0), -0.15, 1.25), across, half


def sleeve_of(mask: Mask, shoulder: NDArray[Any], pit: NDArray[Any], side: int) -> Sleeve | None:
    """Return the sleeve beyond the seam from `shoulder` to `pit`; None where there is none."""
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width]
    share = np.clip((y - shoulder[1]) / max(pit[1] - shoulder[1], 1.0), 0, 1)
    seam = shoulder[0] + (pit[0] - shoulder[0]) * share
    beyond = x < seam if side == 0 else x > seam
    beside = (y > pit[1]) & ((x > pit[0] - 1) if side == 0 else (x < pit[0] + 1))
    region = (mask > 0) & beyond & ~beside
    small = cv2.resize(region.astype(np.uint8), (width // COARSE, height // COARSE)) > 0
    steps = _walked(small, shoulder / COARSE, pit / COARSE)
    reached = small & (steps >= 0)
    if int(reached.sum()) < 40:
        return None
    return _strip(steps, reached, shoulder, pit, (height, width))


def _walked(region: Mask, start: NDArray[Any], end: NDArray[Any]) -> NDArray[Any]:
    """Return the number of steps from the seam to every pixel of `region`, -1 if unreached.

    Square and diamond neighbourhoods take turns, which keeps distances round to 8 %.
    """
    line: Mask = np.zeros(region.shape, np.uint8)
    ends = [tuple(int(value) for value in point) for point in (start, end)]
    cv2.line(line, ends[0], ends[1], 1, 3)
    inside = region.astype(np.uint8)
    front: Mask = line & cv2.dilate(inside, np.ones((3, 3), np.uint8))
    steps = np.where(front > 0, 0, -1).astype(np.int32)
    diamond = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    for step in range(1, 2000):
        kernel = diamond if step % 2 else np.ones((3, 3), np.uint8)
        spread = np.asarray(cv2.dilate(front, kernel), np.uint8) & inside
        fresh = (spread > 0) & (steps < 0)
        if not fresh.any():
            break
        steps[fresh] = step
        front = (front | fresh.astype(np.uint8)).astype(np.uint8)
    return steps


def _strip(
    steps: NDArray[Any],
    reached: Mask,
    shoulder: NDArray[Any],
    pit: NDArray[Any],
    shape: tuple[int, int],
) -> Sleeve:
    ys, xs = np.nonzero(reached)
    walked = steps[reached].astype(float)
    points = np.stack([xs, ys], axis=1) * COARSE + COARSE / 2
    longest = float(np.percentile(walked, 97)) + 1
    count = int(np.clip(longest / 6, 3, 9))
    bins = np.minimum((walked / longest * count).astype(int), count - 1)
    used = [each for each in range(count) if (bins == each).any()]
    centre = np.array([(shoulder + pit) / 2, *[points[bins == each].mean(axis=0) for each in used]])
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(centre, axis=0).T))])
    forward = np.gradient(centre, axis=0)
    forward /= np.maximum(np.linalg.norm(forward, axis=1, keepdims=True), 1e-6)
    low, high = np.zeros(len(centre)), np.zeros(len(centre))
    for index, each in enumerate(used, start=1):
        normal = np.array([-forward[index, 1], forward[index, 0]])
        offsets = (points[bins == each] - centre[index]) @ normal
        low[index], high[index] = np.percentile(offsets, [1.5, 98.5])
    low[0], high[0] = low[1], high[1]
    first = np.array([-forward[1, 1], forward[1, 0]])
    outward = 1 if (shoulder - pit) @ first > 0 else -1
    last = float(np.hypot(*(centre[-1] - centre[-2]))) / 2
    region = cv2.resize(reached.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    return Sleeve(grown(region, COARSE), centre, arc, low, high, outward, float(arc[-1]) + last)
