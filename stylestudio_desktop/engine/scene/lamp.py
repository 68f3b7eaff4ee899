"""Estimates the light of a photo from the photo itself: side, height, softness, colour, depth."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, resized, wide_blur
from stylestudio_desktop.engine.scene.camera import Camera

SIDE = 320
PATCH = 96  # pixels a side of the plane seen from above
COLOUR_LIMIT = 0.10  # how far the product's channels may be turned towards the scene's light
LEVELS = (0.80, 1.10)  # how far the product's brightness may be
HEIGHT = 1.0  # tangent of the lamp's height: about where windows and afternoon suns are
SUN = {"left": (-0.95, 0.15), "right": (0.95, 0.15), "behind": (-0.25, 1.0), "front": (-0.3, -1.0)}


@dataclass(frozen=True)
class Lamp:
    """Light on a plane, as far as a photo tells.

    `side` runs from -1 (all from the left) to 1, `back` from -1 (from the camera) to 1 (from
    behind); `height` is the tangent of its height above the plane, `soft` runs from 0 (a point)
    to 1 (a clouded sky), `depth` says how dark its shadows are, `colour` are gains of the three
    channels round 1, `level` how bright the scene is (1: as a studio picture).
    """

    side: float
    back: float
    height: float
    soft: float
    depth: float
    colour: tuple[float, float, float]
    level: float

    @property
    def place(self) -> tuple[float, float]:
        """Where the rooms of the studio put such a lamp, as shares of the frame."""
        return 0.5 + 0.36 * self.side, 0.14 + 0.10 * max(0.0, -self.back)

    @property
    def throw(self) -> tuple[float, float]:
        """How far along X and Y of the plane the shadow of one unit of height falls."""
        flat = max(1e-6, float(np.hypot(self.side, self.back)))
        reach = min(1.15, 1 / self.height) * min(1.0, 0.35 + flat)
        return -self.side / flat * reach, -self.back / flat * reach


def lamp_of(rgb: Image, camera: Camera, asked: str = "auto") -> Lamp:
    """Return the light in `rgb` on the plane that `camera` sees; `asked` overrules its side."""
    height, width = rgb.shape[:2]
    shrink = min(1.0, SIDE / max(height, width))
    small = resized(rgb, max(8, round(width * shrink)), max(8, round(height * shrink)))
    linear = _linear(small)
    bright = (linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)).astype(np.float32)
    seen = camera.moved(shrink, (0.0, 0.0))
    patch = _from_above(bright, seen)
    side, back = _side(bright, patch)
    soft, depth = _hardness(linear, bright)
    found = Lamp(side, back, HEIGHT, soft, depth, _colour(linear), _level(bright))
    if asked in SUN:
        found = replace(found, side=SUN[asked][0], back=SUN[asked][1])
    return found


def _linear(rgb: Image) -> Image:
    """Return linear light from 0 to 1 (the sRGB curve taken as a power of 2.2)."""
    return np.power(np.clip(rgb, 0, 255) / 255, 2.2).astype(np.float32)


def _from_above(bright: Plane, camera: Camera) -> Plane:
    """Return the plane, and as much again around it, as seen from straight above."""
    grid = PATCH / 2.0
    down = np.array([[grid, 0, grid / 2], [0, -grid / camera.depth, 1.5 * grid], [0, 0, 1.0]])
    matrix = down @ np.linalg.inv(camera.homography)
    return cv2.warpPerspective(
        bright, matrix, (PATCH, PATCH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _slopes(bright: Plane) -> tuple[float, float]:
    """Return how light falls off across and down, in stops over the field, by a robust fit."""
    height, width = bright.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    design = np.stack([np.ones_like(x), x / width - 0.5, y / height - 0.5], axis=-1).reshape(-1, 3)
    values = np.log2(np.clip(wide_blur(bright, 2.0), 0.004, 1)).reshape(-1)
    keep = np.ones(len(values), bool)
    slope = np.zeros(3)
    for _ in range(4):
        slope, *_ = np.linalg.lstsq(design[keep], values[keep], rcond=None)
        error = np.abs(values - design @ slope)
        keep = error <= max(0.05, 2.0 * float(np.median(error[keep])))
    return float(slope[1]), float(slope[2])


def _side(bright: Plane, patch: Plane) -> tuple[float, float]:
    """Return from which side the light comes: where the plane and the room grow brighter.

    The brightest twentieth of the photo (windows, lamps, what they shine on) points the same way
    (compare Lopez-Moreno et al. 2010 and Karsch et al. 2011, who mark it by hand).
    """
    across, down = _slopes(patch)
    room, _ = _slopes(bright)
    _, x = np.nonzero(bright >= np.percentile(bright, 95))
    lean = float(x.mean()) / bright.shape[1] - 0.5 if len(x) else 0.0
    side = float(np.tanh(0.9 * across + 0.45 * room + 1.6 * lean))
    back = float(np.tanh(-0.7 * down)) - 0.25  # lamps and windows are seldom behind a product
    if abs(side) < 0.25:  # nothing tells: a little from the left, as studios do
        side = -0.25 if side <= 0 else 0.25
    return float(np.clip(side, -1, 1)), float(np.clip(back, -0.4, 0.7))


def _hardness(linear: Image, bright: Plane) -> tuple[float, float]:
    """Return softness and depth of shadows, from edges at which light changes but hue does not.

    At the border of a shadow all channels fall alike (Finlayson et al. 2006); how sharp such
    borders are, and by how much the light falls, is what another shadow here would look like.
    """
    log = np.log(np.clip(linear, 0.004, 1))
    step = [wide_blur(log[..., band], 0.8) for band in range(3)]
    x = np.stack([cv2.Sobel(one, cv2.CV_32F, 1, 0, ksize=3) for one in step], axis=-1) / 4
    y = np.stack([cv2.Sobel(one, cv2.CV_32F, 0, 1, ksize=3) for one in step], axis=-1) / 4
    size = np.hypot(x, y)
    mean = size.mean(axis=-1)
    alike = (np.ptp(size, axis=-1) < 0.22 * mean) & (mean > 0.06)
    share = float(alike.mean())
    hard = float(np.clip((share - 0.02) / 0.10, 0, 1))
    low, high = np.percentile(bright, (8, 92))
    contrast = float(np.clip(np.log2((high + 0.02) / (low + 0.02)) / 5.0, 0, 1))
    return float(np.clip(0.85 - 0.55 * hard, 0.25, 0.9)), float(0.50 + 0.32 * contrast)


def _colour(linear: Image) -> tuple[float, float, float]:
    """Return the light's colour by shades of grey (Finlayson and Trezzi 2004, p = 6), damped.

    Lamps and skies are warm or cool: only that part is taken. What is left is green or pink, the
    colour of lawns and bricks, and would turn a white shirt lemon.
    """
    whole = np.power(np.power(linear.reshape(-1, 3).astype(np.float64), 6).mean(axis=0), 1 / 6)
    warmth = 0.5 * float(np.log(max(whole[0], 1e-6) / max(whole[2], 1e-6)))
    cast = np.exp(np.array([warmth, 0.0, -warmth]))
    gains = np.clip(np.power(cast, 0.30), 1 - COLOUR_LIMIT, 1 + COLOUR_LIMIT)
    gains = gains / float(gains @ np.array([0.2126, 0.7152, 0.0722]))
    return float(gains[0]), float(gains[1]), float(gains[2])


def _level(bright: Plane) -> float:
    """Return how bright a product belongs here: dim rooms dim it, within limits."""
    seen = float(np.power(np.percentile(bright, 90), 1 / 2.2))
    return float(np.clip(0.62 + 0.48 * seen, *LEVELS))


def gains_of(lamp: Lamp) -> NDArray[Any]:
    """Return what the scene's light does to the three channels of a product."""
    return np.asarray(np.array(lamp.colour) * lamp.level, np.float32)
