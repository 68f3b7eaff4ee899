"""Paints the set behind a product, one painter for each style, from noise and geometry alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    fractal,
    over,
    smoothstep,
    wide_blur,
)
from stylestudio_desktop.engine.looks import LOOKS


@dataclass(frozen=True)
class Stage:
    """What a painter needs to know: the frame, the light's place (shares of it), the colours.

    `horizon` is the height of the floor's edge as a share of the frame, or None for a flat set:
    a wall where it is `upright`, else a ground seen from above. `backdrop` is one of
    `setting.BACKDROPS`; `style` leaves it to the style.
    """

    width: int
    height: int
    style: str
    light: tuple[float, float]
    colours: list[NDArray[Any]]
    horizon: float | None
    backdrop: str = "style"
    upright: bool = True

    @property
    def long(self) -> int:
        """The longer side in pixels."""
        return max(self.width, self.height)

    def grid(self) -> tuple[Plane, Plane]:
        """Return the x and y of every pixel as shares of width and height."""
        y, x = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        return x / self.width, y / self.height


def painted(stage: Stage, rng: np.random.Generator) -> Image:
    """Return the lit set of `stage`, without any product."""
    from stylestudio_desktop.engine import sets

    styled: dict[str, Callable[[Stage, np.random.Generator], Image]] = {
        "realistic": _seamless,
        "fashion": _gel_lit,
        "artistic": _painted_set,
        "vintage": _plaster,
        "minimalist": _bright,
    }
    asked: dict[str, Callable[[Stage, np.random.Generator], Image]] = {
        "seamless": _seamless,
        "gradient": sets.gradient,
        "wall": sets.wall_and_floor,
        "fabric": sets.cloth,
        "gel": sets.gels,
    }
    painter = asked.get(stage.backdrop, styled[stage.style])
    return np.clip(painter(stage, rng), 0, 255).astype(np.float32)


def cornered(image: Image, horizon: float) -> Image:
    """Return the set with a floor that meets its wall in a corner at `horizon` (share of height).

    The floor of one colour with the wall looks away from the lamp and is a little darker; the
    corner itself sees the least light.
    """
    y = (np.arange(image.shape[0], dtype=np.float32)[:, None] + 0.5) / image.shape[0]
    y = y + np.zeros(image.shape[:2], np.float32)
    floor = smoothstep(y - horizon, -0.0015, 0.0015)
    near = np.exp(-np.abs(y - horizon) / 0.05)
    line = np.exp(-np.square((y - horizon) / 0.004))
    loss = 0.13 * floor + 0.09 * near + 0.14 * line
    return (image * (1 - loss)[..., None]).astype(np.float32)


def _base(stage: Stage) -> Image:
    """Fill the frame: one wall, or a wall that sweeps into a floor without an edge."""
    wall, floor = stage.colours[0], stage.colours[1]
    plain = np.broadcast_to(wall, (stage.height, stage.width, 3)).astype(np.float32)
    if stage.horizon is None:
        return plain.copy()
    _, v = stage.grid()
    sweep = smoothstep(v, stage.horizon - 0.10, stage.horizon + 0.12)
    if stage.style in ("fashion", "artistic"):
        floor = wall * 0.82
    return over(plain, np.broadcast_to(floor, plain.shape).astype(np.float32), sweep)


def _pool(stage: Stage, reach: float) -> Plane:
    """Return light that fades with distance from the lamp, 1 near it and 0 beyond `reach`."""
    x, y = stage.grid()
    along_x = (x - stage.light[0]) * stage.width / stage.long
    along_y = (y - stage.light[1]) * stage.height / stage.long
    return (1 - smoothstep(np.hypot(along_x, along_y), 0.0, reach)).astype(np.float32)


def lit(image: Image, stage: Stage, reach: float = 1.15) -> Image:
    """Return the set under the lamp, whose light fades with distance."""
    falloff = LOOKS[stage.style].falloff
    gain = 1 + falloff * (_pool(stage, reach) - 0.62)
    return (image * gain[..., None]).astype(np.float32)


def _seamless(stage: Stage, rng: np.random.Generator) -> Image:
    """Paper from a roll under one large soft box."""
    image = lit(_base(stage), stage)
    if stage.horizon is None:
        _, v = stage.grid()
        image = image * (1.02 - 0.07 * smoothstep(v, 0.45, 1.05))[..., None]
    cloud = fractal(stage.height, stage.width, rng, 3, 3) * 0.006
    tooth = fractal(stage.height, stage.width, rng, 220, 3) * 0.0045
    return (image * (1 + cloud + tooth)[..., None]).astype(np.float32)


def _gel_lit(stage: Stage, rng: np.random.Generator) -> Image:
    """A saturated wall, a gel of a second colour from the far side, and a hard-edged shape."""
    image = _base(stage)
    gel, deep = stage.colours[1], stage.colours[2]
    kind = int(rng.integers(3))
    if kind == 0:
        image = over(image, flat(image.shape, deep), _panel(stage, rng))
    elif kind == 1:
        image = over(image, flat(image.shape, gel), _disc_shape(stage, rng, 0.40))
    x, y = stage.grid()
    far = 1 - stage.light[0]
    glow = 1 - smoothstep(np.hypot((x - far) * 0.8, y - 0.95), 0.0, 0.95)
    image = over(image, flat(image.shape, gel), 0.75 * glow)
    image = lit(image, stage)
    if kind == 2:
        image = image * (0.84 + 0.34 * _blinds(stage, rng))[..., None]
    dark = smoothstep(np.hypot(x - 0.5, y - 0.5), 0.42, 0.85)
    return over(image, flat(image.shape, deep), 0.45 * dark)


def _painted_set(stage: Stage, rng: np.random.Generator) -> Image:
    """Painted boards: an arch or a sun on a wall, with the marks of a broad brush."""
    second, third, pale = stage.colours[1], stage.colours[2], stage.colours[3]
    image = _brushed(_base(stage), stage, rng, angle=float(rng.uniform(-0.3, 0.3)))
    side = -1.0 if stage.light[0] > 0.5 else 1.0
    sun_at = 0.5 + side * float(rng.uniform(0.20, 0.28)), float(rng.uniform(0.20, 0.30))
    sun = _circle(stage, sun_at, float(rng.uniform(0.15, 0.20)))
    image = _board(image, sun, third, stage, rng)
    shape = _arch(stage, 0.5, 0.36) if rng.random() < 0.6 else _circle(stage, (0.5, 0.5), 0.41)
    image = _board(image, shape, second, stage, rng)
    low = _hill(stage, rng)
    image = _board(image, low, pale, stage, rng)
    return lit(image, stage)


def _plaster(stage: Stage, rng: np.random.Generator) -> Image:
    """Old limewash with window light from the side; a wall's lower part is painted."""
    image = _base(stage)
    stain = fractal(stage.height, stage.width, rng, 3, 6)
    if stage.horizon is None:
        _, v = stage.grid()
        edge = 0.78 + 0.0008 * fractal(stage.height, stage.width, rng, 14, 3)
        if not stage.upright:  # seen from above there is no lower part: things would float
            edge = edge + 1
        low = smoothstep(v - edge, -0.002, 0.002)
        image = over(image, flat(image.shape, stage.colours[1]), 0.8 * low)
        line = np.exp(-(((v - edge) / 0.0022) ** 2)).astype(np.float32)
        image = image * (1 - 0.22 * line)[..., None]
    image = image * (1 + 0.030 * stain)[..., None]
    height = fractal(stage.height, stage.width, rng, 26, 6)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(height, cv2.CV_32F, 0, 1)
    slope = slope / (float(slope.std()) + 1e-5)
    image = image * (1 + 0.016 * np.clip(slope, -3, 3))[..., None]
    worn = smoothstep(fractal(stage.height, stage.width, rng, 7, 6), 1.25, 1.6)
    image = over(image, image * 1.08 + 6, 0.45 * worn)
    window = wide_blur(_blinds(stage, rng, bars=2.0), 0.012 * stage.long)
    return (lit(image, stage) * (0.90 + 0.18 * window)[..., None]).astype(np.float32)


def _bright(stage: Stage, rng: np.random.Generator) -> Image:
    """Nearly white, one faint slant of daylight, nothing else."""
    image = lit(_base(stage), stage, reach=1.3)
    x, y = stage.grid()
    slant = x * stage.width / stage.long + y * stage.height / stage.long * 0.55
    ray = smoothstep(slant, 0.30, 0.62) * (1 - smoothstep(slant, 0.95, 1.35))
    image = image * (0.985 + 0.022 * ray)[..., None]
    return (image + fractal(stage.height, stage.width, rng, 260, 2)[..., None] * 0.5).astype(
        np.float32
    )


def flat(shape: tuple[int, ...], colour: NDArray[Any]) -> Image:
    """Return `colour` everywhere."""
    return np.broadcast_to(colour.astype(np.float32), shape)


def _circle(stage: Stage, centre: tuple[float, float], radius: float) -> Plane:
    """Return a disc; `radius` is a share of the shorter side, `centre` of the frame."""
    x, y = stage.grid()
    short = min(stage.width, stage.height)
    away = np.hypot((x - centre[0]) * stage.width, (y - centre[1]) * stage.height) - radius * short
    return (1 - smoothstep(away.astype(np.float32), -0.8, 0.8)).astype(np.float32)


def _disc_shape(stage: Stage, rng: np.random.Generator, radius: float) -> Plane:
    return _circle(stage, (0.5 + float(rng.uniform(-0.08, 0.08)), 0.48), radius)


def _panel(stage: Stage, rng: np.random.Generator) -> Plane:
    """Return a half of the frame behind a slanting edge."""
    x, y = stage.grid()
    lean = float(rng.uniform(-0.18, 0.18))
    edge = float(rng.uniform(0.40, 0.60))
    away = (x - edge + lean * (y - 0.5)) * stage.width
    sign = 1.0 if stage.light[0] < 0.5 else -1.0
    return smoothstep((sign * away).astype(np.float32), -0.8, 0.8)


def _arch(stage: Stage, centre: float, radius: float) -> Plane:
    """Return a doorway: a half disc on top of a slab that runs to the bottom of the frame."""
    x, y = stage.grid()
    short = min(stage.width, stage.height)
    spring = 0.5 * stage.height
    dx = np.abs(x - centre) * stage.width - radius * short
    dome = np.hypot((x - centre) * stage.width, y * stage.height - spring) - radius * short
    away = np.where(y * stage.height > spring, dx, dome)
    return (1 - smoothstep(away.astype(np.float32), -0.8, 0.8)).astype(np.float32)


def _hill(stage: Stage, rng: np.random.Generator) -> Plane:
    """Return a low wave along the bottom of the frame."""
    x, y = stage.grid()
    top = 0.86 + 0.035 * np.sin(x * float(rng.uniform(3, 6)) + float(rng.uniform(0, 6)))
    return smoothstep(((y - top) * stage.height).astype(np.float32), -0.8, 0.8)


def _board(
    image: Image, shape: Plane, colour: NDArray[Any], stage: Stage, rng: np.random.Generator
) -> Image:
    """Lay a painted board on the set, with the thin shadow that its thickness throws."""
    side = 1.0 if stage.light[0] < 0.5 else -1.0
    shift = np.array([[1, 0, side * 0.006 * stage.long], [0, 1, 0.008 * stage.long]], np.float32)
    size = stage.width, stage.height
    moved = cv2.warpAffine(shape, shift, size, borderMode=cv2.BORDER_REPLICATE)
    image = image * (1 - 0.24 * wide_blur(moved, 0.008 * stage.long))[..., None]
    painted_board = _brushed(flat(image.shape, colour), stage, rng, float(rng.uniform(-1.6, 1.6)))
    return over(image, painted_board, shape)


def _brushed(image: Image, stage: Stage, rng: np.random.Generator, angle: float) -> Image:
    """Return `image` with streaks as a broad brush leaves them, along `angle` (radians)."""
    reach = max(9, int(0.05 * stage.long)) | 1
    kernel = np.zeros((reach, reach), np.float32)
    half = reach // 2
    ends = int(half * np.cos(angle)), int(half * np.sin(angle))
    cv2.line(kernel, (half - ends[0], half - ends[1]), (half + ends[0], half + ends[1]), 1.0, 1)
    noise = rng.standard_normal((stage.height // 2 + 1, stage.width // 2 + 1)).astype(np.float32)
    small = cv2.filter2D(noise, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    streaks: Plane = cv2.resize(small, (stage.width, stage.height), interpolation=cv2.INTER_CUBIC)
    streaks = streaks / (float(streaks.std()) + 1e-5)
    wash = fractal(stage.height, stage.width, rng, 3, 3)
    return (image * (1 + 0.022 * streaks + 0.020 * wash)[..., None]).astype(np.float32)


def _blinds(stage: Stage, rng: np.random.Generator, bars: float = 3.0) -> Plane:
    """Return the light of a window with bars, thrown slanting across the set."""
    x, y = stage.grid()
    angle = float(rng.uniform(-0.42, -0.22)) * (1 if stage.light[0] < 0.5 else -1)
    u, v = x * stage.width / stage.long - 0.4, y * stage.height / stage.long - 0.4
    along, across = u * np.cos(angle) + v * np.sin(angle), v * np.cos(angle) - u * np.sin(angle)
    cell = 0.62 / bars
    offset = float(rng.uniform(0, cell))
    upright = (along + offset) % cell > 0.12 * cell
    level = (across + offset) % (1.5 * cell) > 0.1 * cell
    inside = np.abs(along) < 0.42
    return cv2.GaussianBlur(
        (upright & level & inside).astype(np.float32), (0, 0), 0.006 * stage.long
    )
