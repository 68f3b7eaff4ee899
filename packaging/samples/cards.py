"""Make the pictures on the wizard's cards of styles, arrangements and backdrops.

They show sample products through the embedded engine. Run from the folder above after the
engine's weights are fetched:
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
SMALL = 320  # the other cards: product, its kind, seed and options
OTHERS = {
    "arrangement-auto": ("tee-print", "top", 4, {}),
    "arrangement-standing": ("boot-brown", "shoes", 4, {"arrangement": "standing"}),
    "arrangement-leaning": ("tote-canvas", "bag", 4, {"arrangement": "leaning"}),
    "arrangement-laid": ("shorts-sand", "shorts", 4, {"arrangement": "laid"}),
    "arrangement-hung": ("dress-summer", "dress", 4, {"arrangement": "hung"}),
    "arrangement-plinth": ("handbag-rust", "bag", 2, {"arrangement": "plinth"}),
    **{
        f"backdrop-{name}": ("handbag-rust", "bag", 2, {"backdrop": name})
        for name in ("style", "seamless", "gradient", "wall", "fabric", "gel", "white")
    },
}


def main(names: list[str]) -> None:
    """Write the cards, rendered at twice their size and reduced."""
    networks = Networks(weights.folder(), 2)
    for name, (product, garment, seed, options) in OTHERS.items():
        if names and name not in names:
            continue
        chosen = {"garment": garment, **options}
        style = "fashion" if name in ("backdrop-style", "backdrop-gel") else "realistic"
        photo = (PHOTOS / f"{product}.jpg",)
        order = Order(photo, (), style, "standard", 2 * SMALL, 2 * SMALL, 1, seed, chosen)
        with tempfile.TemporaryDirectory() as folder:
            made = render(order, Path(folder), networks, lambda stage, part: None)[0]
            whole = Image.open(made.path).convert("RGB")
            card = whole.resize((SMALL, SMALL), Image.Resampling.LANCZOS)
        card.save(FOLDER / f"{name}.jpg", quality=84, optimize=True)
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
