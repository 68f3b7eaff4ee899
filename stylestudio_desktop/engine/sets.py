"""Paints the sets that can be asked for under any style: gradient, wall and floor, cloth, gels."""

import cv2
import numpy as np

from stylestudio_desktop.engine.backdrop import Stage, flat, lit
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    fractal,
    from_lab,
    over,
    smoothstep,
    to_lab,
    wide_blur,
)

SKIRTING = 0.030  # the height of a skirting board, as a share of the frame's


def gradient(stage: Stage, rng: np.random.Generator) -> Image:
    """Two tones of one colour, the light one where the lamp is."""
    x, y = stage.grid()
    wall = stage.colours[0].astype(np.float32)
    tones = to_lab(np.stack([wall, wall])[None])
    tones[0, 0, 0] = min(97.0, tones[0, 0, 0] + 7)
    tones[0, 1, 0] = max(8.0, tones[0, 1, 0] - 24)
    tones[0, 1, 1:] *= 1.08
    pale, deep = from_lab(tones)[0]
    turn = float(rng.uniform(-0.25, 0.25))
    along = (x - stage.light[0]) * (0.35 + turn) + (y - stage.light[1]) * 0.95
    ramp = smoothstep(along.astype(np.float32), -0.05, 1.05)
    image = over(flat((*x.shape, 3), pale), flat((*x.shape, 3), deep), ramp)
    if stage.horizon is not None:
        sweep = smoothstep(y, stage.horizon - 0.08, stage.horizon + 0.14)
        image = over(image, image * 0.93 + 0.05 * pale, sweep)
    return image.astype(np.float32)


def wall_and_floor(stage: Stage, rng: np.random.Generator) -> Image:
    """A painted wall above a floor of boards; without a horizon the boards are seen from above."""
    x, y = stage.grid()
    wall, floor = stage.colours[0], _board_tone(stage)
    cast = 1 + 0.010 * fractal(stage.height, stage.width, rng, 5, 5)
    image = flat((*x.shape, 3), wall) * cast[..., None]
    aspect = stage.width / stage.long
    if stage.horizon is None:
        return lit(_boards(floor, (x - 0.5) * aspect, y * stage.height / stage.long, rng), stage)
    edge = float(stage.horizon)
    below = np.clip((y - edge) / (1 - edge), 1e-3, None)
    depth = 0.55 / (below + 0.16)  # boards run away from the viewer to a far point
    ground = _boards(floor, (x - 0.5) * aspect * depth * 2.2, depth * 1.6, rng)
    ground = ground * (0.90 + 0.12 * smoothstep(below, 0.0, 0.7))[..., None]
    board = wall * 0.5 + np.array([246, 245, 242], np.float32) * 0.5
    lift = y - (edge - SKIRTING)
    skirting = smoothstep(lift, -0.0012, 0.0012)
    image = over(image, flat(image.shape, board), skirting)
    image = image * (1 - 0.20 * np.exp(-np.square(lift / 0.0022)))[..., None]
    image = over(image, ground, smoothstep(y - edge, -0.0012, 0.0012))
    corner = np.exp(-np.square((y - edge) / 0.010)) * 0.26 + np.exp(-np.abs(y - edge) / 0.08) * 0.07
    return lit((image * (1 - corner)[..., None]).astype(np.float32), stage)


def _board_tone(stage: Stage) -> Image:
    """Return wood between the set's own floor colour and oak, as light as the wall asks for."""
    oak = np.array([186, 152, 116], np.float32)
    own = stage.colours[1].astype(np.float32)
    return (0.62 * oak * (0.55 + 0.45 * float(own.mean()) / 190) + 0.38 * own).astype(np.float32)


def _boards(tone: Image, across: Plane, along: Plane, rng: np.random.Generator) -> Image:
    """Return boards in plan coordinates: each its own tone, fine grain along it, dark joints."""
    wide, long_ = 0.105, 1.3
    column = np.floor(across / wide).astype(np.int64)
    tones = rng.uniform(-1, 1, 997).astype(np.float32)
    starts = rng.uniform(0, long_, 991).astype(np.float32)
    row = np.floor((along + starts[column % 991]) / long_).astype(np.int64)
    own = tones[(column * 31 + row * 17) % 997]
    grain = _grained(across, along, rng)
    value = 1 + 0.055 * own + 0.030 * grain
    pixel = np.maximum(np.abs(cv2.Sobel(across, cv2.CV_32F, 1, 0, ksize=1)) / 2, 1e-5)
    off = np.abs(across / wide - np.round(across / wide)) * wide
    joint = np.exp(-np.square(off / np.maximum(0.0016, 0.9 * pixel)))
    joint = joint * np.clip(0.0016 / pixel, 0.15, 1)  # far joints melt into the tone
    made = tone[None, None] * (value * (1 - 0.36 * joint))[..., None]
    return np.clip(made, 0, 255).astype(np.float32)


def _grained(across: Plane, along: Plane, rng: np.random.Generator) -> Plane:
    """Look up stretched noise in plan coordinates, so that wood runs in perspective."""
    noise: Plane = rng.standard_normal((512, 512)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.2, sigmaY=26, borderType=cv2.BORDER_REFLECT)
    noise = noise / (float(noise.std()) + 1e-6)
    u = np.mod(across * 700, 1022)
    v = np.mod(along * 300, 1022)
    u, v = np.minimum(u, 1022 - u), np.minimum(v, 1022 - v)  # mirrored, so that no seam shows
    return cv2.remap(
        np.asarray(noise, np.float32), u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR
    )


def cloth(stage: Stage, rng: np.random.Generator) -> Image:
    """Heavy linen hung or laid in long soft folds, with the weave just seen."""
    x, y = stage.grid()
    aspect = stage.height / stage.width
    turn = float(rng.uniform(-0.5, 0.5)) if stage.horizon is None else float(rng.uniform(-0.1, 0.1))
    u = x * np.cos(turn) + y * aspect * np.sin(turn)
    v = y * aspect * np.cos(turn) - x * np.sin(turn)
    bend = fractal(stage.height, stage.width, rng, 2, 2) * 0.045
    pitch = float(rng.uniform(5.5, 8.0)) * stage.width / stage.long
    phase = float(rng.uniform(0, 6.28))
    wave = 2 * np.pi * pitch * (u + bend) + phase
    swell = 0.5 + 0.5 * np.tanh(fractal(stage.height, stage.width, rng, 2, 2))
    ripple = np.sin(wave) + 0.42 * np.sin(2.13 * wave + 2.4 * v) * swell
    height = (ripple * (0.35 + 0.65 * swell)).astype(np.float32)
    crease = fractal(stage.height, stage.width, rng, 6, 3).astype(np.float32)
    surface = wide_blur(height + 0.22 * crease, 0.004 * stage.long)
    slope = cv2.Sobel(surface, cv2.CV_32F, 1, 0, ksize=3) * (1 if stage.light[0] < 0.5 else -1)
    slope = slope + 0.6 * cv2.Sobel(surface, cv2.CV_32F, 0, 1, ksize=3)
    shade = -np.tanh(slope / (2.2 * float(slope.std()) + 1e-6))
    hollow = smoothstep(-surface, 0.2, 1.4)
    strength = np.full_like(y, 0.105)
    if stage.horizon is not None:  # on the floor the folds lie flatter
        strength = strength * (1 - 0.5 * smoothstep(y, stage.horizon - 0.05, stage.horizon + 0.15))
    fine = rng.standard_normal((stage.height, stage.width)).astype(np.float32)
    weave = cv2.GaussianBlur(fine, (0, 0), sigmaX=0.5, sigmaY=2.2) + cv2.GaussianBlur(
        fine[::-1], (0, 0), sigmaX=2.2, sigmaY=0.5
    )
    gain = 1 + strength * (1.1 * shade - 0.7 * hollow) + 0.012 * weave / (weave.std() + 1e-6)
    image = flat((*x.shape, 3), stage.colours[0])
    if stage.horizon is not None:
        sweep = smoothstep(y, stage.horizon - 0.10, stage.horizon + 0.12)
        image = over(image, image * 0.95, sweep)
    return lit((image * gain[..., None]).astype(np.float32), stage)


def gels(stage: Stage, rng: np.random.Generator) -> Image:
    """A neutral wall washed by two coloured lamps, one from each side."""
    x, y = stage.grid()
    key, rim, ambient = _gel_pair(stage, rng)
    wall = flat((*x.shape, 3), np.array([120, 118, 122], np.float32))
    if stage.horizon is not None:
        sweep = smoothstep(y, stage.horizon - 0.08, stage.horizon + 0.12)
        wall = over(wall, wall * 0.84, sweep)
    aspect = stage.width / stage.height
    near = np.hypot((x - stage.light[0]) * aspect, (y - 0.35)) / max(1.0, aspect)
    far = np.hypot((x - (1 - stage.light[0] * 0.4)) * aspect, (y - 0.85)) / max(1.0, aspect)
    one = (1 - smoothstep(near.astype(np.float32), 0.0, 1.05))[..., None] * key
    two = (1 - smoothstep(far.astype(np.float32), 0.0, 0.95))[..., None] * rim
    grainy = 1 + 0.006 * fractal(stage.height, stage.width, rng, 4, 4)
    return np.clip(
        wall
        * (ambient + (1.71 - ambient) * one + 1.35 * (1 - ambient / 2) * two)
        * grainy[..., None],
        0,
        255,
    ).astype(np.float32)


def _gel_pair(stage: Stage, rng: np.random.Generator) -> tuple[Image, Image, float]:
    """Return two filters' colours, paler in quiet styles, and the light that is all around."""
    pairs = (
        ((1.0, 0.42, 0.30), (0.25, 0.35, 1.0)),
        ((0.95, 0.30, 0.62), (0.20, 0.62, 0.95)),
        ((1.0, 0.66, 0.26), (0.62, 0.26, 0.86)),
        ((0.28, 0.80, 0.74), (0.92, 0.36, 0.50)),
    )
    soft = {"realistic": 0.45, "vintage": 0.50, "minimalist": 0.30}.get(stage.style, 0.85)
    one, two = pairs[int(rng.integers(len(pairs)))]
    white = np.ones(3, np.float32)
    return (
        white + (np.array(one, np.float32) - white) * soft,
        white + (np.array(two, np.float32) - white) * soft,
        {"realistic": 0.5, "minimalist": 1.15}.get(stage.style, 0.16),
    )
