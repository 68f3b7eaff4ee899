"""Tells where the body itself must be once the old clothes are gone: torso, neck and bare arms."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.arms import SHARES, across
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Mask, Plane, disc, smoothstep
from stylestudio_desktop.engine.person import MOUTH, Person

SLOPE = slice(4, 6)  # of a shoulder line's points, from where the shoulder falls to the arm


def _draw_arm(
    mask: Mask,
    arm: NDArray[Any],
    halves: NDArray[Any],
    outward: NDArray[Any],
    slope: NDArray[Any],
) -> None:
    """Draw an arm by its half widths, round at the shoulder, into which the `slope` runs."""
    outer, inner = [], []
    for share, wide in zip(SHARES, halves, strict=True):
        point, normal = across(arm, float(share), outward)
        outer.append(point + normal * wide[0])
        inner.append(point - normal * wide[1])
    cv2.fillPoly(mask, [np.array([*outer, *inner[::-1]]).round().astype(np.int32)], 1)
    joint = arm[0] + outward * (halves[0, 0] - halves[0].mean()) / 2
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    cap = joint + halves[0].mean() * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    hull = cv2.convexHull(np.concatenate([cap, slope]).round().astype(np.int32))
    cv2.fillPoly(mask, [hull], 1)


def _ends(body: Body) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return the shoulder lines with the joints where the arms begin."""
    return [(line, arm[0]) for line, arm in zip(body.shoulder_lines, body.arms, strict=True)]


def zone(person: Person, body: Body, sink: float) -> Plane:
    """Return where the body itself must be: torso, neck and arms, softly bounded.

    `sink` lowers the shoulders by that share of the half width: the old cloth has some height.
    """
    mask = np.zeros(person.alpha.shape, np.uint8)
    for side, arm in enumerate(body.arms):
        outward = person.right * (-1 if side == 0 else 1)
        slope = body.shoulder_lines[side][SLOPE] - person.up * sink * person.half
        halves = body.bare_arms[side].halves
        _draw_arm(mask, arm, halves, outward, slope if not sink else slope[:0])
    along = np.linspace(-0.02, 1.1, 30)
    centre = person.shoulders + (person.hips - person.shoulders) * along[:, None]
    half = body.half_width(np.clip(along, 0, 2))[:, None] * 0.97
    half = np.where(along[:, None] < 0.25, np.minimum(half, 0.96 * person.half), half)
    outline = np.concatenate([centre - person.right * half, (centre + person.right * half)[::-1]])
    cv2.fillPoly(mask, [outline.astype(np.int32)], 1)
    low = person.shoulders - person.up * 0.3 * person.half
    ends = np.array(
        [low + person.right * 0.9 * person.half, low - person.right * 0.9 * person.half]
    )
    sunk = -person.up * sink * person.half
    # Bare shoulders end round, where the arm begins; under a new sleeve they reach to the old tip.
    lines = [line if sink else np.array([*line[:-3], joint]) for line, joint in _ends(body)]
    ring = np.concatenate([lines[0][::-1] + sunk, lines[1] + sunk, ends])
    cv2.fillPoly(mask, [ring.astype(np.int32)], 1)
    chin = (person.points[MOUTH[0]] + person.points[MOUTH[1]]) / 2
    throat = person.right * 0.42 * person.half
    chest = person.shoulders - person.up * 0.4 * person.half
    column = np.array(
        [body.neck[1], chin + throat, chin - throat, body.neck[0], chest - throat, chest + throat]
    )
    cv2.fillPoly(mask, [column.astype(np.int32)], 1)
    mask = _without_notches(mask, person)
    soft = cv2.GaussianBlur((mask & (person.alpha > 0.5)).astype(np.float32), (0, 0), 2)
    return smoothstep(soft, 0.1, 0.9)


def _without_notches(mask: Mask, person: Person) -> Mask:
    """Return `mask` with its outline from neck to shoulders as smooth as a body's."""
    round_ = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(max(2, round(0.25 * person.half))))
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]].astype(np.float32)
    above = person.height_of(np.stack([x, y], axis=-1)) < 0.20
    return np.where(above, round_, mask).astype(np.uint8)
