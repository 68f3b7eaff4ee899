"""Photograph a piece on a ground: its shadow, the fall of light, lens, sensor and JPEG."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import fields
from .cloth import Piece
from .fields import Field

Bytes3 = NDArray[np.uint8]


def photograph(
    piece: Piece, floor: Field, seed: int, lift: float = 1.0, standing: bool = False
) -> Bytes3:
    """Return sRGB bytes (h, w, 3); ``lift`` scales how far the piece is off the ground.

    A ``standing`` piece is seen from the side and touches the ground along its lower edge.
    """
    thrown = foot_shadow(piece.alpha) if standing else shadow(piece.alpha, lift)
    scene = floor * thrown[..., None]
    a = piece.alpha[..., None]
    scene = scene * (1 - a) + piece.colour * a
    h, w = piece.alpha.shape
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    # One big soft box above and to the left: light falls off gently across the table.
    near = np.hypot((xs / w) - 0.25, (ys / h) - 0.12)
    scene = scene * (1.09 - 0.17 * near)[..., None]
    corner = ((xs / w - 0.5) ** 2 + (ys / h - 0.5) ** 2) * 2
    scene = scene * (1 - 0.10 * corner**1.5)[..., None]
    scene = scene + np.dstack([fields.blur(scene[..., i], 30) for i in range(3)]) * 0.025
    rng = np.random.default_rng(seed + 77)
    shot = rng.standard_normal((h, w, 1)).astype(np.float32) * 0.6
    shot = shot + rng.standard_normal((h, w, 3)).astype(np.float32) * 0.5
    shot = np.dstack([fields.blur(shot[..., i], 0.6) for i in range(3)])
    scene = np.clip(scene, 0, None)
    scene = scene + shot * np.sqrt(scene * 0.00016 + 0.000004)
    return _encode_tone(scene)


def shadow(alpha: Field, lift: float) -> Field:
    """Contact shadow to penumbra: four blurred copies, each further off and fainter."""
    dark = np.ones_like(alpha)
    for sigma, dx, dy, amount in (
        (2.5, 1, 2, 0.42),
        (9, 5, 7, 0.30),
        (26, 12, 17, 0.22),
        (75, 20, 30, 0.14),
    ):
        s = sigma * (0.6 + 0.4 * lift)
        moved = np.roll(alpha, (round(dy * lift), round(dx * lift)), (0, 1))
        dark = dark * (1 - amount * np.clip(fields.blur(moved, s), 0, 1))
    return dark


def foot_shadow(alpha: Field) -> Field:
    """Shadow of something that stands: dark along its sole, running out towards the right."""
    h = alpha.shape[0]
    solid = alpha > 0.5
    foot = np.where(solid.any(axis=0), h - 1 - np.argmax(solid[::-1], axis=0), -999)
    ground_line = int(foot.max())
    ys = np.arange(h, dtype=np.float32)[:, None]
    near = np.clip((foot - ground_line + 40) / 40, 0, 1)[None]
    dark = np.ones_like(alpha)
    for sigma, up, down, dx, amount in (
        (3, 8, 5, 2, 0.55),
        (10, 22, 14, 8, 0.42),
        (30, 46, 34, 26, 0.32),
        (80, 90, 70, 60, 0.2),
    ):
        strip = ((ys > ground_line - up) & (ys < ground_line + down)).astype(np.float32) * near
        strip = np.roll(strip.astype(np.float32), dx, 1)
        dark = dark * (1 - amount * np.clip(fields.blur(strip, sigma), 0, 1))
    return dark


def _encode_tone(scene: Field) -> Bytes3:
    """Roll highlights off softly and encode sRGB (IEC 61966-2-1)."""
    knee = 0.80
    over = np.clip(scene - knee, 0, None)
    x = np.where(scene > knee, knee + (1 - knee) * (1 - np.exp(-over / (1 - knee))), scene)
    srgb = np.where(
        x <= 0.0031308, x * 12.92, 1.055 * np.power(np.clip(x, 1e-9, 1), 1 / 2.4) - 0.055
    )
    return np.asarray(np.clip(srgb * 255 + 0.5, 0, 255), np.uint8)


def save_jpeg(pixels: Bytes3, path: Path, most: int = 290_000) -> int:
    """Write the best JPEG of at most ``most`` bytes and return its size."""
    picture = Image.fromarray(pixels)
    for quality in range(92, 40, -3):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= most:
            path.write_bytes(out.getvalue())
            return out.tell()
    raise ValueError(f"{path.name} cannot be made smaller than {most} bytes.")
