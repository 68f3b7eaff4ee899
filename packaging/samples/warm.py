"""Long-sleeved tops: striped long sleeve and hoodie."""

from __future__ import annotations

import numpy as np

from . import curves
from .cloth import Panel, Piece
from .curves import Knot, Points
from .tops import AXIS, inside_neck, neck_line


def at(x: float, y: float, sign: int) -> tuple[float, float]:
    """The point itself (sign 1) or its mirror image (sign -1)."""
    return (AXIS + sign * (x - AXIS), y)


def sided(knots: list[Knot], sign: int) -> Points:
    """A smooth line through ``knots``, mirrored for sign -1."""
    line = curves.smooth(knots)
    return line if sign == 1 else curves.flip(line, AXIS)


def long_sleeve(
    piece: Piece, sign: int, colour: str, seed: int, cloth: str, cuff: float, thick: float
) -> tuple[Panel, Panel, Points]:
    """One sleeve lying down beside the body, its ribbed cuff, and the sleeve's axis."""
    outline = sided(
        [
            (840, 354, "c"),
            (874, 361),
            (912, 388),
            (958, 470),
            (1010, 690),
            (1048, 930),
            (1074, 1092, "c"),
            (980, 1112, "c"),
            (946, 950),
            (912, 780),
            (868, 600),
            (836, 470),
            (840, 354, "c"),
        ],
        sign,
    )
    sleeve = Panel(outline, colour, cloth, seed=seed, thick=thick, rim=20)
    sleeve.swell(14, 46).crease(9, 120, 75, 2.2).crease(3.2, 44, 15 * sign, 1.8, 9)
    for y, slant, size in ((690, 26, 12), (745, 8, 10), (800, -10, 11), (860, 20, 8)):
        sleeve.fold(
            at(880 + (y - 690) * 0.28, y, sign),
            at(1010 + (y - 690) * 0.2, y + slant, sign),
            11,
            size * 0.9,
            8,
        )
    sleeve.fold(at(900, 560, sign), at(960, 470, sign), 12, 8, 6, "end")
    sleeve.fold(at(985, 1075, sign), at(1000, 985, sign), 9, 6, 4, "end")
    sleeve.fold(at(1040, 1070, sign), at(1020, 990, sign), 9, 6, -4, "end")
    edge = sided([(976, 1102, "c"), (1077, 1081, "c")], sign)
    wrist = Panel(curves.band(edge, -cuff * sign), colour, cloth, seed=seed + 4, thick=6, rim=9)
    wrist.rib(edge, -cuff * sign, 5.2, 1.1)
    axis = sided([(868, 352), (905, 480), (950, 690), (1000, 930), (1030, 1110)], sign)
    return sleeve, wrist, axis


def body_outline(half: float, hem: float, neck: Points) -> Points:
    """Front outline of a top without its sleeves."""
    right: list[Knot] = [
        (AXIS + half, 296, "c"),
        (790, 322),
        (862, 353, "c"),
        (846, 420),
        (852, 510),
        (876, 575),
        (906, 622, "c"),
        (902, 760),
        (897, 930),
        (903, hem, "c"),
        (760, hem + 8),
        (600, hem + 11, "c"),
    ]
    body = curves.smooth([*right, *curves.mirror(right, AXIS)[1:]])
    return np.vstack([body, neck[::-1][1:-1]])


def draped(front: Panel, much: float = 1.0) -> Panel:
    """The pulls and hangs that any loose front shows."""
    front.swell(16, 130)
    front.crease(17 * much, 290, 75, 2.0, 50).crease(8 * much, 120, 80, 2.4)
    front.crease(2.0 * much, 48, 65, 2.0, 20)
    for sign in (1, -1):
        front.fold(at(894, 636, sign), at(700, 770, sign), 17, 12 * much, sign * 14, "end")
        front.fold(at(890, 670, sign), at(750, 930, sign), 15, 10 * much, sign * 10, "end")
        front.fold(at(880, 585, sign), at(730, 610, sign), 13, 7 * much, -sign * 12, "end")
        front.fold(at(850, 1100, sign), at(790, 940, sign), 20, 8 * much, sign * 10, "end")
    return front


def stripe(panel: Panel, lines: list[Points], width: int, colour: str) -> None:
    """Knit stripes in, along the given lines."""
    panel.tint(panel.stroke(lines, width), colour)


def breton(ground: str, ink: str, seed: int) -> Piece:
    """A long-sleeved striped jersey top."""
    piece = Piece(1200, 1500)
    inside_neck(piece, ground, 122, 296, 74, seed)
    for sign in (1, -1):
        sleeve, wrist, axis = long_sleeve(
            piece, sign, ground, seed + 7 * sign + 20, "jersey", 34, 6
        )
        stations = curves.resample(axis, 42)[2:-1]
        across = curves.normals(stations) * 110
        bow = np.array(
            [np.linspace(p - a, p + a, 9) for p, a in zip(stations, across, strict=True)]
        )
        bow[:, :, 1] += 10 * np.sin(np.linspace(0, np.pi, 9))
        stripe(sleeve, list(bow), 15, ink)
        piece.lay(wrist, 0).lay(sleeve, 0.4, 5)
    neck = neck_line(122, 296, 74)
    front = draped(Panel(body_outline(122, 1176, neck), ground, seed=seed, thick=7, rim=16))
    levels = range(462, 1120, 42)
    stripe(
        front,
        [
            curves.smooth([(250, y - 4), (420, y + 2), (600, y + 4), (780, y + 2), (950, y - 4)])
            for y in levels
        ],
        15,
        ink,
    )
    hem = curves.smooth([(296, 1150), (440, 1159), (600, 1162), (760, 1159), (904, 1150)])
    front.stitch(hem, None, 5, 3).stitch(curves.offset(hem, -6), None, 5, 3, depth=0.5)
    for sign in (1, -1):
        front.groove(sided([(716, 312), (790, 335), (858, 362)], sign), 1.6, 0.9)
    piece.lay(front, 0.5, 9)
    collar = Panel(curves.band(neck, -22), ground, seed=seed + 8, thick=5, rim=8)
    collar.rib(neck, -22, 4.0, 0.7)
    return piece.lay(collar, 0.3, 4).wander(seed, 4.5, 120)


def hoodie(colour: str, seed: int) -> Piece:
    """A brushed hoodie with kangaroo pocket, ribbed hem and drawcords."""
    piece = Piece(1200, 1500)
    _hood_back(piece, colour, seed)
    for sign in (1, -1):
        sleeve, wrist, _ = long_sleeve(piece, sign, colour, seed + 7 * sign + 20, "jersey", 62, 11)
        sleeve.crease(6, 80, 10 * sign, 1.7, 33)
        piece.lay(wrist, 0).lay(sleeve, 0.45, 8)
    neck = neck_line(104, 300, 66)
    front = draped(Panel(body_outline(104, 1130, neck), colour, seed=seed, thick=12, rim=24), 1.25)
    for sign in (1, -1):
        front.groove(sided([(716, 318), (790, 337), (858, 364)], sign), 2, 1.2)
    hem = curves.smooth([(296, 1128), (440, 1138), (600, 1141), (760, 1138), (904, 1128)])
    rib = Panel(curves.band(hem, -72), colour, seed=seed + 6, thick=9, rim=10)
    rib.rib(hem, -72, 5.6, 1.2).crease(3, 90)
    piece.lay(rib, 0).lay(front, 0.5, 11)
    _pocket(piece, colour, seed)
    _hood_front(piece, colour, seed)
    return piece.wander(seed, 5, 130)


def _pocket(piece: Piece, colour: str, seed: int) -> None:
    right: list[Knot] = [
        (600, 846, "c"),
        (716, 846, "c"),
        (762, 900),
        (800, 1010, "c"),
        (800, 1124, "c"),
        (600, 1134, "c"),
    ]
    outline = curves.symmetric(right, AXIS)
    pocket = Panel(outline, colour, seed=seed + 11, thick=6, rim=8)
    pocket.swell(8, 70).crease(6, 130, 80, 2).fold((640, 1110), (600, 930), 22, 7, 10, "end")
    pocket.stitch(curves.smooth([(484, 858), (716, 858)]))
    for sign in (1, -1):
        pocket.stitch(sided([(712, 858), (750, 906), (788, 1012)], sign))
        pocket.stitch(sided([(790, 1016), (790, 1120)], sign))
    piece.lay(pocket, 0.5, 7)


def _hood_back(piece: Piece, colour: str, seed: int) -> None:
    right: list[Knot] = [
        (600, 118, "c"),
        (668, 124),
        (726, 160),
        (752, 226),
        (742, 300),
        (706, 352, "c"),
        (600, 372, "c"),
    ]
    back = Panel(curves.symmetric(right, AXIS), colour, seed=seed + 2, thick=14, rim=40)
    back.crease(8, 110, 20, 2).groove(curves.smooth([(600, 120), (600, 372)]), 2, 1.5)
    piece.lay(back, 0)


def _hood_front(piece: Piece, colour: str, seed: int) -> None:
    opening: list[Knot] = [
        (600, 178, "c"),
        (650, 190),
        (684, 228),
        (680, 288),
        (646, 346),
        (600, 384, "c"),
    ]
    hollow = Panel(curves.symmetric(opening, AXIS), colour, seed=seed + 3, thick=2, rim=4)
    hollow.crease(9, 70, 60, 2)
    deep = np.clip(hollow.dist / 60, 0, 1)
    hollow.shade(hollow.mask, 0.55).shade(deep, 0.75)
    hollow.groove(curves.smooth([(600, 180), (604, 384)]), 2.4, 1.6)
    piece.lay(hollow, 0)
    for sign in (1, -1):
        outline = sided(
            [
                (600, 166, "c"),
                (656, 176),
                (700, 222),
                (702, 290),
                (664, 352),
                (592, 418, "c"),
                (640, 424),
                (702, 384),
                (752, 318),
                (768, 240),
                (742, 158),
                (676, 110),
                (600, 100, "c"),
            ],
            sign,
        )
        side = Panel(outline, colour, seed=seed + 4 + sign, thick=12, rim=26)
        side.crease(10, 90, 60 * sign, 2).crease(3, 40, 70 * sign, 2, 9)
        side.fold(at(650, 400, sign), at(740, 300, sign), 16, 9, 10, "end")
        edge = sided([(600, 186), (648, 196), (680, 232), (682, 290), (648, 342), (598, 392)], sign)
        side.stitch(edge)
        piece.lay(side, 0.5, 8)
        _cord(piece, sign, seed)


def _cord(piece: Piece, sign: int, seed: int) -> None:
    line = sided([(636, 388), (644, 440), (640, 520), (650, 600 + 26 * sign)], sign)
    ring = np.linspace(0, 2 * np.pi, 40)
    cx, cy = at(636, 388, sign)
    eyelet = Panel(
        np.column_stack([cx + 9 * np.cos(ring), cy + 9 * np.sin(ring)]),
        "#8f8f8f",
        "satin",
        seed=seed,
        thick=4,
        rim=4,
        gloss=0.5,
    )
    piece.lay(eyelet, 0.4, 3)
    cord = Panel(
        curves.band(curves.offset(line, -4), 8), "#e4e1da", "cotton", seed=seed, thick=5, rim=4
    )
    cord.rib(curves.offset(line, -4), 8, 5, 0.9)
    piece.lay(cord, 0.5, 5)
    tip = Panel(
        curves.band(curves.offset(line[-8:], -5), 10),
        "#8f8f8f",
        "satin",
        seed=seed,
        thick=5,
        rim=5,
        gloss=0.4,
    )
    piece.lay(tip, 0.3, 3)
