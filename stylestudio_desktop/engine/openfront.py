"""Finds the gap between the two fronts of a jacket that hangs open: there its back is seen."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, to_lab
from stylestudio_desktop.engine.garment import Panel

UNIT = 96.0  # pixels of half a chest where the gap is looked for
BESIDE = 4  # how far to both sides of an edge colours are compared, in those pixels
MOST = 30.0  # CIE Lab units: a jump of colour counts as that much at most
BEND = 2.0  # Lab units that a line loses with each column it moves aside: cloth hangs straight
EVENED = 7.0  # rows (standard deviation) over which a line is evened out
NARROW, WIDE = 0.10, 0.80  # where a front's edge may run, in half chests from the axis
PAST = 1.5  # of those pixels: so much is given to the gap of an edge, which lies in shade
BAND = 0.20  # of half the chest beside an edge: the front that is compared with the gap
CLEAR = 5.0  # Lab units by which the gap differs from its fronts in nearly every row
EVEN = 0.75  # of that difference: how far the gap's own colours may lie apart
ROWS = 0.12  # of the height that hems and necks take up, where nothing is asked


def open_front(colour: Image, alpha: Plane, panel: Panel) -> Plane | None:
    """Return a soft mask of the gap with all that lies above it; None for a closed jacket.

    On both sides of the middle the line is taken along which the colours jump most all the way
    from the neck down to the hem. Between the two there must be one colour from top to bottom,
    darker than the fronts (an inside lies in shade): stripes, plackets and prints are not that.
    """
    if panel.neck is None or panel.pits is None or panel.hood:
        return None
    half = float(panel.pits[1, 0] - panel.pits[0, 0]) / 2
    if half < 16:
        return None
    top, bottom = int(panel.neck[:, 1].mean()), panel.box[3]
    lab = _window(colour, alpha, panel, half, (top, bottom))
    edges = [_edge(lab, side) for side in (0, 1)]
    if not _gaping(lab, edges[0], edges[1]):
        return None
    scale = half / UNIT
    rows = top + (np.arange(len(lab)) + 0.5) * scale
    past = -PAST, PAST
    lines = [
        panel.axis + (edge + out + 0.5 - lab.shape[1] / 2) * scale
        for edge, out in zip(edges, past, strict=True)
    ]
    peaks = panel.neck + np.array([[-2 * PAST * scale, 0], [2 * PAST * scale, 0]])
    return _filled(rows, lines, peaks, alpha.shape)


def _window(colour: Image, alpha: Plane, panel: Panel, half: float, rows: tuple[int, int]) -> Image:
    """Return the colours (Lab) from neck to hem, a half chest to both sides of the axis."""
    scale = half / UNIT
    size = int(2 * UNIT), max(8, round((rows[1] - rows[0]) / scale))
    matrix = np.array(
        [[scale, 0, panel.axis - half + scale / 2], [0, scale, rows[0] + scale / 2]], np.float32
    )
    soft = cv2.GaussianBlur(colour, (0, 0), max(0.6, 0.5 * scale))
    inverse = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    part = cv2.warpAffine(soft, matrix, size, flags=inverse, borderMode=cv2.BORDER_REPLICATE)
    cloth = cv2.warpAffine(alpha, matrix, size, flags=inverse)
    lab = to_lab(part.astype(np.float32))
    lab[cloth < 0.5] = np.nan
    return lab


def _edge(lab: Image, side: int) -> NDArray[Any]:
    """Return for every row the column of a front's edge: the best line of one column a row."""
    view = np.nan_to_num(lab if side == 1 else lab[:, ::-1])
    height, width = view.shape[:2]
    front, inside = np.roll(view, -BESIDE, axis=1), np.roll(view, BESIDE, axis=1)
    jump = np.minimum(np.linalg.norm(front - inside, axis=2), MOST)
    jump = np.where(front[..., 0] > inside[..., 0], jump, 0).astype(np.float32)
    jump = cv2.GaussianBlur(jump, (0, 0), 1.0)  # the middle of a soft edge counts most
    middle = width / 2
    columns = np.arange(int(middle + NARROW * UNIT), int(middle + WIDE * UNIT))
    gain = jump[:, columns]
    best, came = gain[0].copy(), np.zeros(gain.shape, int)
    for row in range(1, height):
        around = np.stack([np.roll(best, 1), best, np.roll(best, -1)])
        around[0, 0] = around[2, -1] = -np.inf
        around[::2] -= BEND
        step = around.argmax(axis=0)
        came[row] = np.arange(len(columns)) + step - 1
        best = around.max(axis=0) + gain[row]
    path = np.empty(height, int)
    path[-1] = int(best.argmax())
    for row in range(height - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    found = columns[path].astype(float)
    return found if side == 1 else width - 1 - found


def _gaping(lab: Image, left: NDArray[Any], right: NDArray[Any]) -> bool:
    """Say whether one dark colour lies between the edges, and the fronts' own on both sides."""
    columns = np.arange(lab.shape[1])[None]
    low, high = left[:, None], right[:, None]
    within = (columns > low + BESIDE) & (columns < high - BESIDE)
    beside = (
        (columns > low - BAND * UNIT) & (columns < low - BESIDE),
        (columns > high + BESIDE) & (columns < high + BAND * UNIT),
    )
    ends = int(ROWS * len(lab))
    asked = slice(ends, len(lab) - ends)
    gap, *fronts = (_by_row(lab, where)[asked] for where in (within, *beside))
    if np.isnan(gap).any() or any(np.isnan(front).any() for front in fronts):
        return False
    far = np.stack([np.linalg.norm(gap - front, axis=1) for front in fronts])
    darker = np.stack([front[:, 0] - gap[:, 0] for front in fronts])
    usual = np.median(gap, axis=0)
    apart = np.linalg.norm(lab[asked] - usual, axis=2)[within[asked]]
    clear = float(np.percentile(far, 10))
    even = float(np.nanpercentile(apart, 90)) < EVEN * float(np.median(far))
    return clear > CLEAR and even and float(np.percentile(darker, 10)) > 0.5 * CLEAR


def _by_row(lab: Image, where: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the mean colour of every row `where` says; nan where there is no cloth."""
    share = (where & ~np.isnan(lab[..., 0])).astype(np.float32)
    count = share.sum(axis=1)
    total = (np.nan_to_num(lab) * share[..., None]).sum(axis=1)
    return np.asarray(np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], np.nan))


def _filled(
    rows: NDArray[Any], lines: list[NDArray[Any]], peaks: NDArray[Any], shape: tuple[int, ...]
) -> Plane:
    """Return what lies between two lines, up to the neck and on below the hem."""
    border = cv2.BORDER_REPLICATE
    smooth = [
        cv2.GaussianBlur(line.reshape(-1, 1), (0, 0), 0.1, sigmaY=EVENED, borderType=border).ravel()
        for line in lines
    ]
    sides = []
    for line, peak in zip(smooth, peaks, strict=True):
        ends = np.concatenate([[peak[0], peak[0]], line, line[-1:]])
        down = np.concatenate([[-999.0, peak[1]], rows, [shape[0] + 9.0]])
        sides.append(np.stack([ends, down], axis=1))
    around = np.concatenate([sides[0], sides[1][::-1]])
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(around * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.7)
