"""Paints the skin that old clothes hid, in the colours and the light of the skin that is seen."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.body import ARM_AT, ARM_HALF, Body, length_of, point_along
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    disc,
    from_lab,
    masked_blur,
    over,
    smoothstep,
    spread_colour,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.person import FACE, SKIN, Person


def painted_skin(person: Person, body: Body, on_body: Plane, old: Plane) -> Image:
    """Return the person's photo with skin where clothes were.

    The visible skin's colour is spread over the body, rounded by a darker rim, with some grain;
    upper arms go on as the arm below them is seen to be.
    """
    lab = to_lab(person.rgb)
    skin = (person.parts[SKIN] > 0.8) & (person.alpha > 0.9)
    if int(skin.sum()) < 400:
        skin = skin | (person.parts[FACE] > 0.8)
    weight = cv2.erode(skin.astype(np.uint8), disc(2)).astype(np.float32)
    height = float(max(person.alpha.shape))
    spread = spread_colour(lab, weight, tuple(share * height for share in (0.01, 0.03, 0.08, 0.3)))
    spread[..., 0] += _lit(person, spread[..., 0])
    inside = cv2.distanceTransform((on_body > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    rim = 1 - 0.16 * np.exp(-inside / (0.09 * person.half))
    level = lab[..., 0]
    folds = cv2.GaussianBlur(level, (0, 0), 0.004 * height) - wide_blur(level, 0.02 * height)
    spread[..., 0] = np.clip((spread[..., 0] + 0.3 * np.clip(folds, -12, 8) * old) * rim, 3, 97)
    noise = np.random.default_rng(5).normal(0, 1.4, (*person.alpha.shape, 1))
    painted = (from_lab(spread) + noise).astype(np.float32)
    for side in (0, 1):
        painted = _with_arm(person, body, painted, side)
    return painted


def _lit(person: Person, level: Plane) -> Plane:
    """Return how much lighter the chest lies than the skin round it: it faces the lamp as a face.

    The throat is in the chin's shadow and the arms turn away.
    """
    face = (person.parts[FACE] > 0.8) & (person.alpha > 0.9)
    if int(face.sum()) < 400:
        return np.zeros_like(level)
    bright = float(np.percentile(to_lab(person.rgb)[face][:, 0], 65))
    height, width = level.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    chest = person.shoulders - person.up * 0.35 * person.half
    away = np.hypot(x - chest[0], y - chest[1]) / person.half
    return np.clip(bright - level, 0, 9) * (1 - smoothstep(away, 0.2, 1.0))


def _with_arm(person: Person, body: Body, painted: Image, side: int) -> Image:
    """Carry the bare arm below the old sleeve's hem on up to the shoulder, with its light."""
    share, away = body.along_arms[side]
    hem = _hem(person, share, away)
    if hem is None:
        return painted
    arm = body.arms[side]
    total = length_of(arm)
    height, width = share.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    stretch = min(1.0, (0.86 - hem) / max(hem, 1e-3))
    from_share = np.clip(hem + (hem - share) * stretch, 0.0, 0.9)
    places = np.array([point_along(arm, each * total)[0] for each in np.linspace(0, 1, 65)])
    normals = np.gradient(places, axis=0)[:, ::-1] * (-1, 1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)

    def along(at: Plane, values: NDArray[Any]) -> Plane:
        return np.interp(at, np.linspace(0, 1, 65), values).astype(np.float32)

    bone = [along(share, places[:, axis]) for axis in (0, 1)]
    across = [along(share, normals[:, axis]) for axis in (0, 1)]
    offset = (x - bone[0]) * across[0] + (y - bone[1]) * across[1]
    offset = offset * _thinner(share, from_share)
    from_x, from_y = (
        along(from_share, places[:, axis]) + offset * along(from_share, normals[:, axis])
        for axis in (0, 1)
    )
    bare = (person.parts[SKIN] * (person.alpha > 0.95) > 0.7).astype(np.float32)
    known = cv2.erode(bare, disc(2))
    fetched = cv2.remap(masked_blur(person.rgb, known, 1.0), from_x, from_y, cv2.INTER_LINEAR)
    sure = cv2.remap(known, from_x, from_y, cv2.INTER_LINEAR)
    sure = smoothstep(cv2.GaussianBlur(sure, (0, 0), 2.0), 0.5, 0.9)
    reach = 1 - smoothstep(away, 0.30 * person.half, 0.42 * person.half)
    up = smoothstep(share, 0.03, 0.16) * (share < hem + 0.03)
    return over(painted, fetched, (sure * reach * up).astype(np.float32))


def _hem(person: Person, share: Plane, away: Plane) -> float | None:
    """Return the share of an arm at which its skin begins to be seen; None if that is too low."""
    core = (away < 0.10 * person.half) & (person.alpha > 0.9)
    stations = np.linspace(0.02, 0.7, 35)
    for low, high in pairwise(stations):
        ring = core & (share >= low) & (share < high)
        if int(ring.sum()) > 5 and float(person.parts[SKIN][ring].mean()) > 0.7:
            return float(high) + 0.03 if high < 0.6 else None
    return None


def _thinner(share: Plane, from_share: Plane) -> Plane:
    """Return how much thinner the arm is where its skin is taken from than where it is put."""
    here = np.interp(share, ARM_AT, ARM_HALF)
    return (np.interp(from_share, ARM_AT, ARM_HALF) / here).astype(np.float32)
