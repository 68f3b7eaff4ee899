"""Draw every sample product and write its photo, and its cut-out mask where the tests use one.

Run from the folder above: ``python -m samples.draw [NAME…]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from . import camera, grounds, tops
from .cloth import Piece

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ROOT / "resources" / "samples" / "products"
MASKS = ROOT / "tests" / "fixtures" / "masks"


@dataclass(frozen=True)
class Shot:
    """One photo to take: what, on which ground, and the part of the table in the frame."""

    name: str
    make: Callable[[], Piece]
    ground: str
    frame: tuple[int, int, int, int]
    seed: int
    mask: bool = True
    lift: float = 1.0


SHOTS = (
    Shot("tee-white", lambda: tops.plain_tee("#f1f0ed", 3), "grey", (60, 150, 1140, 1350), 3),
    Shot("tee-black", lambda: tops.plain_tee("#26262a", 9), "paper", (60, 150, 1140, 1350), 9),
    Shot("tee-blue", lambda: tops.plain_tee("#3f6f8c", 5), "oak", (60, 150, 1140, 1350), 5),
    Shot("tee-print", lambda: tops.printed_tee("#f0ebdf", 14), "concrete",
         (60, 150, 1140, 1350), 14),
)


def take(shot: Shot) -> int:
    """Draw one product, write its files and return the photo's size in bytes."""
    piece = shot.make()
    x0, y0, x1, y1 = shot.frame
    whole = Piece(x1 - x0, y1 - y0)
    whole.colour = np.ascontiguousarray(piece.colour[y0:y1, x0:x1])
    whole.alpha = np.ascontiguousarray(piece.alpha[y0:y1, x0:x1])
    floor = grounds.ground(shot.ground, x1 - x0, y1 - y0, shot.seed + 400)
    pixels = camera.photograph(whole, floor, shot.seed, shot.lift)
    if shot.mask:
        matte = Image.fromarray(np.asarray(whole.alpha * 255 + 0.5, np.uint8))
        matte.save(MASKS / f"{shot.name}.png", optimize=True)
    return camera.save_jpeg(pixels, PHOTOS / f"{shot.name}.jpg")


def main(names: list[str]) -> int:
    """Draw the named products, or all of them."""
    PHOTOS.mkdir(parents=True, exist_ok=True)
    MASKS.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if not names or shot.name in names:
            size = take(shot)
            sys.stdout.write(f"{shot.name}: {size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
