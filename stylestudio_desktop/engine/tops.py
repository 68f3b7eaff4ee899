"""Hangs tops, jackets and dresses on shoulders and arms."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import mesh as meshes
from stylestudio_desktop.engine.arms import point_along
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Plane, smoothstep
from stylestudio_desktop.engine.garment import Panel
from stylestudio_desktop.engine.hung import LONG, Maps, arm_for, hung
from stylestudio_desktop.engine.person import Person
from stylestudio_desktop.engine.warp import BEFORE, BODY, WORN_TORSO, Warp, rounded

BARE = 0.05  # of half the shoulders: how much lower a shoulder is without the old cloth on it
FRONT = 0.20  # how firmly the front keeps its shape, whatever the sleeves pull
TIED = 0.08  # of the height: as far below the arm-pit sleeve and body stay one where cloth lies
ABOVE = 0.01  # of the arm: a cuff counts as ended that much above its hem
HANGS = 0.35  # of a long sleeve: from here on it lies before the body's panel
SUNK = 0.55  # of its height: how a hood stands when it is down


def warped_top(person: Person, body: Body, panel: Panel, alpha: Plane, kind: str) -> Warp:
    """Hang a top, jacket or dress on the shoulders, its sleeves on the arms."""
    scale, odd = _top_scale(person, body, panel)
    parts = _parts_of(panel, alpha)
    grid = meshes.over_mask(alpha, lambda points: parts[_within(points, alpha.shape)[::-1]])
    grid, owners = _parted(grid, panel, alpha)
    targets, weights = _torso_targets(person, body, panel, grid, scale, kind)
    _pin_shoulders(person, body, panel, alpha, grid, targets, weights, scale)
    cuffs = [0.0, 0.0]
    for side in (0, 1):
        if panel.sleeves[side] is not None:
            cuffs[side] = _sleeve_targets(person, body, panel, grid, targets, weights, scale, side)
    sleeves = (grid.labels[grid.triangles] > 0).sum(axis=1) >= 2
    part = np.where(sleeves, grid.labels[grid.triangles].max(axis=1), 0)
    order = np.where(part == 0, BODY, part)
    for side in (0, 1):
        own = part == 1 + side
        if _arm_before(person, side):
            order[own] = BEFORE + side
        elif cuffs[side] > LONG:  # an arm that hangs lies before the loose cloth beside it
            order[own & _lower(panel, grid, side)] = BEFORE + side
    places = meshes.bent(grid, targets, weights, scale)
    shape = person.alpha.shape
    layers = meshes.Layers(alpha > 0.5, parts, owners)
    maps = Maps(*meshes.rastered(grid, places, order, shape, layers))
    _told_apart(maps, parts, panel)
    trunk = meshes.Layers(alpha > 0.5, parts, np.zeros_like(owners))
    under = Maps(*meshes.rastered(grid, places, np.full_like(order, BODY), shape, trunk))
    cloth = np.where(parts > 0, alpha, 0), np.where(parts == 0, alpha, 0)
    _hang_sleeves(person, body, panel, cloth, scale, maps, under)
    return Warp(maps.x, maps.y, maps.part, scale, (cuffs[0], cuffs[1]), odd)


def _hang_sleeves(
    person: Person,
    body: Body,
    panel: Panel,
    cloth: tuple[Plane, Plane],
    scale: float,
    maps: Maps,
    under: Maps,
) -> None:
    """Lay the sleeves on the arms in the maps of a bent garment; `cloth`: theirs, and the rest."""
    for side in (0, 1):
        sleeve = panel.sleeves[side]
        if sleeve is not None and panel.pits is not None:
            arm = arm_for(person, body, sleeve, scale, side)
            orders, before = (1 + side, BEFORE + side), _arm_before(person, side)
            hung(arm, sleeve, scale, *cloth, maps, under, panel.pits[side], orders, before)


def _top_scale(person: Person, body: Body, panel: Panel) -> tuple[float, bool]:
    """Scale by the shoulders, kept within what chest and box of the garment allow."""
    if panel.shoulders is None or panel.pits is None:
        raise ValueError("a top needs shoulders")
    own = max(float(panel.shoulders[1, 0] - panel.shoulders[0, 0]) / 2, 1.0)
    tips = body.tips
    wide = float(np.hypot(*(tips[1] - tips[0]))) / 2
    chest = float(panel.pits[1, 0] - panel.pits[0, 0]) / 2
    sleeved = any(each is not None for each in panel.sleeves)
    if not sleeved:  # the arm-holes show where the chest ends: no room for the arms
        return float(body.half_width(np.array(0.35))) * 0.98 / max(chest * 0.94, 1.0), False
    by_chest = float(body.half_width(np.array(0.2))) * 1.04 / max(chest * 0.86, 1.0)
    scale = float(np.clip(wide / own, 0.84 * by_chest, 0.98 * by_chest))
    middle = panel.halves[int(0.4 * panel.height) : int(0.8 * panel.height)]
    by_box = wide * 1.12 / max(float(np.median(middle)), 1.0)
    odd = not 0.62 < scale / by_box < 1.45
    return (float(np.clip(scale, 0.75 * by_box, 1.25 * by_box)) if odd else scale), odd


def _parts_of(panel: Panel, alpha: Plane) -> NDArray[Any]:
    """Label the photo's pixels: 0 body, 1 and 2 the sleeves; ground goes with the nearer part."""
    height, width = alpha.shape
    labels = np.zeros(alpha.shape, np.int8)
    if panel.shoulders is None or panel.pits is None:
        return labels
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cloth = (alpha > 0.5).astype(np.uint8)
    for side in (0, 1):
        sleeve = panel.sleeves[side]
        if sleeve is None:
            continue
        shoulder, pit = panel.shoulders[side], panel.pits[side]
        share = np.clip((y - shoulder[1]) / max(pit[1] - shoulder[1], 1), 0, 1)
        seam = shoulder[0] + (pit[0] - shoulder[0]) * share
        beyond = x < seam if side == 0 else x > seam
        own = cv2.distanceTransform((1 - sleeve.region).astype(np.uint8), cv2.DIST_L2, 3)
        rest = (cloth & (1 - sleeve.region)).astype(np.uint8)
        other = cv2.distanceTransform((1 - rest).astype(np.uint8), cv2.DIST_L2, 3)
        labels[beyond & (own <= other)] = 1 + side
    return labels


def _parted(grid: meshes.Mesh, panel: Panel, alpha: Plane) -> tuple[meshes.Mesh, NDArray[Any]]:
    """Part the sleeves from the body below the arm-pits; return the part of every triangle too.

    A triangle that would tie them together there becomes two, one for each: points of their own
    carry both on past the cut, of which `meshes.Layers` shows what belongs to them. Just below
    the arm-pit they stay tied where they lie on cloth, and have no part (-1): else the seam would
    be torn in steps.
    """
    count = len(grid.triangles)
    if panel.pits is None:
        return grid, np.full(count, -1)
    labels = grid.labels[grid.triangles]
    mixed = labels.min(axis=1) != labels.max(axis=1)
    side = np.maximum(labels.max(axis=1) - 1, 0)
    middle = grid.points[grid.triangles].mean(axis=1)
    below = middle[:, 1] - panel.pits[side, 1]
    x, y = _within(middle, alpha.shape)
    empty = alpha[y, x] < 0.5
    cut = mixed & ((below > 4) & empty | (below > TIED * panel.height))
    points, triangles, marks = grid.points, [grid.triangles[~cut]], [grid.labels]
    owners = [np.full(int((~cut).sum()), -1)]
    for part in np.unique(labels[cut]):
        wanted = cut & (labels == part).any(axis=1)
        chosen = grid.triangles[wanted]
        strange = np.unique(chosen[grid.labels[chosen] != part])
        twin = np.arange(len(grid.points))
        twin[strange] = len(points) + np.arange(len(strange))
        points = np.concatenate([points, grid.points[strange]])
        triangles.append(twin[chosen])
        marks.append(np.full(len(strange), part))
        owners.append(np.full(len(chosen), part))
    whole = meshes.Mesh(points, np.concatenate(triangles), np.concatenate(marks))
    return whole, np.concatenate(owners)


def _told_apart(maps: Maps, parts: NDArray[Any], panel: Panel) -> None:
    """Give each pixel to the part that it shows: triangles lie across the seams."""
    x, y = _within(np.stack([maps.x, maps.y], axis=-1).reshape(-1, 2), parts.shape)
    shows = parts[y, x].reshape(maps.part.shape)
    seen = maps.part >= 0
    for side in (0, 1):
        if panel.sleeves[side] is not None:
            maps.part[seen & (maps.part == BODY) & (shows == 1 + side)] = 1 + side
            maps.part[seen & (maps.part == 1 + side) & (shows == 0)] = BODY


def _within(points: NDArray[Any], shape: tuple[int, ...]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the pixels (x, y) nearest to points in a picture of `shape`."""
    x = np.clip(points[:, 0], 0, shape[1] - 1).astype(int)
    return x, np.clip(points[:, 1], 0, shape[0] - 1).astype(int)


def _torso_targets(
    person: Person, body: Body, panel: Panel, grid: meshes.Mesh, scale: float, kind: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Place the body's panel row by row along the torso, no narrower than the torso itself."""
    if panel.pits is None or panel.shoulders is None:
        raise ValueError("a top needs arm-pits")
    points = grid.points
    below = (points[:, 1] - panel.top) * scale
    if panel.hood:  # worn, a hood sinks together behind the neck
        below = np.where(below < 0, SUNK * below, below)
    along = below / person.torso
    own = panel.half_at(points[:, 1]) * scale
    loose = WORN_TORSO if kind != "dress" else 0.92
    room = np.where(along < 1.35, body.half_width(np.clip(along, 0, 1.35)) * 1.03, 0)
    half = np.maximum(room, own * loose)
    pit_at = float((panel.pits[:, 1].mean() - panel.top) * scale / person.torso)
    tips = body.tips
    wide = float(np.hypot(*(tips[1] - tips[0]))) / 2
    span = max(float(panel.shoulders[1, 0] - panel.shoulders[0, 0]) / 2 * scale, 1.0)
    rise = 1 - (1 - wide / span) * (1 - along / max(pit_at, 1e-3))
    half = np.where(along < pit_at, own * np.clip(rise, 0.6, 1.4), half)
    line = person.shoulders + person.up * 0.17 * person.half
    across = (points[:, 0] - panel.axis) * scale / np.maximum(own, 1)
    aside = half * rounded(across, half / np.maximum(own, 1))
    spots = line - person.up * below[:, None] + person.right * aside[:, None]
    torso = grid.labels == 0
    targets = points * scale
    targets[torso] = spots[torso]
    edge = np.where(np.abs(across) > 0.75, 0.12, FRONT)
    # Above the arm-pits seams and shoulders give way; the front, where prints are, does not.
    chest = (1 - smoothstep(np.abs(across), 0.45, 0.85)) * smoothstep(along, 0.06, 0.18)
    chest = 0.01 + (FRONT - 0.01) * chest
    weights = np.where(torso, np.where(along > pit_at, edge, chest), 0.004)
    if panel.hood:
        weights = np.where(torso & (along < -0.05), 0.3, weights)
    return targets, weights


def _pin_shoulders(
    person: Person,
    body: Body,
    panel: Panel,
    alpha: Plane,
    grid: meshes.Mesh,
    targets: NDArray[Any],
    weights: NDArray[Any],
    scale: float,
) -> None:
    """Pin the garment's shoulder edges to the body's; straps keep their distance apart."""
    if panel.shoulders is None or panel.neck is None:
        return
    reach = 1.8 * float(np.median(np.diff(np.unique(grid.points[:, 0]))))
    sleeved = any(each is not None for each in panel.sleeves)
    base = person.shoulders + person.up * 0.3 * person.half
    for side in (0, 1):
        line = body.shoulder_lines[side]
        offsets = (
            np.maximum.accumulate(np.abs((line - base) @ person.right))
            + np.arange(len(line)) * 1e-6
        )
        inner, outer = float(offsets[0]), float(offsets[-1])
        tip = abs(float(panel.shoulders[side, 0]) - panel.axis) * scale
        neck = abs(float(panel.neck[side, 0]) - panel.axis) * scale
        full = sleeved or tip > 0.8 * outer
        spots = panel.neck[side, 0] + np.linspace(0, 1, 9) * (
            panel.shoulders[side, 0] - panel.neck[side, 0]
        )
        columns = alpha[:, np.clip(spots.astype(int), 0, alpha.shape[1] - 1)] > 0.5
        edges = np.stack([spots, columns.argmax(axis=0)], axis=1).astype(float)
        if not full:  # a strap's loop touches the shoulder with its highest point alone
            edges = edges[[int(edges[:, 1].argmin())]]
        for own in edges:
            away = abs(own[0] - panel.axis) * scale
            if full:
                stretch = (outer - max(neck, inner)) / max(tip - neck, 1.0)
                away = neck + (away - neck) * stretch + max(0.0, inner - neck)
            away = float(np.clip(away, inner * 0.9, outer * 1.02))
            goal = np.array([np.interp(away, offsets, line[:, axis]) for axis in (0, 1)])
            if not full:
                goal = goal - person.up * BARE * person.half
            distance = np.hypot(*(grid.points - own).T)
            near = (distance < reach) & (grid.labels == 0)
            targets[near] = goal + (grid.points[near] - own) * scale
            pin = 0.6 * np.exp(-np.square(distance[near] / reach * 1.5))
            weights[near] = np.maximum(weights[near], pin)


def _sleeve_targets(
    person: Person,
    body: Body,
    panel: Panel,
    grid: meshes.Mesh,
    targets: NDArray[Any],
    weights: NDArray[Any],
    scale: float,
    side: int,
) -> float:
    """Lay a sleeve along its arm, firmly toward the cuff; return the share of the arm covered."""
    sleeve = panel.sleeves[side]
    if sleeve is None:
        return 0.0
    arm = arm_for(person, body, sleeve, scale, side)
    chosen = np.nonzero(grid.labels == 1 + side)[0]
    along, across, half = sleeve.place(grid.points[chosen])
    for index, share, offset, own in zip(chosen, along, across, half, strict=True):
        where = share * arm.cover * arm.length
        point, tangent = point_along(arm.line, where)
        normal = np.array([-tangent[1], tangent[0]])
        normal = normal if normal @ arm.outward > 0 else -normal
        edge, wide = arm.wide(where, own * scale)
        targets[index] = point + normal * (edge - (1 - offset) / 2 * wide)
        firm = float(np.clip((share - 0.45) / 0.5, 0, 1))
        weight = 0.0004 + 0.12 * firm * firm * (3 - 2 * firm)
        if offset > 0.3 and share > 0.02:
            weight = max(weight, 0.15)
        weights[index] = weight * (0.12 + 0.5 * firm if offset < -0.1 else 1.0)
    x, y = _within(point_along(arm.line, arm.cover * arm.length)[0][None], person.alpha.shape)
    share = body.along_arms[side][0]  # its line begins at the joint, not at the shoulder's tip
    return max(float(share[y[0], x[0]]) - ABOVE, ABOVE)


def _lower(panel: Panel, grid: meshes.Mesh, side: int) -> NDArray[Any]:
    """Return which triangles lie on a sleeve's lower part, clear of the arm-pit."""
    sleeve = panel.sleeves[side]
    if sleeve is None:
        return np.zeros(len(grid.triangles), bool)
    return sleeve.place(grid.points)[0][grid.triangles].mean(axis=1) > HANGS


def _arm_before(person: Person, side: int) -> bool:
    """Say whether the forearm lies before the body, so that its sleeve is drawn over the panel."""
    wrist = person.points[person.sides[side][2]]
    middle = (person.shoulders + person.hips) / 2
    across = abs(float((wrist - middle) @ person.right))
    above = float((wrist - person.hips) @ person.up) > 0
    return bool(person.seen[person.sides[side][2]] > 0.4) and across < 0.75 * person.half and above
