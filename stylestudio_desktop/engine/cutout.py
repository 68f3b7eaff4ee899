"""Cuts a product out of its photo: what belongs to it, its soft edge and its own colours."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import framed, grabcut, rings
from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine.castshadow import peeled
from stylestudio_desktop.engine.clefts import followed
from stylestudio_desktop.engine.edges import matted
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    box_of,
    closed,
    components,
    disc,
    grown,
    largest,
    luma,
    masked_blur,
    resized,
    shrunk,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.gaps import agreed, gaps
from stylestudio_desktop.engine.held import unheld
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo
from stylestudio_desktop.engine.sheer import MAYBE_SHEER, SUSPECTED, seen_through

ANALYSIS = 768  # the long side at which the product is told from its ground
SWIFT = 512  # and that for a draft
FLAWLESS = 0.5  # residual of a ground whose exact colour is known: a shop's white
TINY = 400  # the long side of a photo below which it is looked at larger than it is
CONTRAST, CONTRAST_REACH = 7.0, 0.02  # weighted Lab units; share of the long side
ISLAND = 0.06  # share of the frame up to which ground in a loop of the product is believed
FRAYED = 5  # pixels to both sides of an outline in which colours alone are not believed
SAW_PRODUCT = 0.97, 0.9  # the network's word that cloth is no gap: on an even, on a rough ground
SMALLEST, LARGEST = 0.006, 0.93  # shares of the frame between which a product is believed


@dataclass(frozen=True)
class Cutout:
    """A product without its ground: `colour` is free of the ground's colour along the edge.

    `sheer` tells what `sheer.seen_through` says of its cloth.
    """

    colour: Image
    alpha: Plane
    warnings: tuple[str, ...] = ()
    sheer: str = ""


def cut(
    photo: Photo,
    networks: Networks,
    check: Callable[[], None],
    *,
    swift: bool = False,
    sheer: str = "auto",
) -> Cutout:
    """Cut the product out of `photo`; `check` is called between steps and may raise Cancelled.

    `swift` looks at it less closely, for a draft; `sheer` says whether its cloth lets the ground
    through ("on", "off"), or that this is to be told ("auto").
    """
    if photo.alpha is not None and bool((photo.alpha > 0.5).any()):
        return Cutout(photo.rgb, photo.alpha)  # already cut out by somebody who could see it
    box = framed.within(photo.rgb)
    inner = Photo(photo.rgb[box], None, photo.name, photo.digest)
    found = _cut(inner, networks, check, swift=swift, sheer=sheer)
    if inner.rgb.shape == photo.rgb.shape:
        return found
    alpha = framed.laid_back(found.alpha, box, np.zeros(photo.rgb.shape[:2], np.float32))
    colour = framed.laid_back(found.colour, box, photo.rgb)
    return Cutout(colour, alpha, found.warnings, found.sheer)


def _cut(
    photo: Photo, networks: Networks, check: Callable[[], None], *, swift: bool, sheer: str
) -> Cutout:
    """Cut the product out of a photo that has neither transparency nor a border."""
    height, width = photo.rgb.shape[:2]
    scale = min(1.0, (SWIFT if swift else ANALYSIS) / max(height, width))
    if max(height, width) < TINY:
        scale = SWIFT / max(height, width)  # else its gaps are narrower than what is closed
    small = resized(photo.rgb, max(1, round(width * scale)), max(1, round(height * scale)))
    lab = to_lab(cv2.GaussianBlur(small, (0, 0), 0.8))
    guess = networks.salient(small, swift=swift) if networks.has("u2netp") else None
    check()
    sure = None if guess is None else grown((guess > 0.2).astype(np.uint8), 12)
    ground = grounds.fit(lab, sure)
    check()
    coarse, warnings = _coarse(small, lab, guess, ground, check)
    share = float(coarse.mean())
    if not SMALLEST < share < LARGEST:
        raise EngineFault(
            "input",
            f"No product could be told from its background in {photo.name}. Nothing was charged; "
            "use a photo with the whole product on a plain background of another colour.",
        )
    coarse = followed(lab, unheld(lab, rings.opened(lab, coarse, ground.residual)))
    check()
    alpha, colour = matted(photo.rgb, coarse, ground if ground.plain else None, check)
    seen = seen_through(photo.rgb, alpha, colour, ground, sheer)
    check()
    warnings.extend([MAYBE_SHEER] if seen.told == SUSPECTED else [])
    if _touches_frame(coarse):
        warnings.append("The product is cut off by the edge of its photo.")
    return Cutout(seen.colour, seen.alpha, tuple(warnings), seen.told)


def _coarse(
    small: Image,
    lab: Image,
    guess: Plane | None,
    ground: grounds.Ground,
    check: Callable[[], None],
) -> tuple[Mask, list[str]]:
    """Return the product's mask at analysis size, and what to tell the user about it."""
    if guess is None:
        if ground.plain:
            return _tidy(
                peeled(small, _by_colour(small, lab, ground, shadows=True), ground, None)
            ), []
        note = "The background is busy and the cut-out network is not installed; check the edges."
        found = _tidy(grabcut.segmented(small, grabcut.centre_box(lab.shape[:2])))
        return _tidy(_unstrung(peeled(small, found, ground, None), None)), [note]
    believed = (guess > 0.5).astype(np.uint8)
    if not ground.plain:
        seeds = np.full(guess.shape, cv2.GC_PR_BGD, np.uint8)
        seeds[guess > 0.5] = cv2.GC_PR_FGD
        seeds[guess < 0.04] = cv2.GC_BGD
        seeds[shrunk((guess > 0.9).astype(np.uint8), 4) > 0] = cv2.GC_FGD
        check()
        refined = grabcut.segmented(small, seeds)
        best = _settled(refined, believed) if _agree(refined, believed) > 0.8 else believed
        return _tidy(_unstrung(peeled(small, _tidy(best), ground, guess), guess)), []
    told = _told_by_colour(guess, ground)
    both = _joined(small, lab, guess, ground)
    told = told | _encircled(told, both, ground)
    joined = np.where(told, both, believed).astype(np.uint8)
    bare = peeled(small, joined, ground, guess)
    whole = _tidy(np.where(told, bare, joined).astype(np.uint8))
    open_ = gaps(small, lab, whole, ground)
    if ground.residual < FLAWLESS:
        open_ |= agreed(guess, ground)
    return whole & (1 - open_), []


def _settled(refined: Mask, believed: Mask) -> Mask:
    """Keep of `refined` what it adds or takes away beyond the believed outline's near edge.

    Along that edge the colours of a busy ground fray what the network drew smoothly.
    """
    changed = refined ^ believed
    beyond = changed & ((1 - grown(believed, FRAYED)) | shrunk(believed, FRAYED))
    _, labels, _ = components(changed)
    kept = np.unique(labels[beyond > 0])
    return (believed ^ np.isin(labels, kept[kept > 0])).astype(np.uint8)


def _told_by_colour(guess: Plane, ground: grounds.Ground) -> NDArray[np.bool_]:
    """Say where the product's own colour lies far enough from the ground's to tell them apart.

    Where it does not (white on white), the network alone decides; where it saw no product at all
    that could tell, colour does.
    """
    inside = shrunk((guess > 0.8).astype(np.uint8), 3).astype(np.float32)
    if not inside.any():
        return np.ones(guess.shape, bool)
    reach = CONTRAST_REACH * max(guess.shape)
    contrast = masked_blur(ground.distance, inside, reach)
    unseen = wide_blur(inside, reach) < 0.01
    return np.asarray((contrast > CONTRAST + 2 * ground.residual) | unseen, bool)


def _encircled(told: NDArray[np.bool_], joined: Mask, ground: grounds.Ground) -> NDArray[np.bool_]:
    """Find what only the network could tell, but which lies in bare ground and looks like it.

    So does the middle of a bag's handle, which is too far from the product for its colour to count.
    """
    count, labels, stats = components((~told).astype(np.uint8))
    found = np.zeros_like(told)
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] > ISLAND * told.size:
            continue
        box = box_of(stats[part], told.shape, 6)
        inside = (labels[box] == part).astype(np.uint8)
        ring = (grown(inside, 4) & (1 - inside)) > 0
        alike = float(np.median(ground.distance[box][inside > 0])) < 2.0 + 1.2 * ground.residual
        if alike and ring.any() and float(joined[box][ring].mean()) < 0.25:
            found[box] |= inside > 0
    return found


def _unstrung(mask: Mask, guess: Plane | None) -> Mask:
    """Drop thin strings (plank joints, creases of a bed sheet) unless the network saw them."""
    body: Mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(4)).astype(np.uint8)
    body = grown(body, 2) & mask
    if guess is not None:
        body = body | (mask & (guess > 0.6).astype(np.uint8))
    return largest(body) if guess is None else body


def _joined(small: Image, lab: Image, guess: Plane, ground: grounds.Ground) -> Mask:
    """Join network and colour on a plain ground: each mends what the other misses.

    Colour brings back straps and cuffs that the network lost and opens gaps that it filled;
    the network keeps white parts on white ground and drops cast shadows.
    """
    by_colour = _by_colour(small, lab, ground, shadows=ground.residual < 1.2)
    believed = (guess > 0.5).astype(np.uint8)
    if _agree(by_colour, believed) > (0.82 if ground.residual < 1.2 else 0.93):
        return _opened(by_colour | _solid(guess), ground, guess)
    near = grown(believed, max(6, int(0.06 * max(guess.shape))))
    least = 9 + 2 * ground.residual
    if ground.residual < 2.0 and _same_thing(by_colour, believed):
        near = np.ones_like(near)  # a very even ground: colour reaches where the network gave up
        least = 4 + 2 * ground.residual
    extra = by_colour & near & (ground.distance > least).astype(np.uint8)
    joined = (believed | _solid_around(extra, by_colour)).astype(np.uint8)
    count, labels, _ = components(joined)
    for part in range(1, count):  # keep what hangs together with something the network saw
        inside = labels == part
        if float(guess[inside].mean()) < 0.15:
            joined[inside] = 0
    return _opened(joined, ground, guess)


def _same_thing(by_colour: Mask, believed: Mask) -> bool:
    """Whether colour found all that the network found, and not twice as much."""
    found = int(believed.sum())
    return int((by_colour & believed).sum()) > 0.9 * found and int(by_colour.sum()) < 1.9 * found


def _solid_around(strong: Mask, weak: Mask) -> Mask:
    """Grow strong evidence a little into weak evidence, so that pale stripes stay whole."""
    return grown(strong, 6) & weak


def _solid(guess: Plane) -> Mask:
    return shrunk((guess > 0.85).astype(np.uint8), 5)


def _opened(mask: Mask, ground: grounds.Ground, guess: Plane) -> Mask:
    """Open gaps (between sleeve and body, under straps) where the ground plainly shows through."""
    clear = (ground.distance < 2.5 + 1.5 * ground.residual).astype(np.uint8)
    clear = cv2.morphologyEx(clear, cv2.MORPH_OPEN, disc(2)).astype(np.uint8)
    inner = mask.astype(bool)
    least = 7.0 if ground.residual < 1.2 else 12 + ground.residual
    if float(np.percentile(ground.distance[inner], 35)) < least:
        return mask  # a product in the ground's own colour: a "gap" may be cloth
    count, labels, stats = components(clear & mask)
    certain = SAW_PRODUCT[ground.residual >= 1.2]
    opened = mask.copy()
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < 40:
            continue
        inside = labels == part
        if float(guess[inside].mean()) < certain:
            opened[inside] = 0
    return opened


def _by_colour(small: Image, lab: Image, ground: grounds.Ground, *, shadows: bool) -> Mask:
    """Tell product from a plain ground by colour, then take cast shadows away.

    Ground is what can be reached from the frame without crossing a colour edge; a shadow is
    darker ground of the same hue with a soft outline.
    """
    low, high = 3.0 + 1.5 * ground.residual, 7.0 + 2.5 * ground.residual
    sure = (ground.distance > high).astype(np.uint8)
    weak = (ground.distance > low).astype(np.uint8)
    weak = cv2.morphologyEx(weak, cv2.MORPH_OPEN, disc(1)).astype(np.uint8)
    count, labels, _ = components(weak)
    touched = np.unique(labels[sure > 0])
    strong = np.isin(labels, touched[touched > 0]).astype(np.uint8) if count > 1 else weak
    if shadows:
        strong = strong & (1 - _shadow(small, lab, ground))
    return _filled(closed(strong, 3), ground)


def _shadow(small: Image, lab: Image, ground: grounds.Ground) -> Mask:
    """Find cast shadow: darker than the ground, its hue, smooth, and joined to bare ground."""
    change = lab - ground.field
    hue = np.hypot(change[..., 1], change[..., 2])
    level = luma(small)
    slope = np.hypot(cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1)) / 4
    smooth = cv2.blur(slope.astype(np.float32), (5, 5)) < 0.012
    candidate = (change[..., 0] < 0) & (change[..., 0] > -32) & (hue < 3.5) & smooth
    bare = ground.distance < 3.0 + 1.5 * ground.residual
    count, labels, _ = components((candidate | bare).astype(np.uint8))
    frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    reached = np.unique(frame)
    outside = np.isin(labels, reached[reached > 0]) if count > 1 else bare
    return (outside & candidate).astype(np.uint8)


def _filled(mask: Mask, ground: grounds.Ground) -> Mask:
    """Fill holes, but for those in which the ground's exact colour shows."""
    count, labels, stats = components((1 - mask).astype(np.uint8))
    frame = set(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]).tolist())
    filled = mask.copy()
    for part in range(1, count):
        if part in frame:
            continue
        inside = labels == part
        clear = float(np.median(ground.distance[inside])) < 2.0 + 1.2 * ground.residual
        if not (clear and stats[part, cv2.CC_STAT_AREA] > 0.0004 * mask.size):
            filled[inside] = 1
    return filled


def _tidy(mask: Mask) -> Mask:
    """Close pinholes, drop specks, keep every part worth at least a fiftieth of the largest."""
    whole = closed(mask.astype(np.uint8), 2)
    count, labels, stats = components(whole)
    if count < 2:
        return whole
    biggest = int(stats[1:, cv2.CC_STAT_AREA].max())
    keep = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= 0.02 * biggest]
    return np.isin(labels, keep).astype(np.uint8)


def _agree(one: Mask, other: Mask) -> float:
    """Return the intersection over union of two masks."""
    union = int((one | other).sum())
    return float((one & other).sum()) / union if union else 0.0


def _touches_frame(mask: Mask) -> bool:
    main = largest(mask)
    sides = main[0].mean(), main[-1].mean(), main[:, 0].mean(), main[:, -1].mean()
    return max(float(side) for side in sides) > 0.12
