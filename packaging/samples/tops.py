"""T-shirts, long sleeve, hoodie, shirt and jacket."""

from __future__ import annotations

import numpy as np

from . import curves, fields
from .cloth import Panel, Piece
from .curves import Knot, Points

AXIS = 600.0


def neck_line(half: float, top: float, depth: float) -> Points:
    """A round neckline from right to left."""
    return curves.smooth(
        [
            (AXIS + half, top, "c"),
            (AXIS + half * 0.86, top + depth * 0.52),
            (AXIS + half * 0.5, top + depth * 0.9),
            (AXIS, top + depth),
            (AXIS - half * 0.5, top + depth * 0.9),
            (AXIS - half * 0.86, top + depth * 0.52),
            (AXIS - half, top, "c"),
        ]
    )


def inside_neck(
    piece: Piece, colour: str, half: float, top: float, depth: float, seed: int
) -> None:
    """The inner back of the neck that a laid-out top shows: shaded cloth, band and label."""
    back = curves.smooth(
        [
            (AXIS + half, top, "c"),
            (AXIS + half * 0.5, top + 13),
            (AXIS, top + 17),
            (AXIS - half * 0.5, top + 13),
            (AXIS - half, top, "c"),
        ]
    )
    front = neck_line(half, top, depth + 30)
    inner = Panel(np.vstack([back, front[::-1]]), colour, seed=seed, thick=2, rim=6)
    inner.shade(inner.mask, 0.62)
    inner.groove(curves.offset(back, 46), 2, 0.8)
    piece.lay(inner, 0)
    rib = Panel(curves.band(back, 25), colour, seed=seed + 1, thick=4, rim=8)
    rib.rib(back, 25, 4.2, 0.8).shade(rib.mask, 0.8)
    piece.lay(rib, 0.4, 4)
    box = np.array([[570, top + 46], [630, top + 46], [630, top + 78], [570, top + 78]], float)
    label = Panel(
        box,
        "#e9e6df" if colour != "#f3f2ef" else "#c9c7c2",
        "cotton",
        seed=seed + 2,
        thick=1.5,
        rim=2,
    )
    label.shade(label.mask, 0.8)
    mark = [np.array([[583.0, top + y], [617.0 - d, top + y]]) for y, d in ((58, 0), (66, 9))]
    label.tint(label.stroke(mark, 2) * 0.7, "#55524e")
    piece.lay(label, 0.3, 3)


def tee_outline() -> tuple[Points, Points]:
    """Front outline of a T-shirt at 12 pixels a centimetre, and its neckline."""
    right: list[Knot] = [
        (708, 296, "c"),
        (790, 318),
        (866, 344),
        (900, 362),
        (985, 438),
        (1068, 526, "c"),
        (1022, 596),
        (952, 664, "c"),
        (924, 628),
        (908, 600, "c"),
        (904, 720),
        (899, 900),
        (906, 1060),
        (912, 1180, "c"),
        (760, 1190),
        (600, 1193, "c"),
    ]
    body = curves.smooth([*right, *curves.mirror(right, AXIS)[1:]])
    neck = neck_line(108, 296, 98)
    return np.vstack([body, neck[::-1][1:-1]]), neck


def tee(colour: str, seed: int, size: tuple[int, int]) -> tuple[Piece, Panel]:
    """A plain T-shirt laid flat; returns the piece and its front before it is laid."""
    piece = Piece(*size)
    inside_neck(piece, colour, 108, 296, 98, seed + 3)
    outline, _ = tee_outline()
    front = Panel(outline, colour, seed=seed, thick=7, rim=16)
    front.swell(16, 130)
    front.crease(17, 300, 70, 2.0, 50).crease(7.5, 120, 80, 2.6).crease(2.0, 46, 70, 2.2, 20)
    for sign in (1, -1):

        def at(x: float, y: float, s: int = sign) -> tuple[float, float]:
            return (AXIS + s * (x - AXIS), y)

        front.fold(at(896, 606), at(690, 760), 17, 12, sign * 16, "end")
        front.fold(at(890, 640), at(740, 900), 15, 10, sign * 12, "end")
        front.fold(at(884, 560), at(720, 600), 13, 8, -sign * 12, "end")
        front.fold(at(930, 590), at(1010, 480), 13, 9, sign * 8, "end")
        front.fold(at(850, 1150), at(780, 960), 20, 8, sign * 10, "end")
        hole = curves.smooth([at(866, 344), at(848, 420), at(852, 500), at(874, 556), at(908, 600)])
        front.groove(hole, 2.0, 1.9)
        front.groove(curves.smooth([at(716, 310), at(790, 331), at(862, 356)]), 1.6, 0.9)
        cuff = curves.smooth([at(1048, 506), at(1003, 573), at(934, 640)])
        front.stitch(cuff, None, 5, 3)
    hem = curves.smooth([(290, 1154), (440, 1165), (600, 1168), (760, 1165), (910, 1154)])
    front.stitch(hem, None, 5, 3).stitch(curves.offset(hem, -6), None, 5, 3, depth=0.5)
    return piece, front


def finish_tee(piece: Piece, front: Panel, colour: str, seed: int) -> Piece:
    """Lay the front and knit the collar on."""
    _, neck = tee_outline()
    piece.lay(front, 0.45, 7)
    collar = Panel(curves.band(neck, -27), colour, seed=seed + 8, thick=5, rim=9)
    collar.rib(neck, -27, 4.2, 0.9)
    piece.lay(collar, 0.32, 4)
    return piece.wander(seed, 4.5, 120)


def plain_tee(colour: str, seed: int) -> Piece:
    """A T-shirt in one colour."""
    piece, front = tee(colour, seed, (1200, 1500))
    return finish_tee(piece, front, colour, seed)


def printed_tee(colour: str, seed: int) -> Piece:
    """A T-shirt with a screen print of hills and a sun, cracked a little as prints are."""
    piece, front = tee(colour, seed, (1200, 1500))
    circle = np.linspace(0, 2 * np.pi, 200)
    disc = front.area(np.column_stack([600 + 165 * np.cos(circle), 640 + 165 * np.sin(circle)]))
    worn = np.clip(1.15 - 0.22 * np.abs(fields.noise(front.shape, seed, 1.1)), 0, 1)
    front.tint(disc * worn * 0.95, "#e9b65a")
    sun = np.column_stack([640 + 52 * np.cos(circle), 585 + 52 * np.sin(circle)])
    front.tint(front.area(sun) * worn, "#d8613c")
    for base, rise, tone, phase in (
        (660, 34, "#3f7f7a", 0.4),
        (702, 28, "#2d5d66", 2.1),
        (742, 20, "#1f3f4d", 4.0),
    ):
        xs = np.linspace(420, 780, 120)
        top = base - rise * np.sin((xs - 420) / 62 + phase) - rise * 0.4 * np.sin(xs / 23)
        hill = np.vstack([np.column_stack([xs, top]), [[780, 860], [420, 860]]])
        front.tint(front.area(hill) * disc * worn, tone)
    bars = [np.array([[500.0 + d, y], [700.0 - d, y]]) for y, d in ((838, 0), (856, 34))]
    front.tint(front.stroke(bars, 6) * worn, "#1f3f4d")
    return finish_tee(piece, front, colour, seed)
