"""Opens the holes of lace, net, crochet and fringe, and says how far threads cover their pixels."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.edges import carried
from stylestudio_desktop.engine.fidelity.colour import coded, linear
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    bounds,
    components,
    grown,
    resized,
    smoothstep,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.flecks import Flecks, away, loose, peaks

CLOTHS = 6  # colours of the cloth around holes that are told apart
WIDEST = 0.03  # of the long side: radius of the widest opening among small ones
REACH = 0.07  # of the long side: how far fringe hangs beyond the outline that was found
SMEARED = 2.0  # times the limit: JPEG files smear hues over two pixels
RIM = 2.2  # pixels at 768 around a hole in which a pixel may be half thread, half hole
THREAD, CROSSINGS = 6.0, 4  # pixels at 768 of a thread, and how many cross before the open
LONG = 10  # pixels at 768 of an opening that threads may cross: stitches are shorter
RARE = 0.05  # share of the cloth from which on a colour counts: stitches and buttons are less
UNLIKE = 0.22  # of a pixel's way from the ground: how far it may lie beside the cloth's own
FAITH = 0.02  # what a cloth's colour must gain to make a pixel clearer than another would


class Cut(NamedTuple):
    """A cut-out while it is worked on, and its ground as CIELAB at the same size."""

    rgb: Image
    alpha: Plane
    colour: Image
    field: Image
    residual: float

    def part(self, box: tuple[slice, slice]) -> "Cut":
        """Return a part of it."""
        planes = self.rgb[box], self.alpha[box], self.colour[box], self.field[box]
        return Cut(*planes, self.residual)


def opened(cut: Cut, flecks: Flecks) -> tuple[Plane, Image]:
    """Return alpha and colours with the ground taken out where `flecks` crowd.

    Ground and cloth are known close by, so a pixel is unmixed in linear light: of the cloth's few
    colours the one is taken with which it is best explained as cloth over ground.
    """
    height, width = cut.alpha.shape
    unit = max(height, width) / 768
    zone = resized(flecks.zone, width, height) > 0.5
    reach = round(REACH * 768 * unit)
    left, top, right, bottom = bounds(zone.astype(np.float32))
    box = (
        slice(max(0, top - reach), min(height, bottom + reach)),
        slice(max(0, left - reach), min(width, right + reach)),
    )
    alpha, colour = cut.alpha.copy(), cut.colour.copy()
    alpha[box], colour[box] = _unmixed(cut.part(box), zone[box], unit, flecks)
    return alpha, colour


def _unmixed(cut: Cut, zone: NDArray[np.bool_], unit: float, flecks: Flecks) -> tuple[Plane, Image]:
    apart, shade = away(to_lab(cut.rgb), cut.field)
    limit, fringed = loose(cut.residual), flecks.fringed
    inside = zone & (cut.alpha > 0.5)
    like = ((apart < max(SMEARED * limit, flecks.limit)) & inside).astype(np.uint8)
    holes = _holes(like, unit)
    if fringed:
        holes = _reached(holes, cut.alpha, unit)
    cores = peaks(apart, shade, holes > 0, limit, unit, pale=flecks.pale)
    bare = ((cut.alpha < 0.01) & (apart < limit)).astype(np.uint8)
    light = linear(cut.rgb)
    clear = np.where(apart < limit, 1.0, 0.05) * (cores | bare)
    back = linear(carried(cut.rgb, clear.astype(np.float32), unit))
    cloths = _cloths(light, apart, cut.alpha, cores, limit, unit)
    if not cores.any() or not len(cloths):
        return cut.alpha, cut.colour
    share, front, off = _explained(light, back, cloths)
    if fringed:
        inside |= _threads(apart, zone, cut.alpha, limit, unit) & (off < UNLIKE)
    part = ((share - 0.06) / 0.88).clip(0, 1)  # what is nearly ground or cloth is just that
    rim = grown(holes, max(1, round(RIM * unit))) > 0
    unsure = (rim | (cut.alpha < 0.99)) & (inside | (zone & rim))
    alpha = np.where(unsure, part, cut.alpha).astype(np.float32)
    return alpha, _freed(cut, light, back, front, np.where(unsure, share.clip(0, 0.999), 1), unit)


def _holes(like: Mask, unit: float) -> Mask:
    """Leave out what is wider than openings among small ones are, or no more than a speck."""
    count, labels, stats = components(like)
    deep = cv2.distanceTransform(like, cv2.DIST_L2, 3)
    wide = np.zeros(count, np.float32)
    np.maximum.at(wide, labels[like > 0], deep[like > 0])
    fine = (wide <= WIDEST * 768 * unit) & (stats[:, cv2.CC_STAT_AREA] >= 4 * unit * unit)
    fine[0] = False
    return fine[labels].astype(np.uint8)


def _reached(holes: Mask, alpha: Plane, unit: float) -> Mask:
    """Return the openings of a fringe: they reach the outside, but for threads that cross them.

    Stitches and buttons of the ground's colour further up do not, or lie across.
    """
    count, labels, stats = components(holes)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long = np.maximum(wide, tall) >= LONG * unit
    long[0] = False
    outside = (alpha < 0.5).astype(np.uint8)
    kept = np.zeros(count, bool)
    kept[np.unique(labels[grown(outside, max(1, round(unit))) > 0])] = True
    kept[0] = False
    down = float((tall > wide)[kept & long].mean()) >= 0.5 if (kept & long).any() else True
    along = long & ((tall > wide) == down)
    for _ in range(CROSSINGS):
        near = grown(outside | kept[labels].astype(np.uint8), max(1, round(THREAD * unit)))
        reached = np.unique(labels[near > 0])
        kept[reached[along[reached]]] = True
    return kept[labels].astype(np.uint8)


def _threads(
    apart: Plane, zone: NDArray[np.bool_], alpha: Plane, limit: float, unit: float
) -> NDArray[np.bool_]:
    """Find the ends of threads that hang beyond the outline: they go on from inside."""
    reach = grown((zone & (alpha > 0.5)).astype(np.uint8), round(REACH * 768 * unit)) > 0
    solid = (alpha > 0.5) & zone
    like = ((apart > 2 * limit) & reach) | solid
    count, labels, _ = components(like.astype(np.uint8))
    held = np.unique(labels[solid])
    kept = np.isin(labels, held[held > 0]) if count > 1 else solid
    near = grown(kept.astype(np.uint8), max(1, round(unit))) > 0
    return np.asarray(near & reach & (alpha < 0.99), bool)


def _cloths(
    light: Image, apart: Plane, alpha: Plane, cores: Mask, limit: float, unit: float
) -> NDArray[np.float32]:
    """Return the colours of the cloth, in linear light, from pixels that no hole blurs."""
    far = (alpha > 0.99) & (apart > 2 * limit)
    clear = far & (grown(cores, max(2, round(RIM * unit))) == 0)
    if int(clear.sum()) < 200:  # nothing but threads: the ones that lie farthest from the ground
        if not far.any():
            return np.zeros((0, 3), np.float32)
        clear = far & (apart > float(np.percentile(apart[far], 70)))
    chosen = light[clear]
    chosen = np.ascontiguousarray(chosen[:: max(1, len(chosen) // 4000)])
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.002)
    cv2.setRNGSeed(1)
    _, labels, centres = cv2.kmeans(
        chosen, min(CLOTHS, len(chosen)), np.empty(0), stop, 1, cv2.KMEANS_PP_CENTERS
    )
    off = apart[clear][:: max(1, int(clear.sum()) // 4000)][: len(labels)]
    own = [off[labels.ravel() == each] for each in range(len(centres))]
    middle = np.array([float(np.median(each)) for each in own])
    common = np.array([len(each) > RARE * len(off) for each in own])
    return np.asarray(centres[common & (middle > 0.4 * np.median(middle))], np.float32)


def _explained(
    light: Image, back: Image, cloths: NDArray[np.float32]
) -> tuple[Plane, Image, Plane]:
    """Return the share of cloth in each pixel, which of its colours, and how far that is off."""
    share = np.zeros(light.shape[:2], np.float32)
    best = np.full(light.shape[:2], np.inf, np.float32)
    front = np.zeros_like(light)
    over = light - back
    for cloth in cloths:
        way = cloth - back
        length = np.square(way).sum(axis=-1) + 1e-5
        part = ((over * way).sum(axis=-1) / length).clip(0, 1)
        off = np.linalg.norm(over - part[..., None] * way, axis=-1) + FAITH * (1 - part)
        nearer = off < best
        best = np.where(nearer, off, best)
        share = np.where(nearer, part, share)
        front = np.where(nearer[..., None], cloth, front)
    return share, front, off / (np.linalg.norm(over, axis=-1) + 0.02)


def _freed(cut: Cut, light: Image, back: Image, front: Image, share: Plane, unit: float) -> Image:
    """Solve I = aF + (1 - a)B for F where there is enough of it, else take the cloth's colour.

    That is the cloth's close by, or for threads of their own the one that explains them.
    """
    part = share[..., None]
    dense = (share >= 1).astype(np.float32) * (cut.alpha > 0.97)
    beside = linear(carried(cut.rgb, dense, unit))
    known = smoothstep(wide_blur(dense, 2 * unit), 0.05, 0.4)[..., None]
    front = front + (beside - front) * known
    solved = (light - (1 - part) * back) / np.maximum(part, 0.4)
    solved = np.clip(solved, 0.7 * front, 1.2 * front)
    weight = smoothstep(share, 0.5, 1.0)[..., None]
    colour = coded(front + (solved - front) * weight)
    thread = (known < 0.5) & (share < 1)[..., None]
    return np.where((part < 0.97) | thread, colour, cut.colour).astype(np.float32)
