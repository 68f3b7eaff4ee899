"""Make the pictures on the wizard's style cards: a sample product through the embedded engine.

Run from the folder above after the engine's weights are fetched:
``PYTHONPATH=.:.. python -m samples.cards``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from stylestudio_desktop.engine import weights
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import render

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ROOT / "resources" / "samples" / "products"
FOLDER = ROOT / "resources" / "catalogue" / "pictures"
SIDE = 480
PRODUCT, GARMENT = "handbag-rust", "bag"  # one product on all cards, so that looks compare
# style: seed, the best of a few
CARDS = {"realistic": 11, "fashion": 7, "artistic": 11, "vintage": 7, "minimalist": 11}


def main(names: list[str]) -> None:
    """Write one 480-pixel card a style, rendered at 960 and reduced."""
    networks = Networks(weights.folder(), 2)
    for style, seed in CARDS.items():
        if names and style not in names:
            continue
        order = Order(
            (PHOTOS / f"{PRODUCT}.jpg",),
            (),
            style,
            "standard",
            SIDE * 2,
            SIDE * 2,
            1,
            seed,
            {"garment": GARMENT},
        )
        with tempfile.TemporaryDirectory() as folder:
            made = render(order, Path(folder), networks, lambda stage, part: None)[0]
            sys.stdout.write(f"{style}: {made.warnings}\n")
            card = (
                Image.open(made.path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            )
        card.save(FOLDER / f"{style}.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
