"""The surfaces products are photographed on: paper, grey sweep, boards, bed linen, concrete."""

from __future__ import annotations

import cv2
import numpy as np

from . import fields
from .cloth import LIGHT, linear
from .fields import Field


def ground(kind: str, width: int, height: int, seed: int) -> Field:
    """Linear-light colour (h, w, 3) of a surface called ``kind``."""
    shape = (height, width)
    if kind in PLAIN:
        base = np.ones((*shape, 3), np.float32) * np.array(linear(PLAIN[kind]), np.float32)
        grain = 1 + 0.006 * fields.noise(shape, seed, 0.8) + 0.007 * fields.noise(shape, seed, 60)
        return np.asarray(base * grain[..., None], np.float32)
    return {"boards": _boards, "linen": _linen, "concrete": _concrete, "oak": _boards}[kind](
        shape, seed, kind
    )


PLAIN = {
    "paper": "#efece6",
    "white": "#f4f4f2",
    "grey": "#d3d4d5",
    "sand": "#e0d5c6",
    "blush": "#e9d9d3",
    "sage": "#cfd5c9",
}


def _relief(height: Field, strength: float) -> Field:
    gx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8
    gy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8
    facing = (-gx * LIGHT[0] - gy * LIGHT[1] + LIGHT[2]) / np.sqrt(gx * gx + gy * gy + 1)
    return np.asarray(np.clip(1 + strength * (facing / LIGHT[2] - 1), 0.3, 1.5), np.float32)


def _boards(shape: tuple[int, int], seed: int, kind: str) -> Field:
    """Upright planks, each with its own grain, cut and tint, and a dark joint between."""
    h, w = shape
    rng = np.random.default_rng(seed)
    light, dark = ("#c9ad88", "#a37f57") if kind == "oak" else ("#cdc3b5", "#a39685")
    out = np.zeros((h, w, 3), np.float32)
    plank = int(w / 5.2)
    start = -int(rng.integers(0, plank))
    for n, x in enumerate(range(start, w, plank)):
        a, b = max(0, x), min(w, x + plank)
        if b <= a:
            continue
        size = (h, plank)
        s = seed + 17 * n
        drift = fields.noise(size, s, 30, 260) * 9
        xs = np.arange(plank, dtype=np.float32)[None] + drift + rng.uniform(0, 99)
        ys = np.arange(h, dtype=np.float32)[:, None]
        heart = rng.uniform(0.2, 0.8) * plank
        rings = np.hypot((xs - heart) * 1.0, (ys - rng.uniform(0, h)) * 0.045)
        lines = np.sin(rings * 0.55 + 2.2 * fields.noise(size, s + 1, 9, 130))
        pores = np.clip(fields.noise(size, s + 2, 0.6, 16) - 0.9, 0, 2)
        t = np.clip(0.42 + 0.20 * lines + 0.12 * fields.noise(size, s + 3, 2, 70), 0, 1)[..., None]
        wood = np.array(linear(light), np.float32) * (1 - t) + np.array(linear(dark)) * t
        wood = wood * (1 - 0.13 * pores[..., None]) * rng.uniform(0.88, 1.08)
        edge = np.minimum(np.arange(plank), np.arange(plank)[::-1]).astype(np.float32)
        wood = (
            wood
            * (1 - 0.72 * np.exp(-((edge / 1.6) ** 2)) - 0.1 * np.exp(-edge / 9))[None, :, None]
        )
        out[:, a:b] = wood[:, a - x : b - x]
    return np.asarray(out, np.float32)


def _linen(shape: tuple[int, int], seed: int, _kind: str) -> Field:
    """A washed linen sheet with long soft folds."""
    folds = fields.creases(shape, seed, 330, 25, 2.4) * 30
    folds = folds + fields.creases(shape, seed + 40, 130, 60, 2.0) * 7
    folds = folds + fields.creases(shape, seed + 80, 46, 110, 1.8) * 1.1
    light = _relief(folds.astype(np.float32), 1.15)
    tone = fields.weave("canvas", shape, seed) * light
    return np.asarray(np.array(linear("#e6e0d6"), np.float32) * tone[..., None], np.float32)


def _concrete(shape: tuple[int, int], seed: int, _kind: str) -> Field:
    """A polished concrete floor: clouds, pinholes and fine dust."""
    clouds = 0.05 * fields.noise(shape, seed, 140) + 0.045 * fields.noise(shape, seed + 1, 38)
    clouds = (
        clouds + 0.025 * fields.noise(shape, seed + 2, 6) + 0.02 * fields.noise(shape, seed, 0.8)
    )
    pits = np.clip(fields.noise(shape, seed + 3, 1.6) - 2.9, 0, 1)
    tone = (1 + clouds) * (1 - 0.6 * pits)
    return np.asarray(np.array(linear("#b4b2ae"), np.float32) * tone[..., None], np.float32)
