"""Takes a style's development off a finished picture, so that it can be compared with its photo."""

import numpy as np

from stylestudio_desktop.engine.filters import Image, Plane, luma, resized
from stylestudio_desktop.engine.grade import BLOOMS, GRAINS, bloomed, grained, toned, vignetted
from stylestudio_desktop.engine.looks import LOOKS

LAMP = "+lamp"  # ends the grade of a picture in which a lamp's own colour fell on the product

ROUNDS = 7  # of the inversion; every curve here is near enough to a straight line for this to do
GLOWS = 5  # each guess of the bloom is taken from the picture that the last one left
FULL = 252  # of 255: a channel that ran into white, but for what JPEG made of it
SOFT = 256  # long side at which the bloom is looked for


def read(grade: str) -> tuple[str, bool]:
    """Return a grade's style ("" without one), and whether light in the picture may be coloured.

    The engine's own lamps are white; those of a background photo, and of pictures that other
    services made (their grade is ""), are as they were found.
    """
    style = grade.removesuffix(LAMP)
    return style if style in LOOKS else "", grade in ("", style + LAMP)


def undeveloped(picture: Image, style: str) -> Image:
    """Return `picture` (0 to 255) as it was before `grade.Development` gave it `style`.

    Vignette, bloom, curve, split tone and saturation are undone; the grain stays. A channel that
    ran into white is given back as 255: how bright it was can't be told.
    """
    height, width = picture.shape[:2]
    seen = np.clip(picture, 0, 255).astype(np.float32) / 255
    seen /= vignetted(style, (width, height), 0, height)[..., None]
    if style in BLOOMS:
        seen -= resized(_glow(seen, style), width, height)
    before = _untoned(seen, style, seen) * np.float32(255)
    before[picture >= FULL] = 255
    return before


def grain_of(before: Image, style: str, blur: float) -> Plane:
    """Return how much of a style's grain is left in a picture that was undeveloped.

    It is the standard deviation of the luma (0 to 1) after a further `blur` in pixels; 0 for a
    picture without a style. What the curve flattened was spread again, and its grain with it.
    """
    level = luma(before)
    if not style:
        return np.zeros_like(level)
    amount, size = GRAINS[style]
    grey = np.repeat(np.linspace(0, 1, 65, dtype=np.float32)[None, :, None], 3, axis=2)
    after = luma(toned(grey, style) * 255)[0]
    slope = np.maximum(np.gradient(after, grey[0, :, 0]), 0.2)
    spread = amount * grained(after) / slope * size / np.hypot(size, blur)
    return np.interp(level, grey[0, :, 0], spread).astype(np.float32)


def _glow(seen: Image, style: str) -> Image:
    """Return the bloom in a picture (0 to 1) that has it: soft light, so a small picture does."""
    height, width = seen.shape[:2]
    scale = min(1.0, SOFT / max(height, width))
    small = resized(seen, max(1, round(width * scale)), max(1, round(height * scale)))
    before = _untoned(small, style, small)
    glow = bloomed(before * 255, style)
    for _ in range(GLOWS):
        before = _untoned(small - glow, style, before)
        glow = (glow + bloomed(before * 255, style)) / 2  # guesses fall on both sides
    return glow


def _untoned(tone: Image, style: str, guess: Image) -> Image:
    """Invert `grade.toned` by fixed-point steps: what is off by so much is moved by as much."""
    found = np.clip(guess, 0, 1)
    for _ in range(ROUNDS):
        found = np.clip(found + (tone - toned(found, style)), 0, 1)
    return found.astype(np.float32)
