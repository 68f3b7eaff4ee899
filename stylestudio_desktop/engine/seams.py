"""Takes away what of the wearer would look out above a new garment's seams and collar."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Plane, disc, smoothstep
from stylestudio_desktop.engine.person import FACE, HAIR, MOUTH, Person

BENDS = 0.22  # of half the shoulders: how far above a collar's peak a neck bends toward it
NECK = 0.65  # of half the shoulders: further from their middle there is no neck
NEAR, EVEN = 0.12, 0.05  # of half the shoulders: how far about, and how round, an outline is made
WIDENS = 0.7  # and where, at most, one begins to go straight down that is wider below


def below_seams(person: Person, alpha: Plane, shown: Plane, back: Plane, old: Plane) -> Plane:
    """Return `alpha` without what would look out above a sleeved garment's seams.

    That are shoulders, and an old collar beside the throat, which is no skin. The neck, hair
    that falls on the shoulders, and all that is seen within the new collar stay.
    """
    rows, columns = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]].astype(np.float32)
    throat = _throat(person)
    tops, peaks = _collared(person, shown > 0.5, back, throat)
    kept = person.parts[HAIR] + person.parts[FACE] > 0.3
    above = (rows < tops) & ~kept
    above &= person.height_of(np.stack([columns, rows], axis=-1)) < 0.15
    left, right = _neck_edges(person, alpha, tops, peaks)
    beyond = np.maximum(left[:, None] - columns, columns - right[:, None]) > 0
    near = above & (rows > tops - 0.2 * person.half)
    inner = above & (np.abs(columns - person.shoulders[0]) < 0.9 * person.half)
    beside = cv2.GaussianBlur(((near | inner) & beyond).astype(np.float32), (0, 0), 0.8)
    cloth = cv2.dilate((old > 0.3).astype(np.uint8), disc(max(2, round(0.03 * person.half))))
    away = np.maximum(throat[0] - columns, columns - throat[1])
    collar = smoothstep(away, 0, 0.06 * person.half) * cloth
    collar = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.8) * collar
    gone = np.maximum(beside, collar) * (rows < tops)
    neck = (rows < tops) & ~kept & (np.abs(columns - person.shoulders[0]) < NECK * person.half)
    return _even(person, alpha, gone.astype(np.float32), neck)


def _even(person: Person, alpha: Plane, gone: Plane, neck: NDArray[Any]) -> Plane:
    """Return `alpha` without what is `gone`, its outline beside that as smooth as a neck's.

    A collar is seldom told from its throat to the pixel: bites and crumbs would be left of both.
    """
    left = alpha * (1 - gone)
    near = cv2.dilate((gone > 0.3).astype(np.uint8), disc(max(2, round(NEAR * person.half)))) > 0
    solid = ((left > 0.5) | ~neck).astype(np.float32)
    even = smoothstep(cv2.GaussianBlur(solid, (0, 0), EVEN * person.half), 0.4, 0.6)
    return np.where(near & neck, np.minimum(alpha, even), left).astype(np.float32)


def _collared(
    person: Person, solid: NDArray[Any], back: Plane, throat: tuple[float, float]
) -> tuple[NDArray[Any], tuple[int, int]]:
    """Return the garment's first row in every column, and the columns of its collar's two peaks.

    Between the peaks the rows run along a line: below it the wearer is seen, or the inside of
    the back, never the ground behind.
    """
    tops = np.where(solid.any(axis=0), solid.argmax(axis=0), 0)
    width, reach = len(tops), round(0.8 * person.half)
    middle = int(np.clip(person.shoulders[0], 1, width - 1))
    sides = np.arange(max(0, middle - reach), middle), np.arange(middle, min(width, middle + reach))
    peaks = []
    for side, edge in zip(sides, throat, strict=True):
        covered = side[solid[:, side].any(axis=0)]
        peak = int(covered[tops[covered].argmin()]) if len(covered) else int(edge)
        outer = min(peak, int(edge)) if side is sides[0] else max(peak, int(edge))
        peaks.append(int(np.clip(outer, 0, width - 1)))
    behind = back > 0.5
    tops = np.where(behind.any(axis=0), np.minimum(tops, behind.argmax(axis=0)), tops)
    within = np.arange(peaks[0], peaks[1] + 1)
    line = np.interp(within, peaks, tops[peaks])
    tops[within] = np.minimum(tops[within], line)
    return tops, (peaks[0], peaks[1])


def _neck_edges(
    person: Person, alpha: Plane, tops: NDArray[Any], peaks: tuple[int, int]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return for every row between which columns a neck may be seen: it ends in the collar.

    It widens toward a peak from where it is a little higher up; a neck that is wider there than
    the collar goes straight down into it from where it is not.
    """
    height, width = alpha.shape
    middle = int(np.clip(person.shoulders[0], 1, width - 1))
    edges = []
    for side, peak in enumerate(peaks):
        low = int(tops[peak])
        start = max(0, low - max(2, round(BENDS * person.half)))
        highest = max(0, low - round(WIDENS * person.half))
        rows = [(row, _edge(alpha[row] > 0.5, middle, side)) for row in range(start, highest, -1)]
        within = (each for each in rows if (each[1] >= peak if side == 0 else each[1] <= peak))
        start, seen = next(within, (start, _edge(alpha[start] > 0.5, middle, side)))
        limit = np.full(height, 0.0 if side == 0 else float(width))
        limit[start:] = np.interp(
            np.arange(start, height), [start, max(low, start + 1)], [seen, peak]
        )
        edges.append(limit)
    return edges[0], edges[1]


def _edge(row: NDArray[Any], middle: int, side: int) -> int:
    """Return the column at which a row of the figure ends to one side of its middle."""
    clear = ~(row[:middle][::-1] if side == 0 else row[middle:])
    run = int(clear.argmax()) if clear.any() else len(clear)
    return middle - run if side == 0 else middle + run


def _throat(person: Person) -> tuple[float, float]:
    """Return the columns between which the throat lies: where the figure is slimmest there."""
    mouth = (person.points[MOUTH[0]] + person.points[MOUTH[1]]) / 2
    x = int(np.clip(person.shoulders[0], 0, person.alpha.shape[1] - 1))
    rows = person.alpha[int(max(0, mouth[1])) : int(max(1, person.shoulders[1]))] > 0.5
    free = [(~row[:x][::-1], ~row[x:]) for row in rows if row[x]]
    lefts = [int(side.argmax()) if side.any() else x for side, _ in free]
    rights = [int(side.argmax()) if side.any() else len(rows[0]) - x for _, side in free]
    return x - float(min(lefts, default=x)), x + float(min(rights, default=len(rows[0]) - x))
