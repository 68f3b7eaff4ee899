"""A low sneaker, seen from the side."""

from __future__ import annotations

import numpy as np

from . import curves
from .cloth import Panel, Piece
from .curves import Knot


def shape(knots: list[Knot]) -> curves.Points:
    """A closed outline through ``knots``, whose first is a corner."""
    return curves.smooth([*knots, knots[0]])


def sneaker(colour: str, accent: str, seed: int) -> Piece:
    """A leather court sneaker with laces, perforations and a gum sole; the toe points right."""
    piece = Piece(1500, 1100)
    inner = shape(
        [(322, 404, "c"), (430, 440), (560, 400), (640, 352, "c"), (600, 520), (380, 520, "c")]
    )
    lining = Panel(inner, "#c9c2b6", "canvas", seed=seed, thick=3)
    lining.shade(lining.mask, 0.5)
    piece.lay(lining, 0)
    tongue = shape(
        [
            (556, 420, "c"),
            (572, 350),
            (610, 300),
            (668, 300),
            (706, 340),
            (860, 470),
            (1000, 590, "c"),
            (820, 600, "c"),
        ]
    )
    flap = Panel(tongue, colour, "leather", seed=seed + 1, thick=16, rim=22, gloss=0.05)
    flap.stitch(curves.smooth([(588, 356), (622, 322), (664, 322), (690, 350)]))
    piece.lay(flap, 0.4, 6)
    upper = Panel(
        shape(
            [
                (296, 392, "c"),
                (318, 384),
                (346, 404),
                (430, 452),
                (520, 446),
                (590, 408, "c"),
                (720, 470),
                (860, 556),
                (990, 604),
                (1110, 628),
                (1204, 668),
                (1246, 724),
                (1246, 800, "c"),
                (800, 812),
                (300, 800, "c"),
                (270, 700),
                (272, 560),
                (284, 460),
            ]
        ),
        colour,
        "leather",
        seed=seed + 2,
        thick=26,
        rim=70,
        gloss=0.07,
        shine=14,
    )
    upper.swell(20, 130).crease(5, 120, 30, 2.0).crease(1.6, 40, 60, 2, 9)
    for x in (948, 980, 1014):
        upper.fold((x, 606), (x - 60, 720), 9, 6, 12, "end")
    piece.lay(upper, 0.4, 9)
    _sneaker_trim(piece, colour, accent, seed)
    _laces(piece, seed)
    _sneaker_sole(piece, seed)
    return piece.wander(seed, 1.6, 160)


def _sneaker_trim(piece: Piece, colour: str, accent: str, seed: int) -> None:
    toe = Panel(
        shape(
            [
                (1000, 810, "c"),
                (1010, 720),
                (1060, 668),
                (1130, 640),
                (1204, 670),
                (1246, 726),
                (1246, 812, "c"),
            ]
        ),
        colour,
        "leather",
        seed=seed + 3,
        thick=7,
        rim=9,
        gloss=0.07,
    )
    toe.swell(24, 90)
    toe.stitch(curves.smooth([(1010, 800), (1020, 726), (1066, 678), (1128, 650)]))
    ring = np.linspace(0, 2 * np.pi, 18)
    holes = [
        np.column_stack(
            [1070 + 30 * i + 12 * j + 4 * np.cos(ring), 716 + 26 * j - 5 * i + 4 * np.sin(ring)]
        )
        for j in range(3)
        for i in range(4)
    ]
    toe.shade(toe.areas(holes), 0.35)
    piece.lay(toe, 0.4, 5)
    heel = Panel(
        shape(
            [
                (292, 398, "c"),
                (318, 388),
                (352, 408),
                (372, 470),
                (420, 590),
                (440, 806, "c"),
                (286, 806, "c"),
                (268, 700),
                (271, 560),
                (282, 460),
            ]
        ),
        accent,
        "leather",
        seed=seed + 4,
        thick=7,
        rim=9,
        gloss=0.08,
    )
    heel.swell(20, 80)
    heel.stitch(curves.smooth([(346, 416), (362, 474), (408, 592), (428, 800)]))
    piece.lay(heel, 0.45, 6)
    stay = Panel(
        shape(
            [
                (566, 424, "c"),
                (592, 408),
                (720, 472),
                (862, 556),
                (950, 594, "c"),
                (930, 640),
                (890, 656, "c"),
                (760, 600),
                (640, 540),
                (572, 520, "c"),
            ]
        ),
        colour,
        "leather",
        seed=seed + 5,
        thick=7,
        rim=8,
        gloss=0.07,
    )
    stay.stitch(
        curves.smooth([(578, 508), (648, 530), (768, 590), (886, 644), (920, 632), (940, 602)])
    )
    piece.lay(stay, 0.4, 5)
    for d in (0, 58):
        stripe = Panel(
            shape(
                [(600 + d, 560, "c"), (630 + d, 574, "c"), (560 + d, 808, "c"), (524 + d, 808, "c")]
            ),
            accent,
            "leather",
            seed=seed + 6 + d,
            thick=4,
            rim=5,
            gloss=0.08,
        )
        stripe.stitch(curves.smooth([(606 + d, 568), (532 + d, 806)]), None, 5, 3, depth=0.5)
        piece.lay(stripe, 0.4, 4)


def _laces(piece: Piece, seed: int) -> None:
    ring = np.linspace(0, 2 * np.pi, 24)
    for n in range(6):
        x, y = 606 + n * 56, 446 + n * 30.0
        spot = np.column_stack([x + 9 + 8 * np.cos(ring), y + 22 + 8 * np.sin(ring)])
        eye = Panel(spot, "#55534f", "satin", seed=seed + n, thick=2, rim=3)
        piece.lay(eye, 0.2, 2)
        far = 2.0 - 0.15 * n
        line = curves.smooth(
            [
                (x + 10, y + 22),
                (x + 10 + 26 * far, y - 4 - 20 * far),
                (x + 10 + 60 * far, y + 22 - 50 * far),
            ]
        )
        lace = Panel(
            curves.band(curves.offset(line, -10), 20),
            "#f4f2ec",
            "cotton",
            seed=seed + 20 + n,
            thick=8,
            rim=9,
        )
        lace.rib(curves.offset(line, -10), 20, 4.0, 0.7)
        piece.lay(lace, 0.6, 6)


def _sneaker_sole(piece: Piece, seed: int) -> None:
    sole = Panel(
        shape(
            [
                (258, 764, "c"),
                (500, 776),
                (900, 790),
                (1140, 774),
                (1256, 740, "c"),
                (1278, 764),
                (1270, 806),
                (1216, 848),
                (1120, 868),
                (900, 876),
                (560, 878),
                (300, 876, "c"),
                (264, 860),
                (250, 806),
            ]
        ),
        "#efece4",
        "jersey",
        seed=seed + 7,
        thick=20,
        rim=26,
        gloss=0.05,
    )
    sole.groove(
        curves.smooth([(258, 800), (500, 808), (900, 820), (1140, 806), (1270, 770)]), 2, 1.6
    )
    sole.stitch(
        curves.smooth([(258, 786), (500, 795), (900, 807), (1140, 792), (1262, 757)]), None, 9, 5
    )
    gum = sole.area(
        shape(
            [
                (200, 854, "c"),
                (760, 858),
                (1100, 850),
                (1300, 790, "c"),
                (1300, 920, "c"),
                (200, 920, "c"),
            ]
        )
    )
    sole.tint(gum, "#b98a55")
    sole.groove(curves.smooth([(240, 854), (760, 858), (1100, 850), (1300, 790)]), 1.8, 1.6)
    for x in range(280, 1130, 26):
        sole.groove(np.array([[x, 862.0], [x + 3.0, 884.0]]), 1.4, 1.4)
    piece.lay(sole, 0.6, 9)
