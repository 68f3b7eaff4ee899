"""Woven tops with an open front: button shirt and denim jacket."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import curves, fields
from .cloth import Panel, Piece
from .curves import Knot
from .tops import AXIS
from .warm import at, draped, long_sleeve, sided


def button(
    piece: Piece,
    x: float,
    y: float,
    radius: float,
    colour: str,
    gloss: float = 0.35,
    holes: bool = True,
) -> None:
    """Sew a round button on at (x, y)."""
    ring = np.linspace(0, 2 * np.pi, 48)
    disc = np.column_stack([x + radius * np.cos(ring), y + radius * np.sin(ring)])
    b = Panel(
        disc, colour, "satin", seed=int(x + y), thick=4, rim=radius * 0.45, gloss=gloss, shine=20
    )
    inner = np.column_stack([x + radius * 0.6 * np.cos(ring), y + radius * 0.6 * np.sin(ring)])
    b.groove(inner, 1.0, 1.0)
    if holes:
        d = radius * 0.24
        for sx in (-d, d):
            for sy in (-d, d):
                spot = np.column_stack([x + sx + 1.3 * np.cos(ring), y + sy + 1.3 * np.sin(ring)])
                b.shade(b.area(spot), 0.35)
    piece.lay(b, 0.55, 4)


def _inner_back(piece: Piece, colour: str, cloth: str, seed: int, depth: float) -> None:
    outline = curves.symmetric(
        [(600, 304, "c"), (664, 300), (712, 290, "c"), (690, 360), (600, 300 + depth, "c")], AXIS
    )
    inner = Panel(outline, colour, cloth, seed=seed + 1, thick=2, rim=6)
    inner.shade(inner.mask, 0.58)
    piece.lay(inner, 0)
    stand = curves.smooth([(712, 286), (660, 276), (600, 273), (540, 276), (488, 286)])
    band = Panel(curves.band(stand, 44), colour, cloth, seed=seed + 2, thick=4, rim=8)
    band.shade(band.mask, 0.82).stitch(curves.offset(stand, 38))
    piece.lay(band, 0.3, 4)
    box = np.array([[566, 322], [634, 322], [634, 350], [566, 350]], float)
    label = Panel(box, "#e8e4da", "cotton", seed=seed, thick=1.5, rim=2)
    label.shade(label.mask, 0.8)
    label.tint(label.stroke([np.array([[582.0, 336.0], [618.0, 336.0]])], 2), "#5b5650")
    piece.lay(label, 0.3, 3)


def _collar(
    piece: Piece,
    colour: str,
    cloth: str,
    seed: int,
    tip: float,
    thread: str | None,
    dyed: Callable[[Panel], object],
) -> None:
    for sign in (1, -1):
        outline = sided(
            [
                (604, 380, "c"),
                (640, 344),
                (680, 306),
                (704, 270, "c"),
                (726, 280),
                (738, 306, "c"),
                (728, 360),
                (690 + tip, 450, "c"),
                (650, 424),
                (604, 380, "c"),
            ],
            sign,
        )
        flap = Panel(outline, colour, cloth, seed=seed + 5 + sign, thick=6, rim=10)
        flap.crease(3, 70, 50 * sign, 2)
        dyed(flap)
        edge = sided(
            [(616, 382), (652, 412), (688 + tip * 0.9, 438, "c"), (718, 358), (728, 306)], sign
        )
        flap.stitch(edge, thread, 5, 3, depth=0.6)
        piece.lay(flap, 0.55, 8)


def _front(half: str, hem: float, curve: float) -> list[Knot]:
    """Right half of the front from the neck down; ``half`` names which front overlaps."""
    edge = 578 if half == "over" else 612
    return [
        (edge, 372, "c"),
        (640, 344),
        (708, 286, "c"),
        (790, 323),
        (860, 355, "c"),
        (846, 420),
        (852, 510),
        (876, 575),
        (906, 622, "c"),
        (896, 780),
        (898, 960),
        (906, hem - curve, "c"),
        (870, hem - curve * 0.2),
        (790, hem),
        (edge, hem + 6, "c"),
        (edge, 700),
        (edge, 372, "c"),
    ]


def _flat_cuff(
    piece: Piece, sign: int, colour: str, cloth: str, seed: int, thread: str | None
) -> None:
    outline = sided(
        [
            (974, 1098, "c"),
            (1074, 1078, "c"),
            (1092, 1148, "c"),
            (988, 1170, "c"),
            (974, 1098, "c"),
        ],
        sign,
    )
    cuff = Panel(outline, colour, cloth, seed=seed + 40 + sign, thick=6, rim=8)
    cuff.crease(3, 60).stitch(sided([(984, 1107), (1068, 1090)], sign), thread, 5, 3)
    cuff.stitch(sided([(992, 1160), (1084, 1140)], sign), thread, 5, 3)
    piece.lay(cuff, 0.4, 5)
    x, y = at(1002, 1136, sign)
    button(piece, x, y, 9, "#e9e6dd" if thread is None else "#a9794b", holes=thread is None)


def shirt(colour: str, seed: int, check: str | None = None) -> Piece:
    """A buttoned shirt with collar, placket, chest pocket and cuffs."""
    piece = Piece(1200, 1500)
    _inner_back(piece, colour, "cotton", seed, 130)
    for sign in (1, -1):
        sleeve, _, _ = long_sleeve(piece, sign, colour, seed + 9 * sign + 20, "cotton", 30, 6)
        sleeve.crease(5, 66, 60 * sign, 2.2, 60)
        _stripes(sleeve, check, 0.28 * sign)
        piece.lay(sleeve, 0.4, 6)
        _flat_cuff(piece, sign, colour, "cotton", seed, None)
    for sign, half in ((1, "under"), (-1, "over")):
        front = draped(
            Panel(
                sided(_front(half, 1216, 62), sign),
                colour,
                "cotton",
                seed=seed + sign + 2,
                thick=7,
                rim=14,
            ),
            1.15,
        )
        front.crease(3.2, 64, 40, 1.8, 44)
        _stripes(front, check, 0.0)
        front.stitch(sided([(898, 1144), (864, 1192), (790, 1204), (600, 1208)], sign), None, 5, 3)
        front.groove(sided([(712, 318), (786, 350), (852, 378)], sign), 1.6, 1.0)
        piece.lay(front, 0.4, 6)
    placket = np.array([[578, 384], [622, 384], [622, 1220], [578, 1220]], float)
    strip = Panel(placket, colour, "cotton", seed=seed + 8, thick=4, rim=5)
    strip.crease(3, 90, 20)
    _stripes(strip, check, 0.0)
    strip.stitch(np.array([[585.0, 384], [585, 1220]]), None, 5, 3)
    strip.stitch(np.array([[615.0, 384], [615, 1220]]), None, 5, 3)
    piece.lay(strip, 0.45, 4)
    pocket = curves.smooth(
        [
            (676, 556, "c"),
            (796, 556, "c"),
            (796, 676, "c"),
            (736, 704, "c"),
            (676, 676, "c"),
            (676, 556, "c"),
        ]
    )
    patch = Panel(pocket, colour, "cotton", seed=seed + 12, thick=4, rim=5)
    patch.crease(3, 80)
    _stripes(patch, check, 0.0)
    patch.stitch(curves.offset(pocket, -5), None, 5, 3).stitch(np.array([[678.0, 580], [794, 580]]))
    piece.lay(patch, 0.4, 4)
    _collar(piece, colour, "cotton", seed, 12, None, lambda flap: _stripes(flap, check, 0.5))
    for y in range(402, 1190, 118):
        button(piece, 600, y + 10, 10, "#ece9e2")
    return piece.wander(seed, 5, 120)


def _stripes(panel: Panel, colour: str | None, slant: float) -> None:
    if colour is None:
        return
    y0, y1 = panel.origin[1], panel.origin[1] + panel.shape[0]
    lines = [
        np.array([[x + slant * (y0 - 700), y0], [x + slant * (y1 - 700), y1]], float)
        for x in range(-200, 1400, 16)
    ]
    panel.tint(panel.stroke(lines, 4) * 0.75, colour)


def denim_jacket(colour: str, seed: int) -> Piece:
    """A trucker jacket in denim with contrast stitching, flap pockets and metal buttons."""
    thread = "#b9853f"
    piece = Piece(1200, 1500)
    _inner_back(piece, colour, "denim", seed, 130)
    for sign in (1, -1):
        sleeve, _, axis = long_sleeve(piece, sign, colour, seed + 9 * sign + 20, "denim", 30, 11)
        sleeve.crease(6, 70, 30 * sign, 1.8, 60)
        seam = curves.offset(axis, 20.0 * sign)
        sleeve.stitch(seam, thread, 6, 3).stitch(curves.offset(seam, 9), thread, 6, 3)
        fade(sleeve)
        piece.lay(sleeve, 0.5, 8)
        _flat_cuff(piece, sign, colour, "denim", seed, thread)
    for sign, half in ((1, "under"), (-1, "over")):
        piece.lay(_jacket_front(sign, half, colour, thread, seed), 0.45, 8)
        _flap(piece, sign, colour, thread, seed)
    edge = np.array([[578, 384], [628, 384], [628, 1082], [578, 1082]], float)
    strip = Panel(edge, colour, "denim", seed=seed + 8, thick=6, rim=6)
    for x in (586.0, 620.0):
        strip.stitch(np.array([[x, 384.0], [x, 1082.0]]), thread, 6, 3)
    fade(strip)
    piece.lay(strip, 0.5, 5)
    belt = curves.smooth([(900, 1072), (750, 1080), (600, 1082), (450, 1080), (300, 1072)])
    hem = Panel(curves.band(belt, 58), colour, "denim", seed=seed + 13, thick=8, rim=9)
    hem.crease(3, 80)
    for d in (8.0, 50.0):
        hem.stitch(curves.offset(belt, d), thread, 6, 3)
    fade(hem)
    piece.lay(hem, 0.5, 6)
    _collar(piece, colour, "denim", seed, 22, thread, fade)
    for y in (412, 530, 650, 770, 890, 1000, 1110):
        button(piece, 603, y, 12, "#a87a4a", 0.6, holes=False)
    return piece.wander(seed, 4.5, 120)


def fade(panel: Panel) -> None:
    """Rub the dye off where the cloth stands up: seams, edges and folds pale first."""
    high = np.clip((panel.height - fields.blur(panel.height, 5)) * 0.45, 0, 1)
    rim = np.clip(1 - panel.dist / 4, 0, 1) * panel.mask
    panel.tint(np.clip(high * 0.38 + rim * 0.3, 0, 0.5).astype(np.float32), "#a9bccd")


def _jacket_front(sign: int, half: str, colour: str, thread: str, seed: int) -> Panel:
    front = Panel(
        sided(_front(half, 1084, 4), sign), colour, "denim", seed=seed + sign + 2, thick=10, rim=16
    )
    draped(front, 0.9).crease(4, 60, 40, 1.8, 44)
    yoke = sided([(600, 560), (740, 556), (862, 548)], sign)
    front.stitch(yoke, thread, 6, 3).stitch(curves.offset(yoke, 9 * sign), thread, 6, 3)
    for top, low in ((668, 640), (800, 742)):
        line = sided([(top, 562), ((top + low) / 2 + 4, 800), (low, 1076)], sign)
        front.stitch(line, thread, 6, 3).stitch(curves.offset(line, 9), thread, 6, 3)
    front.stitch(sided([(712, 312), (786, 342), (852, 368)], sign), thread, 6, 3)
    welt = sided([(820, 900), (850, 1040)], sign)
    front.groove(welt, 3, 2).stitch(curves.offset(welt, 9), thread, 6, 3)
    fade(front)
    return front


def _flap(piece: Piece, sign: int, colour: str, thread: str, seed: int) -> None:
    outline = sided(
        [
            (664, 566, "c"),
            (806, 562, "c"),
            (804, 612, "c"),
            (734, 644, "c"),
            (664, 616, "c"),
            (664, 566, "c"),
        ],
        sign,
    )
    flap = Panel(outline, colour, "denim", seed=seed + 30 + sign, thick=6, rim=7)
    flap.stitch(
        sided([(671, 576), (671, 611, "c"), (734, 635, "c"), (797, 607, "c"), (798, 572)], sign),
        thread,
        6,
        3,
    )
    fade(flap)
    piece.lay(flap, 0.55, 6)
    x, y = at(734, 618, sign)
    button(piece, x, y, 11, "#a87a4a", 0.6, holes=False)
