"""Bends a garment as stiff cloth bends: a triangle mesh, moved as rigidly as its targets allow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Plane

MAX_POINTS = 1100  # the solver inverts a dense matrix: 0.2 s at this size on two cores
ROUNDS = 12
LARGEST = 400  # pixels: a triangle that was pulled wider than this is a mistake and is left out


@dataclass(frozen=True)
class Mesh:
    """Points (x, y) over a garment's picture, triangles of their numbers, and a label a point."""

    points: NDArray[Any]
    triangles: NDArray[Any]
    labels: NDArray[Any]


def over_mask(alpha: Plane, labelled: Callable[[NDArray[Any]], NDArray[Any]]) -> Mesh:
    """Cover `alpha` with a square grid cut into triangles; `labelled` gives each point its part."""
    height, width = alpha.shape
    covered = float((alpha > 0.02).mean()) * height * width
    step = max(6, int(np.ceil(np.sqrt(1.35 * covered / MAX_POINTS))))
    margin = np.ones((2 * step + 1, 2 * step + 1), np.uint8)
    near = cv2.dilate((alpha > 0.02).astype(np.uint8), margin) > 0
    x, y = np.meshgrid(
        np.arange(-step, width + 2 * step, step), np.arange(-step, height + 2 * step, step)
    )
    inside = near[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    number = np.full(x.shape, -1)
    number[inside] = np.arange(int(inside.sum()))
    points = np.stack([x[inside], y[inside]], axis=1).astype(float)
    corners = [number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]]
    full = np.minimum.reduce(corners) >= 0
    a, b, c, d = (corner[full] for corner in corners)
    triangles = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])
    return Mesh(points, triangles, labelled(points))


def bent(mesh: Mesh, targets: NDArray[Any], weights: NDArray[Any], scale: float) -> NDArray[Any]:
    """Return new places of the mesh's points, near `targets` as far as `weights` insist.

    As-rigid-as-possible deformation (Sorkine and Alexa 2007) with soft targets and uniform edge
    weights: rotations and places are solved for in turn, from the picture scaled by `scale`.
    """
    rest = mesh.points * scale
    count = len(rest)
    edges = np.concatenate([mesh.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    i, j = edges.T
    laplacian = np.zeros((count, count))
    laplacian[i, j] = laplacian[j, i] = -1
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    solver = np.linalg.inv(laplacian + np.diag(weights + 1e-6))
    pull = weights[:, None] * targets
    places = solver @ (laplacian @ rest + pull)
    arm = rest[i] - rest[j]
    for _ in range(ROUNDS):
        turned = places[i] - places[j]
        dot = _summed((arm * turned).sum(axis=1), i, j, count)
        cross = _summed(arm[:, 0] * turned[:, 1] - arm[:, 1] * turned[:, 0], i, j, count)
        angle = np.arctan2(cross, dot)
        mean = 0.5 * (_rotated(arm, angle[i]) + _rotated(arm, angle[j]))
        right = pull.copy()
        for axis in (0, 1):
            right[:, axis] += np.bincount(i, mean[:, axis], count)
            right[:, axis] -= np.bincount(j, mean[:, axis], count)
        places = solver @ right
    return np.asarray(places)


def _summed(values: NDArray[Any], i: NDArray[Any], j: NDArray[Any], count: int) -> NDArray[Any]:
    return np.bincount(i, values, count) + np.bincount(j, values, count)


def _rotated(vectors: NDArray[Any], angle: NDArray[Any]) -> NDArray[Any]:
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y = vectors[:, 0], vectors[:, 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1)


@dataclass(frozen=True)
class Layers:
    """What lies where in a photo whose parts may cover each other when they are worn.

    `cloth` says where there is cloth at all, `parts` whose each pixel is, `owners` which part each
    triangle shows (-1: whatever lies in it).
    """

    cloth: NDArray[Any]
    parts: NDArray[Any]
    owners: NDArray[Any]

    def shown(
        self, index: int, x: NDArray[Any], y: NDArray[Any], drawn: NDArray[Any]
    ) -> NDArray[Any]:
        """Return which pixels of a triangle, taken from (x, y), go over what is `drawn` there.

        Ground beside the cloth covers nothing.
        """
        rows = np.clip(y, 0, self.parts.shape[0] - 1).astype(int)
        columns = np.clip(x, 0, self.parts.shape[1] - 1).astype(int)
        seen = self.cloth[rows, columns] | (drawn < 0)
        if self.owners[index] >= 0:
            seen &= self.parts[rows, columns] == self.owners[index]
        return np.asarray(seen)


def rastered(
    mesh: Mesh,
    places: NDArray[Any],
    order: NDArray[Any],
    shape: tuple[int, int],
    layers: Layers | None = None,
) -> tuple[Plane, Plane, NDArray[Any]]:
    """Return for every pixel of the new picture where it comes from (x, y), and its part.

    Triangles are drawn by rising `order`, later ones over earlier as `layers` allow; a part of -1
    is empty. Body triangles that were turned over by the bend are left out.
    """
    height, width = shape
    from_x = np.full(shape, -1, np.float32)
    from_y = np.full(shape, -1, np.float32)
    part = np.full(shape, -1, np.int16)
    corners = places[mesh.triangles]
    rest = mesh.points[mesh.triangles]
    low = np.maximum(np.floor(corners.min(axis=1)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=1)).astype(int) + 1, [width, height])
    along, down = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = along[:, 0] * down[:, 1] - along[:, 1] * down[:, 0]
    drawn = (high > low).all(axis=1) & ((high - low).max(axis=1) <= LARGEST) & (area >= 1e-6)
    sides = rest[:, 1] - rest[:, 0], rest[:, 2] - rest[:, 0]
    ranked = np.argsort(order, kind="stable")
    for index in ranked[drawn[ranked]]:
        (left, top), (right, bottom) = low[index], high[index]
        x = np.arange(left, right) - corners[index, 0, 0]
        y = np.arange(top, bottom)[:, None] - corners[index, 0, 1]
        u = (x * down[index, 1] - y * down[index, 0]) / area[index]
        v = (y * along[index, 0] - x * along[index, 1]) / area[index]
        hit = (u >= -1e-3) & (v >= -1e-3) & (u + v <= 1.001)
        window = slice(top, bottom), slice(left, right)
        source_x = rest[index, 0, 0] + u * sides[0][index, 0] + v * sides[1][index, 0]
        source_y = rest[index, 0, 1] + u * sides[0][index, 1] + v * sides[1][index, 1]
        if layers is not None:
            hit &= layers.shown(int(index), source_x, source_y, part[window])
        from_x[window][hit], from_y[window][hit] = source_x[hit], source_y[hit]
        part[window][hit] = order[index]
    return from_x, from_y, part
