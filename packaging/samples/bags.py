"""A leather handbag, a canvas tote and a knitted beanie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import curves, fields
from .cloth import Panel, Piece
from .curves import Knot
from .fields import Field
from .tops import AXIS
from .warm import at, sided


def _metal(
    piece: Piece, outline: curves.Points, seed: int, hole: curves.Points | None = None
) -> None:
    part = Panel(
        outline,
        "#a88a4e",
        "satin",
        seed=seed,
        thick=9,
        rim=8,
        gloss=0.75,
        shine=18,
        cut=() if hole is None else (hole,),
    )
    piece.lay(part, 0.55, 5)


def _round_box(cx: float, cy: float, w: float, h: float, r: float) -> curves.Points:
    t = np.linspace(0, 2 * np.pi, 120)
    c, s = np.cos(t), np.sin(t)
    return np.column_stack(
        [cx + np.sign(c) * (w / 2 - r) + r * c, cy + np.sign(s) * (h / 2 - r) + r * s]
    )


def handbag(colour: str, seed: int) -> Piece:
    """A structured leather bag with a flap, a turn lock and one rolled handle."""
    piece = Piece(1200, 1300)
    arch = curves.smooth(
        [(420, 560), (424, 420), (470, 300), (600, 246), (730, 300), (776, 420), (780, 560)]
    )
    handle = Panel(
        curves.band(curves.offset(arch, -17), 34),
        colour,
        "leather",
        seed=seed,
        thick=20,
        rim=18,
        gloss=0.2,
        shine=14,
    )
    handle.stitch(curves.offset(arch, 9), None, 6, 3)
    piece.lay(handle, 0)
    right: list[Knot] = [
        (600, 520, "c"),
        (800, 520),
        (876, 536),
        (908, 580, "c"),
        (940, 800),
        (956, 1010),
        (940, 1048),
        (900, 1062, "c"),
        (600, 1068, "c"),
    ]
    body = Panel(
        curves.symmetric(right, AXIS),
        colour,
        "leather",
        seed=seed + 1,
        thick=26,
        rim=40,
        gloss=0.14,
        shine=14,
    )
    body.swell(24, 150).crease(4, 200, 40, 2.0).crease(1.8, 60, 20, 2, 9)
    bottom = curves.smooth([(270, 1020), (430, 1034), (600, 1037), (770, 1034), (930, 1020)])
    body.stitch(bottom)
    for sign in (1, -1):
        gusset = sided([(876, 560), (898, 800), (906, 1040)], sign)
        body.groove(gusset, 3, 2.2).stitch(curves.offset(gusset, -9 * sign))
    piece.lay(body, 0.4, 8)
    flap_half: list[Knot] = [
        (600, 508, "c"),
        (800, 508),
        (884, 526),
        (914, 580, "c"),
        (918, 700),
        (890, 790),
        (800, 836),
        (600, 846, "c"),
    ]
    flap = Panel(
        curves.symmetric(flap_half, AXIS),
        colour,
        "leather",
        seed=seed + 2,
        thick=16,
        rim=26,
        gloss=0.16,
        shine=14,
    )
    flap.swell(18, 130).crease(3.5, 190, 20, 2.0)
    edge = [(902, 590), (906, 698), (880, 780), (796, 823), (600, 833)]
    flap.stitch(curves.smooth([*edge, *curves.mirror(edge, AXIS)[1:]]))
    piece.lay(flap, 0.6, 12)
    for sign in (1, -1):
        x, _ = at(780, 0, sign)
        tab = Panel(
            _round_box(x, 566, 58, 118, 22),
            colour,
            "leather",
            seed=seed + 5 + sign,
            thick=9,
            rim=9,
            gloss=0.2,
        )
        tab.stitch(_round_box(x, 566, 42, 102, 16), None, 5, 3)
        piece.lay(tab, 0.5, 6)
        _metal(piece, _round_box(x, 508, 62, 44, 18), seed + sign, _round_box(x, 508, 40, 22, 9))
    _metal(piece, _round_box(600, 806, 104, 66, 16), seed + 8)
    _metal(piece, _round_box(600, 806, 30, 46, 12), seed + 9)
    return piece.wander(seed, 2.4, 160)


def tote(colour: str, seed: int) -> Piece:
    """A canvas tote laid flat, with a printed sprig and long handles."""
    piece = Piece(1200, 1500)
    for dark, dx in ((0.75, 14), (1.0, 0)):
        arch = curves.smooth(
            [
                (440 + dx, 580),
                (432 + dx, 420),
                (462 + dx, 250),
                (600 + dx * 2, 176 - dx),
                (742 - dx, 250),
                (768 - dx, 420),
                (760 - dx, 580),
            ]
        )
        strap = Panel(
            curves.band(curves.offset(arch, -20), 40),
            colour,
            "canvas",
            seed=seed + dx,
            thick=6,
            rim=7,
        )
        strap.shade(strap.mask, dark).crease(4, 70)
        strap.stitch(curves.offset(arch, 13)).stitch(curves.offset(arch, -13))
        if dark < 1:
            piece.lay(strap, 0.4, 6)
            mouth = Panel(
                curves.smooth(
                    [
                        (300, 548, "c"),
                        (600, 534),
                        (900, 548, "c"),
                        (900, 600, "c"),
                        (300, 600, "c"),
                        (300, 548, "c"),
                    ]
                ),
                colour,
                "canvas",
                seed=seed + 3,
                thick=3,
            )
            mouth.shade(mouth.mask, 0.6)
            piece.lay(mouth, 0.3, 4)
        else:
            front_strap = strap
    right: list[Knot] = [
        (600, 566, "c"),
        (760, 562),
        (906, 550, "c"),
        (916, 800),
        (914, 1100),
        (926, 1290, "c"),
        (760, 1300),
        (600, 1302, "c"),
    ]
    front = Panel(curves.symmetric(right, AXIS), colour, "canvas", seed=seed + 1, thick=9, rim=16)
    front.swell(14, 120).crease(20, 300, 70, 1.9).crease(8, 130, 110, 2.2, 4).crease(
        2.4, 54, 60, 2, 9
    )
    for sign in (1, -1):
        front.fold(at(900, 1270, sign), at(720, 1010, sign), 24, 12, 18 * sign, "end")
        front.fold(at(760, 640, sign), at(820, 900, sign), 20, 9, 12, "end")
    front.stitch(curves.smooth([(290, 602), (600, 616), (910, 602)]))
    _sprig(front, seed)
    piece.lay(front, 0.5, 8).lay(front_strap, 0.5, 6)
    for x in (440, 760):
        box = np.array([[x - 20, 576], [x + 20, 576], [x + 20, 690], [x - 20, 690]], float)
        end = Panel(box, colour, "canvas", seed=seed + x, thick=6, rim=6)
        end.stitch(np.array([[x - 14.0, 634], [x + 14, 684.0]])).stitch(
            np.array([[x + 14.0, 634], [x - 14, 684.0]])
        )
        end.stitch(np.array([[x - 14.0, 580], [x - 14, 684], [x + 14, 684], [x + 14, 580.0]]))
        piece.lay(end, 0.4, 4)
    return piece.wander(seed, 5, 130)


def _sprig(front: Panel, seed: int) -> None:
    stem = curves.smooth([(600, 1160), (612, 1040), (596, 930), (606, 800), (600, 726)])
    ink = front.stroke([stem], 6)
    leaves = []
    for n, y in enumerate(range(786, 1110, 76)):
        x = float(np.interp(y, stem[::-1, 1], stem[::-1, 0]))
        for sign in (1, -1):
            reach = 66 + n * 16
            tip = (x + sign * reach, y - 44 - n * 4)
            leaves.append(
                curves.smooth(
                    [
                        (x, y, "c"),
                        (x + sign * reach * 0.35, y - 50 - n * 5),
                        (*tip, "c"),
                        (x + sign * reach * 0.75, y - 8),
                        (x, y, "c"),
                    ]
                )
            )
    print_ = np.clip(ink + front.areas(leaves), 0, 1)
    rng_field = np.clip(front.tone * 1.2 - 0.2, 0, 1.1)
    front.tint((print_ * rng_field).clip(0, 1) * 0.93, "#2f5a4b")
    veins = [np.stack([leaf[0], leaf[len(leaf) // 2]]) for leaf in leaves]
    front.tint(front.stroke(veins, 2) * 0.6, "#d8cfbb")


def beanie(colour: str, seed: int) -> Piece:
    """A ribbed knitted beanie with a turned cuff, laid flat."""
    piece = Piece(1200, 1200)
    right: list[Knot] = [
        (600, 262, "c"),
        (690, 272),
        (788, 330),
        (852, 446),
        (884, 600),
        (892, 800, "c"),
        (600, 818, "c"),
    ]
    crown = Panel(curves.symmetric(right, AXIS), colour, "jersey", seed=seed, thick=24, rim=60)
    crown.swell(22, 160)
    _ribs(crown, 40, 262, 810, 10)
    crown.crease(12, 200, 80, 2.0).crease(5, 80, 30, 2, 9)
    for n in range(-4, 5):
        crown.fold((600 + n * 9, 268), (600 + n * 46, 400), 11, 7, n * 2, "end")
    piece.lay(crown, 0)
    cuff_half: list[Knot] = [
        (600, 742, "c"),
        (780, 736),
        (900, 716, "c"),
        (912, 830),
        (908, 936, "c"),
        (780, 956),
        (600, 962, "c"),
    ]
    cuff = Panel(
        curves.symmetric(cuff_half, AXIS), colour, "jersey", seed=seed + 2, thick=26, rim=46
    )
    cuff.swell(12, 110)
    _ribs(cuff, 40, 0, 1, 12)
    cuff.crease(7, 140, 70, 2)
    piece.lay(cuff, 0.6, 12)
    box = _round_box(600, 850, 96, 62, 5)
    patch = Panel(box, "#8a5a36", "leather", seed=seed + 4, thick=5, rim=5, gloss=0.08)
    patch.stitch(_round_box(600, 850, 84, 50, 3), "#d9c4a0", 5, 3)
    piece.lay(patch, 0.5, 5)
    return piece.wander(seed, 4, 110)


def _ribs(panel: Panel, count: int, top: float, low: float, depth: float) -> None:
    """Knit stitches in rib columns that follow the cap's width and close at the crown."""
    inside = panel.mask > 0.5
    left = np.minimum.accumulate(_first(inside))
    right = np.maximum.accumulate(inside.shape[1] - 1 - _first(inside[:, ::-1]))
    ys, xs = np.mgrid[0 : panel.shape[0], 0 : panel.shape[1]].astype(np.float32)
    half = np.maximum((right - left) / 2, 30)[:, None]
    u = np.clip((xs - (left + right)[:, None] / 2) / half, -1, 1)
    column = np.arcsin(u * 0.97) / (np.pi / 2) * count / 2 + 0.035 * fields.noise(
        panel.shape, panel.seed, 30
    )
    wave = np.abs(np.sin(np.pi * column))
    rows = np.sin(ys * 2 * np.pi / 9 + np.abs(np.sin(2 * np.pi * column)) * 2.4)
    lasting = np.clip((ys + panel.origin[1] - top) / 60, 0.2, 1) if low > 1 else 1.0
    panel.height = panel.height + (wave * depth * lasting + rows * wave * 0.9).astype(np.float32)
    panel.shade((1 - wave).astype(np.float32), 0.62)
    panel.tone = panel.tone * (
        1 + 0.07 * rows * wave + 0.03 * fields.noise(panel.shape, panel.seed + 3, 0.9)
    )


def _first(inside: NDArray[np.bool_]) -> Field:
    """Column of the first covered pixel in every row; an empty row counts as the middle."""
    at = np.argmax(inside, axis=1)
    return np.where(inside.any(axis=1), at, inside.shape[1] // 2).astype(np.float32)
