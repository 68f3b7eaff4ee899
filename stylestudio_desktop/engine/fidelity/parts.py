"""Finds what was drawn, sewn or printed on a product and is gone, and what was not and is there."""

from dataclasses import dataclass

import cv2
import numpy as np

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
)

PLAIN = 0.016  # log-luminance spread (standard deviation) under which cloth counts as plain
KEPT = 0.45  # share of a detail's contrast that must be found again
SLACK = 3  # pixels by which a detail may have moved
SPECK = 0.0025  # share of the product below which a spot is no part of it


@dataclass(frozen=True)
class Parts:
    """Spots (0 to 1) where detail is missing or added, and their shares of the product's area."""

    missing: Plane
    added: Plane
    missing_share: float
    added_share: float


def parts(photo: Image, picture: Image, inside: Mask) -> Parts:
    """Compare the fine detail of registered pictures within `inside`, blind to smooth light."""
    size = float(np.sqrt(max(1, int(inside.sum()))))
    wide, window = max(4.0, 0.05 * size), max(2.5, 0.018 * size)
    core = shrunk(inside, max(2, round(0.012 * size)))
    weight = inside.astype(np.float32)
    one, two = _detail(photo, weight, wide), _detail(picture, weight, wide)
    energy_one = masked_blur(one * one, weight, window)
    energy_two = masked_blur(two * two, weight, window)
    shared = _shared(one, two, weight, window)
    grain = max(PLAIN, 1.6 * _floor(energy_two, core), 1.6 * _floor(energy_one, core))
    seen_one = smoothstep(np.sqrt(energy_one), grain, 2 * grain)
    seen_two = smoothstep(np.sqrt(energy_two), grain, 2 * grain)
    lost = 1 - smoothstep(shared / (energy_one + EPS), KEPT * 0.6, KEPT)
    new = 1 - smoothstep(shared / (energy_two + EPS), KEPT * 0.6, KEPT)
    missing = _spots(seen_one * lost * core, core)
    added = _spots(seen_two * new * core, core)
    area = float(core.sum()) + EPS
    return Parts(missing, added, float(missing.sum()) / area, float(added.sum()) / area)


def _detail(image: Image, weight: Plane, wide: float) -> Plane:
    """Return log luminance without what is wider than `wide` pixels, lightly denoised."""
    level = np.log(cv2.GaussianBlur(luma(image), (0, 0), 1.0) + 0.04)
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


def _floor(energy: Plane, core: Mask) -> float:
    """Return the spread of plain cloth: the quietest quarter of the product."""
    chosen = energy[core > 0]
    return float(np.sqrt(np.percentile(chosen, 20))) if len(chosen) else PLAIN


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


def outline(picture: Image, expected: Mask) -> Outline:
    """Draw the outline that the picture really has near the expected one (GrabCut), and compare."""
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
    if not (labels == cv2.GC_FGD).any() or not (labels == cv2.GC_BGD).any():
        return Outline(1.0, 0.0, False, nothing, nothing)
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, (0, 0, *frame), *models, 3, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
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
