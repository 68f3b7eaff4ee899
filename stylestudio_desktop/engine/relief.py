"""Guesses how a product's surface is turned, from its outline and its folds, and lights it so."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    bounds,
    luma,
    masked_blur,
    resized,
    to_lab,
    wide_blur,
)

SIDE = 384  # the long side at which the surface is guessed: light changes slowly
LEAST, MOST = 0.72, 1.28  # what the light may do to a pixel


def normals(colour: Image, alpha: Plane) -> Image:
    """Return the unit normals (x right, y down, z to the camera) of the product, at its own size.

    The outline is blown up like a cushion (Lumo, Johnston 2002); folds are read from the photo's
    own shading, bright as high, and not where the hue changes too: that is print, not form.
    """
    height, width = alpha.shape
    short = min(height, width)
    solid = (alpha > 0.5).astype(np.uint8)
    deep = cv2.distanceTransform(cv2.copyMakeBorder(solid, 1, 1, 1, 1, 0), cv2.DIST_L2, 5)
    rim = max(2.0, 0.16 * short)
    t = np.clip(deep[1:-1, 1:-1] / rim, 0, 1)
    cushion = wide_blur(rim * np.sqrt(1 - np.square(1 - t)).astype(np.float32), 0.035 * short)
    surface = 0.55 * cushion + 0.9 * short * _folds(colour, alpha)
    slope_x = cv2.Sobel(surface, cv2.CV_32F, 1, 0, ksize=3) / 8
    slope_y = cv2.Sobel(surface, cv2.CV_32F, 0, 1, ksize=3) / 8
    turned = np.dstack([-slope_x, -slope_y, np.ones_like(slope_x)])
    return (turned / np.linalg.norm(turned, axis=-1, keepdims=True)).astype(np.float32)


def _folds(colour: Image, alpha: Plane) -> Plane:
    long = max(alpha.shape)
    lab = to_lab(colour)
    level = luma(colour)
    fine = masked_blur(level, alpha, max(0.8, 0.006 * long))
    wide = masked_blur(level, alpha, max(1.5, 0.035 * long))
    folds = np.clip((fine - wide) / np.maximum(wide, 0.15), -0.15, 0.15)
    hue = masked_blur(lab, alpha, max(0.8, 0.006 * long)) - masked_blur(
        lab, alpha, max(1.5, 0.035 * long)
    )
    form = np.exp(-np.square(np.hypot(hue[..., 1], hue[..., 2]) / 4.0))
    return (0.10 * folds * form).astype(np.float32)


def gain(colour: Image, alpha: Plane, light: tuple[float, float], relief: float) -> Plane:
    """Return what the lamp at `light` (shares of the frame) does to each pixel of the product.

    Lambert's cosine over the guessed normals, half-wrapped since studio lamps are large, and a
    slope of light over the whole. All channels get the same gain, so hue and print stay.
    """
    height, width = alpha.shape
    scale = min(1.0, SIDE / max(height, width))
    size = max(4, round(width * scale)), max(4, round(height * scale))
    small, mask = resized(colour, *size), resized(alpha, *size)
    turned = normals(small, mask)
    lamp = np.array([light[0] - 0.5, light[1] - 0.5, 0.75], np.float32)
    lamp /= np.linalg.norm(lamp)
    cosine = turned @ lamp
    shade = (cosine - lamp[2]) / (1 + lamp[2])
    left, top, right, bottom = bounds(mask)
    x = (np.arange(size[0], dtype=np.float32)[None] - left) / max(1, right - left) - 0.5
    y = (np.arange(size[1], dtype=np.float32)[:, None] - top) / max(1, bottom - top) - 0.5
    slope = (x * lamp[0] + y * lamp[1]) / float(np.hypot(lamp[0], lamp[1]) + 1e-6)
    lit = 1 + relief * (1.5 * shade + 0.34 * slope)
    lit = np.clip(wide_blur(lit.astype(np.float32), 0.6), LEAST, MOST)
    return resized(lit, width, height).astype(np.float32)
