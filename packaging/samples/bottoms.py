"""Jeans, shorts and a pleated skirt."""

from __future__ import annotations

import numpy as np

from . import curves, fields
from .cloth import Panel, Piece
from .curves import Knot
from .tailored import button, fade
from .tops import AXIS
from .warm import at, sided


def _leg(kind: str) -> list[Knot]:
    """Right leg of trousers from the waist round to the crotch."""
    if kind == "jeans":
        return [
            (598, 214, "c"),
            (700, 210),
            (786, 196, "c"),
            (806, 300),
            (834, 430),
            (838, 560),
            (822, 800),
            (806, 1050),
            (800, 1384, "c"),
            (724, 1392),
            (652, 1386, "c"),
            (644, 1080),
            (630, 800),
            (610, 585),
            (598, 545, "c"),
            (598, 214, "c"),
        ]
    return [
        (598, 314, "c"),
        (710, 310),
        (806, 296, "c"),
        (832, 420),
        (872, 640),
        (904, 908, "c"),
        (780, 934),
        (646, 934, "c"),
        (622, 800),
        (598, 690, "c"),
        (598, 314, "c"),
    ]


def _inner_waist(piece: Piece, colour: str, cloth: str, seed: int, top: float, half: float) -> None:
    outline = curves.symmetric(
        [
            (600, top + 8, "c"),
            (600 + half * 0.6, top + 3),
            (600 + half - 8, top - 5, "c"),
            (600 + half * 0.9, top + 50),
            (600, top + 60, "c"),
        ],
        AXIS,
    )
    inner = Panel(outline, colour, cloth, seed=seed, thick=3, rim=6)
    inner.shade(inner.mask, 0.6)
    piece.lay(inner, 0)
    box = np.array([[566, top + 13], [634, top + 13], [634, top + 43], [566, top + 43]])
    label = Panel(box, "#8a5a36", "leather", seed=seed, thick=2, rim=3)
    label.shade(label.mask, 0.8)
    piece.lay(label, 0.3, 3)


def _waistband(
    piece: Piece,
    colour: str,
    cloth: str,
    seed: int,
    line: curves.Points,
    deep: float,
    thread: str | None,
) -> None:
    belt = Panel(curves.band(line, deep), colour, cloth, seed=seed + 6, thick=7, rim=8)
    belt.crease(3, 90)
    belt.stitch(curves.offset(line, 7), thread, 6, 3).stitch(
        curves.offset(line, deep - 7), thread, 6, 3
    )
    if cloth == "denim":
        fade(belt)
    piece.lay(belt, 0.5, 6)
    for x in (440, 500, 700, 760):
        y = float(np.interp(x, line[::-1, 0], line[::-1, 1]))
        box = np.array(
            [[x - 9, y - 5], [x + 9, y - 5], [x + 9, y + deep + 9], [x - 9, y + deep + 9]]
        )
        loop = Panel(box, colour, cloth, seed=seed + x, thick=5, rim=5)
        loop.stitch(np.array([[x - 4.5, y], [x - 4.5, y + deep]]), thread, 5, 3)
        loop.stitch(np.array([[x + 4.5, y], [x + 4.5, y + deep]]), thread, 5, 3)
        piece.lay(loop, 0.5, 4)


def jeans(colour: str, seed: int) -> Piece:
    """Straight five-pocket jeans, washed on the thighs and whiskered at the hip."""
    thread = "#b9853f"
    piece = Piece(1200, 1500)
    _inner_waist(piece, colour, "denim", seed, 188, 184)
    for sign in (1, -1):
        leg = Panel(sided(_leg("jeans"), sign), colour, "denim", seed=seed + sign, thick=12, rim=22)
        leg.swell(20, 90).crease(12, 170, 85, 2.4).crease(5, 70, 20 * sign, 2.2, 8)
        for y, reach, size in ((520, 150, 11), (556, 170, 12), (600, 120, 8)):
            leg.fold(at(606, y, sign), at(606 + reach, y - 70, sign), 13, size, 10 * sign, "end")
        for y in (920, 965, 1010):
            leg.fold(at(650, y, sign), at(800, y + 14, sign), 12, 7, 8)
        for y in (1290, 1330):
            leg.fold(at(655, y, sign), at(790, y - 8, sign), 10, 6, 6)
        ys, xs = np.mgrid[0 : leg.shape[0], 0 : leg.shape[1]].astype(np.float32)
        cx, cy = np.array(at(722, 720, sign)) - leg.origin
        wash = np.exp(-(((xs - cx) / 62) ** 2) - ((ys - cy) / 300) ** 2)
        leg.tint((wash * 0.34 * leg.mask).astype(np.float32), "#9fb4c8")
        _jeans_seams(leg, sign, thread)
        fade(leg)
        piece.lay(leg, 0.5, 9)
    fly = np.array([[576, 252], [603, 252], [603, 500], [590, 492], [578, 440]], float)
    flap = Panel(fly, colour, "denim", seed=seed + 3, thick=5, rim=5)
    fade(flap)
    piece.lay(flap, 0.5, 5)
    line = curves.smooth([(788, 190), (700, 204), (600, 208), (500, 204), (412, 190)])
    _waistband(piece, colour, "denim", seed, line, 46, thread)
    button(piece, 600, 232, 13, "#a87a4a", 0.6, holes=False)
    return piece.wander(seed, 5, 130)


def _jeans_seams(leg: Panel, sign: int, thread: str) -> None:
    pocket = sided([(690, 254), (706, 320), (752, 362), (822, 372)], sign)
    leg.groove(pocket, 2.2, 2).stitch(curves.offset(pocket, 6 * sign), thread, 6, 3)
    leg.stitch(curves.offset(pocket, 14 * sign), thread, 6, 3)
    for x in (792, 800):
        leg.stitch(sided([(x, 262), (x + 22, 376), (x + 32, 520)], sign), thread, 6, 3)
    side = sided([(826, 450), (824, 700), (804, 980), (790, 1380)], sign)
    leg.groove(side, 2, 1.2)
    inseam = sided([(606, 560), (640, 800), (654, 1080), (662, 1380)], sign)
    leg.stitch(inseam, thread, 6, 3)
    leg.stitch(sided([(650, 1362), (724, 1368), (800, 1360)], sign), thread, 6, 3)
    if sign == -1:
        leg.stitch(curves.smooth([(548, 256), (550, 420), (566, 478), (598, 500)]), thread, 6, 3)
        leg.stitch(curves.smooth([(540, 256), (542, 424), (560, 488), (598, 511)]), thread, 6, 3)


def shorts(colour: str, seed: int) -> Piece:
    """Chino shorts with slant pockets and turned hems."""
    piece = Piece(1200, 1500)
    _inner_waist(piece, colour, "cotton", seed, 288, 204)
    for sign in (1, -1):
        leg = Panel(
            sided(_leg("shorts"), sign), colour, "cotton", seed=seed + sign, thick=10, rim=20
        )
        leg.swell(20, 100).crease(15, 180, 80, 2.2).crease(5, 70, 40 * sign, 2.0, 8)
        leg.crease(1.8, 34, 60, 2.0, 30)
        for y, reach, size in ((660, 190, 13), (690, 170, 11), (620, 130, 8)):
            leg.fold(at(606, y, sign), at(606 + reach, y - 70, sign), 15, size, 12 * sign, "end")
        leg.fold(at(760, 915, sign), at(720, 720, sign), 20, 9, 10, "end")
        pocket = sided([(716, 350), (760, 430), (820, 520)], sign)
        leg.groove(pocket, 3, 2.4).stitch(curves.offset(pocket, 9 * sign))
        leg.stitch(sided([(640, 893), (780, 893), (896, 868)], sign))
        leg.groove(sided([(640, 900), (780, 900), (898, 875)], sign), 3, 1.0)
        if sign == -1:
            leg.stitch(curves.smooth([(540, 356), (544, 540), (562, 600), (598, 622)]))
        piece.lay(leg, 0.5, 9)
    fly = np.array([[578, 350], [603, 350], [603, 640], [590, 620], [580, 560]], float)
    piece.lay(Panel(fly, colour, "cotton", seed=seed + 3, thick=4, rim=5), 0.45, 5)
    line = curves.smooth([(808, 290), (710, 304), (600, 308), (490, 304), (392, 290)])
    _waistband(piece, colour, "cotton", seed, line, 46, None)
    button(piece, 602, 332, 12, "#6e5a44")
    return piece.wander(seed, 5, 130)


def pleated_skirt(colour: str, seed: int) -> Piece:
    """A pleated midi skirt on a plain waistband."""
    piece = Piece(1200, 1500)
    knots: list[Knot] = [
        (600, 262, "c"),
        (700, 260),
        (770, 252, "c"),
        (822, 480),
        (884, 800),
        (950, 1180, "c"),
    ]
    pleats = 15
    hem: list[Knot] = []
    for i in range(pleats):
        x = 950 - (i + 0.5) * 700 / pleats
        droop = 1206 + 22 * np.sin(np.pi * (i + 0.5) / pleats)
        hem += [(x + 15, droop + 6), (x - 16, droop - 11, "c")]
    left = curves.mirror(knots, AXIS)
    skirt = Panel(
        curves.smooth([*knots, *hem, *left]), colour, "cotton", seed=seed, thick=9, rim=14
    )
    ys, xs = np.mgrid[0 : skirt.shape[0], 0 : skirt.shape[1]].astype(np.float32)
    t = np.clip((ys + skirt.origin[1] - 255) / 940, 0, 1)
    half = 176 + 176 * t
    u = ((xs + skirt.origin[0] - AXIS) / half + 1) / 2 * pleats
    u = u + (0.16 * np.sin(t * 5 + np.floor(u) * 1.7) + 0.1 * np.sin(t * 11 + np.floor(u))) * t
    phase = u - np.floor(u)
    saw = np.where(phase < 0.8, phase / 0.8, (1 - phase) / 0.2)
    depth = 5 + 15 * t

    skirt.height = skirt.height + fields.blur((saw * depth).astype(np.float32), 2.2)
    skirt.shade(np.exp(-(((phase - 0.93) / 0.06) ** 2)).astype(np.float32), 0.68)
    skirt.crease(9, 190, 85, 2.6).crease(1.6, 40, 70, 2.0, 9)
    piece.lay(skirt, 0)
    line = curves.smooth([(772, 214), (690, 225), (600, 228), (510, 225), (428, 214)])
    band = Panel(curves.band(line, 46), colour, "cotton", seed=seed + 5, thick=7, rim=9)
    band.crease(3, 80).stitch(curves.offset(line, 41))
    piece.lay(band, 0.5, 6)
    return piece.wander(seed, 5, 130)
