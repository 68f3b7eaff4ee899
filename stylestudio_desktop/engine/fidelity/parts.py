"""Finds what was drawn, sewn or printed on a product and is gone, and what was not and is there."""

from dataclasses import dataclass

import cv2
import numpy as np

from stylestudio_desktop.engine.fidelity.colour import ciede2000
from stylestudio_desktop.engine.filters import (
    EPS,
    Image,
    Mask,
    Plane,
    components,
    disc,
    grown,
    luma,
    masked_blur,
    resized,
    shrunk,
    smoothstep,
    to_lab,
)

PLAIN = 0.016  # log-luminance spread (standard deviation) under which cloth counts as plain
NOISE = 1.6  # times what is left over on the quietest fifth of the product
USUAL = 0.25  # share of a pattern's energy that resampling and another lamp may leave over
MORE = 0.9  # times the other picture's energy that one has where something is only in it
DENOISED = 1.0  # pixels (standard deviation) by which detail is blurred
DARK = 0.04  # of the luma: how dark detail counts less
FINER = 0.6  # of a photo's pixels (the same): how soft it is when it is enlarged
RIM = 4  # pixels along the outline, however small the product, into which the ground may shine
SLACK = 3  # pixels by which a detail may have moved
ALIKE = 3.0  # CIEDE2000 up to which the product has the very colour that is seen at its place
SPECK = 0.0025  # share of the product below which a spot is no part of it


@dataclass(frozen=True)
class Parts:
    """Spots (0 to 1) where detail is missing or added, and their shares of the product's area."""

    missing: Plane
    added: Plane
    missing_share: float
    added_share: float


def parts(photo: Image, picture: Image, inside: Mask, grain: Plane, enlarged: float = 1.0) -> Parts:
    """Compare the fine detail of registered pictures within `inside`, blind to smooth light.

    In a small window around each pixel one detail is explained by the other, at any contrast and
    within a slack of place; what is left over is missing, or added. On a pattern a part may go
    while the pattern stays: there what is left over counts beside what usually is.

    `grain` is what the picture has of it (standard deviation of the luma from 0 to 1): it is
    nothing that was added. A photo that had to be `enlarged` is softer than the picture: what is
    finer than its pixels is in the picture alone, and is looked away from.
    """
    size = float(np.sqrt(max(1, int(inside.sum()))))
    wide, window = max(4.0, 0.05 * size), max(2.5, 0.018 * size)
    core = shrunk(inside, max(RIM, round(0.012 * size)))
    weight = inside.astype(np.float32)
    if enlarged > 1:
        picture = cv2.GaussianBlur(picture, (0, 0), FINER * float(np.sqrt(enlarged**2 - 1)))
    one, two = _detail(photo, weight, wide), _detail(picture, weight, wide)
    energy_one = masked_blur(one * one, weight, window)
    energy_two = masked_blur(two * two, weight, window)
    shared = np.maximum(_shared(one, two, weight, window), 0)
    smooth = np.zeros_like(grain)
    missing = _left_over(energy_one, energy_two, shared, core, smooth)
    rough = grain / (cv2.GaussianBlur(luma(picture), (0, 0), window) + DARK)
    added = _left_over(energy_two, energy_one, shared, core, rough)
    area = float(core.sum()) + EPS
    return Parts(missing, added, float(missing.sum()) / area, float(added.sum()) / area)


def _left_over(energy: Plane, other: Plane, shared: Plane, core: Mask, grain: Plane) -> Plane:
    """Return where detail of one picture (0 to 1) is not explained by the other's, nor by grain.

    A stitch that goes from ribbed cloth leaves ribs that explain it badly in both directions: it
    counts for the picture that has more to show there.
    """
    rest = np.maximum(energy - shared * shared / (other + EPS * EPS), 0)
    chosen = core > 0
    if not chosen.any():
        return np.zeros_like(energy)
    noise = max(PLAIN, NOISE * float(np.sqrt(np.percentile(rest[chosen], 20))))
    usual = float(np.percentile(rest[chosen] / (energy[chosen] + noise * noise), 75))
    expected = np.sqrt(min(usual, USUAL) * energy + noise * noise + grain * grain)
    unexplained = smoothstep(np.sqrt(rest) / expected, 1.0, 2.0) * (energy > MORE * other)
    return _spots(unexplained * core, core)


def _detail(image: Image, weight: Plane, wide: float) -> Plane:
    """Return log luminance without what is wider than `wide` pixels, lightly denoised."""
    level = np.log(cv2.GaussianBlur(luma(image), (0, 0), DENOISED) + DARK)
    return ((level - masked_blur(level, weight, wide)) * weight).astype(np.float32)


def _shared(one: Plane, two: Plane, weight: Plane, window: float) -> Plane:
    """Return the local covariance at the shift, within the slack, that suits best."""
    best: Plane | None = None
    step = max(1, SLACK // 2)
    for dy in range(-SLACK, SLACK + 1, step):
        for dx in range(-SLACK, SLACK + 1, step):
            moved = np.roll(two, (dy, dx), axis=(0, 1))
            found = masked_blur(one * moved, weight, window)
            best = found if best is None else np.maximum(best, found)
    assert best is not None  # noqa: S101 - the slack holds one shift at least
    return best


def _spots(spots: Plane, core: Mask) -> Plane:
    """Drop specks: a part of a product covers some area in one piece."""
    count, labels, stats = components((spots > 0.5).astype(np.uint8))
    least = SPECK * float(core.sum())
    keep = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= least]
    return (spots * np.isin(labels, keep)).astype(np.float32)


@dataclass(frozen=True)
class Outline:
    """The product's outline in the picture against the expected one.

    `overlap` is intersection over union, `change` the 95th percentile of the distance between
    the outlines as a share of the product's size; `told` says whether it could be drawn at all.
    """

    overlap: float
    change: float
    told: bool
    lost: Mask
    grown: Mask


def outline(picture: Image, expected: Mask, product: Image, clear: Mask | None = None) -> Outline:
    """Draw the outline that the picture really has near the expected one (GrabCut), and compare.

    Where `product`, as it should look there, has the picture's own colour, nothing was lost: white
    cloth on white paper is only not told from it. Nothing is told of a product of which some is
    `clear`: its outline is what shows through it.
    """
    height, width = expected.shape
    size = float(np.sqrt(max(1, int(expected.sum()))))
    down = min(1.0, 300 / max(height, width))
    frame = max(8, round(width * down)), max(8, round(height * down))
    small = resized(picture, *frame).clip(0, 255).astype(np.uint8)
    thin = (resized(expected.astype(np.float32), *frame) > 0.5).astype(np.uint8)
    reach = max(3, round(0.09 * size * down))
    labels = np.full(thin.shape, cv2.GC_BGD, np.uint8)
    labels[grown(thin, reach) > 0] = cv2.GC_PR_BGD
    labels[thin > 0] = cv2.GC_PR_FGD
    labels[shrunk(thin, reach) > 0] = cv2.GC_FGD
    nothing = np.zeros_like(thin)
    drawable = (labels == cv2.GC_FGD).any() and (labels == cv2.GC_BGD).any()
    if not drawable or (clear is not None and clear.any()):
        return Outline(1.0, 0.0, False, nothing, nothing)
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, (0, 0, *frame), *models, 3, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    soft = [to_lab(cv2.GaussianBlur(resized(one, *frame), (0, 0), 1)) for one in (product, picture)]
    there = (ciede2000(soft[0], soft[1]) < ALIKE).astype(np.uint8) & thin
    found = found | cv2.morphologyEx(there, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    lost = _thick(thin & (1 - found), size * down)
    more = _thick(found & (1 - thin), size * down)
    union = int((thin | found).sum()) + 1
    overlap = 1 - float((lost | more).sum()) / union
    return Outline(overlap, _change(thin, found, size * down), True, lost, more)


def _thick(mask: Mask, size: float) -> Mask:
    """Return what is left of a difference once slivers along the edge are taken away."""
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(max(1, round(0.012 * size)))).astype(
        np.uint8
    )


def _change(one: Mask, two: Mask, size: float) -> float:
    edge_one, edge_two = one - shrunk(one, 1), two - shrunk(two, 1)
    far_one = cv2.distanceTransform((1 - edge_two).astype(np.uint8), cv2.DIST_L2, 3)
    far_two = cv2.distanceTransform((1 - edge_one).astype(np.uint8), cv2.DIST_L2, 3)
    every = np.concatenate([far_one[edge_one > 0], far_two[edge_two > 0]])
    return float(np.percentile(every, 95)) / max(1.0, size) if len(every) else 0.0
