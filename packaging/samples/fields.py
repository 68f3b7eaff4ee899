"""Seeded noise fields: creases, weaves, grain and the slow wander of a hand-cut edge."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]


def blur(field: Field, sx: float, sy: float | None = None) -> Field:
    """Gaussian blur with standard deviations in pixels; wide blurs run on a smaller copy."""
    sy = sx if sy is None else sy
    least = min(sx, sy)
    if least > 8:
        k = int(least // 4)
        h, w = field.shape[:2]
        small = cv2.resize(field, (max(2, w // k), max(2, h // k)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sx / k, sigmaY=sy / k)
        return _enlarge(small, w, h, k)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), max(sx, 0.01), sigmaY=max(sy, 0.01)))


def _enlarge(small: Field, width: int, height: int, k: int) -> Field:
    """Enlarge ``k`` times; the closing blur takes out the ripple that interpolation leaves."""
    while k > 4:
        step = (small.shape[1] * 3, small.shape[0] * 3)
        small = np.asarray(cv2.resize(small, step, interpolation=cv2.INTER_LINEAR))
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), 2.2))
        k = -(-k // 3)
    big = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(big, (0, 0), k * 0.75), np.float32)


def noise(shape: tuple[int, int], seed: int, sx: float, sy: float | None = None) -> Field:
    """Smooth noise of zero mean and unit deviation with the given grain size in pixels."""
    sy = sx if sy is None else sy
    k = max(1, int(min(sx, sy) // 3))
    h, w = shape[0] // k + 8, shape[1] // k + 8
    raw = np.random.default_rng(seed).standard_normal((h, w)).astype(np.float32)
    raw = np.asarray(cv2.GaussianBlur(raw, (0, 0), sx / k, sigmaY=sy / k))
    raw = (raw - raw.mean()) / (raw.std() + 1e-9)
    if k > 1:
        raw = _enlarge(raw, w * k, h * k, k)
    return np.ascontiguousarray(raw[: shape[0], : shape[1]])


def creases(
    shape: tuple[int, int], seed: int, scale: float, angle: float = 90.0, stretch: float = 3.0
) -> Field:
    """Soft fold field in about -1…1: stretched noise, turned, warped and sharpened to ridges.

    ``scale`` is the distance between folds in pixels, ``angle`` the way they run in degrees
    (90 is upright), ``stretch`` how much longer than wide they are.
    """
    h, w = shape
    side = int(math.hypot(h, w)) + 16
    base = noise((side, side), seed, scale * stretch / 2.2, scale / 2.2)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
    base = cv2.warpAffine(base, turn, (side, side), borderMode=cv2.BORDER_REFLECT)
    top, left = (side - h) // 2, (side - w) // 2
    base = np.ascontiguousarray(base[top : top + h, left : left + w])
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    dx = noise(shape, seed + 1, scale * 1.4) * scale * 0.35
    dy = noise(shape, seed + 2, scale * 1.4) * scale * 0.35
    base = cv2.remap(base, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    ridge = 1.0 - 2.0 * np.abs(np.tanh(base * 1.1))
    mix = 0.55 * ridge + 0.45 * np.tanh(base)
    presence = np.clip(0.55 + 0.5 * noise(shape, seed + 3, scale * 2.2), 0.05, 1.3)
    return blur((mix * presence).astype(np.float32), max(1.2, scale * 0.07))


def wander(image: Field, seed: int, reach: float, scale: float) -> Field:
    """Displace an image by slow noise so that no drawn edge stays perfectly regular."""
    h, w = image.shape[:2]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    dx = noise((h, w), seed, scale) * reach + noise((h, w), seed + 5, scale / 5) * reach * 0.16
    dy = noise((h, w), seed + 9, scale) * reach + noise((h, w), seed + 7, scale / 5) * reach * 0.16
    return np.asarray(
        cv2.remap(image, xs + dx, ys + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )


def weave(kind: str, shape: tuple[int, int], seed: int) -> Field:
    """Multiplying texture around 1.0 of a cloth: jersey, cotton, denim, knit, canvas, leather."""
    h, w = shape
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    if kind == "jersey":
        return 1 + 0.022 * noise(shape, seed, 0.6, 2.2) + 0.014 * noise(shape, seed + 1, 1.6)
    if kind == "cotton":
        return 1 + 0.016 * noise(shape, seed, 4.0, 0.5) + 0.016 * noise(shape, seed + 1, 0.5, 4.0)
    if kind == "denim":
        twill = np.sin((xs + ys * 0.8) * 1.75 + noise(shape, seed + 4, 5) * 0.9)
        slub = noise(shape, seed, 0.7, 22.0) * 0.05 + noise(shape, seed + 1, 1.0) * 0.05
        return np.asarray(1 + 0.05 * twill + slub + 0.06 * noise(shape, seed + 2, 30), np.float32)
    if kind == "knit":
        vee = np.abs(((xs / 7.0) % 1.0) - 0.5) * 2
        rows = np.sin((ys + vee * 4.0) * 2 * math.pi / 6.0)
        return np.asarray(
            1 - 0.13 * (vee < 0.18) + 0.07 * rows + 0.03 * noise(shape, seed, 0.8), np.float32
        )
    if kind == "canvas":
        over = np.sin(xs * 2 * math.pi / 4.2 + noise(shape, seed + 2, 9) * 0.6)
        under = np.sin(ys * 2 * math.pi / 4.2 + noise(shape, seed + 3, 9) * 0.6)
        slub = noise(shape, seed, 9.0, 0.9) + noise(shape, seed + 1, 0.9, 9.0)
        return np.asarray(1 + 0.045 * over * under + 0.03 * slub, np.float32)
    if kind == "leather":
        pebble = noise(shape, seed, 1.7) - noise(shape, seed, 3.4) * 0.5
        return np.asarray(1 + 0.035 * pebble + 0.03 * noise(shape, seed + 1, 40), np.float32)
    if kind == "satin":
        return 1 + 0.01 * noise(shape, seed, 0.6, 3.0)
    raise ValueError(f"There is no cloth called {kind}.")
