"""Paints arms that old sleeves hid: each goes on in the light of the bare arm below its hem."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    from_lab,
    over,
    smoothstep,
    spread_colour,
    to_lab,
)
from stylestudio_desktop.engine.person import SKIN, Person

SHADED = 0.05  # of the arm's length below a hem that lie in the sleeve's shadow
SEEN = 0.2  # of the arm's length from which its light is read
DARKEST, FADES = 14.0, 6.0  # of lightness that an arm's side may lie below its middle; CIELAB
ROOM = 0.36  # of half the shoulders round an arm's bone: what is skin there is the arm's
BINS = 41  # across an arm


def painted_arms(person: Person, body: Body, painted: Image) -> Image:
    """Return `painted` with the upper arms in the light of the bare arms below the old sleeves.

    How light falls round an arm is read across it, just below the shadow of its old sleeve's hem,
    and laid on up to the shoulder; there, and toward the chest, it goes over into `painted`.
    """
    lab = to_lab(person.rgb)
    for side in (0, 1):
        hem = body.bare_arms[side].hem
        if hem is None:
            continue
        share, place = body.along_arms[side][0], body.across_arms[side]
        light = _light(person, lab, share, place, hem)
        if light is None:
            continue
        at = np.linspace(-1, 1, BINS)
        laid = np.dstack([np.interp(place, at, light[:, each]) for each in range(3)])
        rounded = smoothstep(share, 0.02, 0.9 * hem)
        inner = rounded * smoothstep(place, -1.1, -0.9) + (1 - rounded) * smoothstep(place, -1, 0.9)
        weight = inner * smoothstep(share, 0.0, 0.12) * (share < hem + SEEN) * (place < 1.6)
        grain = np.random.default_rng(6 + side).normal(0, 1.4, (*share.shape, 1))
        painted = over(painted, from_lab(laid) + grain, weight.astype(np.float32))
    return painted.astype(np.float32)


def _light(
    person: Person, lab: Image, share: Plane, place: Plane, hem: float
) -> NDArray[Any] | None:
    """Return CIELAB across an arm from its inner to its outer edge, as seen below a sleeve's hem.

    What lies nearer to the hem counts more; what is far darker than the arm is a shadow of the
    clothes beside it, or a bit of them, which go. None where hardly any skin is seen.
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
    dark = np.median(light[:, 0]) - DARKEST - light[:, 0]
    away = np.clip(dark / FADES, 0, 1)[:, None]
    light += away * (np.median(light, axis=0) - light) * (0, 1, 1)
    light[:, 0] += np.clip(dark, 0, None)
    return np.asarray(cv2.GaussianBlur(light, (1, 5), 0, borderType=cv2.BORDER_REPLICATE))


def lifted(person: Person, body: Body, rgb: Image) -> Image:
    """Return `rgb` without the dark that old clothes left along the inner edge of bare arms.

    Sun from one side draws a shadow there as black as the old top: beside a new one it seems torn.
    """
    result = rgb
    for side in (0, 1):
        share, away = body.along_arms[side]
        place = body.across_arms[side]
        arm = (away < ROOM * person.half) & (share > 0.05) & (share < 1.0) & (place < 0.3)
        arm &= person.parts[SKIN] > 0.25
        if not arm.any():
            continue
        rows, columns = np.nonzero(arm)
        box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        lab, inside = to_lab(rgb[box]), arm[box]
        lit = (
            (person.parts[SKIN][box] > 0.8)
            & (np.abs(place[box]) < 0.5)
            & (away[box] < 0.4 * person.half)
        )
        usual = spread_colour(lab, lit.astype(np.float32), (0.1 * person.half, 0.4 * person.half))
        even = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.5)
        dark = np.clip(usual[..., 0] - DARKEST - even, 0, None) * inside
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.5))
        lab[..., 1:] += np.clip(dark / FADES, 0, 1)[..., None] * (usual - lab)[..., 1:]
        lab[..., 0] += dark
        if result is rgb:
            result = rgb.copy()
        result[box] = np.where((dark > 0)[..., None], from_lab(lab), result[box])
    return result


def under_hems(person: Person, body: Body, painted: Plane) -> Plane:
    """Return where the shadow of a hem that is painted away still lies on the arm below it."""
    shaded = np.zeros_like(painted)
    for side in (0, 1):
        hem = body.bare_arms[side].hem
        if hem is None:
            continue
        share, away = body.along_arms[side]
        arm = away < 0.34 * person.half
        sleeve = arm & (share > hem - 0.08) & (share < hem - 0.03)
        if sleeve.any() and float(painted[sleeve].mean()) > 0.4:
            below = (share > hem - 0.08) * (1 - smoothstep(share, hem + 0.5 * SHADED, hem + SHADED))
            shaded = np.maximum(shaded, arm * below)
    return shaded.astype(np.float32)
