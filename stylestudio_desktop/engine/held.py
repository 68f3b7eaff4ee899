"""Leaves out of a cut-out what holds the garment: a mannequin's neck, or a hanger with its hook."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Mask, bounds, components, disc, shrunk

MIDDLE = 0.14  # how far from the garment's middle a neck may stand, as a share of its width
WIDEST = 0.32  # of the garment's width that a neck may take
LARGEST, SMALLEST = 0.08, 0.002  # shares of the mask's area
TALLEST = 0.35  # height of a neck, at least, as a share of its width: a collar's band is flatter
ALIKE = (7.0, 9.0)  # CIELAB: how far chroma and lightness may lie from the neck's own colour
HOOK = 0.12  # of the garment's width: a hook is no wider
HANGER = (13.0, 26.0)  # CIELAB: chroma and lightness along one hanger, lit and in shade
RARE = 0.02  # share of the garment that may have the hanger's colour too
STRAP = 32.0  # CIELAB from a neck's colour to what stands beside it: its own rim in shade is nearer
SHOULDERS = 2.2  # times a neck's width that the garment is wide beneath it


def unheld(lab: Image, mask: Mask) -> Mask:
    """Return `mask` without a mannequin's neck or a hanger, where one can be told."""
    return _unhung(lab, _unnecked(lab, mask))


def _unhung(lab: Image, mask: Mask) -> Mask:
    """Take a hanger away: a hook on top of the middle, and what else of its colour hangs on it.

    Nothing goes where the garment has that colour too, or does not widen to shoulders below.
    """
    left, top, right, bottom = bounds(mask.astype(np.float32))
    width, height = right - left, bottom - top
    spans = np.array([np.ptp(np.nonzero(row)[0]) if row.any() else 0 for row in mask[top:bottom]])
    hook = int((spans > HOOK * width).argmax())
    if not 0.015 * height < hook < 0.3 * height:
        return mask
    seed = np.zeros_like(mask)
    seed[top : top + hook] = mask[top : top + hook]
    own = np.median(lab[seed > 0], axis=0)
    hue = np.hypot(lab[..., 1] - own[1], lab[..., 2] - own[2])
    alike = (hue < HANGER[0]) & (np.abs(lab[..., 0] - own[0]) < HANGER[1]) & (mask > 0)
    count, labels, _ = components((alike | (seed > 0)).astype(np.uint8))
    touched = np.unique(labels[seed > 0])
    held = np.isin(labels, touched[touched > 0]).astype(np.uint8)
    total = float(mask.sum())
    middle = float(np.nonzero(seed)[1].mean())
    wide = np.ptp(np.nonzero(held)[1])
    if (
        count < 2
        or float(held.sum()) > 0.04 * total
        or float(alike.sum() - (alike & (held > 0)).sum()) > RARE * total
        or abs(middle - (left + right) / 2) > MIDDLE * width
        or SHOULDERS * wide > width
        or int(np.nonzero(held)[0].max()) > top + 0.35 * height
    ):
        return mask
    return _without(lab, mask, held)


def _unnecked(lab: Image, mask: Mask) -> Mask:
    """Return `mask` without a mannequin's neck, where one can be told.

    A neck is a bar of one smooth colour in the middle: its top ends at the ground, its sides are
    straight, it stands in something much wider of another colour, and hardly anything else of
    the product has its colour.
    """
    left, top, right, bottom = bounds(mask.astype(np.float32))
    width, middle = right - left, (left + right) // 2
    reach = max(2, int(MIDDLE * width))
    columns = np.arange(max(left, middle - reach), min(right, middle + reach))
    if len(columns) < 8 or bottom - top < 16:
        return mask
    ceiling = mask[:, columns].argmax(axis=0)
    for low in np.unique(ceiling[mask[:, columns].any(axis=0)])[:: max(1, reach // 6)]:
        seed = np.zeros_like(mask)
        under = columns[ceiling == low]
        seed[low + 3 : low + 12, under.min() : under.max() + 1] = 1
        neck = _grown(lab, mask, shrunk(mask, 2) & seed)
        if neck is not None and _is_neck(neck, mask, width, middle):
            return _without(lab, mask, neck)
    return mask


def _grown(lab: Image, mask: Mask, seed: Mask) -> Mask | None:
    """Return what hangs together with `seed` and has its colour; None without a seed."""
    if int(seed.sum()) < 12:
        return None
    own = np.median(lab[seed > 0], axis=0)
    level = cv2.blur(lab, (3, 3))
    hue = np.hypot(level[..., 1] - own[1], level[..., 2] - own[2]) < ALIKE[0]
    # A round thing grows darker to its sides: lightness may drift, but not jump.
    light = np.abs(level[..., 0] - own[0]) < 3.2 * ALIKE[1]
    steep = np.abs(cv2.Sobel(level[..., 0], cv2.CV_32F, 0, 1)) / 4 > ALIKE[1] / 3
    like = (hue & light & ~steep & (mask > 0)).astype(np.uint8)
    like = cv2.morphologyEx(like, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    count, labels, _ = components(like)
    touched = np.bincount(labels[(seed > 0) & (like > 0)], minlength=count)
    if count < 2 or int(touched[1:].max(initial=0)) == 0:
        return None
    return (labels == 1 + int(touched[1:].argmax())).astype(np.uint8)


def _is_neck(neck: Mask, mask: Mask, width: int, middle: int) -> bool:
    left, top, right, bottom = bounds(neck.astype(np.float32))
    wide, tall = right - left, bottom - top
    share = float(neck.sum()) / float(mask.sum())
    if not SMALLEST < share < LARGEST or wide > WIDEST * width or tall < TALLEST * wide:
        return False
    if abs((left + right) / 2 - middle) > MIDDLE * width:
        return False
    spans, filled = _spans(neck, top, bottom)
    full = 0.88 * float(np.percentile(spans, 95))
    if spans[int(0.2 * tall)] < full or spans[int(0.75 * tall)] < 0.95 * full:
        return False  # a pompon, a bow, the wings of a collar
    if filled < 0.85:
        return False  # two wings, or a ring
    over = mask[max(0, top - 6) : max(0, top - 3), left:right]
    under = mask[min(len(mask) - 1, bottom + 3)]
    if over.size and float(over.mean()) > 0.1:
        return False
    row = np.nonzero(mask[min(len(mask) - 1, bottom + int(0.5 * wide))])[0]
    shoulders = len(row) > 0 and int(np.ptp(row)) > SHOULDERS * wide
    return shoulders and float(under[left:right].mean()) > 0.8


def _spans(neck: Mask, top: int, bottom: int) -> tuple[NDArray[Any], float]:
    """Return the widths of its rows, and how much of them it fills."""
    rows = neck[top:bottom]
    spans = np.array([np.ptp(np.nonzero(row)[0]) + 1 if row.any() else 0 for row in rows])
    return spans, float(rows.sum()) / max(1.0, float(spans.sum()))


def _without(lab: Image, mask: Mask, neck: Mask) -> Mask:
    """Take what holds it and the rim around that away; what the garment's edge hides stays.

    A strap beside a neck is no rim of it.
    """
    left, top, right, bottom = bounds(neck.astype(np.float32))
    gone = np.zeros_like(mask)
    off = np.linalg.norm(lab - np.median(lab[neck > 0], axis=0), axis=-1)
    span = cv2.dilate(neck, np.ones((1, 13), np.uint8)) & (off < STRAP).astype(np.uint8)
    gone[: bottom + 1] = span[: bottom + 1]
    gone[: top + 1, max(0, left - 4) : right + 4] = 1
    gone[: bottom + 2] |= cv2.dilate(neck, np.ones((5, 3), np.uint8))[: bottom + 2]
    kept = mask & (1 - gone)
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    count, labels, stats = components(kept)
    if count < 2:
        return mask
    large = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] > 0.01 * int(mask.sum())]
    return np.isin(labels, large).astype(np.uint8)
