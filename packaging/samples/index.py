"""Write the list of the sample collection, with the digest of every photo.

Run from the folder above after drawing: ``python -m samples.index``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "samples"
OURS = "Drawn by Style Studio Desktop's own programs; free to use with the program (CC0-1.0)"
OPENPEOPLE = "MIT, © 2026 Prompt Haus (OpenPeople 0.1.2)"

# file, title, garment kind, style that suits it
PRODUCTS = (
    ("tee-white", "White T-shirt", "top", "realistic"),
    ("tee-black", "Black T-shirt", "top", "minimalist"),
    ("tee-blue", "Blue T-shirt", "top", "realistic"),
    ("tee-print", "T-shirt with a hill print", "top", "artistic"),
    ("longsleeve-striped", "Striped long sleeve", "top", "vintage"),
    ("hoodie-grey", "Grey hoodie", "top", "realistic"),
    ("shirt-striped", "Striped shirt", "top", "minimalist"),
    ("jacket-denim", "Denim jacket", "jacket", "vintage"),
    ("dress-summer", "Flowered summer dress", "dress", "fashion"),
    ("dress-evening", "Green evening dress", "dress", "fashion"),
    ("skirt-pleated", "Pleated skirt", "skirt", "fashion"),
    ("jeans-blue", "Blue jeans", "trousers", "realistic"),
    ("shorts-sand", "Sand shorts", "shorts", "realistic"),
    ("sneaker-white", "White sneaker", "shoes", "artistic"),
    ("boot-brown", "Brown ankle boot", "shoes", "vintage"),
    ("handbag-rust", "Rust handbag", "bag", "fashion"),
    ("tote-canvas", "Canvas tote", "bag", "minimalist"),
    ("beanie-mustard", "Mustard beanie", "other", "artistic"),
)
PEOPLE = (
    ("person-1", "Person with short curly hair"),
    ("person-2", "Person with chin-length curls"),
    ("person-3", "Person with smooth tied hair"),
    ("person-4", "Person with wide curly hair"),
)
MANNEQUINS = (
    ("mannequin-narrow", "Mannequin, narrow"),
    ("mannequin-broad", "Mannequin, broad"),
    ("mannequin-dark", "Mannequin, dark"),
)


def row(
    file: str, title: str, category: str, kind: str | None, style: str, licence: str
) -> dict[str, str | None]:
    """One entry of the list; ``file`` is a path from the sample folder."""
    digest = hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()
    return {
        "file": file,
        "title": title,
        "category": category,
        "kind": kind,
        "style": style,
        "sha256": digest,
        "licence": licence,
    }


def main() -> None:
    """Write ``collection.json`` beside the photos."""
    items = [
        row(f"products/{n}.jpg", title, "product_image", kind, style, OURS)
        for n, title, kind, style in PRODUCTS
    ]
    items += [
        row(f"people/{n}.jpg", title, "model_image", None, "realistic", OPENPEOPLE)
        for n, title in PEOPLE
    ]
    items += [
        row(f"people/{n}.jpg", title, "model_image", None, "minimalist", OURS)
        for n, title in MANNEQUINS
    ]
    text = json.dumps({"version": 1, "items": items}, indent=2, ensure_ascii=False) + "\n"
    (FOLDER / "collection.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
