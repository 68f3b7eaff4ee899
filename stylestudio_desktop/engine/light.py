"""Light on the set: the shadows that products throw, and how they are modelled by the lamp."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    bounds,
    smoothstep,
    solid,
    wide_blur,
)
from stylestudio_desktop.engine.looks import Look

SKYLIGHT = np.array([1.0, 0.985, 0.955], np.float32)  # a shadow keeps a little more blue


def shadowed(set_: Image, shadow: Plane, tint: float = 1.0) -> Image:
    """Darken `set_` by `shadow` (0 to 1); shadows are filled by faintly blue room light."""
    loss = shadow[..., None] * (1 + (SKYLIGHT - 1) * tint)
    return (set_ * (1 - loss)).astype(np.float32)


def laid_shadow(
    alpha: Plane, look: Look, light: tuple[float, float], unit: float, away_by: float = 1.0
) -> Plane:
    """Return the shadow of a thing that lies on the ground, or hangs `away_by` as far from a wall.

    Three sheets of the silhouette stand for three heights above the wall: the higher, the
    further thrown and the softer, as an area light does; a tight one is the contact itself.
    `unit` is the long side in pixels.
    """
    away = np.array([0.5 - light[0], 0.62 - light[1]])
    away = away / max(float(np.hypot(*away)), 1e-6) * away_by
    light_left = np.ones_like(alpha)
    sheets = ((0.12, 0.22, 0.30), (0.5, 0.7, 0.42), (1.0, 1.5, 0.34))
    for throw, soft, share in sheets:
        shift = away * throw * look.throw * unit
        matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        sheet = cv2.warpAffine(alpha, matrix, alpha.shape[::-1])
        sheet = wide_blur(sheet, max(0.8, soft * look.softness * unit * away_by))
        light_left *= 1 - look.strength * share * sheet
    around = wide_blur(alpha, 0.055 * unit)
    return (1 - light_left * (1 - 0.16 * look.strength * around)).astype(np.float32)


def standing_shadow(alpha: Plane, look: Look, light: tuple[float, float], unit: float) -> Plane:
    """Return the shadow of a thing that stands on the floor: contact, and a thrown silhouette."""
    left, top, right, bottom = bounds(solid(alpha))
    height, width = alpha.shape
    lean = float(np.clip((0.5 - light[0]) * 1.3, -0.7, 0.7))
    flat = -0.16
    matrix = np.array([[1, -lean, lean * bottom], [0, -flat, bottom * (1 + flat)]], np.float32)
    thrown = cv2.warpAffine(alpha, matrix, (width, height))
    near, far = wide_blur(thrown, 0.010 * unit), wide_blur(thrown, 0.034 * unit)
    y = np.arange(height, dtype=np.float32)[:, None]
    reach = max(1.0, 0.16 * (bottom - top))
    distant = smoothstep(bottom - y + 0 * alpha, 0.0, reach)
    cast = near * (1 - distant) + far * distant * 0.75
    contact = footprint(alpha, bottom, max(2.0, 0.05 * (right - left)))
    tight = wide_blur(contact, 0.0035 * unit)
    wide = wide_blur(contact, 0.016 * unit)
    left_over = (1 - 0.42 * look.strength * cast) * (1 - 0.80 * np.clip(1.2 * tight, 0, 1))
    return (1 - left_over * (1 - 0.55 * np.clip(1.5 * wide, 0, 1))).astype(np.float32)


def footprint(alpha: Plane, bottom: int, reach: float) -> Plane:
    """Return a thin band where the lower outline comes near the floor."""
    height = alpha.shape[0]
    there = solid(alpha) > 0.5
    lowest = np.where(there.any(axis=0), height - np.argmax(there[::-1], axis=0), -10.0 * height)
    gap = (bottom - lowest).astype(np.float32)
    weight = np.exp(-np.square(gap / reach)).astype(np.float32)
    y = np.arange(height, dtype=np.float32)[:, None]
    thickness = max(2.0, 0.25 * reach)
    band = np.exp(-np.square((y - (lowest[None] - 0.2 * thickness)) / thickness))
    return (band * weight[None]).astype(np.float32)


def leaning_shadow(
    alpha: Plane, look: Look, light: tuple[float, float], unit: float, horizon: float
) -> Plane:
    """Return the shadow of a thing that stands on the floor and touches the wall with its top.

    On the wall the shadow moves away and softens from top to foot, as the gap does; the floor
    (below `horizon`, a share of the height) gets only the contact.
    """
    left, top, right, bottom = bounds(solid(alpha))
    height, width = alpha.shape
    away = (0.5 - light[0]) * 2.2 * max(look.throw, 0.03) * unit
    lean = away / max(1, bottom - top)
    shear = np.array([[1, lean, -lean * top], [0, 1, 0.006 * unit]], np.float32)
    thrown = cv2.warpAffine(alpha, shear, (width, height))
    y = np.arange(height, dtype=np.float32)[:, None]
    gap = np.clip((y - top) / max(1, bottom - top), 0, 1)
    near, far = (
        wide_blur(thrown, 0.004 * unit),
        wide_blur(thrown, (0.4 + look.softness * 20) * 0.018 * unit),
    )
    wall = (near * (1 - gap) + far * gap) * (1 - smoothstep(y / height, horizon, horizon + 0.02))
    around = wide_blur(alpha, 0.05 * unit)
    contact = footprint(alpha, bottom, max(2.0, 0.05 * (right - left)))
    tight, wide = wide_blur(contact, 0.0035 * unit), wide_blur(contact, 0.016 * unit)
    left_over = (1 - 0.62 * look.strength * wall) * (1 - 0.14 * look.strength * around)
    left_over = left_over * (1 - 0.78 * np.clip(1.2 * tight, 0, 1))
    return (1 - left_over * (1 - 0.50 * np.clip(1.5 * wide, 0, 1))).astype(np.float32)


def reflected(colour: Image, alpha: Plane, unit: float) -> tuple[Image, Plane]:
    """Return the mirror picture of a standing thing under its foot, fading and softening."""
    _left, top, _right, bottom = bounds(alpha, 0.3)
    flip = np.array([[1, 0, 0], [0, -1, 2 * bottom - 1]], np.float32)
    size = alpha.shape[1], alpha.shape[0]
    mirror, mask = cv2.warpAffine(colour, flip, size), cv2.warpAffine(alpha, flip, size)
    y = np.arange(alpha.shape[0], dtype=np.float32)[:, None]
    reach = min(0.55 * (bottom - top), 0.20 * unit)
    fade = np.clip(1 - (y - bottom) / max(1.0, reach), 0, 1) ** 1.6
    soft = wide_blur(mirror, 0.0035 * unit)
    return soft, (0.26 * wide_blur(mask, 0.0035 * unit) * fade).astype(np.float32)
