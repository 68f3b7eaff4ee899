"""Develops the finished picture: curve, split tone, saturation, bloom, vignette, grain.

A picture of any size is developed in bands of rows, so that 4,096 pixels a side need little
memory and can be stopped; what looks further than a band (the bloom) is prepared beforehand.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, smoothstep, wide_blur

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
REFERENCE = 1024  # the long side at which the grain's size is meant
BLOOMS = {"artistic": (0.25, (1.0, 0.95, 0.9)), "vintage": (0.6, (0.9, 0.5, 0.25))}
GRAINS = {
    "realistic": (0.0035, 0.7),
    "fashion": (0.006, 0.8),
    "artistic": (0.010, 1.3),
    "vintage": (0.018, 1.0),
    "minimalist": (0.0022, 0.7),  # no more than keeps pale gradients free of steps
}
VIGNETTES = {"realistic": 0.06, "fashion": 0.16, "vintage": 0.24}
_CURVES = {
    "realistic": ((0.0, 0.0), (0.25, 0.238), (0.75, 0.765), (1.0, 1.0)),
    "fashion": ((0.0, 0.0), (0.2, 0.155), (0.5, 0.5), (0.8, 0.855), (1.0, 1.0)),
    "vintage": ((0.0, 0.05), (0.25, 0.265), (0.5, 0.515), (0.8, 0.79), (1.0, 0.945)),
    "minimalist": ((0.0, 0.015), (0.3, 0.32), (0.7, 0.745), (1.0, 1.0)),
}
Points = tuple[tuple[float, float], ...]


class Development:
    """How one picture of `size` (width, height) is developed.

    `seed` moves only the grain. `whole` is the undeveloped picture at any smaller size of the
    same shape, from which the bloom is taken.
    """

    def __init__(self, style: str, seed: int, size: tuple[int, int], whole: Image) -> None:
        self._style, self._seed, self._size = style, seed, size
        self._glow: Image | None = None
        if style in BLOOMS:
            self._glow = bloomed(whole, style)

    def band(self, picture: Image, first: int) -> NDArray[Any]:
        """Return rows of the picture, from row `first` on, developed, in eight bits."""
        tone = np.clip(picture, 0, 255) / 255
        tone = toned(tone.astype(np.float32), self._style)
        if self._glow is not None:
            tone = tone + self._part(self._glow, first, len(picture))
        if self._style in VIGNETTES:
            tone = tone * vignetted(self._style, self._size, first, len(picture))[..., None]
        return eight_bits((tone + self._grain(tone, first)) * 255)

    def _part(self, whole: Image, first: int, rows: int) -> Image:
        width, height = self._size
        return scaled_rows(whole, (width, height), first, rows)

    def _grain(self, tone: Image, first: int) -> Image:
        """Film grain: strongest in the middle tones, a little soft, of one size on the print."""
        amount, size = GRAINS[self._style]
        rng = np.random.default_rng([self._seed, 77, first])
        noise: Plane = rng.standard_normal(tone.shape[:2], dtype=np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), size * max(1.0, max(self._size) / REFERENCE) ** 0.5)
        noise = noise / (float(noise.std()) + 1e-6)
        return (noise * amount * grained(_level(tone)))[..., None].astype(np.float32)


def grained(level: Plane) -> Plane:
    """Return how much of its grain a style puts on each level of luma from 0 to 1."""
    return np.asarray(0.35 + 0.65 * 4 * level * (1 - level), np.float32)


def bloomed(whole: Image, style: str) -> Image:
    """Return the light (0 to 1) that a style lets run over from what is bright in `whole`."""
    strength, colour = BLOOMS[style]
    tone = np.maximum(np.clip(whole, 0, 255) / 255 - 0.72, 0)
    glow = wide_blur(tone.astype(np.float32), 0.018 * max(whole.shape[:2]))
    return (strength * glow * np.array(colour, np.float32)).astype(np.float32)


def vignetted(style: str, size: tuple[int, int], first: int, rows: int) -> Plane:
    """Return what a style leaves of the light in rows of a picture of `size` (width, height)."""
    width, height = size
    y = (np.arange(first, first + rows, dtype=np.float32)[:, None]) / height - 0.5
    x = np.arange(width, dtype=np.float32)[None] / width - 0.5
    strength = VIGNETTES.get(style, 0.0)
    return (1 - strength * smoothstep(np.hypot(x, y), 0.32, 0.78)).astype(np.float32)


def toned(tone: Image, style: str) -> Image:
    """Return colours from 0 to 1 after a style's curve, split tone and saturation: no place in it.

    This is all that a style does to colours as such; the property tests undo it by a table.
    """
    if style in _CURVES and style != "vintage":
        tone = _curve(tone, _CURVES[style])
    if style == "realistic":
        return _saturated(tone, 1.03)
    if style == "fashion":
        return _saturated(_split(tone, (-0.008, 0.000, 0.022), (0.012, 0.004, -0.008)), 1.04)
    if style == "artistic":
        return _saturated(_split(tone, (0.006, -0.006, 0.022), (0.018, 0.006, -0.014)), 1.08)
    if style == "vintage":
        tone = _curve(tone, _CURVES[style])
        return _split(_saturated(tone, 0.80), (0.010, 0.014, -0.004), (0.034, 0.014, -0.040))
    return _saturated(tone, 0.97)


def scaled_rows(whole: Image, size: tuple[int, int], first: int, rows: int) -> Image:
    """Return rows `first` to `first + rows` of `whole` scaled to `size` (width, height)."""
    if whole.shape[:2] == size[::-1]:
        return np.asarray(whole[first : first + rows])
    across, down = size[0] / whole.shape[1], size[1] / whole.shape[0]
    # Pixel centres lie at halves, so that a picture of any size shows the same place.
    matrix = np.array(
        [[across, 0, 0.5 * across - 0.5], [0, down, 0.5 * down - 0.5 - first]], np.float32
    )
    return cv2.warpAffine(
        whole, matrix, (size[0], rows), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


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
    place = np.clip(tone, 0, 1) * 1023
    low = np.minimum(place.astype(np.int32), 1022)
    ramp = table.astype(np.float32)
    return (ramp[low] + (ramp[low + 1] - ramp[low]) * (place - low)).astype(np.float32)


def _level(tone: Image) -> Plane:
    return (tone @ LUMA).astype(np.float32)


def _saturated(tone: Image, factor: float) -> Image:
    grey = _level(tone)[..., None]
    return (grey + (tone - grey) * factor).astype(np.float32)


def _split(tone: Image, shadows: tuple[float, ...], lights: tuple[float, ...]) -> Image:
    level = _level(tone)[..., None]
    low, high = np.array(shadows, np.float32), np.array(lights, np.float32)
    return (tone + (1 - level) * low + level * high).astype(np.float32)
