"""The shadows of products in a photo: thrown along its plane, as its own light would throw them."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Plane, bounds, resized, smoothstep, wide_blur
from stylestudio_desktop.engine.light import footprint, laid_shadow
from stylestudio_desktop.engine.looks import LOOKS, Look
from stylestudio_desktop.engine.scene.camera import Camera
from stylestudio_desktop.engine.scene.lamp import Lamp
from stylestudio_desktop.engine.scene.placing import Placed

LEVELS = ((0.0, 0.10), (0.10, 0.30), (0.30, 0.62), (0.62, 1.0))  # of a product's height
THICK = 0.26  # how deep a standing product is taken to be, as a share of its width
LEAST_LENGTH = 0.14  # of a shadow along the plane, so that side light throws a body, not a line


def standing(alpha: Plane, own: Plane, where: Placed, camera: Camera, lamp: Lamp) -> Plane:
    """Return the shadow of a standing product; `alpha` on the canvas, `own` at its own size.

    The silhouette is an upright sheet that the light projects along the plane; the higher a part
    of it, the wider its half-shadow. The foot gets the dark, tight line of contact.
    """
    thrown = _thrown(own, where, camera, lamp, (alpha.shape[1], alpha.shape[0]))
    left, _top, right, bottom = bounds(alpha)
    span = max(4.0, float(right - left))
    contact = footprint(alpha, bottom, max(2.0, 0.05 * span))
    tight = wide_blur(contact, max(0.8, 0.010 * span))
    wide = wide_blur(contact, 0.045 * span)
    left_over = (1 - lamp.depth * thrown) * (1 - 0.82 * np.clip(1.3 * tight, 0, 1))
    left_over *= 1 - 0.62 * lamp.depth * np.clip(1.6 * wide, 0, 1)
    shade = (1 - left_over) * on_plane(camera, alpha.shape)
    return np.asarray(shade, np.float32)


def _thrown(own: Plane, where: Placed, camera: Camera, lamp: Lamp, frame: tuple[int, int]) -> Plane:
    height, width = own.shape
    unit = where.wide / width
    across, along = lamp.throw
    if abs(along) < LEAST_LENGTH:
        along = LEAST_LENGTH if along >= 0 else -LEAST_LENGTH
    rows = 1 - (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height
    pixels = camera.scale(*where.foot)
    x, y = where.foot
    total = np.zeros(frame[::-1], np.float32)
    for low, high in LEVELS:
        ramp = 0.5 * (high - low)
        part = own * smoothstep(rows, low - ramp, low + ramp) if low else own
        part = part * (1 - smoothstep(rows, high - ramp, high + ramp)) if high < 1 else part
        sheet = np.zeros_like(total)
        for back in (0.0, 0.5, 1.0):  # what is seen of the foot is its near edge
            foot = y + back * THICK * where.wide
            flat = np.array(
                [
                    [unit, -unit * across, x - unit * width / 2 + unit * across * height],
                    [0, -unit * along, foot + unit * along * height],
                    [0, 0, 1.0],
                ]
            )
            seen = cv2.warpPerspective(part, camera.homography @ flat, frame)
            sheet = np.maximum(sheet, seen)
        lifted = 0.5 * (low + high) * height * unit  # above the plane, in its units
        sigma = max(0.9, (0.05 + 0.30 * lamp.soft) * lifted * pixels)
        total += wide_blur(sheet, sigma) * (1 - 0.35 * lamp.soft * 0.5 * (low + high))
    return np.clip(total, 0, 1)


def flat(alpha: Plane, lamp: Lamp, style: str, unit: float, away_by: float) -> Plane:
    """Return the shadow of a product that lies on the plane (`away_by` 1) or hangs before it.

    `unit` is how long the product's longer side is on the canvas, in pixels: the shadow belongs
    to the thing, not to the frame.
    """
    look = _look(lamp, style)
    return laid_shadow(alpha, look, lamp.place, unit, away_by)


def behind(alpha: Plane, lamp: Lamp, away: NDArray[Any]) -> Plane:
    """Return the shadow of thin things before a wall, thrown `away` (pixels) from the light."""
    shift = np.array([[1, 0, away[0]], [0, 1, away[1]]], np.float32)
    thrown = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]))
    soft = max(0.8, 0.4 * float(np.hypot(*away)))
    return (0.8 * lamp.depth * wide_blur(thrown, soft)).astype(np.float32)


def _look(lamp: Lamp, style: str) -> Look:
    return replace(
        LOOKS[style],
        strength=min(0.92, 1.35 * lamp.depth),
        throw=0.030,
        softness=0.006 + 0.026 * lamp.soft,
    )


def on_plane(camera: Camera, shape: tuple[int, ...]) -> Plane:
    """Return where the plane goes on beneath a shadow: 1 on it, fading to 0 past its far edge."""
    coarse = max(2, shape[0] // 4), max(2, shape[1] // 4)  # it changes slowly
    y, x = np.mgrid[0 : coarse[0], 0 : coarse[1]].astype(np.float64)
    y, x = y * shape[0] / coarse[0], x * shape[1] / coarse[1]
    back = np.linalg.inv(camera.homography)
    places = np.stack([x, y, np.ones_like(x)], axis=-1) @ back.T
    before = places[..., 2] * _sign(back, camera) > 1e-9
    divisor = np.where(before, places[..., 2], 1.0)
    along = np.where(before, places[..., 1] / divisor, 99.0).astype(np.float32)
    across = np.where(before, places[..., 0] / divisor, 99.0).astype(np.float32)
    deep = 1 - smoothstep(along, 1.0 * camera.depth, 1.12 * camera.depth)
    wide = 1 - smoothstep(np.abs(across - 0.5), 0.75, 1.1)
    return resized(np.asarray(deep * wide, np.float32), shape[1], shape[0])


def _sign(back: NDArray[Any], camera: Camera) -> float:
    seen = camera.point(0.5, 0.5 * camera.depth)
    return 1.0 if float((back @ np.array([*seen, 1.0]))[2]) > 0 else -1.0
