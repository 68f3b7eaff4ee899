"""Puts a warped garment on a person: what it covers, what stays in front, folds and shadows."""

from dataclasses import dataclass

import cv2
import numpy as np

from stylestudio_desktop.engine.body import Body, measured, zone
from stylestudio_desktop.engine.bottoms import warped_legs, warped_skirt
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    disc,
    from_lab,
    largest,
    masked_blur,
    over,
    shrunk,
    smoothstep,
    spread_colour,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.garment import leg_points, skirt_points, top_points
from stylestudio_desktop.engine.neckline import neck_opening
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, OTHER, SKIN, Person
from stylestudio_desktop.engine.tops import warped_top
from stylestudio_desktop.engine.warp import BODY, Warp

UPPER = ("top", "jacket", "dress")


@dataclass(frozen=True)
class Draped:
    """A dressed person: picture, outline, where the garment shows, and notes for the user."""

    rgb: Image
    alpha: Plane
    garment: Plane
    warnings: tuple[str, ...]


def draped(person: Person, cutout: Cutout, kind: str) -> Draped:
    """Return `person` wearing the garment of `cutout`; `kind` is one of order.WORN."""
    body = measured(person)
    warp, opening = _warp(person, body, cutout, kind)
    colour, torso, sleeves = _brought(cutout, warp, opening)
    sleeves = sleeves * _to_cuff(person, body, warp)
    cover = np.clip(torso + sleeves, 0, 1)
    old = _old_garment(person, body, kind)
    colour = _shaded(person, colour, cover, old)
    front = _in_front(person, body, warp, kind, sleeves)
    shown = torso * (1 - front) + sleeves * (1 - person.parts[HAIR])
    shown = np.clip(shown, 0, 1).astype(np.float32)
    if max(warp.cuffs) > 0:
        colour, shown = _closed(person, colour, shown, old, front)
    sink = 0.07 if max(warp.cuffs) > 0 else 0.0
    base, alpha, share = _undressed(person, body, old, shown, front, kind, sink)
    picture = over(base, colour, shown)
    picture = _shadows(person, picture, shown, front)
    picture = over(picture, person.rgb, np.clip(front * cover * person.alpha * (1 - sleeves), 0, 1))
    notes = []
    if warp.odd:
        notes.append("The garment's outline is unusual: check shoulders and length.")
    if share > 0.12:
        notes.append("Skin that the old clothes hid was painted in: look at it closely.")
    return Draped(picture, np.maximum(alpha, shown), shown, tuple(notes))


def _warp(person: Person, body: Body, cutout: Cutout, kind: str) -> tuple[Warp, Plane | None]:
    if kind in UPPER:
        panel = top_points(cutout.alpha, kind)
        opening = neck_opening(cutout.colour, cutout.alpha, panel)
        return warped_top(person, body, panel, cutout.alpha, kind), opening
    if kind == "skirt":
        panel = skirt_points(cutout.alpha)
        return warped_skirt(person, body, panel, cutout.alpha), None
    return warped_legs(person, body, leg_points(cutout.alpha), cutout.alpha, kind), None


def _brought(cutout: Cutout, warp: Warp, opening: Plane | None) -> tuple[Image, Plane, Plane]:
    """Fetch the garment's pixels: colours, the cover of the body's part, that of the sleeves."""
    source = cutout.colour
    if warp.scale < 0.85:
        source = cv2.GaussianBlur(source, (0, 0), 0.36 / warp.scale)
    known = (cutout.alpha > 0.6).astype(np.float32)
    source = np.where(known[..., None] > 0, source, masked_blur(source, known, 4.0))
    maps = warp.from_x, warp.from_y
    colour = cv2.remap(
        source.astype(np.float32), *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    cover = cv2.remap(cutout.alpha, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    cover[warp.part < 0] = 0
    if opening is not None:
        cut = cv2.remap(opening, *maps, cv2.INTER_LINEAR)
        cover = cover * (1 - np.where(warp.part == BODY, cut, 0))
    sleeves = (warp.part > 0) & (warp.part != BODY)
    seam = cv2.GaussianBlur(sleeves.astype(np.float32), (0, 0), 0.8)
    return np.clip(colour, 0, 255), cover * (1 - seam), cover * seam


def _to_cuff(person: Person, body: Body, warp: Warp) -> Plane:
    """Return 1 along both arms down to the cuff: a bent hem ends square to the arm."""
    keep = np.ones(person.alpha.shape, np.float32)
    for side in (0, 1):
        if warp.cuffs[side] > 0:
            share, away = body.along_arms[side]
            past = smoothstep(share, warp.cuffs[side] + 0.01, warp.cuffs[side] + 0.035)
            keep *= 1 - past * (1 - smoothstep(away, 0.5 * person.half, 0.7 * person.half))
    return keep


def _old_garment(person: Person, body: Body, kind: str) -> Plane:
    """Return the old clothes that the new garment takes the place of.

    Clothes are split at the waist by colour: each pixel between chest and thigh goes to the part,
    upper or lower, whose mean colour it is nearer to; elsewhere height alone decides.
    """
    cloth = smoothstep(person.parts[CLOTHES] + 0.5 * person.parts[OTHER], 0.3, 0.7)
    cloth = np.maximum(cloth, _collar_rest(person)) * person.alpha
    if kind == "dress":
        return cloth
    upper = _upper_share(person, body)
    return (cloth * (upper if kind in UPPER else 1 - upper)).astype(np.float32)


def _collar_rest(person: Person) -> Plane:
    """Return cloth on the throat that was taken for skin: far brighter, or of another hue."""
    skin = (person.parts[FACE] > 0.8) & (person.alpha > 0.9)
    if int(skin.sum()) < 100:
        return np.zeros_like(person.alpha)
    lab = to_lab(cv2.GaussianBlur(person.rgb, (0, 0), 1.0))
    usual = np.median(lab[skin], axis=0)
    hue = np.hypot(lab[..., 1] - usual[1], lab[..., 2] - usual[2])
    bright = smoothstep(lab[..., 0] - usual[0], 12, 18)
    strange = np.maximum(bright, smoothstep(hue, 20, 26))
    column = np.zeros(person.alpha.shape, np.uint8)
    chin = 0.6 * (person.points[9] + person.points[10]) / 2 + 0.4 * person.shoulders
    reach = person.right * 0.6 * person.half
    low = person.shoulders - person.up * 0.1 * person.half
    corners = np.array([chin - reach, chin + reach, low + reach, low - reach])
    cv2.fillPoly(column, [corners.astype(np.int32)], 1)
    return (strange * column * (person.parts[HAIR] < 0.3)).astype(np.float32)


def _upper_share(person: Person, body: Body) -> Plane:
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
    if float(np.linalg.norm(upper - lower)) < 16:
        return np.maximum(by_height, on_arm.astype(np.float32))
    nearer = np.linalg.norm(lab - lower, axis=-1) - np.linalg.norm(lab - upper, axis=-1)
    by_colour = smoothstep(wide_blur(nearer.astype(np.float32), 0.02 * person.half), -3, 3)
    unsure = smoothstep(along, 0.7, 0.8) * (1 - smoothstep(along, 1.2, 1.3))
    share = by_height * (1 - unsure) + by_colour * unsure
    return np.maximum(share, on_arm.astype(np.float32)).astype(np.float32)


def _shaded(person: Person, colour: Image, cover: Plane, old: Plane) -> Image:
    """Carry over the light of the person: roundness, and the folds of a plain old garment."""
    inside = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    form = 1 - 0.15 * np.exp(-inside / (0.10 * person.half))
    form = form - 0.10 * np.exp(-inside / (0.35 * person.half))
    folds = _old_folds(person, cover, old)
    gain = cv2.GaussianBlur(form.astype(np.float32), (0, 0), 2) * folds
    return np.clip(colour * gain[..., None], 0, 255).astype(np.float32)


def _old_folds(person: Person, cover: Plane, old: Plane) -> Plane:
    """Return the old garment's shading as a gain; 1 where it is patterned, dark or absent."""
    sure = (old > 0.9) & (cover > 0.9)
    if int(sure.sum()) < 2000:
        return np.ones_like(cover)
    lab = to_lab(person.rgb)
    level, weight = lab[..., 0], sure.astype(np.float32)
    grain = float(np.abs(level - cv2.GaussianBlur(level, (0, 0), 2.5))[sure].mean())
    spread = float(lab[sure][:, 1:].std(axis=0).mean())
    bright = float(np.clip((np.median(level[sure]) - 12) / 25, 0, 1))
    plain = float(np.clip(1.6 - grain / 1.3, 0, 1) * np.clip(1.8 - spread / 5, 0, 1)) * bright
    size = 0.10 * person.half
    broad = masked_blur(level, weight, 2.6 * size)
    fine = masked_blur(level, weight, max(1.2, 0.12 * size))
    folds = np.clip(fine / np.maximum(broad, 8), 0.72, 1.18) - 1
    fade = wide_blur(weight, 0.4 * size)
    return (1 + 0.8 * plain * folds * fade * weight).astype(np.float32)


def _in_front(person: Person, body: Body, warp: Warp, kind: str, sleeves: Plane) -> Plane:
    """Return what stays before the garment: hair, face, hands and bare forearms, a long top."""
    parts = person.parts
    skin = smoothstep(parts[SKIN], 0.3, 0.7)
    arms = np.zeros_like(skin)
    for side in (0, 1):
        share, away = body.along_arms[side]
        cuff = warp.cuffs[side] or 0.10
        below = smoothstep(share, cuff - 0.03, cuff + 0.03)
        near = 1 - smoothstep(away, 0.30 * person.half, 0.42 * person.half)
        arms = np.maximum(arms, below * near)
    front = skin * arms * (1 - sleeves)
    if kind in ("skirt", "trousers", "shorts"):
        cloth = smoothstep(parts[CLOTHES], 0.3, 0.7)
        front = np.maximum(front, _one_piece(cloth * _upper_share(person, body)))
    hair = smoothstep(parts[HAIR], 0.25, 0.75)
    face = smoothstep(parts[FACE], 0.3, 0.7) * _above_collar(person)
    return np.clip(np.maximum.reduce([front, hair, face]), 0, 1).astype(np.float32)


def _one_piece(share: Plane) -> Plane:
    """Return only the main piece of a soft mask, its specks dropped and its pinholes closed."""
    solid = cv2.morphologyEx((share > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc(3))
    solid = cv2.morphologyEx(largest(solid.astype(np.uint8)), cv2.MORPH_CLOSE, disc(6))
    soft = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 1.5)
    return smoothstep(soft, 0.25, 0.75)


def _above_collar(person: Person) -> Plane:
    chin = (person.points[9] + person.points[10]) / 2
    edge = 0.65 * float(chin[1]) + 0.35 * float(person.shoulders[1])
    y = np.arange(person.alpha.shape[0], dtype=np.float32)[:, None]
    return np.broadcast_to(1 - smoothstep(y, edge - 6, edge + 6), person.alpha.shape)


def _closed(
    person: Person, colour: Image, shown: Plane, old: Plane, front: Plane
) -> tuple[Image, Plane]:
    """Close slivers between parts of the garment, where cloth was seen before, with its colour."""
    solid = (shown > 0.5).astype(np.uint8)
    closed = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, disc(max(3, round(0.13 * person.half))))
    sliver = (closed > 0) & (solid == 0) & (old > 0.3) & (front < 0.3)
    if not bool(sliver.any()):
        return colour, shown
    filled = spread_colour(colour, (shown > 0.9).astype(np.float32), (3.0, 9.0, 30.0)) * 0.86
    soft = cv2.GaussianBlur(
        cv2.dilate(sliver.astype(np.uint8), disc(2)).astype(np.float32), (0, 0), 1
    )
    share = soft * (1 - front)
    joined = np.where((share > shown)[..., None], filled, colour).astype(np.float32)
    return joined, np.maximum(shown, share)


def _undressed(
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
    held = front * (1 - _collar_rest(person))
    peek = old * (1 - smoothstep(shown, 0.5, 0.95)) * (1 - held)
    mask = cv2.morphologyEx(
        (peek > 0.35).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    reach = max(2, round(0.07 * person.half))
    mask = cv2.dilate(mask, disc(reach)).astype(np.uint8)
    face = person.parts[FACE] * _above_collar(person)
    free = (shown < 0.98) & (person.parts[HAIR] < 0.5) & ((face < 0.5) | (peek > 0.35))
    gone = cv2.GaussianBlur((mask & free).astype(np.float32), (0, 0), 1.2)
    on_body = zone(person, body, sink) if kind in UPPER else _leg_zone(person)
    painted = gone * on_body
    base = person.rgb
    share = float((painted > 0.5).sum()) / max(float((old > 0.5).sum()), 1.0)
    if bool((painted > 0.1).any()):
        base = over(base, _painted_skin(person, on_body, old), painted)
    inner = shrunk((person.alpha > 0.5).astype(np.uint8), max(3, round(0.3 * person.half)))
    beside = gone * (1 - on_body) * (1 - inner)
    alpha = person.alpha * (1 - beside)
    return base, alpha.astype(np.float32), share


def _leg_zone(person: Person) -> Plane:
    mask = np.zeros(person.alpha.shape, np.uint8)
    for side in person.sides:
        hip, knee, ankle = (person.points[i] for i in side[3:])
        for start, end, thick in ((hip, knee, 0.60), (knee, ankle, 0.42)):
            ends = [tuple(int(value) for value in point) for point in (start, end)]
            cv2.line(mask, ends[0], ends[1], 1, max(1, int(thick * person.half)))
    soft = cv2.GaussianBlur((mask & (person.alpha > 0.5)).astype(np.float32), (0, 0), 2)
    return smoothstep(soft, 0.1, 0.9)


def _painted_skin(person: Person, on_body: Plane, old: Plane) -> Image:
    """Spread the visible skin's colour over the body, rounded by a darker rim, with some grain."""
    lab = to_lab(person.rgb)
    skin = (person.parts[SKIN] > 0.8) & (person.alpha > 0.9)
    if int(skin.sum()) < 400:
        skin = skin | (person.parts[FACE] > 0.8)
    weight = cv2.erode(skin.astype(np.uint8), disc(2)).astype(np.float32)
    height = float(max(person.alpha.shape))
    spread = spread_colour(lab, weight, tuple(share * height for share in (0.01, 0.03, 0.08, 0.3)))
    inside = cv2.distanceTransform((on_body > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    rim = 1 - 0.16 * np.exp(-inside / (0.09 * person.half))
    level = lab[..., 0]
    folds = cv2.GaussianBlur(level, (0, 0), 0.004 * height) - wide_blur(level, 0.02 * height)
    spread[..., 0] = np.clip((spread[..., 0] + 0.3 * np.clip(folds, -12, 8) * old) * rim, 3, 97)
    noise = np.random.default_rng(5).normal(0, 1.4, (*person.alpha.shape, 1))
    return (from_lab(spread) + noise).astype(np.float32)


def _shadows(person: Person, picture: Image, shown: Plane, front: Plane) -> Image:
    """Darken the body just below the garment's edges, and the garment below hair and arms."""
    drop = int(0.02 * person.half) + 1
    soft = 0.05 * person.half
    bare = (1 - shown) * person.alpha * (1 - person.parts[HAIR])
    under = wide_blur(np.roll(shown, drop, axis=0), soft) * bare
    on_top = np.clip(front, 0, 1) * person.alpha
    above = wide_blur(np.roll(on_top, drop, axis=0).astype(np.float32), soft) * shown
    gain = (1 - 0.30 * under) * (1 - 0.28 * above)
    return (picture * gain[..., None]).astype(np.float32)
