"""Cuts a product out of its photo: what belongs to it, its soft edge and its own colours."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

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
    components,
    disc,
    grown,
    largest,
    overlap,
    resized,
    shrunk,
    tidied,
    to_lab,
)
from stylestudio_desktop.engine.held import unheld
from stylestudio_desktop.engine.nearby import on_even_piece
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo
from stylestudio_desktop.engine.plain import is_pale, told_apart
from stylestudio_desktop.engine.sheer import MAYBE_SHEER, SUSPECTED, seen_through

ANALYSIS = 768  # the long side at which the product is told from its ground
SWIFT = 512  # and that for a draft
TINY = 400  # the long side of a photo below which it is looked at larger than it is
FRAYED = 5  # pixels to both sides of an outline in which colours alone are not believed
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
    guess, ground = _looked_at(small, lab, networks, check, swift=swift)
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


def _looked_at(
    small: Image, lab: Image, networks: Networks, check: Callable[[], None], *, swift: bool
) -> tuple[Plane | None, grounds.Ground]:
    """Return what the network takes for product, and the ground.

    Where colour can't tell them apart a draft is looked at closely, too.
    """
    if not networks.has("u2netp"):
        return None, grounds.fit(lab)
    guess = networks.salient(small, swift=swift)
    check()
    ground = grounds.fit(lab, grown((guess > 0.2).astype(np.uint8), 12))
    check()
    if swift and (not ground.plain or is_pale(guess, ground)):
        return _looked_at(small, lab, networks, check, swift=False)
    return guess, ground


def _coarse(
    small: Image,
    lab: Image,
    guess: Plane | None,
    ground: grounds.Ground,
    check: Callable[[], None],
) -> tuple[Mask, list[str]]:
    """Return the product's mask at analysis size, and what to tell the user about it."""
    if ground.plain:
        return told_apart(small, lab, guess, ground), []
    if guess is None:
        note = "The background is busy and the cut-out network is not installed; check the edges."
        rough = tidied(grabcut.segmented(small, grabcut.centre_box(lab.shape[:2])))
        return tidied(_unstrung(peeled(small, rough, ground, None), None)), [note]
    found = on_even_piece(small, lab, guess, ground)
    if found is not None:
        return found, []
    believed = (guess > 0.5).astype(np.uint8)
    seeds = np.full(guess.shape, cv2.GC_PR_BGD, np.uint8)
    seeds[guess > 0.5] = cv2.GC_PR_FGD
    seeds[guess < 0.04] = cv2.GC_BGD
    seeds[shrunk((guess > 0.9).astype(np.uint8), 4) > 0] = cv2.GC_FGD
    check()
    refined = grabcut.segmented(small, seeds)
    best = _settled(refined, believed) if overlap(refined, believed) > 0.8 else believed
    return tidied(_unstrung(peeled(small, tidied(best), ground, guess), guess)), []


def _settled(refined: Mask, believed: Mask) -> Mask:
    """Keep of `refined` what it adds or takes away beyond the believed outline's near edge.

    Along that edge the colours of a busy ground fray what the network drew smoothly.
    """
    changed = refined ^ believed
    beyond = changed & ((1 - grown(believed, FRAYED)) | shrunk(believed, FRAYED))
    _, labels, _ = components(changed)
    kept = np.unique(labels[beyond > 0])
    return (believed ^ np.isin(labels, kept[kept > 0])).astype(np.uint8)


def _unstrung(mask: Mask, guess: Plane | None) -> Mask:
    """Drop thin strings (plank joints, creases of a bed sheet) unless the network saw them."""
    body: Mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(4)).astype(np.uint8)
    body = grown(body, 2) & mask
    if guess is not None:
        body = body | (mask & (guess > 0.6).astype(np.uint8))
    return largest(body) if guess is None else body


def _touches_frame(mask: Mask) -> bool:
    main = largest(mask)
    sides = main[0].mean(), main[-1].mean(), main[:, 0].mean(), main[:, -1].mean()
    return max(float(side) for side in sides) > 0.12
