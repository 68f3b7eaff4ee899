"""Measures the body under the clothes of a photographed person: what a garment is hung on."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.arms import (
    ARM_AT,
    ARM_HALF,
    STATIONS,
    BareArm,
    across_arm,
    bare_arm,
    length_of,
    outward_of,
    point_along,
    reach,
)
from stylestudio_desktop.engine.filters import Mask, Plane
from stylestudio_desktop.engine.person import HAIR, MOUTH, SKIN, Person

# Half widths of a torso from the shoulders (0) to below the hips (1.35), in half shoulder widths.
TORSO_AT = np.array([0.0, 0.18, 0.35, 0.62, 0.85, 1.0, 1.15, 1.35])
TORSO_HALF = np.array([1.12, 1.02, 0.97, 0.86, 0.94, 1.03, 1.06, 1.02])
BARE = 0.85  # of the way from an arm's bone to its edge that is skin where it is bare


@dataclass(frozen=True)
class Body:
    """A measured body; pairs are the sides left and right in the picture.

    `person` is who was measured, `neck` holds the two points where neck meets shoulder,
    `shoulder_lines` run from there to the shoulder's tip, `arms` are polylines
    shoulder-elbow-wrist with `arm_halves` (outer, inner) at nine stations, `along_arms` says for
    every pixel how far down the nearer arm it lies (0 to 1) and how far from its bone.
    """

    person: Person
    neck: NDArray[Any]
    shoulder_lines: tuple[NDArray[Any], NDArray[Any]]
    arms: tuple[NDArray[Any], NDArray[Any]]
    arm_halves: tuple[NDArray[Any], NDArray[Any]]
    along_arms: tuple[tuple[Plane, Plane], tuple[Plane, Plane]]
    torso_half: NDArray[Any]

    def half_width(self, along: NDArray[Any]) -> NDArray[Any]:
        """Return the torso's half width in pixels at shares of its length."""
        return np.interp(along, TORSO_AT, self.torso_half)

    @property
    def tips(self) -> NDArray[Any]:
        """The outer ends of both shoulders."""
        return np.array([line[-1] for line in self.shoulder_lines])

    @cached_property
    def bare_arms(self) -> tuple[BareArm, BareArm]:
        """Both arms without their old sleeves; measured once, by who needs them first."""
        first, second = (bare_arm(self.person, self.arms, self.arm_halves, i) for i in (0, 1))
        return first, second

    @cached_property
    def across_arms(self) -> tuple[Plane, Plane]:
        """For every pixel where it lies across each bare arm: 1 at the outer edge, -1 inside."""
        first, second = (self._across(side) for side in (0, 1))
        return first, second

    def _across(self, side: int) -> Plane:
        outward, share = outward_of(self.person, side), self.along_arms[side][0]
        return across_arm(self.arms[side], self.bare_arms[side], outward, share)


def measured(person: Person) -> Body:
    """Measure `person`; where clothes hide the body, usual proportions stand in."""
    neck = _neck(person)
    lines = _shoulder_line(person, neck[0], 0), _shoulder_line(person, neck[1], 1)
    arms = _arm(person, 0), _arm(person, 1)
    halves = _arm_widths(person, arms[0], 0), _arm_widths(person, arms[1], 1)
    along = _along(person, arms[0]), _along(person, arms[1])
    return Body(person, neck, lines, arms, halves, along, _torso(person))


def _neck(person: Person) -> NDArray[Any]:
    mouth = (person.points[MOUTH[0]] + person.points[MOUTH[1]]) / 2
    rise = max(float((mouth - person.shoulders) @ person.up), 0.55 * person.half)
    base = person.shoulders + person.up * 0.40 * rise
    return np.array(
        [base - person.right * 0.47 * person.half, base + person.right * 0.47 * person.half]
    )


def _shoulder_line(person: Person, neck: NDArray[Any], side: int) -> NDArray[Any]:
    """Return points from neck to shoulder tip, lifted onto the seen contour where hair allows."""
    half = person.half
    outward = person.right * (-1 if side == 0 else 1)
    joint = person.points[person.sides[side][0]]
    toward = person.up * 0.8 + outward * 0.6
    solid = person.alpha > 0.5
    lift = float(np.clip(reach(solid, joint, toward, 0.6 * half), 0.06 * half, 0.5 * half))
    tip = joint + toward * lift
    bare = solid & (person.parts[HAIR] < 0.4)
    points = []
    for share in np.linspace(0, 1, STATIONS):
        point = neck * (1 - share) + tip * share
        points.append(_lifted(point, bare, person, half) if share > 0.12 else point)
    line = np.array(points)
    line[1:-1, 1] = (line[:-2, 1] + 2 * line[1:-1, 1] + line[2:, 1]) / 4
    return line


def _lifted(point: NDArray[Any], bare: Plane, person: Person, half: float) -> NDArray[Any]:
    x, y = round(point[0]), round(point[1])
    height, width = bare.shape
    top, bottom = max(0, int(y - 0.35 * half)), min(height, int(y + 0.22 * half))
    if not 0 <= x < width or bottom <= top:
        return point
    column = bare[top:bottom, x]
    hidden = bool((person.parts[HAIR, top : max(top + 1, y + 2), x] > 0.4).any())
    if hidden or not column.any() or column[0]:
        return point
    edge = top + int(column.argmax())
    return np.array([point[0], min(point[1] + 0.2 * half, edge - 0.04 * half)])


def _arm(person: Person, side: int) -> NDArray[Any]:
    return np.array([person.points[i] for i in person.sides[side][:3]], np.float64)


def _arm_widths(person: Person, arm: NDArray[Any], side: int) -> NDArray[Any]:
    """Return (outer, inner) half widths along an arm: measured where it is seen, else usual."""
    outward = person.right * (-1 if side == 0 else 1)
    solid = person.alpha > 0.5
    skin = solid & (person.parts[SKIN] > 0.45)
    total, rows = length_of(arm), []
    for share in np.linspace(0, 1, STATIONS):
        point, tangent = point_along(arm, share * total)
        normal = np.array([-tangent[1], tangent[0]])
        normal = normal if normal @ outward > 0 else -normal
        usual = float(np.interp(share, ARM_AT, ARM_HALF)) * person.half
        seen = reach(solid, point, normal, 2 * usual)
        bare = reach(skin, point, normal, 2 * usual) > BARE * seen  # so it is the arm's own edge
        widest = 1.15 if share < 0.5 else 2.0 if bare else 1.5  # a sleeve stands off the arm
        outer = float(np.clip(seen, 0.6 * usual, widest * usual))
        inner = reach(skin, point, -normal, 2 * usual)
        seen = 0.3 * usual < inner < 1.8 * usual
        rows.append((outer, float(np.clip(inner, 0.7 * usual, 1.6 * usual)) if seen else usual))
    widths = np.array(rows)
    widths[1:-1] = (widths[:-2] + 2 * widths[1:-1] + widths[2:]) / 4
    return widths


def _along(person: Person, arm: NDArray[Any]) -> tuple[Plane, Plane]:
    """Return for every pixel the share of the arm's length beside it, and its distance from it."""
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hand = arm[2] + (arm[2] - arm[1]) * 0.45
    upper, lower = (float(np.hypot(*(arm[i + 1] - arm[i]))) for i in (0, 1))
    best = np.full((height, width), 1e9, np.float32)
    share = np.zeros((height, width), np.float32)
    for start, end, before in ((arm[0], arm[1], 0.0), (arm[1], hand, upper)):
        span = max(float(np.hypot(*(end - start))), 1e-6)
        unit = (end - start) / span
        along = np.clip((x - start[0]) * unit[0] + (y - start[1]) * unit[1], 0, span)
        away = np.hypot(x - start[0] - along * unit[0], y - start[1] - along * unit[1])
        nearer = away < best
        best[nearer] = away[nearer]
        share[nearer] = ((before + along) / max(upper + lower, 1.0))[nearer]
    return share, best


def _torso(person: Person) -> NDArray[Any]:
    """Measure the torso's half width where arms hang clear of it, near usual proportions."""
    usual = TORSO_HALF * person.half
    hip_half = float(np.hypot(*(person.points[23] - person.points[24]))) / 2
    usual[4:] = 0.5 * usual[4:] + 0.5 * np.array([1.5, 1.62, 1.68, 1.6]) * hip_half
    body = (person.alpha > 0.5) & ~(_arm_mask(person) > 0)
    result = usual.copy()
    for index, along in enumerate(TORSO_AT):
        if index == 0:
            continue
        centre = person.shoulders + (person.hips - person.shoulders) * along
        sides = [reach(body, centre, sign * person.right, 2 * usual[index]) for sign in (-1, 1)]
        half = (sides[0] + sides[1]) / 2
        if half > 0.5 * usual[index]:
            result[index] = float(np.clip(half, 0.84 * usual[index], 1.22 * usual[index]))
    return result


def _arm_mask(person: Person) -> Mask:
    """Return where bare arms and hands hang, which must not be taken for torso."""
    mask = np.zeros(person.alpha.shape, np.uint8)
    for side in person.sides:
        shoulder, elbow, wrist = (person.points[i] for i in side[:3])
        hand = wrist + (wrist - elbow) * 0.4
        for start, end, thick in ((elbow, wrist, 0.34), (wrist, hand, 0.46)):
            _draw(mask, start, end, thick * person.half)
        middle = (shoulder + elbow) / 2
        _draw(mask, middle, elbow, 0.36 * person.half)
    skin = person.parts[SKIN] > 0.4
    return (mask & skin.astype(np.uint8)).astype(np.uint8)


def _draw(mask: Mask, start: NDArray[Any], end: NDArray[Any], thickness: float) -> None:
    ends = [tuple(int(value) for value in point) for point in (start, end)]
    cv2.line(mask, ends[0], ends[1], 1, max(1, int(thickness)))
