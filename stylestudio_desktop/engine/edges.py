"""Finds the soft edge of a mask and frees its colours from the ground behind them."""

from collections.abc import Callable

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    grown,
    guided,
    luma,
    masked_blur,
    resized,
    shrunk,
    smoothstep,
    solid,
    spread_colour,
)
from stylestudio_desktop.engine.ground import Ground

DIFFERENT = 90.0  # distance in RGB from which local colours alone decide the alpha
ALIKE = 40.0  # and below which they say nothing: cloth is shaded by as much along its own edge


def matted(
    rgb: Image, coarse: Mask, ground: Ground | None, check: Callable[[], None]
) -> tuple[Plane, Image]:
    """Return the alpha at the size of `rgb`, and colours as they would be without the ground.

    Within a narrow band along the outline of `coarse` every pixel is taken as a mix of the local
    product colour F and the local ground colour B, and alpha is the share of F: the projection
    (I - B)(F - B) / |F - B|^2 (Smith and Blinn 1996, with locally known colours). Where F and B
    are too alike, a guided filter of the mask decides instead.
    """
    height, width = rgb.shape[:2]
    unit = max(height, width) / 768
    soft = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(soft, (0, 0), 1.8 * unit) if unit > 0.6 else soft
    mask = (soft > 0.5).astype(np.uint8)
    reach = max(2, round(3.0 * unit))
    inner = shrunk(mask, reach).astype(np.float32)
    outer = 1 - grown(mask, reach).astype(np.float32)
    check()
    front = carried(rgb, np.maximum(inner, 0.002 * mask), unit)
    check()
    back = carried(rgb, np.maximum(outer, 0.002 * (1 - mask)), unit)
    check()
    share, trust = _projected(rgb, front, back)
    even = cv2.GaussianBlur(soft.clip(0, 1), (0, 0), 2.4 * unit)
    follow = guided(luma(rgb), even, max(2, round(4 * unit)), 1e-3)
    smooth = smoothstep(0.5 * even + 0.5 * follow, 0.30, 0.72)
    if ground is None:
        trust = trust * 0.6  # a busy ground: local means are less sure
    alpha = share * trust + smooth * (1 - trust)
    alpha = np.where(inner > 0, 1, np.where(outer > 0, 0, alpha)).astype(np.float32)
    alpha = smoothstep(alpha, 0.18, 0.97)  # a little inside: a rim of ground shows at once
    check()
    return alpha, _decontaminated(rgb, alpha, front, back)


def carried(rgb: Image, weight: Plane, unit: float) -> Image:
    """Carry the colours of `weight` outwards: the nearest first (a pyramid of blurs)."""
    height, width = rgb.shape[:2]
    half = max(1, width // 2), max(1, height // 2)
    small = cv2.resize(rgb, half, interpolation=cv2.INTER_AREA)
    thin = cv2.resize(weight.astype(np.float32), half, interpolation=cv2.INTER_AREA)
    sigmas = (1.5 * unit, 4 * unit, 16 * unit)
    return resized(spread_colour(small, thin, sigmas), width, height)


def _projected(rgb: Image, front: Image, back: Image) -> tuple[Plane, Plane]:
    difference = front - back
    length = np.square(difference).sum(axis=-1)
    share = ((rgb - back) * difference).sum(axis=-1) / (length + 1.0)
    trust = smoothstep(np.sqrt(length), ALIKE, DIFFERENT)
    return share.clip(0, 1).astype(np.float32), trust


def _decontaminated(rgb: Image, alpha: Plane, front: Image, back: Image) -> Image:
    """Solve I = aF + (1 - a)B for F along the edge, and trust it less as alpha falls."""
    solid = alpha[..., None]
    solved = (rgb - (1 - solid) * back) / np.maximum(solid, 0.25)
    solved = np.clip(solved, np.minimum(front - 30, rgb), np.maximum(front + 30, rgb))
    weight = smoothstep(alpha, 0.2, 0.75)[..., None]
    colour = front + (np.clip(solved, 0, 255) - front) * weight
    sure = (alpha >= 0.999)[..., None]
    return np.where(sure, rgb, colour).astype(np.float32)


def feathered(colour: Image, alpha: Plane, sigma: float) -> Image:
    """Return `colour` continued beyond its alpha, so that resampling never meets the ground."""
    known = (solid(alpha) > 0.5).astype(np.float32)
    beyond = masked_blur(colour, known, sigma)
    return np.where(known[..., None] > 0, colour, beyond).astype(np.float32)


def freed(rgb: Image, alpha: Plane, check: Callable[[], None]) -> Image:
    """Return the colours of `rgb` without the ground, for an alpha that is given."""
    unit = max(alpha.shape) / 768
    front = carried(rgb, np.maximum(alpha > 0.98, 0.002 * (alpha > 0.5)).astype(np.float32), unit)
    check()
    back = carried(rgb, np.maximum(alpha < 0.02, 0.002 * (alpha < 0.5)).astype(np.float32), unit)
    check()
    return _decontaminated(rgb, alpha, front, back)
