"""Puts a warped garment on a person: what it covers, what stays in front, folds and shadows."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from stylestudio_desktop.engine.barearms import lifted
from stylestudio_desktop.engine.body import Body, measured
from stylestudio_desktop.engine.borders import EVEN, unlined
from stylestudio_desktop.engine.bottoms import warped_legs, warped_skirt
from stylestudio_desktop.engine.closing import between_legs, closed, within_arms
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.edges import feathered, freed
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    bounds,
    disc,
    largest,
    masked_blur,
    over,
    smoothstep,
    to_lab,
    wide_blur,
)
from stylestudio_desktop.engine.fork import forked
from stylestudio_desktop.engine.garment import leg_points, skirt_points, top_points
from stylestudio_desktop.engine.hands import whole_hand, within_hands
from stylestudio_desktop.engine.legline import beside_legs
from stylestudio_desktop.engine.neckline import neck_opening
from stylestudio_desktop.engine.oldclothes import UPPER, above_collar, old_garment, upper_share
from stylestudio_desktop.engine.openfront import open_front
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, SKIN, Person
from stylestudio_desktop.engine.seams import below_seams
from stylestudio_desktop.engine.sleeveline import beside_sleeves
from stylestudio_desktop.engine.strands import lifted_off
from stylestudio_desktop.engine.tops import warped_top
from stylestudio_desktop.engine.undress import undressed
from stylestudio_desktop.engine.warp import BEFORE, BODY, Warp

BARE_ABOVE = 0.45  # of an arm: a sleeve that ends further up leaves its elbow bare
TORN = 5.0  # pixels of the picture that a garment jumps within three, where its parts meet
HEM = 0.82  # of the torso: folds are carried over only above where old tops end


@dataclass(frozen=True)
class Draped:
    """A dressed person: picture, outline, where the garment shows, and notes for the user.

    `gap` is where its back lies behind the person, between the fronts of an open jacket too.
    """

    rgb: Image
    alpha: Plane
    garment: Plane
    warnings: tuple[str, ...]
    gap: Plane


def draped(person: Person, cutout: Cutout, kind: str) -> Draped:
    """Return `person` wearing the garment of `cutout`; `kind` is one of order.WORN."""
    if not person.naked:  # mannequins come without their ground
        person = replace(person, rgb=freed(person.rgb, person.alpha, lambda: None))
    person, strands = lifted_off(person) if kind in UPPER else (person, None)
    body = measured(person)
    if kind in ("trousers", "shorts"):
        cut = forked(cutout.colour, cutout.alpha, leg_points(cutout.alpha))
        cutout = replace(cutout, colour=cut)
    warp, opening, gaping = _warp(person, body, cutout, kind)
    colour, torso, sleeves, back = _brought(cutout, warp, opening)
    if kind not in UPPER:  # legs are no sleeves: hands hang before them
        torso, sleeves = torso + sleeves, np.zeros_like(sleeves)
    sleeves = sleeves * _to_cuff(person, body, warp)
    person = _trimmed(person, body, warp, kind, torso, sleeves)
    cover = np.clip(torso + sleeves, 0, 1)
    old = old_garment(person, body, kind)
    if not person.naked:
        rgb = unlined(person, old)
        person = replace(person, rgb=lifted(person, body, rgb) if kind in UPPER else rgb)
    if gaping:  # what the person wears stays to be seen between the fronts
        old = (old * (1 - back)).astype(np.float32)
    colour = _shaded(person, colour, cover, old)
    front = _in_front(person, body, warp, kind, sleeves)
    shown = torso * (1 - front) + sleeves * (1 - person.parts[HAIR])
    shown = np.clip(shown, 0, 1).astype(np.float32)
    if kind in UPPER:
        shown = shown * (1 - _free_arms(person, body, warp))
    else:
        shown = shown * _below_top(person, front)
    if max(warp.cuffs) > 0:
        colour, shown = closed(person, body, warp, colour, shown, old, front, back)
    elif kind in ("trousers", "shorts"):
        colour, shown = between_legs(person, colour, shown, old, front)
    if kind in ("top", "jacket"):
        shown = within_arms(person, body, warp, shown)
        shown = within_hands(person, body, shown, sleeves, front)
    sink = 0.07 if max(warp.cuffs) > 0 else 0.0
    base, alpha, share = undressed(person, body, old, shown, front, kind, sink)
    if min(warp.cuffs) > 0:
        alpha = below_seams(person, alpha, shown, back, old)
    # The back goes on beneath the front's soft edge, or ground would be seen along it.
    beneath = np.clip(back / np.maximum(1 - shown, 1e-3), 0, 1).astype(np.float32)
    picture, alpha = _behind(base, alpha, colour, beneath)
    # Where nothing lies beneath its soft edge a garment has no other colour than its own.
    picture = over(picture, colour, shown / np.maximum(shown + alpha * (1 - shown), 1e-3))
    laps = sleeves * (warp.part >= BEFORE), sleeves
    picture = _shadows(person, picture, shown, front, laps)
    picture = over(picture, base, np.clip(front * cover * person.alpha * (1 - sleeves), 0, 1))
    if strands is not None:
        picture, alpha = strands.on(picture, alpha)
        shown = shown * (1 - strands.cover)
    notes = []
    if warp.odd:
        notes.append("The garment's outline is unusual: check shoulders and length.")
    if share > 0.12:
        notes.append("Skin that the old clothes hid was painted in: look at it closely.")
    return Draped(picture, np.maximum(alpha, shown), shown.astype(np.float32), tuple(notes), back)


def _trimmed(
    person: Person, body: Body, warp: Warp, kind: str, torso: Plane, sleeves: Plane
) -> Person:
    """Return `person` without what would look out beside long sleeves, or legs of trousers."""
    if kind == "trousers" and not person.naked:
        beside = beside_legs(person, torso)
    else:
        beside = beside_sleeves(person, body, warp, sleeves)
    return replace(person, alpha=(person.alpha * (1 - beside)).astype(np.float32))


def _warp(person: Person, body: Body, cutout: Cutout, kind: str) -> tuple[Warp, Plane | None, bool]:
    """Return the warp, what of the photo shows the back's inside, and whether fronts hang open."""
    if kind in UPPER:
        panel = top_points(cutout.alpha, kind)
        gap = open_front(cutout.colour, cutout.alpha, panel) if kind == "jacket" else None
        opening = neck_opening(cutout.colour, cutout.alpha, panel) if gap is None else gap
        return warped_top(person, body, panel, cutout.alpha, kind), opening, gap is not None
    if kind == "skirt":
        panel = skirt_points(cutout.alpha)
        return warped_skirt(person, body, panel, cutout.alpha), None, False
    return warped_legs(person, body, leg_points(cutout.alpha), cutout.alpha, kind), None, False


def _brought(
    cutout: Cutout, warp: Warp, opening: Plane | None
) -> tuple[Image, Plane, Plane, Plane]:
    """Fetch the garment's pixels: colours, and what body, sleeves and the back's inside cover."""
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
    # Where a soft edge lies on cloth, the cloth below it covers: no line of ground between them.
    cover = np.maximum(cover, cv2.morphologyEx(cover, cv2.MORPH_CLOSE, disc(2)))
    cover[warp.part < 0] = 0
    # Where a part was cut it has no soft edge of its own.
    seen = cv2.GaussianBlur((warp.part >= 0).astype(np.float32), (0, 0), 1.2)
    cover *= smoothstep(seen, 0.5, 0.9)
    back = np.zeros_like(cover)
    if opening is not None:
        cut = np.where(warp.part == BODY, cv2.remap(opening, *maps, cv2.INTER_LINEAR), 0)
        back, cover = cover * cut, cover * (1 - cut)
    sleeves = (warp.part > 0) & (warp.part != BODY)
    seam = cv2.GaussianBlur(sleeves.astype(np.float32), (0, 0), 0.8)
    colour = _unstepped(np.clip(colour, 0, 255).astype(np.float32), warp)
    return colour, cover * (1 - seam), cover * seam, back.astype(np.float32)


def _unstepped(colour: Image, warp: Warp) -> Image:
    """Return `colour` without the steps of whole pixels where one part of a garment ends.

    Where the cloth goes on over a seam there are none, and a stripe would only be smeared.
    """
    part, window = warp.part, np.ones((3, 3), np.uint8)
    least = cv2.erode(np.where(part < 0, 99, part).astype(np.int16), window)
    seam = (part >= 0) & (cv2.dilate(part.astype(np.int16), window) != least)
    torn = np.zeros(part.shape, bool)
    for source in (warp.from_x, warp.from_y):
        spread = cv2.dilate(source, window) - cv2.erode(np.where(part < 0, 1e6, source), window)
        torn |= spread > TORN / warp.scale
    known = (part >= 0).astype(np.float32)
    seam &= torn
    return np.where(seam[..., None], masked_blur(colour, known, 0.9), colour).astype(np.float32)


def _behind(base: Image, alpha: Plane, colour: Image, back: Plane) -> tuple[Image, Plane]:
    """Put the inside of the garment's back, which lies in shadow, behind the wearer's neck."""
    left, top, right, bottom = bounds(back, 0.01)
    box = slice(max(0, top - 8), bottom + 8), slice(max(0, left - 8), right + 8)
    neck = feathered(base[box], alpha[box], 2.0)  # or the photo's ground would line it
    picture = base.copy()
    picture[box] = over(base[box], over(colour[box] * 0.8, neck, alpha[box]), back[box])
    return picture, np.maximum(alpha, back)


def _to_cuff(person: Person, body: Body, warp: Warp) -> Plane:
    """Return 1 along both arms down to the cuff: a bent hem ends square to the arm."""
    keep = np.ones(person.alpha.shape, np.float32)
    for side in (0, 1):
        if warp.cuffs[side] > 0:
            share, away = body.along_arms[side]
            past = smoothstep(share, warp.cuffs[side] + 0.05, warp.cuffs[side] + 0.06)
            keep *= 1 - past * (1 - smoothstep(away, 0.5 * person.half, 0.7 * person.half))
    return keep


def _shaded(person: Person, colour: Image, cover: Plane, old: Plane) -> Image:
    """Carry over the light of the person: roundness, and the folds of a plain old garment."""
    inside = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    form = 1 - 0.09 * np.exp(-inside / (0.10 * person.half))
    form = form - 0.08 * np.exp(-inside / (0.35 * person.half))
    folds = _old_folds(person, cover, old)
    gain = cv2.GaussianBlur(form.astype(np.float32), (0, 0), 2) * folds
    return np.clip(colour * gain[..., None], 0, 255).astype(np.float32)


def _along(person: Person) -> Plane:
    """Return where every pixel lies along the torso: 0 at the shoulders, 1 at the hips."""
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return person.height_of(np.stack([x, y], axis=-1)).astype(np.float32)


def _old_folds(person: Person, cover: Plane, old: Plane) -> Plane:
    """Return the old garment's shading as a gain; 1 where it is patterned, dark or absent."""
    edge = disc(max(2, round(0.10 * person.half)))  # hems, cuffs and neckbands stay behind
    solid = cv2.erode((old > 0.9).astype(np.uint8), edge, borderValue=0) > 0
    sure = solid & (cover > 0.9) & (_along(person) < HEM)
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
    folds = np.clip(fine / np.maximum(broad, 8), 0.84, 1.14) - 1
    # Nothing where the old cloth ends, or its outline would be seen on the new one.
    fade = smoothstep(wide_blur(weight, 0.4 * size), 0.5, 0.95)
    fade = fade * (1 - smoothstep(_along(person), HEM - 0.22, HEM))
    return (1 + 0.8 * plain * folds * fade).astype(np.float32)


def _in_front(person: Person, body: Body, warp: Warp, kind: str, sleeves: Plane) -> Plane:
    """Return what stays before the garment: hair, face, hands and bare forearms, a long top."""
    parts = person.parts
    skin = cv2.GaussianBlur(parts[SKIN], (0, 0), EVEN * person.half)
    skin = smoothstep(skin, 0.3, 0.7) * smoothstep(person.alpha, 0.3, 0.7)
    arms = np.zeros_like(skin)
    for side in (0, 1):
        share, away = body.along_arms[side]
        cuff = warp.cuffs[side] or 0.10
        below = smoothstep(share, cuff - 0.03, cuff + 0.03)
        hand = smoothstep(share, 0.95, 1.05)  # bare thighs lie close beside hands
        limit = (0.30 - 0.07 * hand) * person.half
        near = 1 - smoothstep(away / limit, 1.0, 1.35)
        if person.naked and kind in UPPER:  # there skin goes on from the arm to the trunk
            near *= np.maximum(smoothstep(body.across_arms[side], -1.0, -0.94), hand)
            below = smoothstep(share, cuff, cuff + 0.03)
        arms = np.maximum(arms, below * np.maximum(near, whole_hand(person, body, skin, side)))
    front = skin * arms * (1 - sleeves)
    if kind in ("skirt", "trousers", "shorts"):
        cloth = smoothstep(parts[CLOTHES], 0.3, 0.7)
        front = np.maximum(front, _one_piece(cloth * upper_share(person, body)))
    hair = smoothstep(parts[HAIR], 0.25, 0.75)
    face = smoothstep(parts[FACE], 0.3, 0.7) * above_collar(person)
    return np.clip(np.maximum.reduce([front, hair, face]), 0, 1).astype(np.float32)


def _free_arms(person: Person, body: Body, warp: Warp) -> Plane:
    """Return the bare upper arms, which hang before the garment's panel, whatever they wore.

    They begin below the sleeve's hem; where there is no sleeve, a little below the shoulder.
    """
    free = np.zeros(person.alpha.shape, np.float32)
    for side in (0, 1):
        cuff = warp.cuffs[side]
        if cuff > BARE_ABOVE:
            continue
        share, away = body.along_arms[side]
        inner = body.arm_halves[side][:, 1]
        wide = np.interp(share, np.linspace(0, 1, len(inner)), inner)
        near = 1 - smoothstep(away / np.maximum(wide, 1), 0.92, 1.0)
        if cuff > 0:
            near = smoothstep(body.across_arms[side], -1.0, -0.94) * (away < person.half)
        begun = smoothstep(share, *((0.14, 0.20) if cuff == 0 else (cuff, cuff + 0.02)))
        free = np.maximum(free, near * begun * (1 - smoothstep(share, 0.5, 0.6)))
    return free


def _below_top(person: Person, front: Plane) -> Plane:
    """Return where trousers and skirts can be seen: above a loose top's hem only on the person."""
    along = _along(person)
    top = (front > 0.5) & (person.parts[CLOTHES] > 0.5) & (along > 0.5)
    if int(top.sum()) < 200:
        return np.ones_like(front)
    hem = float(np.percentile(along[top], 97))
    below = smoothstep(along, hem - 0.03, hem - 0.01)
    return np.maximum(below, smoothstep(person.alpha, 0.5, 0.9)).astype(np.float32)


def _one_piece(share: Plane) -> Plane:
    """Return only the main piece of a soft mask, its specks dropped and its pinholes closed."""
    solid = cv2.morphologyEx((share > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc(3))
    solid = cv2.morphologyEx(largest(solid.astype(np.uint8)), cv2.MORPH_CLOSE, disc(6))
    soft = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 1.5)
    return smoothstep(soft, 0.25, 0.75)


def _shadows(
    person: Person, picture: Image, shown: Plane, front: Plane, laps: tuple[Plane, Plane]
) -> Image:
    """Darken the body just below the garment's edges, and the garment below hair and arms.

    `laps` are the sleeves as far as they lie before the garment's own panel, and all of them: a
    sleeve casts its shadow on the panel, not on itself.
    """
    drop = int(0.02 * person.half) + 1
    soft = 0.05 * person.half
    lap, sleeves = laps
    bare = (1 - shown) * person.alpha * (1 - person.parts[HAIR])
    under = wide_blur(np.roll(shown, drop, axis=0), soft) * bare
    own = np.clip(front, 0, 1) * person.alpha
    on_panel, on_sleeve = (
        wide_blur(np.roll(each, drop, axis=0).astype(np.float32), soft)
        for each in (np.maximum(own, lap), own)
    )
    above = (on_panel + np.clip(sleeves, 0, 1) * (on_sleeve - on_panel)) * shown * (1 - lap)
    gain = (1 - 0.30 * under) * (1 - 0.28 * above)
    return (picture * gain[..., None]).astype(np.float32)
