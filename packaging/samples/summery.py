"""Tops without sleeves and an open jacket: what the collection lacks, for proofs."""

from __future__ import annotations

import numpy as np

from . import curves
from .cloth import Panel, Piece
from .curves import Knot, Points
from .tailored import fade
from .tops import AXIS, inside_neck, neck_line
from .warm import at, draped, long_sleeve, sided


def tank(colour: str, seed: int) -> Piece:
    """A tank top laid flat: wide straps, deep round neck and arm-holes, bound in the same rib."""
    piece = Piece(1200, 1500)
    inside_neck(piece, colour, 108, 296, 190, seed + 3)
    right: list[Knot] = [
        (AXIS + 108, 296, "c"),
        (770, 310, "c"),
        (762, 400),
        (776, 500),
        (820, 570),
        (876, 606, "c"),
        (872, 760),
        (868, 940),
        (880, 1180, "c"),
        (740, 1190),
        (600, 1193, "c"),
    ]
    neck = neck_line(108, 296, 190)
    body = curves.smooth([*right, *curves.mirror(right, AXIS)[1:]])
    front = Panel(np.vstack([body, neck[::-1][1:-1]]), colour, seed=seed, thick=7, rim=14)
    front.swell(16, 120).crease(15, 300, 70, 2.0, 50).crease(7, 120, 80, 2.6)
    for sign in (1, -1):
        front.fold(at(868, 620, sign), at(700, 780, sign), 17, 11, sign * 14, "end")
        front.fold(at(840, 1150, sign), at(780, 960, sign), 20, 8, sign * 10, "end")
    hem = curves.smooth([(322, 1154), (460, 1165), (600, 1168), (740, 1165), (878, 1154)])
    front.stitch(hem, None, 5, 3).stitch(curves.offset(hem, -6), None, 5, 3, depth=0.5)
    piece.lay(front, 0.45, 7)
    _bound(piece, neck, -20, colour, seed + 8)
    for sign in (1, -1):
        hole = sided([(770, 310), (762, 400), (776, 500), (820, 570), (876, 606)], sign)
        _bound(piece, hole, -16 * sign, colour, seed + 9 + sign)
    return piece.wander(seed, 4.5, 120)


def _bound(piece: Piece, line: Points, width: float, colour: str, seed: int) -> None:
    """Knit a narrow rib along an edge."""
    rib = Panel(curves.band(line, width), colour, seed=seed, thick=5, rim=7)
    rib.rib(line, width, 4.2, 0.8)
    piece.lay(rib, 0.3, 4)


def camisole(colour: str, seed: int) -> Piece:
    """A satin camisole: thin straps that lie as loops, a V in front, a straight back."""
    piece = Piece(1200, 1500)
    back = curves.symmetric([(600, 452, "c"), (690, 446), (738, 436), (742, 560), (600, 600)], AXIS)
    inner = Panel(back, colour, "satin", seed=seed + 4, thick=2)
    piece.lay(inner.shade(inner.mask, 0.6), 0)
    for sign in (1, -1):
        knots: list[Knot] = [(690, 440), (698, 340), (706, 292), (714, 278), (722, 292)]
        line = sided([*knots, (730, 340), (738, 420)], sign)
        piece.lay(Panel(curves.strip(line, 10), colour, "satin", seed=seed, thick=4, rim=4), 0.4, 4)
    right: list[Knot] = [
        (600, 560, "c"),
        (660, 500),
        (726, 400),
        (742, 396, "c"),
        (772, 470),
        (830, 540, "c"),
        (826, 700),
        (838, 900),
        (858, 1100, "c"),
        (740, 1116),
        (600, 1120, "c"),
    ]
    front = Panel(
        curves.symmetric(right, AXIS), colour, "satin", seed=seed, thick=8, rim=16, gloss=0.2
    )
    front.swell(18, 110).crease(14, 220, 80, 2.6).crease(5, 90, 75, 2.6, 7)
    for sign in (1, -1):
        front.fold(at(740, 410, sign), at(680, 640, sign), 14, 9, 10 * sign, "end")
    piece.lay(front, 0.4, 6)
    return piece.wander(seed, 4.5, 120)


def _open_front(inner: float, hem: float) -> list[Knot]:
    """Right front of a jacket that hangs open: its edge runs from the neck to beside the hem."""
    return [
        (716, 292, "c"),
        (790, 323),
        (860, 355, "c"),
        (846, 420),
        (852, 510),
        (876, 575),
        (906, 622, "c"),
        (896, 780),
        (898, 960),
        (906, hem - 8, "c"),
        (820, hem),
        (600 + inner + 18, hem + 4, "c"),
        (600 + inner + 6, 900),
        (600 + inner, 640),
        (600 + 0.86 * inner, 470),
        (716, 292, "c"),
    ]


def open_jacket(colour: str, seed: int, cloth: str = "jersey", inner: float = 96.0) -> Piece:
    """An unbuttoned jacket or cardigan without a collar: its back's inside shows between fronts.

    `inner` is half of the width between the two fronts.
    """
    piece = Piece(1200, 1500)
    right: list[Knot] = [
        (600, 318, "c"),
        (664, 312),
        (716, 292, "c"),
        (790, 420),
        (800, 1146, "c"),
        (600, 1156, "c"),
    ]
    back = Panel(curves.symmetric(right, AXIS), colour, cloth, seed=seed + 2, thick=2, rim=6)
    back.crease(5, 120, 80, 2.4)
    piece.lay(back.shade(back.mask, 0.6), 0)
    for sign in (1, -1):
        sleeve, wrist, _ = long_sleeve(piece, sign, colour, seed + 9 * sign + 20, cloth, 34, 9)
        sleeve.crease(6, 70, 30 * sign, 1.8, 60)
        piece.lay(wrist, 0).lay(sleeve, 0.5, 8)
    for sign in (1, -1):
        outline = sided(_open_front(inner, 1150), sign)
        front = draped(Panel(outline, colour, cloth, seed=seed + sign, thick=9, rim=14), 0.9)
        edge = sided([(716, 292), (600 + 0.86 * inner, 470), (600 + inner, 640)], sign)
        front.stitch(curves.offset(edge, -12.0 * sign), None, 5, 3)
        if cloth == "denim":
            fade(front)
        piece.lay(front, 0.45, 8)
    return piece.wander(seed, 4.5, 120)
