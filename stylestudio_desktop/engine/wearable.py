"""Says whether what was cut out can be a garment at all, before anything is charged.

A network recognises garments. Where it has not been fetched, and besides it, an outline tells
what is surely none, by bounds that lie far from every garment measured.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import Mask, Plane, bounds, components, disc, largest, solid
from stylestudio_desktop.engine.kinds import guessed
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import WORN
from stylestudio_desktop.engine.person import figure, shows_person
from stylestudio_desktop.engine.photo import Photo
from stylestudio_desktop.engine.recognition import likeness, other_kind, seen, shadow_of

SIDE = 200  # pixels of the longer side at which outlines are measured
# Each bound with the nearest of 71 photos of garments (each also turned by up to 8 degrees and
# mirrored) and of 31 drawn ones that look or lie oddly, then that of the thing it is for.
WHOLE = 0.75  # least share of the largest piece: 1.00; trees in a landscape 0.4
BORDER = 0.9  # share of the photo's border that cloth may take: 0.6 cropped close; cloth alone 1
STEM = 0.2  # least width of what is below the chest, of the box: 0.31; a tree's 0.13
HIPS = 0.32  # least width above the crotch: 0.46; the letter X 0.29, a table's legs 0.16
BLOCK = 0.96  # of the tightest box: 0.85 but for a straight skirt; a book 1.00
RING = 0.25  # of the box enclosed by it: 0.06; a belt 0.50
SPIKE, EVEN = 0.1, 0.7  # how deep dents are, and how much alike: a dress has three; a star five
FINGERS = 0.15  # of the height in which four broad strips stand side by side: 0; a hand 0.25
NECK, STEP = 0.45, 2.2  # a bottle's neck: 0.57 and 1.6 for skirts; 0.38 and 2.5
LIKE = 0.2  # least likeness: a skirt of lace 0.21, any other garment 0.27; a leather armchair 0.19
SHAPED = 0.7  # that of the shadow of a garment's outline, where a print outshouts it: 0.79; 0.55
HANDLE, RIM = 0.17, 0.75  # a mug's handle, of its body's width, and its rim: 0.15 and 0.86


def doubt(shot: Photo, cutout: Cutout, kind: str, networks: Networks) -> str | None:
    """Return why what was cut out of `shot` can't be worn as a `kind`; None where it may be."""
    if figure(shot) is not None or shows_person(shot.rgb, cutout.alpha, networks):
        return "The product photo shows a person; the engine needs the garment alone."
    mask = (cutout.alpha > 0.5).astype(np.uint8)
    border = np.concatenate([mask[1], mask[-2], mask[:, 1], mask[:, -2]])
    cropped = shot.alpha is not None  # to the garment itself, by whoever cut it out
    if not mask.any() or (float(border.mean()) > BORDER and not cropped):
        return "No outline of a garment is in the product photo; it must show the whole garment."
    if _scattered(mask):
        return "The product photo shows several things; choose one with the pencil on the photo."
    outline = _measured(cutout.alpha)
    if not outline.any() or any(check(outline, kind) for check in CHECKS):
        return "What is in the product photo does not have the outline of a garment."
    if kind in ("top", "jacket", "dress") and _block(outline):
        return "The product is a plain box in outline; if it is a skirt, choose that as its kind."
    return _unlike(shot, cutout, kind, networks)


def _unlike(shot: Photo, cutout: Cutout, kind: str, networks: Networks) -> str | None:
    """Return why what is seen is no garment of that `kind`; None where it may be."""
    odds = seen(shot, cutout, networks)
    if odds is None:
        return None
    if likeness(odds) < LIKE and not _shaped(cutout, networks):
        return "What is in the product photo does not look like a garment; lay it flat and alone."
    other = other_kind(odds, kind)
    return other and f"The product looks like {other}; choose that as its kind, or another photo."


def _shaped(cutout: Cutout, networks: Networks) -> bool:
    """Say whether outline and shadow are a garment's, whatever is printed on it."""
    worn = guessed(cutout.alpha) in WORN
    return worn and likeness(shadow_of(cutout, networks)) >= SHAPED


def _measured(alpha: Plane) -> Mask:
    """Return the outline alone, cropped to its box and of one size."""
    left, top, right, bottom = bounds(solid(alpha))
    mask = (solid(alpha)[top:bottom, left:right] > 0.5).astype(np.uint8)
    scale = SIDE / max(mask.shape)
    size = max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale))
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA)


def _scattered(mask: Mask) -> bool:
    """Say whether no piece holds most of it; what nearly touches is one piece."""
    joined = cv2.dilate(mask, disc(max(2, round(0.01 * max(mask.shape)))))
    return float((largest(joined) & mask).sum()) < WHOLE * float(mask.sum())


def _stemmed(mask: Mask, kind: str) -> bool:
    """Say whether it stands on one stem; sleeves that hang below a short hem are two."""
    height, width = mask.shape
    rows = [_runs(row) for row in mask[int(0.4 * height) : int(0.85 * height)]]
    wide = [(runs[0][1] - runs[0][0]) / width if len(runs) == 1 else 1.0 for runs in rows]
    window = max(1, int(0.08 * height))
    return any(max(wide[at : at + window]) < STEM for at in range(max(1, len(wide) - window)))


def _hipless(mask: Mask, kind: str) -> bool:
    """Say whether something with two legs has no hips."""
    height, width = mask.shape
    wide = mask[int(0.25 * height) : int(0.5 * height)].sum(axis=1) / width
    return kind in ("trousers", "shorts") and float(wide.min()) < HIPS


def _block(mask: Mask) -> bool:
    """Say whether it is a mere box: a skirt may be one, a top has a neck or straps."""
    _, (wide, tall), _ = cv2.minAreaRect(_contour(mask))
    return float(mask.sum()) > BLOCK * (wide + 1) * (tall + 1)


def _ringed(mask: Mask, kind: str) -> bool:
    """Say whether it goes round a large hole, as a belt does."""
    return any(area > RING * mask.size for *_, area in _holes(mask))


def _spiked(mask: Mask, kind: str) -> bool:
    """Say whether it has five like points, as a star, or more; fringe is closed before."""
    field = cv2.copyMakeBorder(mask, 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=0)
    contour = _contour(largest(cv2.morphologyEx(field, cv2.MORPH_CLOSE, disc(5))))
    hull = cv2.convexHull(contour, returnPoints=False)
    dents: Any = cv2.convexityDefects(contour, hull)
    if dents is None:  # nowhere is it hollow
        return False
    unit = np.sqrt(cv2.contourArea(cv2.convexHull(contour)))
    deep = np.sort(dents.reshape(-1, 4)[:, 3] / 256 / unit)
    deep = deep[deep > SPIKE]
    return len(deep) > 5 or (len(deep) == 5 and bool(deep[0] > EVEN * deep[-1]))


def _fingered(mask: Mask, kind: str) -> bool:
    """Say whether four broad strips stand side by side in its upper part."""
    height, width = mask.shape
    longest = now = 0
    for row in mask[: int(0.4 * height)]:
        broad = sum(end - start >= 0.06 * width for start, end in _runs(row))
        now = now + 1 if broad >= 4 else 0
        longest = max(longest, now)
    return longest > FINGERS * height


def _bottled(mask: Mask, kind: str) -> bool:
    """Say whether a skirt's waist is a neck that suddenly widens."""
    if kind != "skirt" or not 0 < _top(mask) < NECK:
        return False
    height = len(mask)
    wide = [max(1, _runs(row)[-1][1] - _runs(row)[0][0]) if row.any() else 1 for row in mask]
    ahead = int(0.16 * height)
    rows = range(int(0.12 * height), int(0.6 * height))
    return max(wide[row + ahead] / wide[row] for row in rows) > STEP


def _handled(mask: Mask, kind: str) -> bool:
    """Say whether a thin handle stands off one side of a body with a rim and no shoulders."""
    holes = [hole for hole in _holes(mask) if hole[-1] > 0.01 * mask.size]
    if len(holes) != 1 or _top(mask) < RIM:
        return False
    left, top, wide, tall, _ = holes[0]
    row, middle = mask[top + tall // 2], left + wide // 2
    parts = sorted((int(row[:middle].sum()), int(row[middle:].sum())))
    beside = 0.25 * len(mask) < top + tall / 2 < 0.75 * len(mask) and tall > 0.12 * len(mask)
    return beside and parts[0] < HANDLE * parts[1]


def _top(mask: Mask) -> float:
    """Return how wide the upper edge is, of the body; 0 where it is not one piece."""
    height = len(mask)
    body = float(np.median(mask[int(0.4 * height) : int(0.8 * height)].sum(axis=1)))
    rows = [_runs(row) for row in mask[int(0.04 * height) : max(int(0.1 * height), 2)]]
    if float(np.median([len(runs) for runs in rows])) != 1:
        return 0.0
    widest = [max((end - start for start, end in runs), default=0) for runs in rows]
    return float(np.median(widest)) / max(1.0, body)


def _runs(row: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return where the strips of a row begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]]).astype(int)))
    return list(pairwise(edges.tolist()))[::2]


def _holes(mask: Mask) -> list[tuple[int, int, int, int, int]]:
    """Return box (left, top, width, height) and area of what is enclosed."""
    field = cv2.copyMakeBorder(1 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels, stats = components(field)
    inner = [stats[part] for part in range(1, len(stats)) if part != labels[0, 0]]
    return [(int(x) - 1, int(y) - 1, int(w), int(h), int(area)) for x, y, w, h, area in inner]


def _contour(mask: Mask) -> NDArray[np.int32]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(outlines, key=cv2.contourArea), np.int32)


CHECKS: tuple[Callable[[Mask, str], bool], ...] = (
    _stemmed,
    _hipless,
    _ringed,
    _spiked,
    _fingered,
    _bottled,
    _handled,
)
