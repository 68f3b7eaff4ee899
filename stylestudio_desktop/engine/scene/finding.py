"""Looks for the floor, table or wall that products can be set on, where nobody picked one."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.domain.scene import Plane
from stylestudio_desktop.engine.filters import Image, luma, resized

SIDE = 640  # the long side at which lines are looked for
LEAST_LINE = 0.06  # of the long side
TRIES = 400
NEAR = 0.955  # how far down the near edge lies, as a share of the height
EYE = 0.36  # where the horizon is taken to be, where no lines tell
Lines = NDArray[Any]


@dataclass(frozen=True)
class Found:
    """A plane and how sure the search is of it, from 0 to 1."""

    plane: Plane
    sure: float


def ground(rgb: Image) -> Found:
    """Return the likeliest floor or table top in the lower part of a photo.

    Edges that run away from the camera meet in a vanishing point (found by sampling pairs of
    lines and counting those that agree: Fischler and Bolles 1981, as Tardif 2009 does); the edge
    at which the ground ends is the strongest level line below the horizon.
    """
    grey, lines = _lines(rgb)
    height, width = grey.shape
    point, share = _vanishing(lines, (width, height))
    ends, strength = _edge(lines, (width, height), point)
    far = ends + 0.03 if ends is not None else point[1] / height + 0.34
    far = float(np.clip(far, 0.52, 0.80))
    if NEAR - far > 0.36:  # only the nearer part of a deep ground
        far = NEAR - 0.36
    sure = 0.25 + 0.45 * min(1.0, share / 0.35) + 0.3 * strength
    return Found(_converging(far, (point[0] / width, point[1] / height)), min(1.0, sure))


def wall(rgb: Image) -> Found:
    """Return the likeliest wall, taken as seen from straight before it, above where ground ends."""
    grey, lines = _lines(rgb)
    height, width = grey.shape
    point, _ = _vanishing(lines, (width, height))
    ends, strength = _edge(lines, (width, height), point)
    low = float(np.clip(0.92 if ends is None else ends - 0.05, 0.55, 0.94))
    top = 0.06
    side = min(0.40, 0.55 * (low - top) * height / width)
    plane = Plane(((0.5 - side, top), (0.5 + side, top), (0.5 + side, low), (0.5 - side, low)))
    return Found(plane, 0.35 + 0.4 * strength)


def _converging(far: float, point: tuple[float, float]) -> Plane:
    """Return a field between two level edges whose sides run to the vanishing point."""
    left, right = 0.14, 0.86
    horizon = min(point[1], far - 0.16)
    shrink = (far - horizon) / (NEAR - horizon)
    middle = float(np.clip(point[0], 0.2, 0.8))
    far_left, far_right = (middle + (x - middle) * shrink for x in (left, right))
    return Plane(((far_left, far), (far_right, far), (right, NEAR), (left, NEAR)))


def _lines(rgb: Image) -> tuple[NDArray[Any], Lines]:
    """Return the grey photo at a small size, and its straight edges (x1, y1, x2, y2)."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    small = resized(rgb, max(8, round(width * scale)), max(8, round(height * scale)))
    grey = np.clip(luma(small) * 255, 0, 255).astype(np.uint8)
    calm = cv2.GaussianBlur(grey, (0, 0), 1.0)
    edges = cv2.Canny(calm, 24, 72)
    long = max(grey.shape)
    least = LEAST_LINE * long
    found = cv2.HoughLinesP(edges, 1, np.pi / 360, 36, None, least, 0.012 * long)
    lines = np.zeros((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64)
    return grey, lines


def _vanishing(lines: Lines, size: tuple[int, int]) -> tuple[tuple[float, float], float]:
    """Return the vanishing point of what runs away from the camera, and the share it explains."""
    width, height = size
    usual = (0.5 * width, EYE * height), 0.0
    slope = np.abs(np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]))
    slope = np.minimum(slope, np.pi - slope)
    middle = (lines[:, 1] + lines[:, 3]) / 2
    leaning = (slope > np.deg2rad(9)) & (slope < np.deg2rad(84)) & (middle > 0.42 * height)
    chosen = lines[leaning]
    if len(chosen) < 4:
        return usual
    length = np.hypot(chosen[:, 2] - chosen[:, 0], chosen[:, 3] - chosen[:, 1])
    ends = np.dstack([chosen[:, :2], chosen[:, 2:]])  # n x 2 x 2
    homogeneous = np.cross(
        np.column_stack([ends[:, :, 0], np.ones(len(chosen))]),
        np.column_stack([ends[:, :, 1], np.ones(len(chosen))]),
    )
    rng = np.random.default_rng(7)  # the same photo always gives the same plane
    best, score = usual[0], 0.0
    total = float(length.sum())
    for _ in range(TRIES):
        one, two = rng.choice(len(chosen), 2, replace=False)
        meeting = np.cross(homogeneous[one], homogeneous[two])
        if abs(meeting[2]) < 1e-6:
            continue
        x, y = meeting[:2] / meeting[2]
        if not (-0.6 * width < x < 1.6 * width and -0.8 * height < y < 0.62 * height):
            continue
        agrees = float(length[_points_at(chosen, (x, y)) < np.deg2rad(2.0)].sum())
        if agrees > score:
            best, score = (float(x), float(y)), agrees
    share = score / total
    return (best, share) if share > 0.25 else usual


def _points_at(lines: Lines, point: tuple[float, float]) -> NDArray[Any]:
    """Return by which angle each line misses a point, seen from the line's middle."""
    middle = (lines[:, :2] + lines[:, 2:]) / 2
    along = lines[:, 2:] - lines[:, :2]
    towards = np.array(point) - middle
    cross = along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0]
    lengths = np.linalg.norm(along, axis=1) * np.linalg.norm(towards, axis=1) + 1e-9
    return np.asarray(np.arcsin(np.clip(np.abs(cross) / lengths, 0, 1)))


def _edge(
    lines: Lines, size: tuple[int, int], point: tuple[float, float]
) -> tuple[float | None, float]:
    """Return how far down a photo the ground ends (a share of the height), and how clearly."""
    width, height = size
    slope = np.abs(np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]))
    level = np.minimum(slope, np.pi - slope) < np.deg2rad(4)
    chosen = lines[level]
    if len(chosen) == 0:
        return None, 0.0
    rows = (chosen[:, 1] + chosen[:, 3]) / 2
    inside = (rows > max(0.30 * height, point[1] + 0.02 * height)) & (rows < 0.80 * height)
    chosen, rows = chosen[inside], rows[inside]
    if len(chosen) == 0:
        return None, 0.0
    votes = np.zeros(height)
    np.add.at(votes, rows.astype(int), np.abs(chosen[:, 2] - chosen[:, 0]))
    votes = np.convolve(votes, np.ones(7), "same")
    if float(votes.max()) < 0.35 * width:
        return None, 0.0
    # The first strong line from above: below it lie the joints of boards and tiles.
    first = int(np.argmax(votes > 0.55 * float(votes.max())))
    return first / height, float(min(1.0, votes.max() / width))
