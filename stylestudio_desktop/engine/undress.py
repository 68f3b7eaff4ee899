"""Takes away what would peek out of the old clothes: painted skin on the body, nothing beside."""

import cv2
import numpy as np

from stylestudio_desktop.engine.arms import LOWEST
from stylestudio_desktop.engine.barearms import under_hems
from stylestudio_desktop.engine.barebody import zone
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    bounds,
    disc,
    grown,
    over,
    shrunk,
    smoothstep,
    wide_blur,
)
from stylestudio_desktop.engine.oldclothes import UPPER, above_collar, collar_rest
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, SKIN, Person
from stylestudio_desktop.engine.skin import painted_skin
from stylestudio_desktop.engine.waist import carried_up

BULGE = 0.4  # of half the shoulders: further out from a garment nothing belongs to the trunk
UNDER = 3  # pixels of a garment's edge below which the old clothes go as well
STANDS_OFF = 0.7  # of half the shoulders: further from an arm's bone is nothing of its sleeve
SLIVER = 0.05  # of half the shoulders: half as wide as what is left of clothes beside a garment
EDGE = 4  # pixels inside a figure's outline: there a pixel of old cloth is a line on the new one
HEMMED = 0.4  # of half the shoulders: hems of trousers end within that of the lower one
FREE_ARM = 0.32  # of half the shoulders round an arm's bone, which is the arm's own


def undressed(
    person: Person,
    body: Body,
    old: Plane,
    shown: Plane,
    front: Plane,
    kind: str,
    sink: float,
) -> tuple[Image, Plane, float]:
    """Take away what would peek out of the old garment: skin on the body, nothing beside it.

    Returns the picture, the new outline, and how much of the old garment became painted skin.
    """
    on_body = zone(person, body, sink) if kind in UPPER else _leg_zone(person)
    if kind == "trousers":  # a leg goes on below their hem: beside them it is not seen
        low = bounds(shown)[3] - round(HEMMED * person.half)
        on_body = on_body * (np.arange(len(on_body))[:, None] > low)
    shreds = _sleeves(person, body) * (on_body < 0.5) if kind in UPPER else np.zeros_like(old)
    if not person.naked:
        edge = grown((person.alpha < 0.3).astype(np.uint8), EDGE)
        shreds = np.maximum(shreds, edge * (person.parts[CLOTHES] > 0.6))
    gone = _gone(person, old, shown, front, shreds)
    base, beyond, bare = person.rgb, np.zeros_like(gone), gone
    if kind in ("top", "jacket"):
        base, lower, beyond = carried_up(person, body)
        base = over(person.rgb, base, gone * lower)
        on_body, bare = on_body * (1 - beyond), gone * (1 - lower)
    painted = bare * smoothstep(on_body, 0.0, 0.25)  # its outline is soft, its colour is not
    blend = _blend(person, painted) * (1 - front)
    if kind in UPPER:
        blend = np.maximum(blend, under_hems(person, body, painted))
    painted = np.maximum(painted, blend * on_body)
    share = float((painted > 0.5).sum()) / max(float((old > 0.5).sum()), 1.0)
    if bool((painted > 0.1).any()):
        base = over(base, painted_skin(person, body, on_body, old), painted)
    inner = shrunk((person.alpha > 0.5).astype(np.uint8), max(3, round(0.3 * person.half)))
    beside = gone * np.maximum((1 - on_body) * (1 - inner), beyond)
    alpha = _tidy(person, person.alpha * (1 - beside), beside)
    if kind in ("top", "jacket"):
        alpha = alpha * (1 - _slivers(person, alpha, np.maximum(painted, front), shown))
    if person.naked:
        alpha = alpha * (1 - _bulging(person, body, shown))
    return base, alpha.astype(np.float32), share


def _sleeves(person: Person, body: Body) -> Plane:
    """Return where old sleeves may stand off the arms: from the shoulders to below the elbows."""
    near = [(share < LOWEST) & (away < STANDS_OFF * person.half) for share, away in body.along_arms]
    return np.logical_or(*near).astype(np.float32)


def _gone(person: Person, old: Plane, shown: Plane, front: Plane, shreds: Plane) -> Plane:
    """Return where the old garment would peek out, and a rim round that: it has to go there.

    Beneath the new garment's soft edge too, or the old clothes would line it. What is a pixel or
    two wide counts as noise, but for `shreds`: there it is the rest of a sleeve, or lies along the
    outline, and stands out.
    """
    held = front * (1 - collar_rest(person))
    peek = old * (1 - smoothstep(shown, 0.5, 0.95)) * (1 - held)
    mask = cv2.morphologyEx(
        (peek > 0.35).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    mask = mask | ((peek > 0.35) & (shreds > 0)).astype(np.uint8)
    reach = max(2, round(0.07 * person.half))
    mask = cv2.dilate(mask, disc(reach)).astype(np.uint8)
    face = person.parts[FACE] * above_collar(person)
    own = (person.parts[HAIR] < 0.5) & ((face < 0.5) | (peek > 0.35))
    seen = grown((mask & own & (shown < 0.98)).astype(np.uint8), UNDER)
    rim = seen * own * np.maximum(mask, shown >= 0.98)
    return cv2.GaussianBlur(rim.astype(np.float32), (0, 0), 1.2)


def _bulging(person: Person, body: Body, shown: Plane) -> Plane:
    """Return what of a bare figure's trunk stands out beside the garment that goes round it.

    Arms and hands hang free; above its first and below its last row the garment hides nothing.
    """
    solid = cv2.morphologyEx((shown > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc(3)) > 0
    columns = np.arange(solid.shape[1])
    left = np.where(solid.any(axis=1), solid.argmax(axis=1), 0)
    right = np.where(solid.any(axis=1), solid[:, ::-1].argmax(axis=1), 0)
    right = np.where(solid.any(axis=1), solid.shape[1] - 1 - right, solid.shape[1])
    hem = bounds(solid.astype(np.float32))[3] - round(0.25 * person.half)  # it may run in waves
    left[hem:], right[hem:] = left[hem], right[hem]
    out = np.maximum(left[:, None] - columns, columns - right[:, None])
    trunk = (out > 0) & (out < BULGE * person.half)
    for _, away in body.along_arms:
        trunk &= away > FREE_ARM * person.half
    y, x = np.mgrid[0 : solid.shape[0], 0 : solid.shape[1]].astype(np.float32)
    trunk &= person.height_of(np.stack([x, y], axis=-1)) > 0.3  # shoulders are round
    return cv2.GaussianBlur(trunk.astype(np.float32), (0, 0), 0.8)


def _tidy(person: Person, alpha: Plane, beside: Plane) -> Plane:
    """Return an outline without the shreds that are left of it where old cloth was taken away."""
    solid = (alpha > 0.5).astype(np.uint8)
    whole = cv2.morphologyEx(solid, cv2.MORPH_OPEN, disc(round(0.06 * person.half) + 2))
    where = cv2.dilate((beside > 0.3).astype(np.uint8), disc(round(0.12 * person.half) + 2))
    kept = cv2.GaussianBlur(np.maximum(whole, 1 - where).astype(np.float32), (0, 0), 1.0)
    return alpha * smoothstep(kept, 0.25, 0.75)


def _slivers(person: Person, alpha: Plane, body: Plane, shown: Plane) -> Plane:
    """Return what is left of clothes, a few pixels wide, between a garment and the arm beside it.

    `body` is what is skin, painted or not. Below the garment's hem clothes are seen.
    """
    solid = shown > 0.5
    rows = np.flatnonzero(solid.any(axis=1))
    left = (alpha > 0.5) & (body < 0.3) & ~solid & (person.parts[SKIN] < 0.5)
    left &= person.parts[HAIR] + person.parts[FACE] < 0.3
    reach = max(2, round(SLIVER * person.half))
    left &= cv2.dilate(solid.astype(np.uint8), disc(3 * reach)) > 0
    y, x = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]].astype(np.float32)
    left &= person.height_of(np.stack([x, y], axis=-1)) > 0.3
    left[max(0, rows[-1] - reach) if len(rows) else 0 :] = False
    broad = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, disc(reach))
    thin = left & (cv2.dilate(broad, disc(reach)) == 0)
    return cv2.GaussianBlur(thin.astype(np.float32), (0, 0), 0.8)


def _blend(person: Person, painted: Plane) -> Plane:
    """Return how far painted skin runs out over the skin beside it, so that no seam is seen."""
    reach = 0.16 * person.half
    skin = smoothstep(person.parts[SKIN], 0.5, 0.8) * (1 - person.parts[FACE])
    return smoothstep(wide_blur(painted, reach), 0.05, 0.6) * skin


def _leg_zone(person: Person) -> Plane:
    mask = np.zeros(person.alpha.shape, np.uint8)
    for side in person.sides:
        hip, knee, ankle = (person.points[i] for i in side[3:])
        for start, end, thick in ((hip, knee, 0.60), (knee, ankle, 0.42)):
            ends = [tuple(int(value) for value in point) for point in (start, end)]
            cv2.line(mask, ends[0], ends[1], 1, max(1, int(thick * person.half)))
    soft = cv2.GaussianBlur((mask & (person.alpha > 0.5)).astype(np.float32), (0, 0), 2)
    return smoothstep(soft, 0.1, 0.9)
