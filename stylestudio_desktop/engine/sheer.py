"""Decides whether cloth is pierced or lets light through, and has the ground taken out of it."""

from typing import NamedTuple

import cv2
import numpy as np

from stylestudio_desktop.engine import flecks, pierced, veils
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    disc,
    grown,
    resized,
    shrunk,
    to_lab,
)
from stylestudio_desktop.engine.ground import Ground

CHOICES = ("auto", "on", "off")
FINE, COARSE = 1024, 512  # the long sides at which holes and veils are looked for
MANY, FEW = 40, 8  # flecks from which on cloth is believed to be pierced; where its user says so
THREADS = 12  # gaps between threads that reach the outline, from which on they are a fringe
CLEAR, FAINT = 12.0, 5.0  # CIELAB between the flecks and the cloth among them, likewise
SPREAD = 4.0, 0.13  # CIELAB, or of the contrast: neighbouring holes show the same ground
MATCH = 0.7  # of the ground's noise: a print of a similar colour lies farther off
BARE = 1.02  # of the ground's light: nothing in a hole is lighter than bare ground
SHADED = 0.93  # of the ground's light: a print that is no darker than bare ground may be a print
TINTED = 1.5  # chroma of the ground, from which on few prints have its hue in shade
VIVID = 8.0  # and one that no print has by chance
LIKE_RIM = 0.2  # how far the light in holes may lie from the light under the product's own outline
THROUGH = 0.03  # share of a painted cut-out from which on it is sheer
LONGEST = 0.15  # of the long side: a fringe's gaps are shorter, pinstripes are longer

MAYBE_SHEER = (
    "The ground may show through the cloth. If it does, say so in the photo's cut-out; it is kept."
)
ON_PERSON = (
    "The garment is lace, fringe or sheer cloth: the body would show through it, and that can't be "
    "shown on a person. Say in its cut-out that it is dense, or make a studio picture."
)
OPENED, SUSPECTED, UNTOLD = "opened", "suspected", "untold"


class Seen(NamedTuple):
    """A cut-out after its cloth was looked through; `told` is one of the words above, or ""."""

    alpha: Plane
    colour: Image
    told: str


def seen_through(
    rgb: Image, alpha: Plane, colour: Image, ground: Ground, choice: str = "auto"
) -> Seen:
    """Return a cut-out with the ground taken out of lace, net, fringe, tulle and organza.

    `choice` is what the user says: "on", "off", or "auto", which acts on strong evidence alone and
    tells where it only suspects something.
    """
    if choice == "off" or not ground.plain:
        return Seen(alpha, colour, UNTOLD if choice == "on" else "")
    found, certain = _holes(rgb, alpha, ground)
    veil = _veil(rgb, alpha, ground)
    said = choice == "on"
    pierce = certain or (said and found.count >= FEW and found.contrast > FAINT)
    thin = veil is not None and (veil.sure or said)
    if not (pierce or thin or said):
        near = _ground_like(found, ground) and found.count >= MANY and found.contrast > CLEAR
        faint = veil is not None or near
        return Seen(alpha, colour, SUSPECTED if faint else "")
    height, width = alpha.shape
    whole = pierced.Cut(rgb, alpha, colour, _field(ground, width, height), ground.residual)
    if pierce:
        alpha, colour = pierced.opened(whole, found)
        whole = whole._replace(alpha=alpha, colour=colour)
    if thin and veil is not None:
        alpha, colour = veils.thinned(whole, veil)
    elif said and not pierce:
        _small, lab, cover, fitted = _at(rgb, alpha, ground, COARSE)
        everywhere = (cover > 0.5).astype(np.uint8)
        alpha, colour = veils.rays(whole, veils.shade_under(lab, cover, fitted, everywhere))
    return Seen(alpha, colour, OPENED)


def clear_of(alpha: Plane, told: str) -> Mask:
    """Return where a cut-out of which `told` was told shows what is behind it, and a bit around."""
    if told != OPENED:
        return np.zeros(alpha.shape, np.uint8)
    long = max(alpha.shape)
    near = disc(round(0.012 * long))
    whole = cv2.morphologyEx((alpha > 0.05).astype(np.uint8), cv2.MORPH_CLOSE, near)
    solid = cv2.morphologyEx((alpha > 0.95).astype(np.uint8), cv2.MORPH_OPEN, near)
    return grown(shrunk(whole, 2) & (1 - solid), max(2, round(0.006 * long)))


def shows_through(alpha: Plane, told: str) -> bool:
    """Say whether so much shows through a cut-out, found or painted, that a body would too."""
    if told == OPENED:
        return True
    there = (alpha > 0.03).astype(np.uint8)
    inner = shrunk(there, max(3, round(0.006 * max(alpha.shape)))) > 0
    return float((inner & (alpha < 0.85)).sum()) > THROUGH * float(there.sum())


def _holes(rgb: Image, alpha: Plane, ground: Ground) -> tuple[flecks.Flecks, bool]:
    """Return the flecks of ground in the product, and whether they must be holes."""
    _, lab, cover, fitted = _at(rgb, alpha, ground, FINE)
    found = flecks.found(lab, cover, fitted)
    least = THREADS if found.fringed else MANY
    matched = _ground_like(found, ground)
    spread = max(SPREAD[0], SPREAD[1] * found.contrast)
    if found.count < least or found.contrast < CLEAR or found.spread > spread or not matched:
        return found, False
    rim = veils.shade_under(lab, cover, fitted, (found.zone > 0).astype(np.uint8))
    if abs(found.shade - rim) >= LIKE_RIM:
        return found, False  # lights on metal: the ground beside it has another light
    if found.fringed:
        return found, found.long < LONGEST and found.shade < SHADED
    tint = float(np.median(np.hypot(fitted.field[..., 1], fitted.field[..., 2])))
    return found, tint > VIVID or (tint > TINTED and found.shade < SHADED)


def _ground_like(found: flecks.Flecks, ground: Ground) -> bool:
    """Say whether the better flecks match the ground, in a light that it can have in a hole.

    Pinholes and lacing of a shoe are darker than that: on dark, uneven ground they match it too.
    """
    lit = flecks.SHADE[0] < found.shade < BARE
    return lit and found.match < MATCH * flecks.loose(ground.residual)


def _veil(rgb: Image, alpha: Plane, ground: Ground) -> veils.Veil | None:
    small, lab, cover, fitted = _at(rgb, alpha, ground, COARSE)
    return veils.looked(small, lab, cover, fitted)


def _at(rgb: Image, alpha: Plane, ground: Ground, side: int) -> tuple[Image, Image, Plane, Ground]:
    """Return picture, its CIELAB, cover and ground with a long side of at most `side` pixels."""
    height, width = alpha.shape
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = resized(rgb, *size)
    lab = to_lab(small)
    field = _field(ground, *size)
    fitted = Ground(field, ground.distance, ground.residual, ground.share, ground.strange)
    return small, lab, resized(alpha, *size), fitted


def _field(ground: Ground, width: int, height: int) -> Image:
    if ground.field.shape[:2] == (height, width):
        return ground.field
    return cv2.resize(ground.field, (width, height), interpolation=cv2.INTER_LINEAR)
