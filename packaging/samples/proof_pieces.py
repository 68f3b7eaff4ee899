"""Products that are hard to cut out, made from the samples: lace, fringe, sequins, loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from . import bags, boots, bottoms, curves, dresses, fields, shoes, summery, tailored, tops, warm
from .cloth import Panel, Piece, linear
from .fields import Field

BASES: dict[str, Callable[[], Piece]] = {
    "tee": lambda: tops.plain_tee("#8d8f92", 5),
    "print": lambda: tops.printed_tee("#f0ebdf", 14),
    "breton": lambda: warm.breton("#efece4", "#23304f", 21),
    "hoodie": lambda: warm.hoodie("#9a9c9e", 31),
    "shirt": lambda: tailored.shirt("#dfe8f0", 41, "#7d9cbc"),
    "denim": lambda: tailored.denim_jacket("#3d5876", 45),
    "summer": lambda: dresses.summer_dress("#2f4668", 61),
    "evening": lambda: dresses.evening_dress("#1f5a4a", 65),
    "skirt": lambda: bottoms.pleated_skirt("#7d3b3f", 58),
    "jeans": lambda: bottoms.jeans("#34506f", 51),
    "shorts": lambda: bottoms.shorts("#b59a74", 55),
    "sneaker": lambda: shoes.sneaker("#f1efe9", "#3d6b58", 71),
    "boot": lambda: boots.boot("#6b4027", 75),
    "handbag": lambda: bags.handbag("#8a3f2c", 81),
    "tote": lambda: bags.tote("#e6dcc6", 85),
    "beanie": lambda: bags.beanie("#b8862f", 91),
    "belt": lambda: _belt("#5a3a26", 95),
    "tank": lambda: summery.tank("#b5483c", 15),
    "camisole": lambda: summery.camisole("#d8c7a8", 19),
    "cardigan": lambda: summery.open_jacket("#6f7f5a", 49),
    "open-denim": lambda: summery.open_jacket("#4a5f7d", 47, "denim", 120.0),
}


@cache
def base(name: str) -> Piece:
    """Return a drawn product; it is shared, so it is never written to."""
    return BASES[name]()


def made(name: str, treatment: str, colour: str | None) -> Piece:
    """Return a product of its own colour and ``treatment``, as a copy."""
    original = base(name)
    piece = Piece(original.alpha.shape[1], original.alpha.shape[0])
    piece.colour, piece.alpha = original.colour.copy(), original.alpha.copy()
    if colour is not None:
        _recoloured(piece, colour)
    if treatment:
        TREATMENTS[treatment](piece)
    return piece


def _recoloured(piece: Piece, colour: str) -> None:
    inside = piece.alpha > 0.9
    mean = piece.colour[inside].mean(axis=0)
    piece.colour *= (np.array(linear(colour)) / np.maximum(mean, 1e-4)).astype(np.float32)


def _box(piece: Piece) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(piece.alpha > 0.5)
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


def _lace(piece: Piece) -> None:
    """Turn the lowest third into a net: round holes in rows, a closed border along the hem."""
    _, top, _, bottom = _box(piece)
    y, x = np.mgrid[0 : piece.alpha.shape[0], 0 : piece.alpha.shape[1]].astype(np.float32)
    row = np.floor(y / 19)
    away = np.hypot((x + 11 * (row % 2)) % 22 - 11, y % 19 - 9.5)
    net = np.clip((away - 6.5) / 1.5 + 0.5, 0, 1)
    rim = cv2.distanceTransform((piece.alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5) < 7
    start = top + 0.66 * (bottom - top)
    lower = np.clip((y - start) / 2, 0, 1) * (1 - rim)
    piece.alpha = piece.alpha * (1 - lower * (1 - net))


def _sheer(piece: Piece) -> None:
    """Make the lower half of tulle: it lets half of the ground through."""
    _, top, _, bottom = _box(piece)
    y = np.arange(piece.alpha.shape[0], dtype=np.float32)[:, None]
    piece.alpha = piece.alpha * (1 - 0.5 * np.clip((y - (top + bottom) / 2) / 30, 0, 1))


def _fringe(piece: Piece) -> None:
    """Hang thin threads along the lower edge, each with its own length and bend."""
    rng = np.random.default_rng(7)
    _, top, _, bottom = _box(piece)
    solid = piece.alpha > 0.5
    lines: list[Field] = []
    for x in range(0, piece.alpha.shape[1], 9):
        column = np.flatnonzero(solid[:, x])
        if len(column) == 0 or column[-1] < top + 0.8 * (bottom - top):
            continue
        start, length, bend = int(column[-1]) - 4, rng.uniform(70, 120), rng.uniform(-14, 14)
        t = np.linspace(0, 1, 12)
        lines.append(np.stack([x + bend * t * t, start + length * t], axis=-1))
    height, width = piece.alpha.shape
    cover = np.zeros((height, width), np.uint8)
    fixed = [np.round(line * 16).astype(np.int32) for line in lines]
    cv2.polylines(cover, fixed, False, 255, 2, cv2.LINE_AA, shift=4)
    threads = cover.astype(np.float32) / 255
    grain = 1 + 0.2 * fields.noise((height, width), 3, 2)
    tone = piece.colour[solid].mean(axis=0) * grain[..., None]
    share = (threads * (1 - piece.alpha))[..., None]
    piece.colour = (piece.colour * (1 - share) + tone * share).astype(np.float32)
    piece.alpha = np.maximum(piece.alpha, threads)


def _sequins(piece: Piece) -> None:
    """Cover the cloth with small mirrors, each turned its own way."""
    height, width = piece.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    row = np.floor(y / 9)
    column = np.floor((x + 4.5 * (row % 2)) / 9)
    turn = np.random.default_rng(11).standard_normal((height // 9 + 2, width // 9 + 3))
    glint = turn[row.astype(int), column.astype(int)]
    disc = np.hypot((x + 4.5 * (row % 2)) % 9 - 4.5, y % 9 - 4.5)
    shine = np.exp(1.1 * glint - 0.7) * (disc < 4.3) + 0.25 * (disc >= 4.3)
    piece.colour = (piece.colour * fields.blur(shine.astype(np.float32), 0.6)[..., None]).astype(
        np.float32
    )


def _stripes(piece: Piece) -> None:
    """Print broad upright stripes of the ground's usual grey on the cloth."""
    x = np.arange(piece.alpha.shape[1], dtype=np.float32)[None]
    share = fields.blur(((x // 34) % 2).repeat(piece.alpha.shape[0], 0), 1.0)[..., None]
    level = piece.colour.mean(axis=-1, keepdims=True) / max(1e-3, float(piece.colour.mean()))
    pale = np.array(linear("#d3d4d5"), np.float32) * np.clip(level, 0.4, 1.2)
    piece.colour = (piece.colour * (1 - share) + pale * share).astype(np.float32)


def _dots(piece: Piece) -> None:
    """Print white dots on the cloth."""
    y, x = np.mgrid[0 : piece.alpha.shape[0], 0 : piece.alpha.shape[1]].astype(np.float32)
    share = (np.hypot(x % 52 - 26, y % 52 - 26) < 11).astype(np.float32)
    soft = fields.blur(share, 0.8)[..., None]
    piece.colour = (piece.colour * (1 - soft) + 0.78 * soft).astype(np.float32)


TREATMENTS: dict[str, Callable[[Piece], None]] = {
    "lace": _lace,
    "sheer": _sheer,
    "fringe": _fringe,
    "sequins": _sequins,
    "stripes": _stripes,
    "dots": _dots,
}


def _belt(colour: str, seed: int) -> Piece:
    """A belt laid in a loop, with a metal buckle: a product around a hole."""
    piece = Piece(1200, 1200)
    turn = np.linspace(0, 2 * np.pi, 160)[:, None]
    wave = 1 + 0.05 * np.sin(3 * turn)
    outer = np.hstack([600 + 430 * wave * np.cos(turn), 600 + 400 * wave * np.sin(turn)])
    inner = np.hstack([600 + 355 * wave * np.cos(turn), 600 + 325 * wave * np.sin(turn)])
    piece.lay(Panel(outer, colour, "leather", seed=seed, thick=9, rim=16, gloss=0.2, cut=[inner]))
    for width, tone in ((75, "#b9b2a2"), (45, colour)):
        box = curves.resample(_square(990, 600, width), 6)
        piece.lay(Panel(box, tone, "leather", seed=seed + width, thick=6, rim=8, gloss=0.4))
    return piece


def _square(x: float, y: float, half: float) -> curves.Points:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    return np.array([(x + dx * half, y + dy * half) for dx, dy in corners], np.float64)
