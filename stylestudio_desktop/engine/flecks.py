"""Finds ground that shows through pierced cloth: holes of lace, net and crochet, gaps of fringe."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Mask, Plane, components, grown, masked_blur
from stylestudio_desktop.engine.ground import Ground

SHADE = 0.38, 1.05  # what light may be left of the ground's in a hole: cloth shades it
LOOSE, LOOSER = 2.4, 1.3  # CIELAB: how far a hole's hue may lie from the ground's, and by its noise
SMEARED = 0.25, 12.0  # of the cloth's own distance, CIELAB: JPEG files smear hues over small holes
BETTER = 25  # per cent of the flecks that must match: the widest of them are smeared least
WIDEST = 0.013  # of the long side: radius of the widest hole; wider ones are gaps, not flecks
SMALLEST = 3  # pixels of a hole's core
NEIGHBOURS = 0.02  # of the long side: within which flecks are a crowd
CROWDED = 0.08  # share of the neighbourhood that they cover there, at least
FRINGED = 0.2  # share of the flecks that reach the outline, from which on it is a fringe


@dataclass(frozen=True)
class Flecks:
    """Small spots of the ground's colour inside an outline, and how alike they are.

    `zone` is where they crowd (0 to 1); `count` is how many there are; `opened` the share that
    reaches the outline, `long` the longest as a share of the long side; `shade` is their median
    light as a share of the ground's, `spread` how far neighbours differ (CIELAB), and `contrast`
    how far the cloth between them lies from them. `match` is how near the better ones come
    to the ground itself, `limit` how near a pixel must come to count as one of them; `pale` says
    that the cloth is paler than its ground.
    """

    zone: Plane
    count: int = 0
    opened: float = 0.0
    long: float = 0.0
    shade: float = 1.0
    spread: float = 0.0
    contrast: float = 0.0
    match: float = 99.0
    limit: float = LOOSE
    pale: bool = False

    @property
    def fringed(self) -> bool:
        """Whether gaps between threads reach the outline."""
        return self.opened > FRINGED


def loose(residual: float) -> float:
    """Return how far ground in a hole may lie from the fitted one, which is known to `residual`."""
    return LOOSE + LOOSER * residual


def away(lab: Image, field: Image) -> tuple[Plane, Plane]:
    """Return how far each pixel lies from the ground in any shade, and its shade (1 is unshaded).

    CIELAB's values fall with the cube root of light; lightness counts less, as everywhere here.
    """
    share = (lab[..., 0] + 16) / (field[..., 0] + 16)
    bound = np.clip(share, SHADE[0] ** (1 / 3), SHADE[1] ** (1 / 3))
    hue = lab[..., 1:] - field[..., 1:] * bound[..., None]
    dark = 0.6 * (lab[..., 0] + 16 - bound * (field[..., 0] + 16))
    apart = np.sqrt(np.square(hue).sum(axis=-1) + np.square(dark))
    return apart.astype(np.float32), np.power(np.clip(share, 0.05, 2), 3).astype(np.float32)


def peaks(
    apart: Plane, shade: Plane, inside: NDArray[np.bool_], limit: float, unit: float, *, pale: bool
) -> Mask:
    """Return the pixels in the ground's hue in which there is no thread.

    They are as light as any nearby, or as dark where the cloth is paler than its ground (`pale`).
    """
    like = ((apart < limit) & inside).astype(np.uint8)
    side = 2 * max(1, round(3 * unit)) + 1
    window = np.ones((side, side), np.uint8)
    if pale:
        darkest = cv2.erode(np.where(like > 0, shade, 9).astype(np.float32), window)
        return like & (shade < 1.25 * darkest).astype(np.uint8)
    return like & (shade > 0.8 * cv2.dilate(shade * like, window)).astype(np.uint8)


def found(lab: Image, alpha: Plane, ground: Ground) -> Flecks:
    """Look for flecks of `ground` (fitted at the size of `lab`) within `alpha`."""
    inside = alpha > 0.5
    if not inside.any():
        return Flecks(np.zeros_like(alpha))
    apart, shade = away(lab, ground.field)
    smeared = min(SMEARED[0] * float(np.median(apart[inside])), SMEARED[1])
    limit = max(loose(ground.residual), smeared)
    pale = bool(np.median(shade[inside]) > 1)
    like = peaks(apart, shade, inside, limit, 1.0, pale=pale)
    count, labels, stats = components(like)
    none = Flecks(np.zeros_like(alpha))
    if count < 3:
        return none
    long = max(alpha.shape)
    deep = cv2.distanceTransform(like, cv2.DIST_L2, 3)
    wide = np.zeros(count, np.float32)
    np.maximum.at(wide, labels[like > 0], deep[like > 0])
    small = (wide <= max(3.0, WIDEST * long)) & (stats[:, cv2.CC_STAT_AREA] >= SMALLEST)
    small[0] = False
    cores = small[labels].astype(np.float32)
    near = cv2.GaussianBlur(cores, (0, 0), NEIGHBOURS * long)
    crowd = (near > CROWDED) & (cores > 0)
    kept = np.unique(labels[crowd])
    if len(kept) < 2:
        return none
    zone = (near > 0.2 * CROWDED).astype(np.float32)
    between = (zone > 0) & inside & (grown(cores.astype(np.uint8), 2) == 0)
    level = masked_blur(lab, cores, NEIGHBOURS * long)
    own = np.linalg.norm(lab - level, axis=-1)
    nearest = np.full(count, np.inf, np.float32)
    np.minimum.at(nearest, labels[crowd], apart[crowd])
    mouths = np.unique(labels[(grown((~inside).astype(np.uint8), 2) > 0) & crowd])
    sides = stats[kept, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1)
    return Flecks(
        zone,
        len(kept),
        len(mouths) / len(kept),
        float(np.percentile(sides, 95)) / long,
        float(np.median(shade[crowd])),
        float(np.median(own[crowd])),
        float(np.percentile(own[between], 30)) if between.any() else 0.0,
        float(np.percentile(nearest[kept], BETTER)),
        limit,
        pale,
    )
