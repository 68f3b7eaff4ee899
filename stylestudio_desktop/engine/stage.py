"""Sets products on a stage: backdrop, places, shadows, light, and the finished development.

Everything but the product is made on a canvas of one size and enlarged; the product alone is
taken from its photo at the picture's own size. So a picture of 4,096 pixels is the one of 768,
larger: nothing moves, nothing is invented, and little memory is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import composing, props, relief, whites
from stylestudio_desktop.engine.backdrop import Stage, cornered, painted
from stylestudio_desktop.engine.filters import Image, Plane, over
from stylestudio_desktop.engine.grade import BLOOMS, Development, eight_bits, scaled_rows
from stylestudio_desktop.engine.layer import Layer, Subject, fitted, rows
from stylestudio_desktop.engine.light import (
    laid_shadow,
    leaning_shadow,
    reflected,
    shadowed,
    standing_shadow,
)
from stylestudio_desktop.engine.looks import LOOKS, Look, scheme_for
from stylestudio_desktop.engine.measures import beside
from stylestudio_desktop.engine.setting import Setting

CANVAS = 1024  # the long side of the canvas on which sets are made
BAND = 256  # rows that are finished at once: a look at cancellation between two

Check = Callable[[], None]


@dataclass(frozen=True)
class Staged:
    """A picture before its development: the finished set, and the products to lay on it."""

    canvas: Image
    layers: tuple[Layer, ...] = ()


def canvas_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the canvas of a picture of `size`: one for every size of the same shape."""
    long = max(size)
    width, height = (max(2, 2 * int(side * CANVAS / long / 2 + 1e-6)) for side in size)
    return width, height


def still_life(
    subjects: list[Subject],
    style: str,
    size: tuple[int, int],
    seed: int,
    *,
    setting: Setting,
    garment: str,
    check: Check,
) -> NDArray[Any]:
    """Return the picture of `subjects` (1 to 5) in `size` (width, height).

    The seed moves light, backdrop, places and grain. Inside a product's mask the picture differs
    from the photo only by light and development. `check` may raise Cancelled between steps.
    """
    if setting.backdrop == "white":
        return whites.on_white(subjects, size, check)
    scene = staged(subjects, style, size, seed, setting=setting, garment=garment, check=check)
    return developed(scene, style, size, seed, setting, check)


def staged(
    subjects: list[Subject],
    style: str,
    size: tuple[int, int],
    seed: int,
    *,
    setting: Setting,
    garment: str,
    check: Check,
) -> Staged:
    """Build the set on its canvas, with every shadow that falls on it, and place the products."""
    rng = np.random.default_rng([seed, 11])
    frame = canvas_size(size)
    look = LOOKS[style]
    light = _lamp(rng)
    mean = np.mean([each.mean for each in subjects], axis=0)
    colours = scheme_for(style, mean, rng)
    layout = composing.composed(
        beside(subjects),
        frame,
        setting.arrangement,
        look.fill,
        look.tilt,
        np.random.default_rng([seed, 12]),
        aside=style == "minimalist",
    )
    upright = setting.arrangement != "laid"
    stage = Stage(*frame, style, light, colours, layout.horizon, setting.backdrop, upright)
    picture = painted(stage, rng)
    if setting.arrangement == "leaning" and setting.backdrop != "wall":
        picture = cornered(picture, float(layout.horizon or 0.8))
    check()
    layers = []
    for each, place in zip(subjects, layout.places, strict=True):
        gain = relief.gain(each.colour, each.alpha, light, look.relief)
        layers.append(Layer(each, place, None if setting.light == "even" else gain))
        check()
    picture = _furnished(picture, stage, layout, layers, setting, garment, look)
    check()
    return Staged(picture, tuple(layers))


def _furnished(
    picture: Image,
    stage: Stage,
    layout: composing.Composition,
    layers: list[Layer],
    setting: Setting,
    garment: str,
    look: Look,
) -> Image:
    """Add props, shadows and reflections to the set, each where the light throws it."""
    unit, frame = float(stage.long), (stage.width, stage.height)
    shape = stage.height, stage.width
    away = (0.5 - stage.light[0]) * 0.05 * unit, 0.014 * unit
    placed = [rows(fitted(each, frame, frame), frame, frame, 0, stage.height) for each in layers]
    if layout.rail is not None:
        rod = props.rail(shape, layout.rail, unit, stage.style)
        picture = props.laid(picture, rod, 0.42 * look.strength, unit, away)
    faces = []
    for box in layout.plinths:
        tone = _plinth_tone(stage)
        rounded = (stage.light[0] * 1000) % 2 < 1.3
        stand, top = props.plinth(shape, box, tone, stage.light, round_=rounded)
        base = standing_shadow(stand.alpha, look, stage.light, unit)
        picture = shadowed(picture, base if box[3] < stage.height else 0.4 * base)
        picture = over(picture, stand.colour, stand.alpha)
        faces.append(top)
    for index, (colour, alpha) in enumerate(placed):
        face = faces[index] if faces else None
        if setting.reflection:
            mirror, share = reflected(colour, alpha, unit)
            picture = over(picture, mirror, share if face is None else share * face)
        shade = _shade(alpha, stage, setting.arrangement, look, face)
        picture = shadowed(picture, shade)
    if layout.rail is not None:
        for each, (_, alpha) in zip(layers, placed, strict=True):
            kind = garment if len(placed) == 1 else each.subject.kind
            hook = props.hanger(alpha, kind, layout.rail, unit, stage.style)
            picture = props.laid(picture, hook, 0.30 * look.strength, unit, away)
    return picture


def _shade(alpha: Plane, stage: Stage, arrangement: str, look: Look, face: Plane | None) -> Plane:
    """Return the shadow of one product for its arrangement; on a plinth it stays on the top."""
    unit = float(stage.long)
    if arrangement == "hung":
        return laid_shadow(alpha, look, stage.light, unit, 1.7)
    if arrangement == "leaning":
        return leaning_shadow(alpha, look, stage.light, unit, float(stage.horizon or 0.8))
    if arrangement == "standing":
        return standing_shadow(alpha, look, stage.light, unit)
    if face is not None:
        return standing_shadow(alpha, look, stage.light, unit) * face
    return laid_shadow(alpha, look, stage.light, unit)


def _plinth_tone(stage: Stage) -> NDArray[Any]:
    """Return a plinth's colour: the set's own, lighter, or its pale accent where it has one."""
    if stage.style == "artistic" and stage.backdrop in ("style", "seamless"):
        return np.asarray(stage.colours[2], np.float32)
    grey = [np.array([150, 148, 152], np.float32)]
    wall = np.asarray((grey if stage.backdrop == "gel" else stage.colours)[0], np.float32)
    return np.asarray(wall + (np.float32(250) - wall) * 0.34, np.float32)


def developed(
    scene: Staged,
    style: str,
    size: tuple[int, int],
    seed: int,
    setting: Setting,
    check: Check,
) -> NDArray[Any]:
    """Lay the products on the set at the picture's own size, band by band, and develop it."""
    frame = scene.canvas.shape[1], scene.canvas.shape[0]
    whole = scene.canvas
    for layer in scene.layers if style in BLOOMS else ():
        colour, alpha = rows(fitted(layer, frame, frame), frame, frame, 0, frame[1])
        whole = over(whole, colour, alpha)
    check()
    development = Development(style, seed, size, whole)
    layers = [fitted(layer, frame, size) for layer in scene.layers]
    made = np.empty((size[1], size[0], 3), np.uint8)
    for first in range(0, size[1], BAND):
        count = min(BAND, size[1] - first)
        band = scaled_rows(scene.canvas, size, first, count)
        for layer in layers:
            colour, alpha = rows(layer, frame, size, first, count)
            band = over(band, colour, alpha)
        finished = setting.grade == "none"
        made[first : first + count] = (
            eight_bits(band) if finished else development.band(band, first)
        )
        check()
    return made


def _lamp(rng: np.random.Generator) -> tuple[float, float]:
    """Place the key light: mostly upper left, as most people expect it, else upper right."""
    if rng.random() < 0.7:
        return float(rng.uniform(0.16, 0.32)), float(rng.uniform(0.06, 0.20))
    return float(rng.uniform(0.68, 0.84)), float(rng.uniform(0.06, 0.20))
