"""Busy grounds on which products are photographed to prove the cut-out: rug, tiles, quilt, room."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from . import fields, grounds
from .cloth import linear
from .fields import Field

Shape = tuple[int, int]
TEXTURED = ("concrete", "linen", "oak", "boards")


def ground(kind: str, width: int, height: int, seed: int) -> Field:
    """Linear-light colour (h, w, 3) of a ground called ``kind``, plain ones included."""
    own = BUSY.get(kind)
    if own is not None:
        return np.asarray(own((height, width), seed), np.float32)
    return grounds.ground(kind, width, height, seed)


def sort_of(kind: str) -> str:
    """Say whether a ground is ``plain``, ``textured`` (one material) or ``busy`` (a pattern)."""
    if kind in BUSY:
        return "busy"
    return "textured" if kind in TEXTURED else "plain"


def _mixed(low: str, high: str, share: Field) -> Field:
    part = np.clip(share, 0, 1)[..., None]
    return np.array(linear(low), np.float32) * (1 - part) + np.array(linear(high)) * part


def _grid(shape: Shape) -> tuple[Field, Field]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return y, x


def _rug(shape: Shape, seed: int) -> Field:
    """A woven rug: diamonds in rows, bands between them, and a short pile."""
    y, x = _grid(shape)
    diamond = np.abs((x % 120) - 60) + np.abs((y % 120) - 60)
    figure = ((diamond // 15) % 2).astype(np.float32)
    out = _mixed("#7a2f2a", "#d8c39a", fields.blur(figure, 1.2))
    band = fields.blur(((y // 120) % 3 == 0).astype(np.float32), 1.0)
    out = out * (1 - 0.75 * band[..., None]) + 0.75 * band[..., None] * _mixed(
        "#23304f", "#b98d4c", fields.blur(figure, 1.0)
    )
    pile = 1 + 0.10 * fields.noise(shape, seed, 1.1) + 0.05 * fields.noise(shape, seed + 1, 14)
    return out * pile[..., None]


def _tiles(shape: Shape, seed: int) -> Field:
    """Kitchen tiles, each a little different, with grey grout between."""
    y, x = _grid(shape)
    rows, columns = (y // 150).astype(int), (x // 150).astype(int)
    tone = np.random.default_rng(seed).uniform(0.75, 1.0, (40, 40))[rows, columns]
    joint = np.minimum(np.minimum(x % 150, 150 - x % 150), np.minimum(y % 150, 150 - y % 150))
    glaze = 1 + 0.03 * fields.noise(shape, seed, 40)
    out = np.array(linear("#9db3b0"), np.float32) * (tone * glaze)[..., None]
    share = np.exp(-((joint / 2.4) ** 2))[..., None]
    return out * (1 - share) + share * np.array(linear("#6d6a66"))


def _quilt(shape: Shape, seed: int) -> Field:
    """A flowered bed cover with soft folds."""
    rng = np.random.default_rng(seed)
    flowers = np.zeros((*shape, 3), np.float32) + np.array(linear("#ece6db"), np.float32)
    for _ in range(shape[0] * shape[1] // 6500):
        at = int(rng.integers(0, shape[1])), int(rng.integers(0, shape[0]))
        colour = linear(("#b8505a", "#5d7d5b", "#d29a55", "#5b6f9c")[int(rng.integers(0, 4))])
        for turn in range(5):
            angle = turn * 72 + float(rng.uniform(0, 30))
            cv2.ellipse(flowers, at, (17, 7), angle, 0, 180, colour, -1, cv2.LINE_AA)
    folds = grounds.ground("linen", shape[1], shape[0], seed)
    return flowers * (folds / folds.mean())


def _grass(shape: Shape, seed: int) -> Field:
    """A lawn: short blades in two greens, light and shade in patches."""
    blades = fields.noise(shape, seed, 0.9, 6) * 0.30 + fields.noise(shape, seed + 1, 2.0, 9) * 0.22
    patches = 0.5 + blades + 0.12 * fields.noise(shape, seed + 2, 50)
    return _mixed("#33491f", "#86a04a", patches)


def _brick(shape: Shape, seed: int) -> Field:
    """A wall of bricks, every other row shifted by half a brick."""
    y, x = _grid(shape)
    row = (y // 62).astype(int)
    shifted = x + (row % 2) * 85
    column = (shifted // 170).astype(int)
    tone = np.random.default_rng(seed).uniform(0.6, 1.15, (60, 60))[row, column]
    edge = np.minimum(
        np.minimum(shifted % 170, 170 - shifted % 170), np.minimum(y % 62, 62 - y % 62)
    )
    rough = 1 + 0.10 * fields.noise(shape, seed, 1.3) + 0.06 * fields.noise(shape, seed + 1, 12)
    out = np.array(linear("#9a5a43"), np.float32) * (tone * rough)[..., None]
    share = np.exp(-((edge / 4.0) ** 2))[..., None]
    return out * (1 - share) + share * np.array(linear("#c9c0b4"))


def _room(shape: Shape, seed: int) -> Field:
    """A corner of a room: wall, skirting, boards, a picture frame and a plant at the edges."""
    height, width = shape
    out = grounds.ground("sage", width, height, seed)
    floor = int(height * 0.86)
    out[floor:] = grounds.ground("boards", width, height - floor, seed)
    out[floor - 26 : floor] = np.array(linear("#f2efe9"))
    frame = (int(width * 0.80), int(height * 0.05)), (int(width * 1.05), int(height * 0.30))
    cv2.rectangle(out, *frame, linear("#3a2f29"), -1)
    inner = (frame[0][0] + 12, frame[0][1] + 12), (frame[1][0] - 12, frame[1][1] - 12)
    cv2.rectangle(out, *inner, linear("#d9b48a"), -1)
    rng = np.random.default_rng(seed)
    for _ in range(26):  # leaves that reach in from the left
        at = int(rng.uniform(-0.02, 0.10) * width), int(rng.uniform(0.45, 0.95) * height)
        size = int(rng.uniform(20, 60)), int(rng.uniform(7, 15))
        green = linear(("#3f6b3c", "#5d8a4f", "#2d4f2e")[int(rng.integers(0, 3))])
        cv2.ellipse(out, at, size, float(rng.uniform(-70, 70)), 0, 360, green, -1, cv2.LINE_AA)
    return out


BUSY: dict[str, Callable[[Shape, int], Field]] = {
    "rug": _rug,
    "tiles": _tiles,
    "quilt": _quilt,
    "grass": _grass,
    "brick": _brick,
    "room": _room,
}
