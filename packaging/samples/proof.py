"""Photographs products for the proof of the cut-out, with masks that are exact to the pixel.

Nothing of it is kept in the repository: the same seeds give the same photos on one machine.
Run from the folder above: ``python -m samples.proof FOLDER [NAME…]`` writes photos and masks.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import camera, fields, proof_grounds, proof_pieces
from .cloth import Piece, linear
from .fields import Field

SIDE = 960


@dataclass(frozen=True)
class Item:
    """One product in a photo; `x` and `y` are its centre and `fill` its size, in frame shares."""

    base: str
    treatment: str = ""
    colour: str | None = None
    turn: float = 0.0
    x: float = 0.5
    y: float = 0.5
    fill: float = 0.8


@dataclass(frozen=True)
class Scene:
    """One photo: its products, its ground, and how they are held (flat, hanger, neck, ghost)."""

    name: str
    items: tuple[Item, ...]
    ground: str
    held: str = "flat"
    wide: bool = False

    @property
    def sort(self) -> str:
        """The sort of its ground: plain, textured or busy."""
        return proof_grounds.sort_of(self.ground)


@dataclass(frozen=True)
class Taken:
    """The photo (sRGB bytes), the products' exact alpha, and each product's own."""

    pixels: NDArray[np.uint8]
    alpha: Field
    each: tuple[Field, ...]


def _one(name: str, base: str, ground: str, **rest: Any) -> Scene:
    held, wide = rest.pop("held", "flat"), rest.pop("wide", False)
    return Scene(name, (Item(base, **rest),), ground, held, wide)


def _pair(*items: Item) -> tuple[Item, ...]:
    return items


SCENES = (
    _one("flat-tee-grey", "tee", "grey", colour="#3f6f8c"),
    _one("flat-print-concrete", "print", "concrete", turn=4),
    _one("flat-hoodie-paper", "hoodie", "paper"),
    _one("flat-jeans-sand", "jeans", "sand", turn=-3),
    _one("flat-denim-oak", "denim", "oak", turn=2),
    _one("flat-shirt-quilt", "shirt", "quilt", turn=-5),
    _one("flat-shorts-grass", "shorts", "grass"),
    _one("flat-skirt-rug", "skirt", "rug"),
    _one("flat-tee-rug", "tee", "rug", colour="#2f5a4a"),
    _one("flat-tee-tiles", "tee", "tiles", colour="#c2572e", turn=6),
    _one("flat-hoodie-brick", "hoodie", "brick"),
    _one("flat-jeans-quilt", "jeans", "quilt"),
    _one("flat-denim-tiles", "denim", "tiles"),
    _one("hanger-shirt-paper", "shirt", "paper", held="hanger"),
    _one("hanger-tee-brick", "tee", "brick", held="hanger", colour="#e2c14a"),
    _one("hanger-denim-sage", "denim", "sage", held="hanger"),
    _one("hanger-breton-room", "breton", "room", held="hanger", fill=0.62),
    _one("hanger-summer-grey", "summer", "grey", held="hanger"),
    _one("neck-tee-white", "tee", "white", held="neck", colour="#7a3b52"),
    _one("neck-hoodie-grey", "tee", "grey", held="neck", colour="#35507a"),
    _one("neck-summer-sand", "summer", "sand", held="neck"),
    _one("neck-print-sage", "print", "sage", held="neck"),
    _one("ghost-tee-white", "tee", "white", held="ghost", colour="#45644a"),
    _one("ghost-denim-white", "denim", "white", held="ghost"),
    _one("ghost-evening-white", "evening", "white", held="ghost"),
    _one("ghost-white-tee-white", "tee", "white", held="ghost", colour="#e9e8e5"),
    _one("light-tee-white", "tee", "white", colour="#ecebe8"),
    _one("light-hoodie-paper", "hoodie", "paper", colour="#e4dfd5"),
    _one("light-sneaker-grey", "sneaker", "grey", wide=True, held="standing"),
    _one("light-tote-sand", "tote", "sand"),
    _one("light-shirt-linen", "shirt", "linen", colour="#e9edf0"),
    _one("lace-evening-sage", "evening", "sage", treatment="lace"),
    _one("lace-skirt-paper", "skirt", "paper", treatment="lace", colour="#2b2b30"),
    _one("lace-summer-oak", "summer", "oak", treatment="lace", colour="#efe9de"),
    _one("sheer-skirt-grey", "skirt", "grey", treatment="sheer"),
    _one("stripes-breton-sand", "breton", "sand"),
    _one("stripes-tee-grey", "tee", "grey", treatment="stripes", colour="#8a2f36"),
    _one("stripes-breton-boards", "breton", "boards", turn=-4),
    _one("dots-tee-blush", "tee", "blush", treatment="dots", colour="#2f3f63"),
    _one("dots-skirt-rug", "skirt", "rug", treatment="dots", colour="#1f2c46"),
    _one("black-tee-paper", "tee", "paper", colour="#202024"),
    _one("black-jeans-oak", "jeans", "oak", colour="#222226"),
    _one("black-hoodie-rug", "hoodie", "rug", colour="#1f1f22"),
    _one("white-tee-oak", "tee", "oak", colour="#efeeea"),
    _one("white-shorts-grass", "shorts", "grass", colour="#f0efec"),
    _one("white-denim-concrete", "denim", "concrete", colour="#e8e8e6"),
    _one("sequins-evening-grey", "evening", "grey", treatment="sequins"),
    _one("sequins-tee-blush", "tee", "blush", treatment="sequins", colour="#a58a4c"),
    _one("sequins-skirt-tiles", "skirt", "tiles", treatment="sequins", colour="#8d3a55"),
    _one("shoe-boot-paper", "boot", "paper", held="standing", wide=True),
    _one("shoe-sneaker-oak", "sneaker", "oak", held="standing", wide=True),
    _one("shoe-boot-grass", "boot", "grass", held="standing", wide=True),
    _one("shoe-sneaker-brick", "sneaker", "brick", held="standing", wide=True),
    _one("bag-handbag-blush", "handbag", "blush", held="standing"),
    _one("bag-tote-concrete", "tote", "concrete"),
    _one("bag-handbag-room", "handbag", "room", fill=0.6),
    _one("bag-handbag-tiles", "handbag", "tiles", colour="#2f4f4a"),
    _one("straps-summer-linen", "summer", "linen"),
    _one("straps-summer-paper", "summer", "paper", colour="#b03a3a"),
    _one("straps-evening-tiles", "evening", "tiles", colour="#262a44"),
    _one("fringe-skirt-grey", "skirt", "grey", treatment="fringe"),
    _one("fringe-tee-sand", "tee", "sand", treatment="fringe", colour="#5a4632", fill=0.7),
    _one("fringe-denim-oak", "denim", "oak", treatment="fringe", fill=0.7),
    _one("hole-belt-paper", "belt", "paper"),
    _one("hole-belt-oak", "belt", "oak", colour="#1d1d1f"),
    _one("hole-breton-grey", "breton", "grey", turn=3),
    _one("hat-beanie-quilt", "beanie", "quilt"),
    Scene(
        "several-shoes-tee",
        _pair(
            Item("tee", colour="#53627c", x=0.28, y=0.5, fill=0.46),
            Item("handbag", x=0.74, y=0.5, fill=0.5),
        ),
        "grey",
        wide=True,
    ),
    Scene(
        "several-belt-jeans-oak",
        _pair(
            Item("jeans", x=0.27, y=0.5, fill=0.78),
            Item("belt", x=0.72, y=0.32, fill=0.34),
            Item("beanie", x=0.72, y=0.76, fill=0.34),
        ),
        "oak",
        wide=True,
    ),
    Scene(
        "several-tops-sand",
        _pair(
            Item("tee", colour="#7a3b52", x=0.26, y=0.5, fill=0.46),
            Item("shirt", x=0.74, y=0.5, fill=0.46),
        ),
        "sand",
        wide=True,
    ),
)

WORN = (  # what the sample collection lacks, to be worn: tops without sleeves, open jackets
    _one("top-tank", "tank", "grey"),
    _one("top-camisole", "camisole", "oak"),
    _one("jacket-cardigan", "cardigan", "sand"),
    _one("jacket-open-denim", "open-denim", "paper"),
)


def scene_of(name: str) -> Scene:
    """Return the scene called ``name``."""
    return next(one for one in SCENES if one.name == name)


def taken(scene: Scene) -> Taken:
    """Photograph a scene."""
    width, height = (SIDE * 5 // 4, SIDE) if scene.wide else (SIDE, SIDE * 5 // 4)
    seed = sum(map(ord, scene.name))
    floor = proof_grounds.ground(scene.ground, width, height, seed)
    pieces = [_placed(item, width, height) for item in scene.items]
    if scene.held in ("hanger", "neck"):
        floor = _held(floor, pieces[0], scene.held)
    total = np.zeros((height, width), np.float32)
    for piece in pieces:
        if scene.held != "ghost":
            standing = scene.held == "standing"
            thrown = (
                camera.foot_shadow(piece.alpha) if standing else camera.shadow(piece.alpha, 1.0)
            )
            floor = floor * thrown[..., None]
        cover = piece.alpha[..., None]
        floor = floor * (1 - cover) + piece.colour * cover
        total = np.maximum(total, piece.alpha)
    pixels = camera.photograph(Piece(width, height), floor, seed)
    squeezed = io.BytesIO()
    Image.fromarray(pixels).save(squeezed, "JPEG", quality=93)
    read = np.array(Image.open(squeezed))
    return Taken(read, total, tuple(piece.alpha for piece in pieces))


def _placed(item: Item, width: int, height: int) -> Piece:
    """Turn and shrink a product into the frame; colours are carried with their coverage."""
    drawn = proof_pieces.made(item.base, item.treatment, item.colour)
    ys, xs = np.nonzero(drawn.alpha > 0.02)
    box = float(np.ptp(xs)), float(np.ptp(ys))
    scale = item.fill * min(width / box[0], height / box[1])
    centre = float(xs.min() + xs.max()) / 2, float(ys.min() + ys.max()) / 2
    packed = np.dstack([drawn.colour * drawn.alpha[..., None], drawn.alpha])
    packed = fields.blur(packed, max(0.0, 0.42 / scale - 0.3))  # before it is shrunk
    matrix = cv2.getRotationMatrix2D(centre, item.turn, scale)
    matrix[:, 2] += np.array([item.x * width - centre[0], item.y * height - centre[1]])
    moved = cv2.warpAffine(packed, matrix, (width, height), flags=cv2.INTER_LINEAR)
    piece = Piece(width, height)
    piece.alpha = moved[..., 3].clip(0, 1)
    piece.colour = moved[..., :3] / np.maximum(moved[..., 3:], 1e-4)
    return piece


def _held(floor: Field, piece: Piece, how: str) -> Field:
    """Draw what holds a garment behind it: a hanger with its hook, or a mannequin's neck."""
    xs = np.nonzero(piece.alpha > 0.5)[1]
    middle = int((xs.min() + xs.max()) / 2)
    column = np.flatnonzero(piece.alpha[:, middle] > 0.5)
    top, size = int(column[0]), int(np.ptp(xs))
    height, width = piece.alpha.shape
    cover = np.zeros((height, width), np.uint8)
    if how == "hanger":
        reach, drop = int(0.20 * size), int(0.11 * size)
        bar = np.array(
            [(middle - reach, top + drop), (middle, top - 22), (middle + reach, top + drop)]
        )
        cv2.polylines(cover, [bar], False, 255, 15, cv2.LINE_AA)
        cv2.line(cover, (middle, top - 24), (middle, top - 62), 255, 5, cv2.LINE_AA)
        cv2.ellipse(cover, (middle - 17, top - 62), (17, 22), 0, -180, 10, 255, 5, cv2.LINE_AA)
        tone = np.array(linear("#b08a5c"), np.float32)
    else:
        half, up = int(0.085 * size), int(0.16 * size)
        foot, low = int(1.3 * half), top + 90
        corners = [(-half, top - up), (half, top - up), (foot, low), (-foot, low)]
        neck = np.array([(middle + across, down) for across, down in corners])
        cv2.fillPoly(cover, [neck], 255, cv2.LINE_AA)
        cv2.ellipse(cover, (middle, top - up), (half, half // 4), 0, 0, 360, 255, -1, cv2.LINE_AA)
        x = (np.arange(width) - middle) / (1.4 * half)
        round_light = np.sqrt(np.clip(1 - (x + 0.25) ** 2, 0.15, 1)).astype(np.float32)
        tone = np.array(linear("#d9c7b2"), np.float32) * round_light[None, :, None]
    share = (cover.astype(np.float32) / 255)[..., None]
    floor = floor * camera.shadow(share[..., 0], 1.2)[..., None]
    return np.asarray(floor * (1 - share) + tone * share, np.float32)


def all_taken(names: list[str]) -> Iterator[tuple[Scene, Taken]]:
    """Photograph the named scenes, or all of them, one after another."""
    for scene in SCENES:
        if not names or scene.name in names:
            yield scene, taken(scene)


def main(folder: Path, names: list[str]) -> int:
    """Write each photo as JPEG and its mask as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for scene, shot in all_taken(names):
        Image.fromarray(shot.pixels).save(folder / f"{scene.name}.jpg", quality=95)
        mask = np.asarray(shot.alpha * 255 + 0.5, np.uint8)
        Image.fromarray(mask).save(folder / f"{scene.name}.mask.png", optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2:]))
