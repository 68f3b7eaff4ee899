"""Finds the inside of a garment that shows in its neck: it belongs behind the wearer's throat."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, to_lab
from stylestudio_desktop.engine.garment import Panel

UNIT = 40.0  # pixels of half a neck width where the neckline is looked for
REACH = 3.4  # how far below the neck it may lie, in half neck widths
SAMPLES = 48  # points along a tried neckline
BESIDE = 3.0  # how far to both sides of it colours are compared, in pixels of the window
MOST = 12.0  # CIE Lab units: a jump of colour counts as that much at most
CLEAR, OVER_USUAL = 2.0, 2.4  # least jump along a neckline, and over that of a usual line there
DEEPER = 0.35  # of lines about as clear the deeper is taken: bands and labels lie above it
NARROWER = 0.3  # of such lines the one that begins at the notches: a wider one cuts into the band
LOWER = 0.05  # in half neck widths: so much of the band goes too, or a label's end would be seen
PATCH = 0.6  # how much a front counts that is not of one colour, beside an inside that is not
LOOP = 0.25  # the least height of a strap's loop, in half neck widths
DEPTHS = tuple(np.arange(0.08, 2.60, 0.06))  # in half neck widths
POWERS = (1.0, 1.4, 2.0, 2.8, 4.0)  # from a V over a round neck to a boat
HOODS = (0.35, 0.5, 0.65, 0.8, 0.95)  # half widths of a hood's opening, in half neck widths
HOOD_STARTS = (0.15, 0.3, 0.45, 0.6)  # where it is widest, in rises of the hood from its foot
Curves = NDArray[Any]


@dataclass(frozen=True)
class _Window:
    """The photo round the neck, at a size where half the neck is `UNIT` pixels."""

    left: int
    top: int
    scale: float
    lab: Image
    alpha: Plane


@dataclass(frozen=True)
class _Line:
    """A neckline: from one end (x, y) to the other, `depth` pixels down; `lean` moves its low."""

    left: tuple[float, float]
    right: tuple[float, float]
    depth: float
    power: float
    lean: float = 0.0


def neck_opening(colour: Image, alpha: Plane, panel: Panel) -> Plane | None:
    """Return a soft mask of the back's inside with all that lies above it; None if none is clear.

    The front's upper edge is looked for among smooth lines, from a V to a boat, that begin where
    the outline of the back meets the front's: the one is taken along which the colours jump most
    and all the way, from an inside of one colour. Labels, prints and seams are crossed or run
    beside such a line, they do not follow it.
    """
    if panel.neck is None or panel.shoulders is None:
        return None
    half = float(panel.neck[1, 0] - panel.neck[0, 0]) / 2
    if half < 8:
        return None
    window = _window(colour, alpha, panel, half, float(panel.neck[:, 1].mean()))
    tried = _hood_lines(window, panel) if panel.hood else _neck_lines(window, panel)
    scores = _scores(window, _drawn(tried))
    best = float(scores.max())
    if best < CLEAR or best < OVER_USUAL * float(np.median(scores[scores > 0])):
        return None
    deeper = scores * (1 + DEEPER * np.array([line.depth for line in tried]) / UNIT)
    spans = np.array([line.right[0] - line.left[0] for line in tried]) / UNIT
    deeper *= 1 - NARROWER * (spans - spans.min())
    near = _nearby(tried[int(deeper.argmax())])
    line = near[int(_scores(window, _drawn(near)).argmax())]
    return _filled(line, window, panel, alpha.shape)


def _window(colour: Image, alpha: Plane, panel: Panel, half: float, row: float) -> _Window:
    height, width = alpha.shape
    left, right = max(0, int(panel.axis - 2 * half)), min(width, int(panel.axis + 2 * half))
    top = max(0, panel.box[1] - 8)
    bottom = min(height, int(row + (REACH + 0.4) * half))
    scale = UNIT / half
    size = max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale))
    part = slice(top, bottom), slice(left, right)
    lab = to_lab(cv2.resize(colour[part], size, interpolation=cv2.INTER_AREA))
    cloth = cv2.resize(alpha[part], size, interpolation=cv2.INTER_AREA)
    return _Window(left, top, scale, cv2.GaussianBlur(lab, (0, 0), 1.3), cloth)


def _neck_lines(window: _Window, panel: Panel) -> list[_Line]:
    """Return the lines to try in a neck: all depths and forms between the two notches."""
    ends = _notch(window, panel, 0), _notch(window, panel, 1)
    tried = []
    for wider, lower in product((0.0, 0.06, 0.12), (-0.05, 0.05, 0.15)):
        left = ends[0][0] - wider * UNIT, ends[0][1] + lower * UNIT
        right = ends[1][0] + wider * UNIT, ends[1][1] + lower * UNIT
        tried += [_Line(left, right, d * UNIT, p) for d, p in product(DEPTHS, POWERS)]
    return tried


def _notch(window: _Window, panel: Panel, side: int) -> tuple[float, float]:
    """Return where the back's upper edge meets the front's: the outline steps up there.

    Straps stand above that step and are looked away from.
    """
    if panel.neck is None:
        raise ValueError("a garment without a neck has no neckline")
    sign = -1 if side == 0 else 1
    axis = (panel.axis - window.left) * window.scale
    corner = (float(panel.neck[side, 0]) - window.left) * window.scale
    solid = window.alpha > 0.5
    height, width = solid.shape
    foot = _strap_foot(window, panel, side)
    if foot is not None:
        solid[: max(0, int(foot[1] - 0.1 * UNIT))] = False
    tops = np.where(solid.any(axis=0), solid.argmax(axis=0), height).astype(float)
    columns = np.arange(int(axis + 0.35 * (corner - axis)), int(corner + 0.1 * sign * UNIT), sign)
    columns = columns[(columns >= 4) & (columns < width - 4)]
    if len(columns) == 0:
        return corner, 0.0
    near = np.arange(1, 4) * sign
    steps = [np.median(tops[x - near]) - np.median(tops[x + near]) for x in columns]
    x = int(columns[int(np.argmax(steps))])
    return float(x), float(np.median(tops[x - near]))


def _strap_foot(window: _Window, panel: Panel, side: int) -> tuple[float, float] | None:
    """Return the column in which a strap's loop stands and the row where it ends; None for none.

    A strap that lies as a loop comes down twice: at the front, and within that at the back.
    """
    if panel.neck is None or panel.hood:
        return None
    corner = (float(panel.neck[side, 0]) - window.left) * window.scale
    column = window.alpha[:, int(np.clip(corner, 0, window.alpha.shape[1] - 1))] > 0.5
    edges = np.flatnonzero(np.diff(column.astype(int)))
    if len(edges) < 3 or edges[2] - edges[1] < LOOP * UNIT:
        return None
    return corner, float(edges[2])


def _hood_lines(window: _Window, panel: Panel) -> list[_Line]:
    """Return the lines to try in a hood that lies flat: its opening hangs within its rim."""
    if panel.neck is None:
        raise ValueError("a garment without a neck has no neckline")
    axis = (panel.axis - window.left) * window.scale
    foot = (float(panel.neck[:, 1].mean()) - window.top) * window.scale
    rise = panel.hood * window.scale
    tried = []
    for wide, start in product(HOODS, HOOD_STARTS):
        y = foot - start * rise
        left, right = (axis - wide * UNIT, y), (axis + wide * UNIT, y)
        deep = [d for d in DEPTHS if y + d * UNIT < foot + 0.8 * UNIT]
        tried += [_Line(left, right, d * UNIT, p) for d, p in product(deep, POWERS[2:])]
    return tried


def _nearby(line: _Line) -> list[_Line]:
    """Return finer variants of a line that was found."""
    moves = product((-0.04, 0.0, 0.04), (-0.04, 0.0, 0.04), (-0.03, 0.0, 0.03), (-0.06, 0.0, 0.06))
    return [
        _Line(
            (line.left[0] + wide * UNIT, line.left[1] + low * UNIT),
            (line.right[0] + wide * UNIT, line.right[1] + low * UNIT),
            line.depth + deep * UNIT,
            line.power,
            lean,
        )
        for wide, low, deep, lean in moves
    ]


def _drawn(lines: list[_Line], count: int = SAMPLES) -> Curves:
    """Return the points (line, sample, x and y) of lines, closer together toward their ends."""
    even = np.linspace(-1, 1, count)
    across = np.sign(even) * np.abs(even) ** 0.75
    ends = np.array([(*line.left, *line.right) for line in lines])
    depth, power, lean = np.array([(line.depth, line.power, line.lean) for line in lines]).T
    left, right = ends[:, None, :2], ends[:, None, 2:]
    points = (left + right) / 2 + (right - left) / 2 * across[None, :, None]
    points[..., 0] += lean[:, None] * (right - left)[..., 0] / 2 * (1 - across**2)
    points[..., 1] += depth[:, None] * (1 - np.abs(across)[None] ** power[:, None])
    return points


def _scores(window: _Window, curves: Curves) -> NDArray[Any]:
    """Return for every curve how far colours jump across it, its weakest quarter counted most."""
    along = np.gradient(curves, axis=1)
    length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-6)
    normal = np.stack([-along[..., 1], along[..., 0]], axis=2) / length
    share = length[..., 0] / length[..., 0].sum(axis=1, keepdims=True)
    front = _at(window.lab, curves + BESIDE * normal)
    inside = _at(window.lab, curves - BESIDE * normal)
    jump = np.minimum(np.linalg.norm(front - inside, axis=2), MOST)
    jump = np.where(front[..., 0] < inside[..., 0], 0.5 * jump, jump)  # an inside lies in shade
    # The back's own upper edge, against the ground behind it, is no neckline.
    jump = np.where(_at(window.alpha, curves - 1.8 * BESIDE * normal) > 0.6, jump, 0)
    usual = np.median(jump, axis=1, keepdims=True)
    even = np.minimum(jump, 1.3 * usual)  # a label that is met on the way does not decide
    strange = _strange(inside)
    order = np.argsort(jump, axis=1)
    reached = np.cumsum(np.take_along_axis(share, order, axis=1), axis=1)
    quarter = np.take_along_axis(jump, order, axis=1)
    weakest = np.take_along_axis(quarter, (reached < 0.25).sum(axis=1)[:, None], axis=1)[:, 0]
    mixed = np.median(strange, axis=1) + PATCH * np.percentile(_strange(front), 75, axis=1)
    scores = 0.4 * (even * share).sum(axis=1) + 0.6 * weakest - 0.3 * mixed
    return np.asarray(np.maximum(scores, 0))


def _strange(colours: NDArray[Any]) -> NDArray[Any]:
    """Return how far each sample lies from what is usual along its line."""
    usual = np.median(colours, axis=1, keepdims=True)
    return np.minimum(np.linalg.norm(colours - usual, axis=2), MOST)


def _at(plane: NDArray[Any], points: Curves) -> NDArray[Any]:
    x, y = (np.ascontiguousarray(points[..., axis], np.float32) for axis in (0, 1))
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _filled(line: _Line, window: _Window, panel: Panel, shape: tuple[int, ...]) -> Plane:
    """Return all that lies above the line and between its ends, in the photo's own pixels.

    The inner halves of straps that lie as loops come down at the back, and belong to it too.
    """
    line = replace(line, depth=line.depth + LOWER * UNIT)
    points = [tuple(point) for point in _drawn([line], 4 * SAMPLES)[0]]
    for side, end in ((1, line.right), (0, line.left)):
        foot = _strap_foot(window, panel, side)
        corner = [end if foot is None else (foot[0], foot[1] - 1)]
        corner.append((corner[-1][0], -999.0))
        points += corner if side == 1 else corner[::-1]
    around = np.array(points) / window.scale + (window.left, window.top)
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(around * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.7)
