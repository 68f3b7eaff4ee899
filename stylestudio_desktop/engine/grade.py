"""Develops the finished picture: curve, split tone, saturation, bloom, vignette, grain."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, smoothstep, wide_blur

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
Points = tuple[tuple[float, float], ...]


def graded(picture: Image, style: str, seed: int) -> NDArray[Any]:
    """Return the developed picture in eight bits; `seed` moves only the grain."""
    rng = np.random.default_rng([seed, 77])
    tone = np.clip(picture, 0, 255) / 255
    if style == "realistic":
        tone = _curve(tone, ((0, 0), (0.25, 0.238), (0.75, 0.765), (1, 1)))
        tone = _vignette(_saturated(tone, 1.03), 0.06)
        tone += _grain(tone, rng, 0.0035, 0.7)
    elif style == "fashion":
        tone = _curve(tone, ((0, 0), (0.2, 0.155), (0.5, 0.5), (0.8, 0.855), (1, 1)))
        tone = _split(tone, (-0.008, 0.000, 0.022), (0.012, 0.004, -0.008))
        tone = _vignette(_saturated(tone, 1.04), 0.16)
        tone += _grain(tone, rng, 0.006, 0.8)
    elif style == "artistic":
        tone = _saturated(_split(tone, (0.006, -0.006, 0.022), (0.018, 0.006, -0.014)), 1.08)
        tone = _bloom(tone, 0.25, (1.0, 0.95, 0.9))
        tone += _grain(tone, rng, 0.010, 1.3)
    elif style == "vintage":
        tone = _curve(tone, ((0, 0.05), (0.25, 0.265), (0.5, 0.515), (0.8, 0.79), (1, 0.945)))
        tone = _split(_saturated(tone, 0.80), (0.010, 0.014, -0.004), (0.034, 0.014, -0.040))
        tone = _vignette(_bloom(tone, 0.6, (0.9, 0.5, 0.25)), 0.24)
        tone += _grain(tone, rng, 0.018, 1.0)
    else:
        tone = _curve(tone, ((0, 0.015), (0.3, 0.32), (0.7, 0.745), (1, 1)))
        tone = _saturated(tone, 0.97)
    return eight_bits(tone * 255)


def eight_bits(picture: Image) -> NDArray[Any]:
    """Round to eight bits."""
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def _curve(tone: Image, points: Points) -> Image:
    """Bend all channels by a smooth monotone curve, read from a table of 1,024 steps."""
    x, y = np.array(points, np.float64).T
    steps = np.linspace(0, 1, 1024)
    table = np.interp(steps, x, y)
    padded = np.pad(table, 60, "reflect", reflect_type="odd")
    table[8:-8] = np.convolve(padded, np.full(121, 1 / 121), "valid")[8:-8]
    return np.interp(tone, steps, table).astype(np.float32)


def _level(tone: Image) -> Plane:
    return (tone @ LUMA).astype(np.float32)


def _saturated(tone: Image, factor: float) -> Image:
    grey = _level(tone)[..., None]
    return (grey + (tone - grey) * factor).astype(np.float32)


def _split(tone: Image, shadows: tuple[float, ...], lights: tuple[float, ...]) -> Image:
    level = _level(tone)[..., None]
    low, high = np.array(shadows, np.float32), np.array(lights, np.float32)
    return (tone + (1 - level) * low + level * high).astype(np.float32)


def _vignette(tone: Image, strength: float) -> Image:
    height, width = tone.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(x / width - 0.5, y / height - 0.5)
    return (tone * (1 - strength * smoothstep(away, 0.32, 0.78))[..., None]).astype(np.float32)


def _bloom(tone: Image, strength: float, colour: tuple[float, float, float]) -> Image:
    glow = wide_blur(np.maximum(tone - 0.72, 0), 0.018 * max(tone.shape[:2]))
    return (tone + strength * glow * np.array(colour, np.float32)).astype(np.float32)


def _grain(tone: Image, rng: np.random.Generator, amount: float, size: float) -> Image:
    """Film grain: strongest in the middle tones, a little soft."""
    noise: Plane = rng.standard_normal(tone.shape[:2]).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), size)
    noise = noise / (float(noise.std()) + 1e-6)
    level = _level(tone)
    shape = 0.35 + 0.65 * 4 * level * (1 - level)
    return (noise * amount * shape)[..., None].astype(np.float32)
