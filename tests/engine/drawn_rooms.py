"""Draws rooms of our own (CC0) as background photos whose plane, light and grain are known."""

from dataclasses import dataclass

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import fractal, smoothstep


@dataclass(frozen=True)
class Room:
    """A photo, the corners of a rectangle on its ground in shares, and from where it is lit."""

    rgb: np.ndarray
    corners: tuple[tuple[float, float], ...]
    lit_from: str


def room(
    kind: str = "tiles",
    size: tuple[int, int] = (1200, 900),
    lit_from: str = "left",
    grain: float = 2.0,
    blur: float = 0.0,
    seed: int = 1,
    warm: float = 1.0,
) -> Room:
    """Draw a floor of `tiles` or `boards`, a `table` top or `sand`, with a wall behind it."""
    rng = np.random.default_rng(seed)
    width, height = size
    pitch = np.deg2rad({"table": 24, "tiles": 18, "boards": 22, "sand": 20}[kind])
    up = {"table": 0.62, "tiles": 1.5, "boards": 1.35, "sand": 1.4}[kind]
    ends = {"table": 1.45, "tiles": 4.6, "boards": 3.6, "sand": 40.0}[kind]
    focal = 1.1 * max(size)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    ray = np.stack([(x - width / 2) / focal, (y - height / 2) / focal, np.ones_like(x)], axis=-1)
    down = ray[..., 1] * np.cos(pitch) + ray[..., 2] * np.sin(pitch)
    ahead = ray[..., 2] * np.cos(pitch) - ray[..., 1] * np.sin(pitch)
    far = np.where(down > 1e-4, up / np.maximum(down, 1e-4), 1e6)
    gx, gy = ray[..., 0] * far, ahead * far
    on_ground = (gy < ends) & (down > 1e-4)
    side = {"left": -1.0, "right": 1.0}[lit_from]
    ground = _ground(kind, gx, gy, rng)
    lamp = np.stack([gx - side * 1.6 * up, gy - 1.1 * up - 0.4, np.full_like(gx, 1.6 * up)])
    fall = (1.6 * up) / np.sqrt(np.square(lamp).sum(axis=0))
    shade = 0.30 + 1.0 * fall**2
    ground = ground * shade[..., None]
    wall_y = ends + (0.9 if kind == "table" else 0.0)
    wx = ray[..., 0] * wall_y / np.maximum(ahead, 1e-3)
    tone = {"table": (0.50, 0.52, 0.50), "tiles": (0.62, 0.60, 0.56), "boards": (0.70, 0.66, 0.60),
            "sand": (0.55, 0.68, 0.82)}[kind]  # fmt: skip
    light = 0.55 + 0.35 * np.exp(-np.square((wx - side * 1.2 * up) / (2.2 * up)))
    wall = (
        np.array(tone)
        * light[..., None]
        * (1 + 0.02 * fractal(height, width, rng, 4, 4))[..., None]
    )
    if kind == "table":
        wall = cv2.GaussianBlur(wall, (0, 0), 6)
    linear = np.where(on_ground[..., None], ground, wall)
    linear = linear * np.array([warm, 1.0, 2 - warm])
    linear = cv2.GaussianBlur(linear, (0, 0), 0.6 + blur)
    picture = 255 * np.power(np.clip(linear, 0, 1), 1 / 2.2)
    picture += rng.normal(0, grain, (height, width))[..., None]
    rgb = np.clip(picture + 0.5, 0, 255).astype(np.uint8)

    def seen(px: float, py: float) -> tuple[float, float]:
        v = np.array(
            [px, up * np.cos(pitch) - py * np.sin(pitch), py * np.cos(pitch) + up * np.sin(pitch)]
        )
        return (
            float(v[0] / v[2] * focal / width + 0.5),
            float(v[1] / v[2] * focal / height + 0.5),
        )

    near, deep, half = {
        "table": (0.95, 1.4, 0.28),
        "tiles": (2.4, 3.7, 0.62),
        "boards": (2.1, 3.2, 0.6),
        "sand": (2.3, 3.6, 0.65),
    }[kind]
    corners = (seen(-half, deep), seen(half, deep), seen(half, near), seen(-half, near))
    return Room(rgb, corners, lit_from)


def _ground(kind: str, gx: np.ndarray, gy: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the linear colours of the ground at places of it (metres)."""
    noise = fractal(512, 512, rng, 6, 6)

    def texture(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        at = tuple((np.abs(np.mod(one, 2) - 1) * 511).astype(np.float32) for one in (u, v))
        return cv2.remap(noise, at[0], at[1], cv2.INTER_LINEAR)

    if kind == "tiles":
        step = 0.45
        ix, iy = np.floor(gx / step), np.floor(gy / step)
        dark = np.mod(ix + iy, 2)
        base = np.where(dark[..., None] > 0, (0.34, 0.32, 0.30), (0.60, 0.57, 0.52))
        edge = np.minimum(
            np.abs(gx / step - np.round(gx / step)), np.abs(gy / step - np.round(gy / step))
        )
        joint = 1 - smoothstep(edge.astype(np.float32), 0.010, 0.022)
        base = base * (1 + 0.03 * texture(gx * 0.7, gy * 0.7))[..., None]
        return base * (1 - 0.45 * joint)[..., None]
    if kind == "sand":
        base = np.array((0.58, 0.48, 0.34)) * (1 + 0.10 * texture(gx * 0.5, gy * 0.5))[..., None]
        return base * (1 + 0.06 * texture(gx * 3, gy * 3))[..., None]
    step = 0.16 if kind == "boards" else 0.13
    board = np.floor(gx / step)
    tint = 1 + 0.16 * np.sin(board * 12.9898) * np.cos(board * 78.233)
    veins = texture(gx * 2.3 + 0.37 * board, gy * 0.22 + 0.61 * board)
    tone = (0.36, 0.21, 0.11) if kind == "table" else (0.46, 0.31, 0.19)
    base = np.array(tone) * (tint * (1 + 0.16 * veins))[..., None]
    joint = 1 - smoothstep(np.abs(gx / step - np.round(gx / step)).astype(np.float32), 0.010, 0.026)
    return base * (1 - 0.5 * joint)[..., None]


def plaster(
    size: tuple[int, int] = (900, 1200), lit_from: str = "left", grain: float = 2.0
) -> Room:
    """Draw a plastered wall from straight before it, lit from one side."""
    rng = np.random.default_rng(5)
    width, height = size
    x = np.linspace(0, 1, width)[None]
    side = 0.1 if lit_from == "left" else 0.9
    light = 0.42 + 0.45 * np.exp(-np.square((x - side) / 0.7))
    rough = fractal(height, width, rng, 5, 6)
    relief = rough - np.roll(rough, 3 if lit_from == "left" else -3, axis=1)
    linear = np.array((0.74, 0.70, 0.64)) * (light * (1 + 0.03 * rough + 0.05 * relief))[..., None]
    picture = 255 * np.power(np.clip(linear, 0, 1), 1 / 2.2)
    picture = (
        cv2.GaussianBlur(picture, (0, 0), 0.6) + rng.normal(0, grain, (height, width))[..., None]
    )
    corners = ((0.18, 0.08), (0.82, 0.08), (0.82, 0.9), (0.18, 0.9))
    return Room(np.clip(picture + 0.5, 0, 255).astype(np.uint8), corners, lit_from)
