"""Hangs skirts, trousers and shorts on waist, hips and legs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import mesh as meshes
from stylestudio_desktop.engine.arms import length_of, point_along, reach
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Plane, to_lab
from stylestudio_desktop.engine.garment import Legs, Panel
from stylestudio_desktop.engine.person import CLOTHES, Person
from stylestudio_desktop.engine.warp import BODY, WORN_LEGS, Warp

SLIM = 0.86  # half a waist in half shoulder widths: a loose top hides how slim it is
FORK = 0.27  # of the torso: how far below the hips' joints the legs of trousers part
CENTRED = 0.35  # of half the shoulders: as far a leg may be seen beside its ankle's landmark
HEM_AT = 1.2  # of a shin: further down no old hem is looked for
FOLD = 6  # hundredths of a shin: a shorter dark place is a fold's shadow
OTHER_COLOUR, LESS_LIGHT = 24.0, (0.5, 1, 1)  # CIELAB, between trousers and a shoe; folds are dark
LOWEST_HEM, OVERLAP = 1.11, 0.01  # of the way to the ankles: no further, and below the old hem
ON_SHOES = 1.07  # of the way to the ankles: where trousers end that are worn with shoes
LOWEST = 0.97  # a skirt ends above the ground, at this share of the way to the ankles


def warped_skirt(person: Person, body: Body, panel: Panel, alpha: Plane) -> Warp:
    """Hang a skirt on the waist."""
    waist = 0.80
    start = max(4, int(0.14 * panel.height))
    band = float(np.median(panel.halves[int(0.03 * panel.height) : start]))
    band = max(band, 0.4 * float(np.median(panel.halves)))
    waist_half = min(float(body.half_width(np.array(waist))), SLIM * person.half)
    scale = waist_half * 1.04 / (band * 0.92)
    knees = (person.points[25] + person.points[26]) / 2
    legs = (knees - person.hips) / max(float(np.hypot(*(knees - person.hips))), 1e-6)
    down = -person.up * 0.6 + legs * 0.4
    down = down / np.hypot(*down)
    origin = person.shoulders + (person.hips - person.shoulders) * waist
    grid = meshes.over_mask(alpha, lambda points: np.zeros(len(points), int))
    ankles = max(float((person.points[i] - origin) @ down) for i in (27, 28))
    long = min(1.0, LOWEST * ankles / max(panel.height * scale, 1.0))
    below = (grid.points[:, 1] - panel.top) * scale * long
    along = waist + below / person.torso
    own = panel.half_at(grid.points[:, 1]) * scale
    room = np.where(along < 1.35, body.half_width(np.clip(along, 0, 1.35)) * 1.03, 0)
    half = np.maximum(room, own * np.interp(along, [waist, waist + 0.3], [1, 0.95]))
    across = (grid.points[:, 0] - panel.axis) * scale / np.maximum(own, 1)
    targets = origin + down * below[:, None] + person.right * (across * half)[:, None]
    weights = np.full(len(targets), 0.06)
    places = meshes.bent(grid, targets, weights, scale)
    order = np.full(len(grid.triangles), BODY)
    rastered = meshes.rastered(grid, places, order, person.alpha.shape)
    return Warp(*rastered, scale, (0.0, 0.0), False)


def warped_legs(person: Person, body: Body, legs: Legs, alpha: Plane, kind: str) -> Warp:
    """Hang trousers or shorts on hips and legs."""
    hip = float(body.half_width(np.array(1.12)))
    scale = hip * 1.02 / (legs.hip_half * 0.86)
    crotch = person.hips - person.up * FORK * person.torso
    split_x, split_y = legs.crotch

    def labelled(points: NDArray[Any]) -> NDArray[Any]:
        side = np.where(points[:, 0] < split_x, 1, 2)
        return np.where(points[:, 1] > split_y, side, 0)

    grid = meshes.over_mask(alpha, labelled)
    labels = grid.labels[grid.triangles]
    bridging = (labels == 1).any(axis=1) & (labels == 2).any(axis=1)
    grid = meshes.Mesh(grid.points, grid.triangles[~bridging], grid.labels)
    targets = _hip_targets(person, body, legs, alpha, grid, crotch, scale)
    weights = np.full(len(targets), 0.05)
    for side in (0, 1):
        _leg_targets(person, legs, grid, targets, crotch, hip, scale, side, kind)
    places = meshes.bent(grid, targets, weights, scale)
    labels = grid.labels[grid.triangles]
    order = np.where((labels > 0).sum(axis=1) >= 2, labels.max(axis=1), BODY)
    rastered = meshes.rastered(grid, places, order, person.alpha.shape)
    return Warp(*rastered, scale, (0.0, 0.0), False)


def _middle(person: Person, side: int) -> float:
    """Return how far right of its ankle's landmark the middle of a leg is seen just above it."""
    knee, ankle = (person.points[i] for i in person.sides[side][4:])
    solid, most = person.alpha > 0.5, CENTRED * person.half
    off = []
    for x, y in knee + (ankle - knee) * np.linspace(0.75, 0.95, 7)[:, None]:
        start = np.array([x, y])
        ways = [reach(solid, start, sign * person.right, 2 * most) for sign in (-1, 1)]
        if min(ways) > 0 and max(ways) < 2 * most - 2:  # legs that touch tell nothing
            off.append((ways[1] - ways[0]) / 2)
    return float(np.clip(np.median(off), -most, most)) if off else 0.0


def old_hem(person: Person, side: int) -> float:
    """Return where the old trousers of a leg end, as a share of the way from its knee to its ankle.

    What is of another colour than they are on the shin is a shoe.
    """
    knee, ankle = (person.points[i] for i in person.sides[side][4:])
    height, width = person.alpha.shape
    wide, tall = max(1, round(0.1 * person.half)), max(1, round(0.03 * person.half))

    def near(share: float) -> tuple[float, NDArray[Any]]:
        x, y = (knee + (ankle - knee) * share).astype(int)
        box = (
            slice(int(np.clip(y - tall, 0, height - 1)), int(np.clip(y + tall, 1, height))),
            slice(int(np.clip(x - wide, 0, width - 1)), int(np.clip(x + wide, 1, width))),
        )
        colour = np.median(to_lab(person.rgb[box]).reshape(-1, 3), axis=0)
        return float(person.parts[CLOTHES][box].mean()), colour * LESS_LIGHT

    usual = np.median([near(share)[1] for share in np.linspace(0.4, 0.75, 8)], axis=0)
    run = 0
    for share in np.linspace(0.8, HEM_AT + 0.05, 46):
        cloth, colour = near(float(share))
        run += 1 if cloth < 0.7 or float(np.linalg.norm(colour - usual)) > OTHER_COLOUR else -run
        if run == FOLD:
            return float(share) - 0.01 * FOLD
    return HEM_AT


def _to_shoe(person: Person, side: int, line: NDArray[Any]) -> float:
    """Return how far down its `line` a leg of trousers goes to hide the old one on its shoe."""
    shin = float(np.hypot(*(line[2] - line[1])))
    down = (old_hem(person, side) - 1) * shin / max(length_of(line), 1.0)
    return max(ON_SHOES, 1 + down + OVERLAP)


def _trousered(person: Person, side: int) -> bool:
    """Say whether a shin is in trousers already: they end on the shoe, and so do the new ones."""
    knee, ankle = (person.points[i] for i in person.sides[side][4:])
    spots = (knee + (ankle - knee) * np.linspace(0.3, 0.9, 7)[:, None]).astype(int)
    height, width = person.alpha.shape
    x, y = np.clip(spots[:, 0], 0, width - 1), np.clip(spots[:, 1], 0, height - 1)
    return float(person.parts[CLOTHES, y, x].mean()) > 0.5


def _hip_targets(
    person: Person,
    body: Body,
    legs: Legs,
    alpha: Plane,
    grid: meshes.Mesh,
    crotch: NDArray[Any],
    scale: float,
) -> NDArray[Any]:
    points = grid.points
    half_by_row, mid_by_row = _rows_of(alpha, legs)
    rows = np.clip(points[:, 1], legs.box[1], legs.box[3] - 1).astype(int)
    own = np.maximum(half_by_row[rows], 0.62 * legs.hip_half)
    below = (points[:, 1] - legs.crotch[1]) * scale
    room = body.half_width(np.clip(1.20 + below / person.torso, 0.5, 1.3))
    half = np.minimum(np.maximum(room * 1.03, own * scale * WORN_LEGS), room * 1.25)
    across = (points[:, 0] - mid_by_row[rows]) / np.maximum(own, 1)
    spots = crotch - person.up * below[:, None] + person.right * (across * half)[:, None]
    return np.where((grid.labels == 0)[:, None], spots, points * scale)


def _rows_of(alpha: Plane, legs: Legs) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return half width and middle of every row; a corner that juts out alone tells neither."""
    spans = [np.nonzero(row > 0.5)[0] for row in alpha]
    halves = np.array([np.ptp(each) / 2 if len(each) else 0.0 for each in spans])
    middles = np.array([(each[0] + each[-1]) / 2 if len(each) else 0.0 for each in spans])
    sure = np.flatnonzero(halves > 0.5 * legs.hip_half)
    if len(sure) == 0:
        return np.full(len(spans), legs.hip_half), np.full(len(spans), legs.crotch[0])
    rows = np.arange(len(spans))
    return np.interp(rows, sure, halves[sure]), np.interp(rows, sure, middles[sure])


def _leg_targets(
    person: Person,
    legs: Legs,
    grid: meshes.Mesh,
    targets: NDArray[Any],
    crotch: NDArray[Any],
    hip: float,
    scale: float,
    side: int,
    kind: str,
) -> None:
    numbers = person.sides[side]
    knee, ankle = person.points[numbers[4]], person.points[numbers[5]]
    ankle = ankle + person.right * (0 if person.naked else _middle(person, side))
    outward = -1 if side == 0 else 1
    line = np.array([crotch + person.right * outward * hip * 0.50, knee, ankle], float)
    centre, halves = legs.centres[side], legs.halves[side]
    own_length = max(float(legs.box[3] - legs.crotch[1]), 1.0)
    seen = length_of(line)
    cover = own_length * scale / max(seen, 1.0)
    if kind == "trousers" and 0.74 < cover < 1.2:
        cover = _to_shoe(person, side, line) if _trousered(person, side) else 1.0
    cover = min(cover, LOWEST_HEM)
    chosen = np.nonzero(grid.labels == 1 + side)[0]
    for index in chosen:
        x, y = grid.points[index]
        share = float(np.clip((y - legs.crotch[1]) / own_length, 0, 1.1))
        middle = float(np.interp(y, centre[:, 1], centre[:, 0]))
        own = max(float(np.interp(y, centre[:, 1], halves)), 1.0)
        point, tangent = point_along(line, share * cover * seen)
        normal = np.array([-tangent[1], tangent[0]])
        normal = normal if normal[0] > 0 else -normal
        limb = float(np.interp(share * cover, [0, 0.45, 0.75, 1], [0.50, 0.32, 0.27, 0.18])) * hip
        targets[index] = point + normal * (
            (x - middle) / own * max(own * scale * 0.80, limb * 1.04)
        )
