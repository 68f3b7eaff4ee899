"""Follows a flat sleeve from its seam to its cuff, so that it can be hung on an arm."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Mask, grown

COARSE = 4  # the walk is made at a quarter of the resolution
HEM_AT = np.linspace(-0.92, 0.92, 17)  # across a sleeve, where its hem is looked for
BENT = 0.4, 1.3  # how far a hem may bend, as shares of the sleeve's length


@dataclass(frozen=True)
class Sleeve:
    """A sleeve as a bent strip: a centre line, and how far it reaches to both sides of it.

    `region` marks its pixels; `centre` are points from seam to cuff with arc lengths `arc`;
    `low` and `high` the strip's edges across it at the arc lengths `edge_at`; `outward` is +1
    where positive offsets lie on the outer (shoulder) side; `length` runs along the middle to the
    cuff. `hem` is how far
    the sleeve reaches at HEM_AT, from its inner to its outer edge, as a share of that length: a
    short sleeve's underside is shorter, yet its hem goes straight round the arm.
    """

    region: Mask
    centre: NDArray[Any]
    arc: NDArray[Any]
    edge_at: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    outward: int
    length: float
    hem: NDArray[Any]

    def place(self, points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return for points their share of the way to the hem, offset from -1 to 1, half width.

        The offset is -1 at the inner edge.
        """
        dense, line, tangents = self._middle()
        away = np.linalg.norm(points[:, None] - line[None], axis=2)
        nearest = away.argmin(axis=1)
        tangent, base = tangents[nearest], line[nearest]
        along = dense[nearest] + ((points - base) * tangent).sum(axis=1)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
        offset = ((points - base) * normal).sum(axis=1)
        low, high = self.edges(along)
        half = np.maximum((high - low) / 2, 1.0)
        across = np.clip(self.outward * (offset - (low + high) / 2) / half, -1.4, 1.4)
        reach = max(self.length, 1.0) * np.interp(across, HEM_AT, self.hem)
        return np.clip(along / reach, -0.15, 1.25), across, half

    def edges(self, along: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return how far the sleeve reaches to both sides of its middle at arc lengths."""
        return tuple(np.interp(along, self.edge_at, each) for each in (self.low, self.high))

    def point(self, way: NDArray[Any], across: NDArray[Any]) -> NDArray[Any]:
        """Return the points in the photo that lie a share of the way to the hem, and across."""
        along = way * self.length * np.interp(across, HEM_AT, self.hem)
        low, high = self.edges(along)
        return self.off_centre(along, (low + high + self.outward * across * (high - low)) / 2)

    def off_centre(self, along: NDArray[Any], offset: NDArray[Any]) -> NDArray[Any]:
        """Return the points in the photo at arc lengths along the sleeve, and off its middle."""
        dense, line, tangents = self._middle()
        inside = np.clip(along, dense[0], dense[-1])
        base, tangent = (
            np.stack([np.interp(inside, dense, values[:, axis]) for axis in (0, 1)], axis=-1)
            for values in (line, tangents)
        )
        normal = np.stack([-tangent[..., 1], tangent[..., 0]], axis=-1)
        return np.asarray(base + tangent * (along - inside)[..., None] + normal * offset[..., None])

    def owns(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        """Return which points of the photo lie on the sleeve, its seam included."""
        return sampled(self.region, np.stack([x, y], axis=-1)) > 0

    def _middle(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return the centre line smoothly: arc lengths, points and unit tangents."""
        dense = np.linspace(0, self.arc[-1], 80)
        line = np.stack([np.interp(dense, self.arc, self.centre[:, axis]) for axis in (0, 1)], 1)
        line = cv2.GaussianBlur(line, (1, 15), 0, borderType=cv2.BORDER_REPLICATE)
        tangents = np.gradient(line, axis=0)
        tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-6)
        return dense, line, tangents


def sampled(mask: Mask, points: NDArray[Any]) -> NDArray[Any]:
    """Return the pixels of `mask` nearest to points (x, y); those beyond its frame are 0."""
    x, y = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    return np.asarray(cv2.remap(mask.astype(np.uint8), x, y, cv2.INTER_NEAREST))


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
    return _strip(steps, reached, shoulder, pit, mask)


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
    mask: Mask,
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
    region = cv2.resize(reached.astype(np.uint8), mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
    length, even = float(arc[-1]) + last, np.ones(len(HEM_AT))
    flat = Sleeve(grown(region, COARSE), centre, arc, arc, low, high, outward, length, even)
    edged = _edged(flat, mask)
    return replace(edged, hem=_hem(edged, mask))


def _edged(sleeve: Sleeve, mask: Mask) -> Sleeve:
    """Return the sleeve with its edges where the cloth in `mask` ends across it.

    They are looked for from the seam to shortly before the hem, and go on straight up to there.
    """
    ways = np.linspace(0.3, 0.84, 19)
    along = ways * sleeve.length
    edges = []
    for coarse in (sleeve.low, sleeve.high):
        usual = np.interp(along, sleeve.arc, coarse)
        middle = np.interp(along, sleeve.arc, (sleeve.low + sleeve.high) / 2)
        shares = np.linspace(0.5, 1.3, 161)
        offsets = middle[:, None] + (usual - middle)[:, None] * shares
        clear = sampled(mask, sleeve.off_centre(along[:, None], offsets)) == 0
        first = np.where(clear.any(axis=1), clear.argmax(axis=1), np.argmin(np.abs(shares - 1)))
        found = middle + (usual - middle) * shares[first]
        edges.append(cv2.GaussianBlur(found[None], (0, 0), 1.0)[0])
    ends = np.polyfit(along[-7:], np.stack([each[-7:] for each in edges], axis=1), 1)
    past = np.array([0.95, 1.1]) * sleeve.length
    arc = np.concatenate([sleeve.arc[:1], along, past])
    low, high = (
        np.concatenate([[coarse[0]], each, np.polyval(ends[:, way], past)])
        for way, (coarse, each) in enumerate(zip((sleeve.low, sleeve.high), edges, strict=True))
    )
    return replace(sleeve, edge_at=arc, low=low, high=high)


def _hem(sleeve: Sleeve, mask: Mask) -> NDArray[Any]:
    """Return how far a sleeve in `mask` reaches at HEM_AT, as a share of its length."""
    ways = np.linspace(*BENT, 240)
    points = sleeve.point(ways[None], HEM_AT[:, None])
    own = sleeve.owns(points[..., 0], points[..., 1]) & (sampled(mask, points) > 0)
    last = ways[len(ways) - 1 - own[:, ::-1].argmax(axis=1)]
    reached = np.where(own.any(axis=1), last, 1.0)
    return np.asarray(cv2.GaussianBlur(reached[None], (0, 0), 1.0)[0])
