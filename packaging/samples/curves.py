"""Turn a few measured points into smooth garment outlines, seams and bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Knot = tuple[float, float] | tuple[float, float, str]


def smooth(knots: Sequence[Knot], step: float = 4.0) -> Points:
    """Return a dense open line (n, 2) in pixels through ``knots``.

    A knot marked ``"c"`` is a corner. Between corners the line is a centripetal Catmull-Rom
    spline (Yuksel and others 2011), which neither loops nor overshoots on uneven spacing.
    """
    places = [np.array(k[:2], dtype=np.float64) for k in knots]
    corners = [i for i, k in enumerate(knots) if len(k) == 3 or i in (0, len(knots) - 1)]
    parts = [_spline(places[a : b + 1], step) for a, b in pairwise(corners)]
    return np.vstack([*(p[:-1] for p in parts), parts[-1][-1:]])


def _spline(places: list[Points], step: float) -> Points:
    """Centripetal Catmull-Rom through ``places`` with mirrored end tangents."""
    if len(places) == 2:
        count = max(2, int(np.hypot(*(places[1] - places[0])) / step))
        t = np.linspace(0.0, 1.0, count)[:, None]
        return np.asarray(places[0] * (1 - t) + places[1] * t)
    ends = [2 * places[0] - places[1], *places, 2 * places[-1] - places[-2]]
    out: list[Points] = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        t1 = math.sqrt(math.dist(p0, p1)) + 1e-6
        t2 = t1 + math.sqrt(math.dist(p1, p2)) + 1e-6
        t3 = t2 + math.sqrt(math.dist(p2, p3)) + 1e-6
        t = np.linspace(t1, t2, max(3, int(math.dist(p1, p2) / step)), endpoint=False)[:, None]
        a1 = (t1 - t) / t1 * p0 + t / t1 * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / t2 * a1 + t / t2 * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        out.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return np.vstack([*out, places[-1][None]])


def mirror(knots: Sequence[Knot], axis: float) -> list[Knot]:
    """Reflect ``knots`` about the vertical line x = ``axis`` and reverse their order."""
    out: list[Knot] = []
    for k in reversed(knots):
        x = 2 * axis - k[0]
        out.append((x, k[1], "c") if len(k) == 3 else (x, k[1]))
    return out


def symmetric(right: Sequence[Knot], axis: float) -> Points:
    """Close an outline given by its right half, listed from the top of the axis to its foot."""
    return smooth([*right, *mirror(right, axis)])


def flip(line: Points, axis: float) -> Points:
    """Reflect a dense line about x = ``axis``."""
    return np.column_stack([2 * axis - line[:, 0], line[:, 1]])


def normals(line: Points) -> Points:
    """Unit normals (n, 2) to the left of the walking direction."""
    t = np.gradient(line, axis=0)
    t /= np.maximum(np.hypot(t[:, 0], t[:, 1]), 1e-9)[:, None]
    return np.column_stack([t[:, 1], -t[:, 0]])


def offset(line: Points, by: float) -> Points:
    """Shift a line sideways by ``by`` pixels along its normals."""
    return np.asarray(line + normals(line) * by)


def band(line: Points, width: float) -> Points:
    """Closed outline of a strip that starts at ``line`` and is ``width`` pixels wide."""
    return np.vstack([line, offset(line, width)[::-1]])


def strip(line: Points, width: float) -> Points:
    """Closed outline of a strip ``width`` pixels wide with ``line`` along its middle."""
    return np.vstack([offset(line, -width / 2), offset(line, width / 2)[::-1]])


def resample(line: Points, step: float) -> Points:
    """Points every ``step`` pixels of arc length along ``line``."""
    leg = np.hypot(*np.diff(line, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(leg)])
    want = np.arange(0.0, at[-1], step)
    return np.column_stack([np.interp(want, at, line[:, 0]), np.interp(want, at, line[:, 1])])
