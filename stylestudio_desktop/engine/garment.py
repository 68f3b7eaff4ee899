"""Finds the points of a flat garment in its outline: shoulders, neck, arm-pits, sleeves, legs."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Mask, Plane, bounds
from stylestudio_desktop.engine.hood import hood_foot, hood_rise
from stylestudio_desktop.engine.sleeves import Sleeve, sleeve_of


@dataclass(frozen=True)
class Panel:
    """The body of a top, dress or skirt: an upright axis and a half width for every row.

    `rows` are picture rows and `halves` the panel's half width there, without sleeves; `top` is
    the row that hangs on the shoulders (or the waist). The pairs (`shoulders`, `neck` as points,
    `pits` as points) are left and right in the picture and None for a skirt. `hood` is how far a
    hood rises above the shoulders, 0 where there is none.
    """

    box: tuple[int, int, int, int]
    axis: float
    rows: NDArray[Any]
    halves: NDArray[Any]
    top: float
    shoulders: NDArray[Any] | None = None
    neck: NDArray[Any] | None = None
    pits: NDArray[Any] | None = None
    sleeves: tuple[Sleeve | None, Sleeve | None] = (None, None)
    hood: float = 0.0

    @property
    def height(self) -> int:
        """The garment's height in pixels."""
        return self.box[3] - self.box[1]

    def half_at(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the half width at `rows`."""
        return np.interp(rows, self.rows, self.halves)


@dataclass(frozen=True)
class Legs:
    """Trousers or shorts: the crotch, and each leg's centre line (x, y) with its half widths."""

    box: tuple[int, int, int, int]
    crotch: tuple[float, float]
    centres: tuple[NDArray[Any], NDArray[Any]]
    halves: tuple[NDArray[Any], NDArray[Any]]
    hip_half: float


def top_points(alpha: Plane, kind: str) -> Panel:
    """Return the points of a top, jacket or dress."""
    mask = (alpha > 0.5).astype(np.uint8)
    box = bounds(alpha)
    axis, runs = _central_runs(mask, box)
    height = box[3] - box[1]
    left, right = axis - runs[:, 0], runs[:, 1] - axis
    pits_at, stepped = _pits(left, right, height, box[2] - box[0], kind)
    edges = [
        side[min(height - 1, row + max(3, int(0.012 * height)))]
        for side, row in zip((left, right), pits_at, strict=True)
    ]
    if all(stepped) and kind != "dress" and max(pits_at) > 0.44 * height:
        pits_at = [int(0.36 * height)] * 2  # long sleeves touch the body below the real arm-pit
    pits = np.array(
        [[axis - edges[0], box[1] + pits_at[0]], [axis + edges[1], box[1] + pits_at[1]]]
    )
    tops = np.where(mask.any(axis=0), mask.argmax(axis=0), mask.shape[0]).astype(float)
    chest = (pits[1, 0] - pits[0, 0]) / 2
    clear = 0.10 * chest
    sleeved = [
        stepped[0] and pits[0, 0] - box[0] > clear,
        stepped[1] and box[2] - pits[1, 0] > clear,
    ]
    shoulders = _shoulders(mask, box, axis, pits, sleeved, tops)
    hood = hood_rise(shoulders, axis, tops, height)
    neck = hood_foot(shoulders, axis, tops, hood) if hood else _neck(shoulders, axis, tops)
    halves = _panel_halves(left, right, shoulders, pits, box, kind)
    found = [
        sleeve_of(mask, shoulders[side], pits[side], side) if sleeved[side] else None
        for side in (0, 1)
    ]
    rows = np.arange(box[1], box[3])
    line = float(shoulders[:, 1].mean())
    sleeves = found[0], found[1]
    return Panel(box, axis, rows, halves, line, shoulders, neck, pits, sleeves, hood)


def skirt_points(alpha: Plane) -> Panel:
    """Return the axis and half widths of a skirt; its first row is the waistband."""
    mask = (alpha > 0.5).astype(np.uint8)
    box = bounds(alpha)
    axis, runs = _central_runs(mask, box)
    halves = (runs[:, 1] - runs[:, 0]) / 2
    tail = max(3, int(0.04 * len(halves)))
    halves[-tail:] = halves[-tail - 1]
    halves = np.maximum(_smooth(halves, 9), 0.4 * float(np.median(halves)))
    return Panel(box, axis, np.arange(box[1], box[3]), halves, float(box[1]))


def leg_points(alpha: Plane) -> Legs:
    """Return the crotch and both legs of trousers or shorts."""
    mask = alpha > 0.5
    left, top, right, bottom = bounds(alpha)
    height, middle = bottom - top, (left + right) / 2
    gap: list[tuple[int, float]] = []
    reach = 0.22 * (right - left)
    for y in range(bottom - int(0.06 * height), top + int(0.12 * height), -1):
        inside = np.nonzero(~mask[y, int(middle - reach) : int(middle + reach)])[0]
        if len(inside) < 2:
            break
        gap.append((y, float(inside.mean()) + int(middle - reach)))
    crotch_y = float(gap[-1][0]) if gap else top + 0.42 * height
    crotch_y = float(np.clip(crotch_y, top + 0.18 * height, top + 0.80 * height))
    crotch_x = gap[-1][1] if gap else middle
    gaps = dict(gap)
    legs = [_leg(mask, side, crotch_x, crotch_y, bottom, gaps) for side in (0, 1)]
    hip_row = mask[int(top + 0.75 * (crotch_y - top))]
    spots = np.nonzero(hip_row)[0]
    hip_half = float(np.ptp(spots)) / 2 if len(spots) else (right - left) / 2
    box = left, top, right, bottom
    centres, halves = (legs[0][0], legs[1][0]), (legs[0][1], legs[1][1])
    return Legs(box, (crotch_x, crotch_y), centres, halves, hip_half)


def _leg(
    mask: Plane, side: int, split: float, start: float, end: int, gaps: dict[int, float]
) -> tuple[NDArray[Any], NDArray[Any]]:
    centres, halves = [], []
    for y in np.linspace(start + 4, end - 0.03 * (end - start) - 4, 16).astype(int):
        edge = gaps.get(int(y), split)
        spots = np.nonzero(mask[y])[0]
        spots = spots[spots < edge] if side == 0 else spots[spots > edge]
        if len(spots) >= 3:
            centres.append((float(spots.min() + spots.max()) / 2, float(y)))
            halves.append(float(np.ptp(spots)) / 2)
    if len(centres) < 2:  # a leg that can't be told: a straight piece below the crotch
        centres = [(split, start), (split, float(end))]
        halves = [10.0, 10.0]
    return np.array(centres), np.array(halves)


def _central_runs(mask: Mask, box: tuple[int, int, int, int]) -> tuple[float, NDArray[Any]]:
    """Return the upright axis, and (left, right) of the run of garment that holds it, by row."""
    rows = range(box[1], box[3])
    firsts = np.array([int(np.argmax(mask[y])) for y in rows])
    lasts = np.array([mask.shape[1] - int(np.argmax(mask[y, ::-1])) for y in rows])
    low = int(0.45 * len(firsts))
    axis = float(np.median((firsts + lasts)[low:])) / 2
    runs = np.array([_run(mask[y], axis) for y in rows], float)
    axis = float(np.median(runs[low:].mean(axis=1)))
    runs = np.array([_run(mask[y], axis) for y in rows], float)
    centre = int(np.clip(axis, 0, mask.shape[1] - 1))
    for index in range(len(runs) // 2, len(runs)):
        if not mask[box[1] + index, centre]:  # below the hem: only cuffs hang lower
            runs[index] = runs[index - 1]
    return axis, runs


def _run(row: NDArray[Any], axis: float) -> tuple[int, int]:
    spots = np.nonzero(row)[0]
    centre = int(np.clip(axis, 0, len(row) - 1))
    if len(spots) == 0:
        return centre, centre
    if not row[centre]:
        centre = int(spots[np.abs(spots - centre).argmin()])
    before, after = np.nonzero(row[:centre] == 0)[0], np.nonzero(row[centre:] == 0)[0]
    return int(before[-1]) + 1 if len(before) else 0, centre + int(after[0]) if len(after) else len(
        row
    )


def _pits(
    left: NDArray[Any], right: NDArray[Any], height: int, width: int, kind: str
) -> tuple[list[int], list[bool]]:
    """Find the arm-pits: the lowest row where the central run suddenly takes a sleeve in."""
    found = [_pit(half, height, width, kind) for half in (left, right)]
    rows, stepped = [each[0] for each in found], [each[1] for each in found]
    if all(stepped) and abs(rows[0] - rows[1]) > 0.12 * height:
        both = min(rows) if kind == "dress" else max(rows)
        rows = [both, both]
    if stepped[0] != stepped[1]:
        best = rows[0] if stepped[0] else rows[1]
        rows, stepped = [best, best], [True, True]
    base = float(np.median(np.minimum(left, right)[int(0.5 * height) : int(0.8 * height)]))
    below = min(height - 1, max(rows) + int(0.02 * height))
    if float(left[below] + right[below]) < 0.9 * base:
        rows, stepped = [int(0.28 * height)] * 2, [False, False]
    return rows, stepped


def _pit(half: NDArray[Any], height: int, width: int, kind: str) -> tuple[int, bool]:
    lowest = int((0.42 if kind == "dress" else 0.76) * height)
    highest = int((0.06 if kind == "dress" else 0.10) * height)
    smooth = _smooth(half, 5)
    step = max(3, int(0.012 * height))
    for row in range(lowest, highest, -1):
        below = float(np.median(smooth[row : min(height, row + int(0.12 * height))]))
        near, far = smooth[max(0, row - step)] - below, smooth[max(0, row - 3 * step)] - below
        if near > 0.045 * width and far > 0.07 * width:
            return row, True
    return highest + int(np.argmax(smooth[highest:lowest])), False


def _shoulders(
    mask: Mask,
    box: tuple[int, int, int, int],
    axis: float,
    pits: NDArray[Any],
    sleeved: list[bool],
    tops: NDArray[Any],
) -> NDArray[Any]:
    """Return the shoulder points: above the sleeve's seam, or the outer end of a strap."""
    chest = (pits[1, 0] - pits[0, 0]) / 2
    points = []
    for side in (0, 1):
        x = pits[side, 0] + (0.10 if side == 0 else -0.10) * chest
        if not sleeved[side]:
            depth = max(4, int(0.05 * (box[3] - box[1])))
            columns = np.nonzero(mask[box[1] : box[1] + depth].any(axis=0))[0]
            columns = columns[columns < axis] if side == 0 else columns[columns > axis]
            if len(columns):
                x = float(np.percentile(columns, 4 if side == 0 else 96))
        points.append((x, tops[int(np.clip(x, 0, len(tops) - 1))]))
    return np.array(points, float)


def _neck(shoulders: NDArray[Any], axis: float, tops: NDArray[Any]) -> NDArray[Any]:
    """Return the inner ends of the shoulder lines: the highest point beside the neck."""
    points = []
    for side in (0, 1):
        x = np.linspace(shoulders[side, 0], axis, 60)[:-6]
        heights = tops[np.clip(x.astype(int), 0, len(tops) - 1)]
        usual = axis + (shoulders[side, 0] - axis) * 0.42
        best = int(np.argmin(heights + 0.25 * np.abs(x - usual)))
        points.append((x[best], heights[best]))
    return np.array(points, float)


def _panel_halves(
    left: NDArray[Any],
    right: NDArray[Any],
    shoulders: NDArray[Any],
    pits: NDArray[Any],
    box: tuple[int, int, int, int],
    kind: str,
) -> NDArray[Any]:
    """Return the panel's half width by row: from shoulder to arm-pit a straight seam."""
    height = len(left)
    halves = (left + right) / 2
    pit = max(1, int(pits[:, 1].mean() - box[1]))
    chest = (pits[1, 0] - pits[0, 0]) / 2
    span = (shoulders[1, 0] - shoulders[0, 0]) / 2
    share = np.clip(np.arange(height) / pit, 0, 1)
    halves = np.where(np.arange(height) < pit, span * (1 - share) + chest * share, halves)
    halves = np.where(np.arange(height) < 0.7 * height, np.minimum(halves, 1.6 * chest), halves)
    widest = 1.3 if kind != "dress" else 99.0  # cuffs that touch the hem are no part of it
    sure = np.nonzero((halves > 0.5 * chest) & (halves < widest * chest))[0]
    halves = np.interp(np.arange(height), sure, halves[sure]) if len(sure) else halves
    tail = max(3, int(0.04 * height))
    halves[-tail:] = halves[-tail - 1]
    return np.maximum(_smooth(halves, 9), 3)


def _smooth(values: NDArray[Any], size: int) -> NDArray[Any]:
    column = values.reshape(-1, 1).astype(np.float32)
    smoothed = cv2.GaussianBlur(column, (1, size), 0, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smoothed, float).ravel()
