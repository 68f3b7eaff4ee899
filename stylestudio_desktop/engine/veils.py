"""Tells cloth that lets light through from pale cloth, and takes the ground's share out of it."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.fidelity.colour import coded, linear
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    components,
    disc,
    from_lab,
    grown,
    masked_blur,
    resized,
    shrunk,
    smoothstep,
    to_lab,
)
from stylestudio_desktop.engine.flecks import away
from stylestudio_desktop.engine.ground import Ground, fit
from stylestudio_desktop.engine.pierced import Cut

TURNED = 12.0  # degrees between the cloth's colour and the ground's, from which both can be told
PLAINLY = 20.0  # and from which on a little noise of hue does not pass from one part to the other
PASSED = -0.4  # slope of the ground's share over the cloth's by which such noise is known
PURE = 0.06  # how far a veil's colour may lie beside the mixtures of the two
THIN, THICK = 0.12, 0.85  # shares of ground in a veil
LEAST = 0.08  # share of the outline from which a veil is believed
EVEN = 0.2  # spread of the ground's share over a veil, beside its mean
FOLDED = 4.0  # times the noise: folds that are seen well enough to judge by
RIPPLE = 0.02  # and of the cloth's own light: folds or a weave that say more than noise
PALE = 0.4  # of what pale cloth's folds would change the ground's share by, below which it is none
DARKEST = 0.5  # what light may be left under a veil
DENSE = 0.88  # share of cloth from which on it is dense
SIDE = 512  # the long side at which the ground around a painted cut-out is fitted
RAYS = 4  # hues of a cloth that are told apart where its user says that it is sheer


@dataclass(frozen=True)
class Veil:
    """Where cloth lets the ground through: `zone` (0 or 1), `front` the dense cloth's colour.

    `sure` tells that its folds behave as a veil's; `shade` is the light left under it.
    """

    zone: Mask
    front: NDArray[np.float32]
    shade: float
    sure: bool


def looked(small: Image, lab: Image, alpha: Plane, ground: Ground) -> Veil | None:
    """Look for a veil in a product of one hue on a plain `ground`, all at one size.

    Every pixel is taken as p times the dense cloth's colour and q times the ground's. Folds of pale
    cloth darken both alike; in a veil they change the cloth's part and leave the ground's as it is.
    """
    inside = shrunk((alpha > 0.5).astype(np.uint8), 4) > 0
    if int(inside.sum()) < 400:
        return None
    light, back = linear(cv2.GaussianBlur(small, (0, 0), 1.2)), linear(from_lab(ground.field))
    lengths = np.linalg.norm(light, axis=-1) * np.linalg.norm(back, axis=-1) + 1e-6
    angle = np.degrees(np.arccos(((light * back).sum(axis=-1) / lengths).clip(-1, 1)))
    own = inside & (angle >= float(np.percentile(angle[inside], 85)))
    turned = float(np.median(angle[own]))
    if turned < TURNED:
        return None
    front = np.median(light[own], axis=0).astype(np.float32)
    cloth, through, off = parts(light, back, front)
    like = (through > 0.1) & (off < PURE) & (cloth > 0.05) & inside
    opened = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, disc(4)).astype(np.uint8)
    count, labels, stats = components(opened)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    zone = shrunk((labels == largest).astype(np.uint8), 3)
    if float(zone.sum()) < LEAST * float(inside.sum()):
        return None
    sure = _behaves(cloth, through, zone, alpha, turned)
    if sure is None:
        return None
    return Veil(opened, front, shade_under(lab, alpha, ground, opened), sure)


def parts(light: Image, back: Image, front: NDArray[Any]) -> tuple[Plane, Plane, Plane]:
    """Solve I = pF + qB by least squares; return p, q and what is left over, as a share of I."""
    ff, bb = float(front @ front), np.square(back).sum(axis=-1)
    fb, of, ob = back @ front, light @ front, (light * back).sum(axis=-1)
    whole = ff * bb - fb * fb + 1e-6
    cloth, through = (of * bb - ob * fb) / whole, (ob * ff - of * fb) / whole
    left = light - cloth[..., None] * front - through[..., None] * back
    off = np.linalg.norm(left, axis=-1) / (np.linalg.norm(light, axis=-1) + 0.02)
    return cloth.astype(np.float32), through.astype(np.float32), off.astype(np.float32)


def _behaves(cloth: Plane, through: Plane, zone: Mask, alpha: Plane, turned: float) -> bool | None:
    """Say whether folds behave as a veil's; None where this is no veil at all.

    Creases of pale leather are a little warmer than its faces: where its colour is nearly the
    ground's (`turned` is small), that looks as if the ground were seen less in them.
    """
    where, weight = zone > 0, zone.astype(np.float32)
    wide = 0.009 * max(zone.shape)
    mean = float(through[where].mean()), float(cloth[where].mean())
    slow = masked_blur(through, weight, wide)
    even = float(slow[where].std()) < EVEN * mean[0]
    if not THIN < mean[0] < THICK or mean[0] + mean[1] > 1.2 or not even:
        return None
    folds = (cloth - masked_blur(cloth, weight, wide))[where]
    ground = (through - slow)[where]
    bare = grown((alpha > 0.01).astype(np.uint8), round(3 * wide)) == 0
    noise = cloth - masked_blur(cloth, bare.astype(np.float32), wide)
    level = float(noise[bare].var()) if int(bare.sum()) > 100 else 1.0
    if float(folds.var()) < max(FOLDED * level, (RIPPLE * mean[1]) ** 2):
        return False
    slope = float((folds * ground).mean()) / float(np.square(folds).mean())
    if turned < PLAINLY:
        return None if not PASSED < slope < PALE * mean[0] / mean[1] else False
    return True if slope < PALE * mean[0] / mean[1] else None


def shade_under(lab: Image, alpha: Plane, ground: Ground, zone: Mask) -> float:
    """Return what light is left on the ground under a veil, from the shadow along its outline.

    A soft shadow has half of its depth there, whichever way the light falls.
    """
    solid = (alpha > 0.5).astype(np.uint8)
    wide = max(solid.shape) / 768
    near, far = max(1, round(1.5 * wide)), max(2, round(3 * wide))
    ring = (grown(solid, far) > 0) & (grown(solid, near) == 0) & (grown(zone, 12) > 0)
    apart, shade = away(lab, ground.field)
    seen = shade[ring & (apart < 4 + 2 * ground.residual)]
    edge = float(np.median(seen)) if len(seen) > 20 else 1.0
    return float(np.clip(1 - 2 * (1 - edge), DARKEST, 1))


def thinned(cut: Cut, veil: Veil) -> tuple[Plane, Image]:
    """Return alpha and colours with the ground's share taken out of a veil."""
    height, width = cut.alpha.shape
    unit = max(height, width) / max(veil.zone.shape)
    light = linear(cut.colour)
    back = linear(from_lab(cut.field)) * np.float32(veil.shade)
    _, through, off = parts(light, back, veil.front)
    near = resized(grown(veil.zone, 9).astype(np.float32), width, height) > 0.5
    veiled = near & (off < 2 * PURE) & (cut.alpha > 0)
    share = np.where(veiled, 1 - through, 1).clip(0.04, 1).astype(np.float32)
    share = np.where(veiled, cv2.GaussianBlur(share, (0, 0), 0.8 * unit), 1)
    return _taken(cut, light, back, smoothstep_to_one(share), veil.front)


def smoothstep_to_one(share: Plane) -> Plane:
    """Return `share` with what is nearly dense made dense: noise in dense cloth is no veil."""
    dense = smoothstep(share, DENSE, 0.97)
    return (share + (1 - share) * dense).astype(np.float32)


def rays(cut: Cut, shade: float) -> tuple[Plane, Image]:
    """Return alpha and colours of cloth that its user says is sheer, in whichever colours.

    From the ground's colour every mixture with one cloth lies on a ray, and the cloth itself at
    its far end: the densest that is found in each of a few directions.
    """
    light = linear(cut.colour)
    back = linear(from_lab(cut.field)) * np.float32(shade)
    over = light - back
    length = np.linalg.norm(over, axis=-1)
    seen = (cut.alpha > 0.9) & (length > 0.02)
    if int(seen.sum()) < 200:
        return cut.alpha, cut.colour
    way = over / (length[..., None] + 1e-4)
    chosen = np.ascontiguousarray(way[seen][:: max(1, int(seen.sum()) // 6000)])
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.01)
    cv2.setRNGSeed(1)
    _, _, centres = cv2.kmeans(chosen, RAYS, np.empty(0), stop, 1, cv2.KMEANS_PP_CENTERS)
    kind = np.argmax(way @ centres.T, axis=-1)
    ends = np.array(
        [np.percentile(length[seen & (kind == each)], 95) if (seen & (kind == each)).any() else 1.0
         for each in range(len(centres))], np.float32,
    )  # fmt: skip
    share = (length / (0.95 * ends[kind])).clip(0.04, 1).astype(np.float32)
    unit = max(share.shape) / 768
    dense = smoothstep(cv2.GaussianBlur(share, (0, 0), 5 * unit), 0.82, 0.92)
    share = share + (1 - share) * dense
    front = back + centres[kind] * ends[kind][..., None]
    return _taken(cut, light, back, smoothstep_to_one(share), front.clip(0, 1))


def unveiled(rgb: Image, alpha: Plane, colour: Image) -> Image:
    """Return the colours of a painted cut-out with the ground taken out of its veils.

    Their ground is the one that is fitted around the product; on a ground that is not even they
    keep the photo's own colours.
    """
    inside = cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.03
    veil = inside & (alpha < 0.97)
    if float(veil.sum()) < 0.01 * float((alpha > 0.03).sum()):
        return colour
    height, width = alpha.shape
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small, cover = resized(rgb, *size), resized(alpha, *size)
    soft = to_lab(cv2.GaussianBlur(small, (0, 0), 0.8))
    ground = fit(soft, grown((cover > 0.03).astype(np.uint8), 12))
    if not ground.plain:
        return np.where(veil[..., None], rgb, colour).astype(np.float32)
    there = (cover > 0.25).astype(np.float32)  # where a veil ends
    zone = (resized(veil.astype(np.float32), *size) > 0.5).astype(np.uint8)
    shade = shade_under(to_lab(small), there, ground, zone)
    back = linear(from_lab(resized(ground.field, width, height))) * np.float32(shade)
    part = alpha[..., None]
    light = ((linear(rgb) - (1 - part) * back) / np.maximum(part, 0.15)).clip(0, 1)
    return np.where(veil[..., None], coded(light.astype(np.float32)), colour).astype(np.float32)


def _taken(
    cut: Cut, light: Image, back: Image, share: Plane, front: NDArray[Any]
) -> tuple[Plane, Image]:
    part = share[..., None]
    solved = ((light - (1 - part) * back) / np.maximum(part, 0.15)).clip(0, 1)
    weight = smoothstep(share, 0.1, 0.4)[..., None]
    colour = coded((front + (solved - front) * weight).astype(np.float32))
    veiled = np.where(part < 1, colour, cut.colour).astype(np.float32)
    return (cut.alpha * share).astype(np.float32), veiled
