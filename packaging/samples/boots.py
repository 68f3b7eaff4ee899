"""A Chelsea boot, seen from the side."""

from __future__ import annotations

import numpy as np

from . import curves
from .cloth import Panel, Piece
from .shoes import shape


def boot(colour: str, seed: int) -> Piece:
    """A leather Chelsea boot with elastic sides, a pull tab and a stacked heel."""
    piece = Piece(1500, 1300)
    tab = Panel(
        shape([(424, 232, "c"), (426, 160), (440, 142), (454, 160), (460, 240, "c")]),
        "#2a2320",
        "canvas",
        seed=seed,
        thick=5,
        rim=6,
    )
    piece.lay(tab, 0)
    hollow = Panel(
        shape([(410, 214, "c"), (520, 190), (660, 214, "c"), (640, 250), (430, 250, "c")]),
        "#b59b7a",
        "leather",
        seed=seed + 1,
        thick=2,
    )
    hollow.shade(hollow.mask, 0.45)
    piece.lay(hollow, 0)
    upper = Panel(
        shape(
            [
                (406, 206, "c"),
                (470, 230),
                (560, 236),
                (664, 208, "c"),
                (676, 360),
                (700, 520),
                (760, 640),
                (880, 730),
                (1040, 790),
                (1140, 862),
                (1206, 930),
                (1222, 1000, "c"),
                (800, 1014),
                (404, 1006, "c"),
                (380, 900),
                (392, 740),
                (414, 560),
                (414, 380),
            ]
        ),
        colour,
        "leather",
        seed=seed + 2,
        thick=30,
        rim=80,
        gloss=0.22,
        shine=16,
    )
    upper.swell(34, 150).crease(6, 150, 30, 2.2).crease(2.4, 50, 20, 2.2, 9)
    for n, (x, y) in enumerate(((690, 560), (712, 606), (742, 650))):
        upper.fold((x, y), (x - 190, y + 40 + n * 24), 15, 11, 18, "end")
    for x in (930, 968, 1006):
        upper.fold((x, 760), (x - 70, 900), 12, 9, 14, "end")
    upper.fold((398, 640), (520, 700), 15, 9, -12, "end")
    seam = curves.smooth([(640, 700), (600, 800), (520, 880), (396, 920)])
    upper.stitch(seam, None, 6, 3).stitch(curves.offset(seam, 10), None, 6, 3)
    piece.lay(upper, 0.4, 9)
    gore = Panel(
        shape(
            [
                (476, 232, "c"),
                (560, 238),
                (630, 224, "c"),
                (616, 400),
                (580, 560),
                (552, 604, "c"),
                (516, 540),
                (490, 400),
            ]
        ),
        "#201b19",
        "canvas",
        seed=seed + 3,
        thick=3,
        rim=5,
    )
    for x in range(480, 636, 8):
        gore.groove(
            curves.smooth([(x, 226), (552 + (x - 552) * 0.75, 420), (552 + (x - 552) * 0.2, 606)]),
            1.4,
            1.2,
        )
    piece.lay(gore, 0.5, 4)
    edge = curves.smooth(
        [(466, 236), (482, 400), (508, 544), (552, 620), (590, 564), (628, 402), (642, 226)]
    )
    rim = Panel(
        curves.band(curves.offset(edge, -8), 17),
        colour,
        "leather",
        seed=seed + 4,
        thick=7,
        rim=8,
        gloss=0.2,
    )
    rim.stitch(edge, None, 5, 3)
    piece.lay(rim, 0.5, 5)
    _boot_sole(piece, seed)
    return piece.wander(seed, 1.8, 160)


def _boot_sole(piece: Piece, seed: int) -> None:
    heel = Panel(
        shape([(392, 1030, "c"), (590, 1034, "c"), (582, 1122, "c"), (404, 1122, "c")]),
        "#2b2320",
        "leather",
        seed=seed + 6,
        thick=14,
        rim=18,
        gloss=0.12,
    )
    for y in (1058, 1080, 1102):
        heel.groove(np.array([[390.0, y], [592.0, y]]), 1.6, 1.6)
    piece.lay(heel, 0)
    sole = Panel(
        shape(
            [
                (384, 996, "c"),
                (800, 1004),
                (1226, 992, "c"),
                (1246, 1020),
                (1224, 1050),
                (1100, 1084),
                (960, 1104),
                (850, 1104),
                (740, 1078),
                (660, 1050),
                (590, 1040, "c"),
                (390, 1040, "c"),
            ]
        ),
        "#3a2d26",
        "leather",
        seed=seed + 5,
        thick=12,
        rim=14,
        gloss=0.12,
    )
    sole.stitch(curves.smooth([(392, 1006), (800, 1015), (1226, 1003)]), "#a98a63", 6, 4)
    sole.groove(curves.smooth([(386, 1024), (800, 1034), (1236, 1020)]), 2, 1.6)
    piece.lay(sole, 0.55, 8)
