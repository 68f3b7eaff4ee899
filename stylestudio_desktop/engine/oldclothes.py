"""Tells which of the clothes in a photo of a person the new garment takes the place of."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import (
    Plane,
    components,
    disc,
    shrunk,
    smoothstep,
    spread_colour,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, OTHER, SKIN, Person

UPPER = ("top", "jacket", "dress")
# CIELAB: how far the hue of a throat in the sun lies from the face's (of 20 people at most 9.5);
# that of collars lies 22 and further from it.
SUNLIT = 9.0, 13.0
MIXED = 0.04  # of half the shoulders: as far inside their edge clothes are mixed with the ground
CORNER = 0.3  # of half the shoulders: as far from sure cloth a corner of it may stand
HEMS = 0.75, 1.25  # of the torso: between which the hem of a top in its trousers' colour is
LINE = 4.0  # times the usual slope of light that such a hem stands out by, at least
WAIST = 0.8  # of the torso: a top begins above
HIGH = 0.55  # of the torso: no trousers are worn further up
FOLD = 0.06  # of half the shoulders: a fold of a top in the light of its trousers is no broader
# CIELAB: top and trousers that lie less far apart are of one colour, and of two from the second
# on; between them a hem's line is looked for first.
ALIKE = 10.0, 16.0


def old_garment(person: Person, body: Body, kind: str) -> Plane:
    """Return the old clothes that the new garment takes the place of.

    Clothes are split at the waist by colour: each pixel between chest and thigh goes to the part,
    upper or lower, whose mean colour it is nearer to; elsewhere height alone decides.
    """
    cloth = smoothstep(person.parts[CLOTHES] + 0.5 * person.parts[OTHER], 0.3, 0.7)
    cloth = np.maximum(cloth, _corners(person))
    cloth = np.maximum(cloth * (1 - above_collar(person)), collar_rest(person))
    cloth = cloth * person.alpha * (1 - _shoes(person))
    if kind in ("dress", "skirt", "shorts"):
        cloth = cloth * (1 - _bare_legs(person))
    if kind == "dress":
        return cloth
    upper = upper_share(person, body)
    if kind in UPPER:
        return _from_the_chest(person, (cloth * upper).astype(np.float32))
    return (cloth * (1 - upper)).astype(np.float32)


def _corners(person: Person) -> Plane:
    """Return what stands out of clothes and is no part of a body: a corner of a hem, half seen."""
    body = person.parts[SKIN] + person.parts[FACE] + person.parts[HAIR]
    clothes = (person.parts[CLOTHES] > 0.7).astype(np.uint8)
    near = cv2.dilate(clothes, disc(max(2, round(CORNER * person.half)))) > 0
    return (smoothstep((1 - body) * person.alpha, 0.55, 0.8) * near).astype(np.float32)


def _from_the_chest(person: Person, upper: Plane) -> Plane:
    """Return the upper clothes without pieces that begin below the waist.

    Those are shadows of trousers in the top's colour: a top hangs down from chest and shoulders.
    """
    count, labels, _ = components((upper > 0.1).astype(np.uint8))
    y, x = np.mgrid[0 : upper.shape[0], 0 : upper.shape[1]].astype(np.float32)
    high = person.height_of(np.stack([x, y], axis=-1)) < WAIST
    hangs = np.zeros(count, bool)
    hangs[np.unique(labels[high])] = True
    return (upper * hangs[labels]).astype(np.float32)


def _shoes(person: Person) -> Plane:
    """Return the feet with what is worn on them: from just above the ankles down."""
    y, x = np.mgrid[0 : person.alpha.shape[0], 0 : person.alpha.shape[1]].astype(np.float32)
    feet = np.zeros(person.alpha.shape, np.float32)
    for side in person.sides:
        knee, ankle = person.points[side[4]], person.points[side[5]]
        shin = (ankle - knee) / max(float(np.hypot(*(ankle - knee))), 1e-6)
        below = (x - ankle[0]) * shin[0] + (y - ankle[1]) * shin[1]
        near = np.hypot(x - ankle[0], y - ankle[1]) < 1.3 * person.half
        reach = 0.12 * person.half
        feet = np.maximum(feet, smoothstep(below, -1.5 * reach, -0.5 * reach) * near)
    return feet


def _bare_legs(person: Person) -> Plane:
    """Return the shins where they are mostly skin: sunlit skin is easily taken for cloth."""
    y, x = np.mgrid[0 : person.alpha.shape[0], 0 : person.alpha.shape[1]].astype(np.float32)
    shins = np.zeros(person.alpha.shape, np.float32)
    for side in person.sides:
        hip, knee, ankle = (person.points[i] for i in side[3:])
        thigh = (knee - hip) / max(float(np.hypot(*(knee - hip))), 1e-6)
        below = (x - knee[0]) * thigh[0] + (y - knee[1]) * thigh[1]
        middle = (knee + ankle) / 2
        near = np.hypot(x - middle[0], y - middle[1]) < 0.75 * np.hypot(*(ankle - knee))
        shin = smoothstep(below, -0.1 * person.half, 0.1 * person.half) * near
        solid = (shin > 0.5) & (person.alpha > 0.8)
        skin = float((person.parts[SKIN] * solid).sum())
        if skin > 0.35 * float(solid.sum()):
            shins = np.maximum(shins, shin)
    return shins


def collar_rest(person: Person) -> Plane:
    """Return cloth on the throat that was taken for skin: far brighter, or of another hue.

    Skin in the sun is brighter too, but skin.
    Who wears nothing, as a mannequin, has no collar either: there it is light.
    """
    skin = (person.parts[FACE] > 0.8) & (person.alpha > 0.9)
    if int(skin.sum()) < 100 or person.naked:
        return np.zeros_like(person.alpha)
    lab = to_lab(cv2.GaussianBlur(person.rgb, (0, 0), 1.0))
    usual = np.median(lab[skin], axis=0)
    hue = np.hypot(lab[..., 1] - usual[1], lab[..., 2] - usual[2])
    bright = smoothstep(lab[..., 0] - usual[0], 12, 18) * smoothstep(hue, *SUNLIT)
    strange = np.maximum(bright, smoothstep(hue, 20, 26))
    column = np.zeros(person.alpha.shape, np.uint8)
    chin = 0.6 * (person.points[9] + person.points[10]) / 2 + 0.4 * person.shoulders
    reach = person.right * 0.6 * person.half
    low = person.shoulders - person.up * 0.1 * person.half
    corners = np.array([chin - reach, chin + reach, low + reach, low - reach])
    cv2.fillPoly(column, [corners.astype(np.int32)], 1)
    return (strange * column * (person.parts[HAIR] < 0.3)).astype(np.float32)


def upper_share(person: Person, body: Body) -> Plane:
    """Return how far each pixel of the clothes belongs to the upper part, 0 to 1."""
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = person.height_of(np.stack([x, y], axis=-1)).astype(np.float32)
    by_height = 1 - smoothstep(along, 0.98, 1.06)
    on_arm = np.minimum(body.along_arms[0][1], body.along_arms[1][1]) < 0.30 * person.half
    on_arm = on_arm & (along < 0.75)
    lab = to_lab(cv2.GaussianBlur(person.rgb, (0, 0), 1.5))
    sure = person.parts[CLOTHES] > 0.8
    chest, thigh = sure & (along > 0.25) & (along < 0.6), sure & (along > 1.18) & (along < 1.6)
    if int(chest.sum()) < 200 or int(thigh.sum()) < 200:
        return np.maximum(by_height, on_arm.astype(np.float32))
    upper, lower = np.median(lab[chest], axis=0), np.median(lab[thigh], axis=0)
    apart = float(np.linalg.norm(upper - lower))
    if apart < ALIKE[1]:
        hem = _hem(person, lab[..., 0], along)
        if hem is not None:
            by_height = 1 - smoothstep(y - hem[None], -1.5, 1.5)
        if hem is not None or apart < ALIKE[0]:
            return np.maximum(by_height, on_arm.astype(np.float32))
    nearer = np.linalg.norm(lab - lower, axis=-1) - np.linalg.norm(lab - upper, axis=-1)
    nearer = _from_within(person, nearer.astype(np.float32))
    by_colour = smoothstep(wide_blur(nearer, 0.02 * person.half), -3, 3)
    unsure = smoothstep(along, 0.7, 0.8) * (1 - smoothstep(along, 1.2, 1.3))
    share = by_height * (1 - unsure) + by_colour * unsure
    share = np.maximum(share, on_arm.astype(np.float32))
    return (share * (1 - _high_waist(person, by_colour, along))).astype(np.float32)


def _high_waist(person: Person, by_colour: Plane, along: Plane) -> Plane:
    """Return 1 on trousers that are worn above the usual waist: what goes on up from the hips.

    A print in their colour on a top does not hang together with them, and what goes on up to the
    chest is a shirt under an open jacket.
    """
    lower = (by_colour < 0.5) & (person.parts[CLOTHES] > 0.5) & (along > HIGH) & (along < 1.2)
    size = disc(max(2, round(FOLD * person.half)))
    broad = cv2.morphologyEx(lower.astype(np.uint8), cv2.MORPH_OPEN, size).astype(np.uint8)
    count, labels, _ = components(broad)
    goes_on = np.zeros(count, bool)
    goes_on[np.unique(labels[(broad > 0) & (along > 1.1)])] = True
    goes_on[np.unique(labels[along < HIGH + 0.03])] = False
    waist = cv2.dilate((goes_on[labels] & (along < WAIST)).astype(np.uint8), disc(1))
    return cv2.GaussianBlur(waist.astype(np.float32), (0, 0), 1.0)


def _from_within(person: Person, values: Plane) -> Plane:
    """Return `values` of clothes with those from further in along their edge.

    There colours are mixed with the ground: a white top before grey looked like grey trousers.
    """
    inner = (person.parts[CLOTHES] > 0.6) & (person.alpha > 0.95)
    inner = shrunk(inner.astype(np.uint8), max(2, round(MIXED * person.half))) > 0
    fine, coarse = (share * MIXED * person.half for share in (1.0, 3.0))
    spread = spread_colour(np.dstack([values] * 3), inner.astype(np.float32), (fine, coarse))
    return np.where(inner, values, spread[..., 0]).astype(np.float32)


def _hem(person: Person, level: Plane, along: Plane) -> NDArray[Any] | None:
    """Return the row of a top's hem in every column: it throws a line of shadow on what is below.

    Looked for where top and trousers are of one colour. None where no line runs all across.
    """
    inside = (person.parts[CLOTHES] > 0.6) & (along > HEMS[0]) & (along < HEMS[1])
    columns = np.flatnonzero(inside.sum(axis=0) > 0.8 * (HEMS[1] - HEMS[0]) * person.torso)
    if len(columns) < 0.8 * person.half:
        return None
    rows = np.flatnonzero(inside.any(axis=1))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    steep = np.abs(cv2.Sobel(level, cv2.CV_32F, 0, 1, ksize=3)) / 8 * inside
    steep = cv2.blur(steep, (max(3, round(0.12 * person.half)), 1))[box]
    best, came = steep[:, 0].astype(np.float64), np.zeros(steep.shape, int)
    for column in range(1, steep.shape[1]):
        padded = np.pad(best, 1, constant_values=-1.0)
        ways = np.stack([padded[:-2], padded[1:-1] + 1e-3, padded[2:]])
        came[:, column] = ways.argmax(axis=0) - 1
        best = ways.max(axis=0) + steep[:, column]
    path = np.empty(steep.shape[1], int)
    path[-1] = int(best.argmax())
    for column in range(steep.shape[1] - 1, 0, -1):
        path[column - 1] = path[column] + came[path[column], column]
    path = path.clip(0, steep.shape[0] - 1)
    found = steep[path, np.arange(len(path))]
    if float(np.percentile(found, 25)) < LINE * max(float(np.median(steep[steep > 0])), 0.05):
        return None
    return np.interp(np.arange(along.shape[1]), np.arange(len(path)) + columns[0], path + rows[0])


def above_collar(person: Person) -> Plane:
    """Return 1 above the middle between chin and shoulders, 0 below it."""
    chin = (person.points[9] + person.points[10]) / 2
    edge = 0.65 * float(chin[1]) + 0.35 * float(person.shoulders[1])
    y = np.arange(person.alpha.shape[0], dtype=np.float32)[:, None]
    return np.broadcast_to(1 - smoothstep(y, edge - 6, edge + 6), person.alpha.shape)
