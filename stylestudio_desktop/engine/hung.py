"""Hangs a sleeve round its arm below the shoulder, so that its edges and its hem run smoothly."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.arms import SHARES, length_of, outward_of
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Plane, smoothstep
from stylestudio_desktop.engine.person import Person
from stylestudio_desktop.engine.sleeves import Sleeve
from stylestudio_desktop.engine.warp import BODY, WORN_SLEEVE

LONG = 0.76  # of the arm: from here on a sleeve is meant to reach the wrist
OFF = 1.5  # pixels that a sleeve stands off the arm's outer edge
OUTSIDE = {False: 0.5, True: 0.2}  # of a sleeve's fulness, short and long: outside of the arm
PAST = 1.12  # of the way to the hem: up to there the arm is looked at
EASED = {False: (0.10, 0.75), True: (0.20, 0.38)}  # of the way, short and long: bend to strip
PIT_AT = 0.12, 0.35  # of a long sleeve: where the arm-pit may be
OVER = 0.25  # of it, along which its inner edge goes over the body
LEAST, WIDEST = {False: 1.2, True: 1.06}, 1.4  # times an arm's width: a short one stands off
ROUND = 0.25  # of an upper arm's half width: how far a sleeve bulges between shoulder and arm
CORNER = 0.15  # of an upper arm's width squared: of a hem no more looks out beyond a sleeve
INSIDE = 0.12  # of a sleeve's half width: as far in its outline is fetched where it was bitten
STEPS = 96  # along an arm
AROUND, LEAST_SEEN = 0.04, 60  # of the way round where a sleeve is first hung, and its pixels there
STRAIGHT = 0.65  # of the way: from here on a long sleeve's stripes run straight across the arm


@dataclass(frozen=True)
class Arm:
    """An arm to be sleeved: its line, the shoulder's tip, how much of it the sleeve covers."""

    line: NDArray[Any]
    outward: NDArray[Any]
    halves: NDArray[Any]
    length: float
    cover: float
    tip: NDArray[Any]

    @property
    def long(self) -> bool:
        """Whether its sleeve is meant to reach the wrist."""
        return self.cover > LONG

    def wide(
        self, where: NDArray[Any] | float, own: NDArray[Any] | float
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return how far a sleeve stands off the bone at a distance along it, and its width.

        `own` is the sleeve's half width there as it lies flat, at the picture's scale.
        """
        at = np.clip(np.asarray(where) / max(self.length, 1), 0, 1)
        stations = np.linspace(0, 1, len(self.halves))
        outer, inner = (np.interp(at, stations, self.halves[:, way]) for way in (0, 1))
        wide = np.maximum((outer + inner) * LEAST[self.long], 2 * np.asarray(own) * WORN_SLEEVE)
        wide = np.minimum(wide, (outer + inner) * WIDEST)
        edge = outer + OFF + OUTSIDE[self.long] * (wide - outer - inner)
        return np.asarray(edge), np.asarray(wide)


def arm_for(person: Person, body: Body, sleeve: Sleeve, scale: float, side: int) -> Arm:
    """Return the arm at one side of the picture, and the share of it that `sleeve` covers."""
    line = body.arms[side].copy()
    line[0] = body.tips[side] * 0.3 + line[0] * 0.7
    seen = length_of(line)
    cover = min(sleeve.length * scale / _unforeshortened(person, side, seen), 1.06)
    if cover > LONG:  # long sleeves end at the wrist, whatever the arm's length
        cover = 1.0
    bare = body.bare_arms[side]
    halves = body.arm_halves[side]
    if bare.hem is not None:  # an old sleeve is wider than the arm in it
        stations = np.linspace(0, 1, len(halves))
        outer = np.minimum(bare.halves[:, 0], np.interp(SHARES, stations, halves[:, 0]))
        halves = np.stack([outer, bare.halves[:, 1]], axis=1)
    return Arm(line, outward_of(person, side), halves, seen, cover, body.tips[side])


def _unforeshortened(person: Person, side: int, seen: float) -> float:
    """Return the arm's length as it would be seen if it hung in the picture's plane."""
    shoulder, elbow, wrist = (person.metric[i] for i in person.sides[side][:3])
    metres = float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))
    across = float(np.linalg.norm(person.metric[11] - person.metric[12]))
    return max(metres / max(across, 1e-6) * 2 * person.half, seen)


def along(arm: Arm, shape: tuple[int, int]) -> tuple[tuple[slice, slice], Plane, Plane]:
    """Return a box round an arm, and for its pixels the distance down it and off it, outward."""
    steps = np.hypot(*np.diff(arm.line, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(steps)])
    far = np.linspace(0, PAST * arm.cover * arm.length, STEPS)
    inside = np.minimum(far, reached[-1])
    line = np.stack([np.interp(inside, reached, arm.line[:, axis]) for axis in (0, 1)], axis=1)
    end = (arm.line[2] - arm.line[1]) / max(float(steps[1]), 1e-6)
    line = line + (far - inside)[:, None] * end
    line = cv2.GaussianBlur(line, (1, 9), 0, borderType=cv2.BORDER_REPLICATE)
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-6)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    normal *= np.sign(normal @ arm.outward)[:, None]
    room = 2.0 * float(arm.halves.sum(axis=1).max())
    low = np.maximum(np.floor(line.min(axis=0) - room).astype(int), 0)
    high = np.minimum(np.ceil(line.max(axis=0) + room).astype(int), [shape[1], shape[0]])
    box = slice(low[1], max(high[1], low[1] + 1)), slice(low[0], max(high[0], low[0] + 1))
    y, x = np.mgrid[box].astype(np.float32)
    away = np.full(x.shape, np.inf, np.float32)
    nearest = np.zeros(x.shape, int)
    for index, point in enumerate(line):
        here = np.square(x - point[0]) + np.square(y - point[1])
        closer = here < away
        away[closer], nearest[closer] = here[closer], index
    dx, dy = x - line[nearest, 0], y - line[nearest, 1]
    down = far[nearest] + dx * tangent[nearest, 0] + dy * tangent[nearest, 1]
    off = dx * normal[nearest, 0] + dy * normal[nearest, 1]
    return box, down.astype(np.float32), off.astype(np.float32)


@dataclass(frozen=True)
class Maps:
    """Where the pixels of a worn garment come from in its photo, and the part each belongs to."""

    x: Plane
    y: Plane
    part: NDArray[Any]

    def at(self, box: tuple[slice, slice]) -> "Maps":
        """Return the maps of a box, to be read and written."""
        return Maps(self.x[box], self.y[box], self.part[box])


def hung(
    arm: Arm,
    sleeve: Sleeve,
    scale: float,
    alpha: Plane,
    trunk: Plane,
    bent: Maps,
    panel: Maps,
    pit: NDArray[Any],
    orders: tuple[int, int],
    before: bool,
) -> None:
    """Lay `sleeve` on `arm` in the maps of a `bent` garment, from a little below the shoulder on.

    `alpha` is the sleeve's own, `trunk` the body's. `panel` are the maps of the body alone, which
    is seen again where the bent sleeve lay and the hung one does not. `pit` is the arm-pit in the
    photo, `orders` are the sleeve's parts behind the panel and before it, where all of it lies if
    the arm is `before` the body.
    """
    box, down, off = along(arm, bent.part.shape)
    way = down / max(arm.cover * arm.length, 1.0)
    low, high = sleeve.edges(way * sleeve.length)
    own = (high - low) / 2 * scale
    edge, wide = arm.wide(down, own)
    here, body = bent.at(box), panel.at(box)
    ours = np.isin(here.part, orders)
    eased = smoothstep(way, *EASED[arm.long])
    most = _outline(arm, way, edge)
    bent_edge = np.minimum(_edges(here, ours, alpha, way, off, edge, EASED[arm.long]), most)
    until = EASED[True][1] if arm.long else 1.0  # there the outline meets the edge: no step
    edge = bent_edge + eased * (np.where(way < until, np.minimum(edge, most), edge) - bent_edge)
    across = 1 - 2 * (edge - off) / wide
    shows = way
    if arm.long:
        shows = way + _lag(here, ours, sleeve, way, across)
    source, cloth = _fetched(sleeve, alpha, shows, across)
    cloth &= (across > -1) & (across < 1.04) & (way < PAST)
    front = np.full(way.shape, before)
    if arm.long and not before:
        front = _in_front(here, pit, way, off, edge - wide)
    free = front | (body.part != BODY)
    gone = ours & ~(cloth & free) & ((eased >= 1) | (eased > 0) & (across > 1))
    gone |= ours & (off > most + OFF) & (eased < 1)
    for kept, under in ((here.x, body.x), (here.y, body.y), (here.part, body.part)):
        kept[gone] = under[gone]
    mixed, fresh = cloth & free & ours & ~gone, cloth & free & ~ours & (eased > 0)
    for axis, kept in enumerate((here.x, here.y)):
        kept[mixed] += (eased * (source[..., axis] - kept))[mixed]
        kept[fresh] = source[..., axis][fresh]
    here.part[fresh] = orders[0]
    here.part[(mixed | fresh) & front] = orders[1]
    if arm.long:
        _cornered(here, trunk, (off > edge) & (way > EASED[True][1]) & (way < PAST), arm)


def _fetched(
    sleeve: Sleeve, alpha: Plane, way: Plane, across: Plane
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where a sleeve's pixels come from, and where that is cloth.

    Where the sleeve in the photo is a little narrower than its edge was measured, its outline
    comes from further inside: else it would be bitten there.
    """

    def on_cloth(points: NDArray[Any]) -> NDArray[Any]:
        return cv2.remap(alpha, points[..., 0], points[..., 1], cv2.INTER_LINEAR) > 0.02

    source = sleeve.point(way, across).astype(np.float32)
    cloth = on_cloth(source)
    inner = sleeve.point(way, across - INSIDE).astype(np.float32)
    bitten = ~cloth & (across > 0.5) & (way < 1 - INSIDE) & on_cloth(inner)
    return np.where(bitten[..., None], inner, source), cloth | bitten


def _lag(here: Maps, ours: NDArray[Any], sleeve: Sleeve, way: Plane, across: Plane) -> Plane:
    """Return how much less of a long sleeve is to be seen along its way than of the whole arm.

    The bent sleeve may have come less far, or further, than its share of the way where the hung
    one takes over, and askew: that is made up for evenly down to the cuff, and so stripes neither
    break there nor lie closer for a while.
    """
    start = EASED[True][0]
    near = ours & (np.abs(way - start) < AROUND)
    if int(near.sum()) < LEAST_SEEN:
        return np.zeros_like(way)
    points = np.stack([here.x[near], here.y[near]], axis=1)
    along, aside, _ = sleeve.place(points)
    tilt, middle = np.polyfit(aside, along - way[near], 1)
    left, askew = (1 - np.clip((way - start) / (end - start), 0, 1) for end in (1, STRAIGHT))
    return np.asarray(middle * left + tilt * np.clip(across, -1, 1) * askew, np.float32)


def _cornered(here: Maps, trunk: Plane, beyond: NDArray[Any], arm: Arm) -> None:
    """Take the corner of a hem away that looks out `beyond` a long sleeve; `trunk` is the body's.

    A wide skirt's cloth is seen there too, but that is more than a corner.
    """
    cloth = cv2.remap(trunk, here.x, here.y, cv2.INTER_LINEAR) > 0.1
    corner = beyond & (here.part == BODY) & cloth
    if float(corner.sum()) < CORNER * float(arm.halves[0].sum()) ** 2:
        here.part[corner] = -1


def _outline(arm: Arm, way: Plane, edge: Plane) -> Plane:
    """Return how far off the arm a sleeve may lie along it: from the shoulder's tip straight on.

    It bulges a little on the way to where it lies on the arm as wide as `edge`: cloth falls, it
    does not stand out beyond the shoulder as a cap.
    """
    reach = max(arm.cover * arm.length, 1.0)
    step = arm.line[1] - arm.line[0]
    tangent = step / max(float(np.hypot(*step)), 1e-6)
    normal = np.array([-tangent[1], tangent[0]])
    normal = normal if normal @ arm.outward > 0 else -normal
    start = float((arm.tip - arm.line[0]) @ tangent) / reach
    out = float((arm.tip - arm.line[0]) @ normal)
    end = EASED[arm.long][1] if arm.long else 1.0
    rows = np.abs(way - end) < 0.03
    there = float(np.median(edge[rows])) if rows.any() else out
    share = np.clip((way - start) / max(end - start, 1e-3), 0, 1)
    chord = out + share * (there - out)
    bulge = 2.6 * np.sqrt(share) * (1 - share) * ROUND * float(arm.halves[0].mean())
    return np.asarray(chord + bulge, np.float32)


def _edges(
    here: Maps,
    ours: NDArray[Any],
    alpha: Plane,
    way: Plane,
    off: Plane,
    usual: Plane,
    between: tuple[float, float],
) -> Plane:
    """Return how far the bent sleeve stands off the arm along it: the hung one goes on from there.

    It is measured between two shares of the way, and `usual` where nothing of it is seen.
    """
    cloth = ours & (cv2.remap(alpha, here.x, here.y, cv2.INTER_LINEAR) > 0.5)
    at = np.linspace(between[0] - 0.08, between[1], 13)
    half = (at[1] - at[0]) / 2
    found = []
    for each in at:
        near = cloth & (np.abs(way - each) < half)
        rows = np.abs(way - each) < half
        found.append(
            float(np.percentile(off[near], 99))
            if near.sum() > 20
            else float(usual[rows].mean())
            if rows.any()
            else np.nan
        )
    values = np.asarray(found)
    values = np.where(np.isnan(values), np.nanmean(values), values)
    smooth = cv2.GaussianBlur(values[None], (0, 0), 1.2, borderType=cv2.BORDER_REPLICATE)[0]
    return np.interp(way, at, smooth).astype(np.float32)


def _in_front(here: Maps, pit: NDArray[Any], way: Plane, off: Plane, inner: Plane) -> NDArray[Any]:
    """Return where a long sleeve that hangs lies before the body: from the arm-pit on.

    Its inner edge goes over the body slowly, as a fold does.
    """
    far = np.hypot(here.x - pit[0], here.y - pit[1]) + 1e3 * (here.part < 0)
    y, x = np.unravel_index(int(far.argmin()), far.shape)
    start = float(np.clip(way[y, x], *PIT_AT))
    share = smoothstep(way, start, start + OVER)
    return np.asarray((way > start) & (off > off[y, x] + (inner - off[y, x]) * share))
