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

from . import bags, boots, bottoms, camera, dresses, grounds, shoes, tailored, tops, warm
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
    standing: bool = False
    lift: float = 1.0


SHOTS = (
    Shot("tee-white", lambda: tops.plain_tee("#f1f0ed", 3), "grey", (60, 150, 1140, 1350), 3),
    Shot("tee-black", lambda: tops.plain_tee("#26262a", 9), "paper", (60, 150, 1140, 1350), 9),
    Shot("tee-blue", lambda: tops.plain_tee("#3f6f8c", 5), "oak", (60, 150, 1140, 1350), 5),
    Shot(
        "tee-print", lambda: tops.printed_tee("#f0ebdf", 14), "concrete", (60, 150, 1140, 1350), 14
    ),
    Shot(
        "longsleeve-striped",
        lambda: warm.breton("#efece4", "#23304f", 21),
        "sand",
        (30, 150, 1170, 1350),
        21,
    ),
    Shot(
        "hoodie-grey",
        lambda: warm.hoodie("#9a9c9e", 31),
        "paper",
        (20, 20, 1180, 1320),
        31,
        lift=1.4,
    ),
    Shot(
        "shirt-striped",
        lambda: tailored.shirt("#dfe8f0", 41, "#7d9cbc"),
        "oak",
        (20, 160, 1180, 1360),
        41,
    ),
    Shot(
        "jacket-denim",
        lambda: tailored.denim_jacket("#3d5876", 45),
        "paper",
        (20, 130, 1180, 1330),
        45,
        lift=1.4,
    ),
    Shot(
        "dress-summer",
        lambda: dresses.summer_dress("#2f4668", 61),
        "linen",
        (100, 100, 1100, 1380),
        61,
    ),
    Shot(
        "dress-evening",
        lambda: dresses.evening_dress("#1f5a4a", 65),
        "blush",
        (60, 50, 1140, 1600),
        65,
    ),
    Shot(
        "skirt-pleated",
        lambda: bottoms.pleated_skirt("#7d3b3f", 58),
        "grey",
        (80, 120, 1120, 1340),
        58,
    ),
    Shot(
        "jeans-blue",
        lambda: bottoms.jeans("#34506f", 51),
        "concrete",
        (130, 90, 1070, 1490),
        51,
        lift=1.3,
    ),
    Shot("shorts-sand", lambda: bottoms.shorts("#b59a74", 55), "linen", (140, 10, 1060, 1210), 55),
    Shot(
        "sneaker-white",
        lambda: shoes.sneaker("#f1efe9", "#3d6b58", 71),
        "grey",
        (120, 140, 1420, 1060),
        71,
        standing=True,
    ),
    Shot(
        "boot-brown",
        lambda: boots.boot("#6b4027", 75),
        "paper",
        (160, 20, 1460, 1220),
        75,
        standing=True,
    ),
    Shot(
        "handbag-rust",
        lambda: bags.handbag("#8a3f2c", 81),
        "blush",
        (120, 100, 1120, 1300),
        81,
        standing=True,
    ),
    Shot("tote-canvas", lambda: bags.tote("#e6dcc6", 85), "concrete", (140, 90, 1060, 1390), 85),
    Shot(
        "beanie-mustard",
        lambda: bags.beanie("#b8862f", 91),
        "oak",
        (0, 0, 1200, 1200),
        91,
        lift=1.5,
    ),
)


def take(shot: Shot) -> int:
    """Draw one product, write its files and return the photo's size in bytes."""
    piece = shot.make()
    x0, y0, x1, y1 = shot.frame
    whole = Piece(x1 - x0, y1 - y0)
    whole.colour = np.ascontiguousarray(piece.colour[y0:y1, x0:x1])
    whole.alpha = np.ascontiguousarray(piece.alpha[y0:y1, x0:x1])
    floor = grounds.ground(shot.ground, x1 - x0, y1 - y0, shot.seed + 400)
    pixels = camera.photograph(whole, floor, shot.seed, shot.lift, shot.standing)
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
