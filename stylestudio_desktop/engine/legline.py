"""Takes away what of feet and old trousers would look out beside the legs of new trousers."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.bottoms import old_hem
from stylestudio_desktop.engine.filters import Plane, smoothstep
from stylestudio_desktop.engine.person import CLOTHES, Person
from stylestudio_desktop.engine.sleeveline import smooth

LONG = 0.8  # of a shin: trousers that end further up show the leg below them
WHOLE = 0.85  # of a leg's width: rows that its slanted hem cuts shorter tell no edge
BITE = 0.15  # of half the shoulders: half the height of the highest bite out of an edge
WIDENS = 1.2  # pixels that a shoe may stand out by for each one it lies below the hem
BELOW = 0.6  # of half the shoulders: so far below a hem its shoe is seen
AT_EDGE = 5  # pixels within which cloth still counts as a leg's edge
NEAR = 0.9  # of half the shoulders from a shin: what is further out is no part of it


def beside_legs(person: Person, cover: Plane) -> Plane:
    """Return what of a figure lies beside long legs of trousers that `cover` it: 1 there.

    Row by row, from the knees down. Below the hem a shoe widens from where the leg's edge ends.
    """
    beside = np.zeros_like(cover)
    columns = np.arange(cover.shape[1], dtype=np.float32)
    middle = float(person.points[[27, 28], 0].mean())
    for side in (0, 1):
        knee, ankle = (person.points[i] for i in person.sides[side][4:])
        hem = knee[1] + (ankle[1] - knee[1]) * (old_hem(person, side) + 0.02)
        own = (columns < middle) if side == 0 else (columns > middle)
        own &= np.abs(columns - ankle[0]) < NEAR * person.half
        leg = (cover > 0.5) & own
        leg[: max(0, int(knee[1]))] = False
        rows = _whole_rows(leg)
        if len(rows) < 4 or rows[-1] < knee[1] + LONG * (ankle[1] - knee[1]):
            continue
        for outward in (-1, 1):
            edge, wider = _followed(leg, rows, outward, person.half)
            box = slice(rows[0], min(rows[0] + len(edge), len(cover)))
            out = (columns - edge[: box.stop - box.start, None]) * outward
            old = np.clip(out + 1, 0, 1) * smoothstep(person.parts[CLOTHES][box], 0.2, 0.5)
            old[max(0, int(hem) - box.start) :] = 0
            out = np.clip(out - wider[: box.stop - box.start, None], 0, 1)
            beside[box] = np.maximum(beside[box], np.maximum(out, old) * own)
    return np.asarray(cv2.GaussianBlur(beside, (0, 0), 0.7), np.float32)


def _whole_rows(leg: NDArray[Any]) -> NDArray[Any]:
    """Return the rows of a leg down to where its hem begins to end it."""
    rows = np.flatnonzero(leg.any(axis=1))
    if len(rows) < 4:
        return rows
    wide = leg[rows].sum(axis=1)
    short = wide < WHOLE * np.median(wide[len(rows) // 2 :])
    short[: len(rows) // 2] = False
    return rows[: int(short.argmax())] if short.any() else rows


def _followed(
    leg: NDArray[Any], rows: NDArray[Any], outward: int, half: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a leg's edge from its first row on past its hem, and how far a shoe may widen.

    One side of a slanted hem ends further down than the other.
    """
    seen = leg[rows]
    outer = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1) if outward > 0 else seen.argmax(axis=1)
    at = np.arange(rows[0], rows[-1] + 1)
    edge = smooth(np.interp(at, rows, outer), outward, BITE * half)
    further = np.arange(1, round(BELOW * half) + 1)
    fore = min(len(edge), max(4, round(0.3 * half)))
    slope = float(np.polyfit(np.arange(fore), edge[-fore:], 1)[0])
    edge = np.concatenate([edge, edge[-1] + slope * further])
    ends = rows[-1]
    for row in range(rows[-1] + 1, min(rows[0] + len(edge), len(leg))):
        near = round(edge[row - rows[0]]) - outward * np.arange(AT_EDGE)
        if not leg[row, np.clip(near, 0, leg.shape[1] - 1)].any():
            break
        ends = row
    below = np.arange(rows[0], rows[0] + len(edge)) - ends
    return edge, np.maximum(below, 0) * WIDENS
