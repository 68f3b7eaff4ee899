"""Measures and paints arms that old sleeves hid: each goes on as the bare arm below its hem."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.body import (
    ARM_AT,
    ARM_HALF,
    STATIONS,
    Body,
    length_of,
    point_along,
    reach,
)
from stylestudio_desktop.engine.filters import Image, Plane, from_lab, over, smoothstep, to_lab
from stylestudio_desktop.engine.person import SKIN, Person

SHARES = np.linspace(0, 1, 121)  # of an arm's length, at which it is measured
BARE = 0.14  # of the arm's length that is bare without a break where its sleeve has ended
LOWEST = 0.6  # of the arm's length: a sleeve that ends further down is a long one
SHADED = 0.05  # of the arm's length below a hem that lie in the sleeve's shadow
SEEN = 0.2  # of the arm's length from which its light is read
BINS = 41  # across an arm


@dataclass(frozen=True)
class BareArm:
    """An arm without its old sleeve: half widths (outer, inner) at SHARES, and the sleeve's hem.

    `hem` is the share of the arm at which skin begins, None where too little of it is seen.
    """

    halves: NDArray[Any]
    hem: float | None


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


def bare_arm(person: Person, body: Body, side: int) -> BareArm:
    """Measure an arm where it is bare; above the sleeve's hem it goes on as arms taper.

    The bone does not run in the middle of an arm: what both sides are off by fades toward the
    shoulder. Both go on from a line through what is seen just below the hem, so no step is there.
    """
    usual = np.interp(SHARES, ARM_AT, ARM_HALF) * person.half
    seen, skin = _seen(person, body, side, usual)
    run = round(BARE * (len(SHARES) - 1))
    starts = [i for i in range(len(SHARES) - run) if skin[i : i + run].all()]
    if not starts or SHARES[starts[0]] > LOWEST:
        wide = usual * _slim(body, person.half)
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
    person: Person, body: Body, side: int, usual: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return half widths (outer, inner) as they are seen at SHARES, and where all across is skin.

    Where no arm's width is seen, there are the usual ones as wide as the arm was measured.
    """
    arm, outward = body.arms[side], outward_of(person, side)
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
        measured = [np.interp(share, stations, body.arm_halves[side][:, way]) for way in (0, 1)]
        widths[index] = (whole, inner) if bare[index] else measured
    smooth = cv2.GaussianBlur(widths, (1, 7), 0, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth), bare


def _slim(body: Body, half: float) -> float:
    """Return how much wider than usual the lower arms are seen to be."""
    lower = np.concatenate([halves[STATIONS // 2 :] for halves in body.arm_halves]).sum(axis=1)
    usual = 2 * np.interp(np.linspace(0, 1, STATIONS), ARM_AT, ARM_HALF)[STATIONS // 2 :]
    return float(np.clip(np.median(lower / half / np.tile(usual, 2)), 0.75, 1.35))


def painted_arms(person: Person, body: Body, painted: Image) -> Image:
    """Return `painted` with the upper arms in the light of the bare arms below the old sleeves.

    How light falls round an arm is read across it, just below the shadow of its old sleeve's hem,
    and laid on up to the shoulder; there, and toward the chest, it goes over into `painted`.
    """
    lab = to_lab(person.rgb)
    for side in (0, 1):
        arm = bare_arm(person, body, side)
        if arm.hem is None:
            continue
        share, place = body.along_arms[side][0], across_arm(person, body, side)
        light = _light(person, lab, share, place, arm.hem)
        if light is None:
            continue
        at = np.linspace(-1, 1, BINS)
        laid = np.dstack([np.interp(place, at, light[:, each]) for each in range(3)])
        rounded = smoothstep(share, 0.02, 0.9 * arm.hem)
        inner = rounded * smoothstep(place, -1.1, -0.9) + (1 - rounded) * smoothstep(place, -1, 0.9)
        weight = inner * smoothstep(share, 0.0, 0.12) * (share < arm.hem + SEEN) * (place < 1.6)
        grain = np.random.default_rng(6 + side).normal(0, 1.4, (*share.shape, 1))
        painted = over(painted, from_lab(laid) + grain, weight.astype(np.float32))
    return painted.astype(np.float32)


def across_arm(person: Person, body: Body, side: int) -> Plane:
    """Return where pixels lie across a bare arm: 1 at its outer edge, 0 on the bone, -1 inside."""
    arm = bare_arm(person, body, side)
    bone, outward = body.arms[side], outward_of(person, side)
    frame = [across(bone, float(share), outward) for share in SHARES]
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    share = body.along_arms[side][0]

    def along(values: list[float] | NDArray[Any]) -> Plane:
        return np.interp(share, SHARES, values).astype(np.float32)

    points, normals = (np.array([each[i] for each in frame]) for i in (0, 1))
    offset = (x - along(points[:, 0])) * along(normals[:, 0])
    offset += (y - along(points[:, 1])) * along(normals[:, 1])
    wide = [np.maximum(along(arm.halves[:, way]), 1) for way in (0, 1)]
    return np.where(offset > 0, offset / wide[0], offset / wide[1]).astype(np.float32)


def _light(
    person: Person, lab: Image, share: Plane, place: Plane, hem: float
) -> NDArray[Any] | None:
    """Return CIELAB across an arm from its inner to its outer edge, as seen below a sleeve's hem.

    What lies nearer to the hem counts more. None where hardly any skin is seen.
    """
    seen = (share > hem + SHADED) & (share < hem + SHADED + SEEN) & (np.abs(place) <= 1)
    seen &= (person.parts[SKIN] > 0.5) & (person.alpha > 0.97)
    if int(seen.sum()) < 5 * BINS:
        return None
    bins = np.round((place[seen] + 1) / 2 * (BINS - 1)).astype(int)
    weight = np.exp(-(share[seen] - hem - SHADED) / (0.4 * SEEN))
    total = np.bincount(bins, weight, BINS)
    known = total > 0.02 * total.max()
    light = np.zeros((BINS, 3), np.float64)
    for each in range(3):
        mean = np.bincount(bins, weight * lab[seen][:, each], BINS)[known] / total[known]
        light[:, each] = np.interp(np.arange(BINS), np.nonzero(known)[0], mean)
    return np.asarray(cv2.GaussianBlur(light, (1, 5), 0, borderType=cv2.BORDER_REPLICATE))


def under_hems(person: Person, body: Body, painted: Plane) -> Plane:
    """Return where the shadow of a hem that is painted away still lies on the arm below it."""
    shaded = np.zeros_like(painted)
    for side in (0, 1):
        hem = bare_arm(person, body, side).hem
        if hem is None:
            continue
        share, away = body.along_arms[side]
        arm = away < 0.34 * person.half
        sleeve = arm & (share > hem - 0.08) & (share < hem - 0.03)
        if sleeve.any() and float(painted[sleeve].mean()) > 0.4:
            below = (share > hem - 0.08) * (1 - smoothstep(share, hem + 0.5 * SHADED, hem + SHADED))
            shaded = np.maximum(shaded, arm * below)
    return shaded.astype(np.float32)
