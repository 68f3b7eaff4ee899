"""Takes away what of an arm would look out beside a long sleeve: there the cloth is its outline."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.arms import length_of
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Plane
from stylestudio_desktop.engine.hung import LONG
from stylestudio_desktop.engine.person import Person
from stylestudio_desktop.engine.warp import Warp

BEGINS = 0.10  # of the arm: further up the shoulder is looked after
NEAR = 0.75  # of half the shoulders from an arm's bone: what is further out is no part of it
HEM = 0.035  # of the arm above the cuff: from here on a row may be cut short by it
FORE = 0.3  # of half the shoulders above the cuff: along which its edge is followed on
FURTHER = 0.8  # of half the shoulders below it: the hand
BITE = 0.15  # of half the shoulders: half the height of the highest bite out of an edge
WIDENS = 0.5  # pixels that a wrist may widen by for each one it goes on below the cuff
FEW = 4  # rows of a sleeve: of fewer no edge can be told


def beside_sleeves(person: Person, body: Body, warp: Warp, sleeves: Plane) -> Plane:
    """Return what lies outside of the long sleeves of `warp`, which cover `sleeves`: 1 there.

    Row by row: arms hang. Below a cuff the hand widens from where the sleeve's edge goes on to.
    """
    beside = np.zeros_like(sleeves)
    columns = np.arange(sleeves.shape[1], dtype=np.float32)
    for side in (0, 1):
        if warp.cuffs[side] < LONG:
            continue
        share, away = body.along_arms[side]
        near = away < NEAR * person.half
        cloth = (sleeves > 0.5) & near & (share > 0.5 * BEGINS)
        found = _edge(cloth, share, side)
        if found is None:
            continue
        outward = 1 if side else -1
        first, edge = _on_to_hand(*found, outward, body.arms[side], person.half)
        box = slice(first, min(first + len(edge), len(sleeves)))
        out = (columns - edge[: box.stop - first, None]) * outward
        outside = np.clip(out, 0, 1) * (near[box] & (share[box] > BEGINS))
        beside[box] = np.maximum(beside[box], outside)
    return np.asarray(cv2.GaussianBlur(beside, (0, 0), 0.7), np.float32)


def _on_to_hand(
    first: int, edge: NDArray[Any], outward: int, arm: NDArray[Any], half: float
) -> tuple[int, NDArray[Any]]:
    """Return a sleeve's edge from its first row on, smooth and followed below the cuff.

    There it goes on straight, and lets the hand widen.
    """
    even = smooth(edge, outward, BITE * half)
    reach = min(len(even), max(FEW, round(FORE * half)))
    slope = float(np.polyfit(np.arange(reach), even[-reach:], 1)[0])
    further = np.arange(1, round(FURTHER * half) + 1)
    wider = np.maximum(further - HEM * length_of(arm), 0) * WIDENS * outward
    forearm = arm[2] - arm[1]
    steep = float(forearm[0]) / max(float(forearm[1]), 1e-6)
    slope = float(np.clip(slope, steep - 0.3, steep + 0.3))
    return first, np.concatenate([even, even[-1] + further * slope + wider])


def _edge(cloth: NDArray[Any], share: Plane, side: int) -> tuple[int, NDArray[Any]] | None:
    """Return the first row of a sleeve, and the column at which it ends outward from there on.

    Rows that the cuff cuts short tell nothing.
    """
    rows = np.flatnonzero(cloth.any(axis=1))
    if len(rows) < FEW:
        return None
    seen = cloth[rows]
    outer = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1) if side else seen.argmax(axis=1)
    short = share[rows, outer] >= float(np.percentile(share[cloth], 99)) - HEM
    short[: len(rows) // 2] = False
    last = int(short.argmax()) if short.any() else len(rows)
    if last < FEW:
        return None
    at = np.arange(rows[0], rows[last - 1] + 1)
    return int(rows[0]), np.interp(at, rows[:last], outer[:last])


def smooth(edge: NDArray[Any], outward: int, size: float) -> NDArray[Any]:
    """Return an edge without bites, and without the steps of its pixels."""
    window = np.ones((2 * max(1, round(size)) + 1, 1), np.uint8)
    out = (edge * outward)[:, None].astype(np.float32)
    whole = cv2.morphologyEx(out, cv2.MORPH_CLOSE, window, borderType=cv2.BORDER_REPLICATE)
    even = cv2.GaussianBlur(whole, (0, 0), 2.0, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(even[:, 0] * outward, np.float32)
