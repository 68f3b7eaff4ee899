"""Draws what holds a product: rail and hanger, peg, clips and plinth, lit as the set is lit."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, bounds, over, smoothstep, wide_blur

METALS = {
    "realistic": (128, 130, 133),
    "fashion": (186, 148, 88),
    "artistic": (52, 50, 50),
    "vintage": (120, 88, 52),
    "minimalist": (206, 205, 202),
}
WOODS = {
    "realistic": (196, 164, 126),
    "fashion": (60, 48, 42),
    "artistic": (206, 170, 128),
    "vintage": (134, 92, 58),
    "minimalist": (222, 206, 184),
}
WAISTED = ("trousers", "skirt", "shorts")
Points = NDArray[Any]


class Prop:
    """A thing on the set: its colours and coverage, and the silhouette that throws a shadow."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.colour: Image = np.zeros((*shape, 3), np.float32)
        self.alpha: Plane = np.zeros(shape, np.float32)

    def add(self, colour: Image, alpha: Plane) -> None:
        """Lay one more part over what is there."""
        self.colour = np.where(
            (self.alpha > 0)[..., None], over(self.colour, colour, alpha), colour
        ).astype(np.float32)
        self.alpha = np.maximum(self.alpha, alpha).astype(np.float32)


def rail(shape: tuple[int, int], y: float, unit: float, style: str) -> Prop:
    """Return a rail across the whole frame, a rod lit from above."""
    prop = Prop(shape)
    radius = 0.0058 * unit
    rows = np.arange(shape[0], dtype=np.float32)[:, None] + np.zeros(shape, np.float32)
    across = (rows - y) / radius
    rod = (1 - smoothstep(np.abs(across), 0.86, 1.14)).astype(np.float32)
    prop.add(_metal(across, style), rod)
    return prop


def _metal(across: Plane, style: str) -> Image:
    """Return a round rod's shading; `across` runs from -1 (lit side) to 1."""
    tone = 0.62 + 0.34 * np.exp(-np.square((across + 0.35) / 0.42)) - 0.22 * np.clip(across, 0, 1)
    shine = 0.42 * np.exp(-np.square((across + 0.42) / 0.16))
    colour = np.array(METALS[style], np.float32) * tone[..., None] * 1.12
    return np.clip(colour + 255 * 0.5 * shine[..., None], 0, 255).astype(np.float32)


def hanger(alpha: Plane, kind: str, y_rail: float, unit: float, style: str) -> Prop:
    """Return what hangs the product of `alpha` (on the canvas) from the rail at `y_rail`.

    Waisted garments get two clips, bags their own handle over a hook, all others a hanger whose
    arms follow just under the garment's shoulders, so that it shows only where cloth is open.
    """
    prop = Prop((alpha.shape[0], alpha.shape[1]))
    left, top, right, _bottom = bounds(alpha)
    middle = (left + right) / 2
    meets = _cloth_at(alpha, middle, top)
    if kind in WAISTED:
        _clip_bar(prop, alpha, (left, top, right), y_rail, unit, style)
        meets = top - 0.020 * unit
    elif kind not in ("bag", "shoes", "other"):
        meets = _arms(prop, alpha, middle, unit, style)
    _wire(prop, _hook(middle, y_rail, meets, unit), max(1.6, 0.0042 * unit), style)
    return prop


def peg(alpha: Plane, y: float, unit: float, style: str) -> tuple[Image, Plane]:
    """Return a turned wooden knob in the wall, over the middle of `alpha`, for a hook."""
    left, _top, right, _bottom = bounds(alpha)
    rows, columns = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]].astype(np.float32)
    radius = 0.026 * unit
    u = (columns - (left + right) / 2) / radius
    v = (rows - y - 0.55 * radius) / radius
    away = np.hypot(u, v)
    knob = 1 - smoothstep(away, 0.94, 1.06)
    round_ = np.sqrt(np.clip(1 - np.square(away), 0, 1))
    shade = 0.62 + 0.34 * round_ - 0.16 * (u + v)
    shade = shade + 0.12 * np.exp(-np.square((away - 0.62) / 0.07))
    wood = np.array(WOODS[style], np.float32) * shade[..., None]
    return np.clip(wood, 0, 255).astype(np.float32), knob.astype(np.float32)


def _cloth_at(alpha: Plane, x: float, fallback: float) -> float:
    """Return the height of the first cloth in the column at `x`."""
    solid = alpha[:, int(x - 2) : int(x + 3)] > 0.5
    reached = np.where(solid.any(axis=0), solid.argmax(axis=0), fallback)
    return float(np.median(reached)) + 2.0


def _hook(x: float, y_rail: float, y_neck: float, unit: float) -> Points:
    """Return the line of a hanger's hook: over the rail and down into the neck."""
    bend = 0.016 * unit
    turn = np.linspace(np.pi * 1.08, np.pi * 2.0, 28)
    over_rail = np.stack([x + bend * np.cos(turn) * 0.9, y_rail + 0.2 * bend + bend * np.sin(turn)])
    swing = np.linspace(0, 1, 14)
    start_x, start_y = over_rail[0, -1], over_rail[1, -1]
    down = np.stack(
        [
            start_x + (x - start_x) * (1 - np.square(1 - swing)),
            start_y + (y_neck - start_y) * swing,
        ]
    )
    return np.concatenate([over_rail, down[:, 1:]], axis=1).T


def _wire(prop: Prop, line: Points, thickness: float, style: str) -> None:
    """Draw a bent wire with the light on its upper left."""
    ink, light = (np.zeros(prop.alpha.shape, np.float32) for _ in range(2))
    fixed = np.round(line * 16).astype(np.int32)[:, None]
    lifted = np.round((line - 0.28 * thickness) * 16).astype(np.int32)[:, None]
    wide = max(1, round(thickness))
    cv2.polylines(ink, [fixed], False, 1.0, wide, cv2.LINE_AA, 4)
    cv2.polylines(light, [lifted], False, 1.0, max(1, wide // 2), cv2.LINE_AA, 4)
    base = np.array(METALS[style], np.float32)
    shine = np.clip(cv2.GaussianBlur(light, (0, 0), 0.6), 0, 1)[..., None]
    colour = base * 0.72 + (255 - base * 0.5) * 0.45 * shine
    prop.add(np.clip(colour, 0, 255).astype(np.float32), np.clip(ink, 0, 1))


def _arms(prop: Prop, alpha: Plane, middle: float, unit: float, style: str) -> float:
    """Draw the hanger's arms just under the shoulders, and return where its hook is screwed in.

    They end where the outline turns down into sleeves or sides, and so show only in an open neck
    or under straps.
    """
    height = alpha.shape[0]
    solid = alpha > 0.5
    left, top, right, bottom = bounds(alpha)
    tops = np.where(solid.any(axis=0), solid.argmax(axis=0), height).astype(np.float32)
    shoulder = np.nonzero(tops < top + 0.13 * (bottom - top))[0]
    reach = min(middle - float(shoulder[0]), float(shoulder[-1]) - middle)
    reach = max(0.10 * (right - left), 0.92 * reach)
    thick = max(3.0, 0.012 * unit)
    start = top + 1.2 * thick
    xs = np.linspace(middle - reach, middle + reach, 41)
    inside = (tops > top + 0.13 * (bottom - top)) | (tops >= height)
    over_cloth = np.interp(xs, np.arange(len(tops)), np.where(inside, start, tops))
    ys = start + 0.26 * np.abs(xs - middle)
    ys = np.maximum(ys, over_cloth + 1.1 * thick)
    ys = np.convolve(np.pad(ys, 4, "edge"), np.full(9, 1 / 9), "valid")
    body = np.zeros_like(alpha)
    line = np.round(np.stack([xs, ys], axis=-1) * 16).astype(np.int32)[:, None]
    cv2.polylines(body, [line], False, 1.0, round(thick), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(body, (0, 0), 0.35 * thick)
    shade = 0.80 + 0.42 * np.clip(soft - np.roll(soft, round(0.4 * thick), axis=0), -0.6, 0.6)
    wood = np.array(WOODS[style], np.float32)[None, None] * shade[..., None]
    prop.add(wood.astype(np.float32), np.clip(body, 0, 1))
    return float(ys[len(ys) // 2])


def _clip_bar(
    prop: Prop, alpha: Plane, box: tuple[int, int, int], y_rail: float, unit: float, style: str
) -> None:
    """Draw a bar with two clips that bite the waistband from behind and stand above it."""
    left, top, right = box
    y = top - 0.020 * unit
    inset = 0.10 * (right - left)
    ends = np.array([[left + 0.5 * inset, y], [right - 0.5 * inset, y]])
    _wire(prop, ends, 0.006 * unit, style)
    for x in (left + inset, right - inset):
        clip = np.zeros_like(alpha)
        half, low = 0.011 * unit, top + 0.012 * unit
        corners = np.array(
            [
                [x - half, low],
                [x - 0.7 * half, y - half],
                [x + 0.7 * half, y - half],
                [x + half, low],
            ]
        )
        cv2.fillPoly(clip, [np.round(corners * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
        columns = np.arange(alpha.shape[1], dtype=np.float32)[None]
        across = (columns - x) / half + np.zeros_like(alpha)
        prop.add(_metal(across.astype(np.float32), style), np.clip(clip, 0, 1))


def plinth(
    shape: tuple[int, int],
    box: tuple[float, float, float, float],
    colour: NDArray[Any],
    light: tuple[float, float],
    *,
    round_: bool,
) -> tuple[Prop, Plane]:
    """Return a plinth, and its top face alone; `box` is (left, foot line, right, base line).

    The product's foot stands on the middle of the top face, seen from a little above.
    """
    left, foot, right, base = box
    half, middle = (right - left) / 2, (left + right) / 2
    tilt = 0.13 * half  # half the height at which the top face is seen
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    u = (x - middle) / half
    if round_:
        rim = np.sqrt(np.clip(1 - np.square(u), 0, 1))
        upper, lower = foot - tilt * rim, foot + tilt * rim
        ground = base + tilt * rim
    else:
        back = smoothstep(np.abs(u), 0.90, 0.90001)
        upper = foot - tilt + 2 * tilt * back * np.clip((np.abs(u) - 0.90) / 0.10, 0, 1)
        lower, ground = np.full_like(x, foot + tilt), np.full_like(x, base + tilt)
    inside = 1 - smoothstep((np.abs(x - middle) - half).astype(np.float32), -0.8, 0.8)
    face = inside * smoothstep(y - upper, -0.8, 0.8) * (1 - smoothstep(y - lower, -0.8, 0.8))
    body = inside * smoothstep(y - lower, -0.8, 0.8) * (1 - smoothstep(y - ground, -0.8, 0.8))
    side = 1.0 if light[0] < 0.5 else -1.0
    if round_:
        turn = np.clip(u * side, -1, 1)
        around = np.cos(np.arcsin(turn) + 0.62)
        shade = 0.60 + 0.42 * np.clip(around, -0.4, 1)
    else:
        shade = 0.86 - 0.05 * u * side
    fall = 1 - 0.16 * np.clip((y - foot) / max(1.0, base - foot), 0, 1)
    tone = colour.astype(np.float32)[None, None]
    prop = Prop(shape)
    prop.add(np.clip(tone * (shade * fall)[..., None], 0, 255), body.astype(np.float32))
    glow = 1.05 - 0.04 * u * side
    edge = 1 + 0.05 * np.exp(-np.square((y - lower) / 1.6))
    prop.add(np.clip(tone * (glow * edge)[..., None], 0, 255), face.astype(np.float32))
    return prop, face.astype(np.float32)


def merged(parts: Sequence[Prop]) -> Prop:
    """Return several props as one."""
    whole = Prop((parts[0].alpha.shape[0], parts[0].alpha.shape[1]))
    for part in parts:
        whole.colour = over(whole.colour, part.colour, part.alpha)
        whole.alpha = np.maximum(whole.alpha, part.alpha)
    return whole


def laid(picture: Image, prop: Prop, shade: float, unit: float, away: tuple[float, float]) -> Image:
    """Lay a prop on the picture, with the soft shadow that it throws along `away` (pixels)."""
    shift = np.array([[1, 0, away[0]], [0, 1, away[1]]], np.float32)
    size = prop.alpha.shape[1], prop.alpha.shape[0]
    thrown = wide_blur(cv2.warpAffine(prop.alpha, shift, size), 0.007 * unit)
    return over(picture * (1 - shade * thrown)[..., None], prop.colour, prop.alpha)
