"""Follows arms and measures how wide they are, bare as well: their old sleeves do not count."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Plane
from stylestudio_desktop.engine.person import SKIN, Person

STATIONS = 9  # along each arm
ARM_AT = np.array([0.0, 0.5, 1.0])
ARM_HALF = np.array([0.27, 0.20, 0.15])
SHARES = np.linspace(0, 1, 121)  # of an arm's length, at which it is measured
BARE = 0.14  # of the arm's length that is bare without a break where its sleeve has ended
LOWEST = 0.6  # of the arm's length: a sleeve that ends further down is a long one


@dataclass(frozen=True)
class BareArm:
    """An arm without its old sleeve: half widths (outer, inner) at SHARES, and the sleeve's hem.

    `hem` is the share of the arm at which skin begins, None where too little of it is seen.
    """

    halves: NDArray[Any]
    hem: float | None


def point_along(line: NDArray[Any], distance: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return point and unit tangent at an arc length of a polyline, running on past its end."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(steps)])
    piece = int(np.clip(np.searchsorted(reached, distance, "right") - 1, 0, len(steps) - 1))
    tangent = (line[piece + 1] - line[piece]) / max(float(steps[piece]), 1e-6)
    return line[piece] + tangent * (distance - reached[piece]), tangent


def length_of(line: NDArray[Any]) -> float:
    """Return the arc length of a polyline."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def reach(mask: Plane, start: NDArray[Any], toward: NDArray[Any], limit: float) -> float:
    """Return how far one can walk from `start` inside `mask`, at most `limit` pixels."""
    steps = np.arange(0.0, max(2.0, limit))
    spots = (start[None] + toward[None] * steps[:, None]).astype(int)
    height, width = mask.shape
    inside = (spots >= 0).all(axis=1) & (spots[:, 0] < width) & (spots[:, 1] < height)
    hit = np.zeros(len(steps), bool)
    hit[inside] = mask[spots[inside, 1], spots[inside, 0]]
    return float(steps[int(np.argmin(hit))]) if not hit.all() else float(steps[-1])


def across(
    arm: NDArray[Any], share: float, outward: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the point at a share of an arm, and the unit vector across it, away from the body."""
    point, tangent = point_along(arm, share * length_of(arm))
    normal = np.array([-tangent[1], tangent[0]])
    return point, normal if normal @ outward > 0 else -normal


def outward_of(person: Person, side: int) -> NDArray[Any]:
    """Return the direction away from the body on one side of the picture."""
    return person.right * (-1 if side == 0 else 1)


def bare_arm(
    person: Person, arms: tuple[NDArray[Any], ...], widths: tuple[NDArray[Any], ...], side: int
) -> BareArm:
    """Measure one of two arms where it is bare; above the sleeve's hem it goes on as arms taper.

    `widths` are those of both arms as they are seen, sleeved or not.

    The bone does not run in the middle of an arm: what both sides are off by fades toward the
    shoulder. Both go on from a line through what is seen just below the hem, so no step is there.
    """
    usual = np.interp(SHARES, ARM_AT, ARM_HALF) * person.half
    seen, skin = _seen(person, arms[side], widths[side], outward_of(person, side), usual)
    run = round(BARE * (len(SHARES) - 1))
    starts = [i for i in range(len(SHARES) - run) if skin[i : i + run].all()]
    if not starts or SHARES[starts[0]] > LOWEST:
        wide = usual * _slim(widths, person.half)
        return BareArm(np.stack([wide, wide], axis=1), None)
    first = starts[0]
    near = slice(first + 2, first + run)
    fits = [np.polyfit(SHARES[near], seen[near, way], 1) for way in (0, 1)]
    outer, inner = (float(np.polyval(fit, SHARES[first])) for fit in fits)
    taper = usual / usual[first] * (outer + inner) / 2
    off = (outer - inner) / 2 * SHARES / max(float(SHARES[first]), 1e-3)
    above = np.stack([taper + off, taper - off], axis=1)
    halves = np.where((np.arange(len(SHARES)) < first + 2)[:, None], above, seen)
    return BareArm(halves, float(SHARES[first]))


def _seen(
    person: Person,
    arm: NDArray[Any],
    halves: NDArray[Any],
    outward: NDArray[Any],
    usual: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return half widths (outer, inner) as they are seen at SHARES, and where all across is skin.

    Where no arm's width is seen, there are the usual ones as wide as the arm was measured.
    """
    solid = person.alpha > 0.5
    skin = solid & (person.parts[SKIN] > 0.5)
    stations = np.linspace(0, 1, STATIONS)
    widths, bare = np.zeros((len(SHARES), 2)), np.zeros(len(SHARES), bool)
    for index, share in enumerate(SHARES):
        point, normal = across(arm, float(share), outward)
        limit = 2.2 * float(usual[index])
        whole = reach(solid, point, normal, limit)
        outer, inner = (reach(skin, point, way, limit) for way in (normal, -normal))
        half = (whole + inner) / 2
        bare[index] = outer > 0.85 * whole and 0.6 < half / usual[index] < 1.5
        measured = [np.interp(share, stations, halves[:, way]) for way in (0, 1)]
        widths[index] = (whole, inner) if bare[index] else measured
    smooth = cv2.GaussianBlur(widths, (1, 7), 0, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth), bare


def _slim(widths: tuple[NDArray[Any], ...], half: float) -> float:
    """Return how much wider than usual the lower arms are seen to be."""
    lower = np.concatenate([halves[STATIONS // 2 :] for halves in widths]).sum(axis=1)
    usual = 2 * np.interp(np.linspace(0, 1, STATIONS), ARM_AT, ARM_HALF)[STATIONS // 2 :]
    return float(np.clip(np.median(lower / half / np.tile(usual, 2)), 0.75, 1.35))


def across_arm(bone: NDArray[Any], bare: BareArm, outward: NDArray[Any], share: Plane) -> Plane:
    """Return where pixels lie across a bare arm: 1 at its outer edge, 0 on the bone, -1 inside.

    `share` says how far down the arm they lie.
    """
    frame = [across(bone, float(share), outward) for share in SHARES]
    y, x = np.mgrid[0 : share.shape[0], 0 : share.shape[1]].astype(np.float32)

    def along(values: list[float] | NDArray[Any]) -> Plane:
        return np.interp(share, SHARES, values).astype(np.float32)

    points, normals = (np.array([each[i] for each in frame]) for i in (0, 1))
    offset = (x - along(points[:, 0])) * along(normals[:, 0])
    offset += (y - along(points[:, 1])) * along(normals[:, 1])
    wide = [np.maximum(along(bare.halves[:, way]), 1) for way in (0, 1)]
    return np.where(offset > 0, offset / wide[0], offset / wide[1]).astype(np.float32)
