"""A flowered summer dress and a satin evening dress."""

from __future__ import annotations

import numpy as np

from . import curves
from .cloth import Panel, Piece
from .curves import Knot
from .tops import AXIS
from .warm import at, sided


def _flutes(
    panel: Panel,
    top: float,
    low: float,
    count: int,
    depth: float,
    half: tuple[float, float],
    seed: int,
) -> Panel:
    """Hang soft flutes from the waist at ``top`` that widen and deepen down to ``low``."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0 : panel.shape[0], 0 : panel.shape[1]].astype(np.float32)
    t = np.clip((ys + panel.origin[1] - top) / (low - top), 0, 1)
    u = (xs + panel.origin[0] - AXIS) / (half[0] + (half[1] - half[0]) * t)
    total = np.zeros(panel.shape, np.float32)
    for n in range(count):
        centre = -0.95 + 1.9 * (n + rng.uniform(0.25, 0.75)) / count
        begin, size = rng.uniform(-0.1, 0.22), rng.uniform(0.6, 1.25)
        width = rng.uniform(0.028, 0.06) * (0.55 + 0.8 * t)
        drift = centre + rng.uniform(-0.05, 0.05) * t + 0.02 * np.sin(t * rng.uniform(3, 8) + n)
        ramp = np.clip((t - begin) / 0.5, 0, 1)
        strength = ramp * ramp * (3 - 2 * ramp) * size
        total += strength * np.exp(-(((u - drift) / width) ** 2))
    lasting = np.clip(t * 30, 0, 1) * (ys + panel.origin[1] > top)
    panel.height = panel.height + (total * depth * (0.4 + 0.6 * t) * lasting).astype(np.float32)
    return panel


def _flowers(panel: Panel, seed: int, petals: tuple[str, ...], leaf: str) -> None:
    """Print small flowers over the cloth, never two on one spot."""
    rng = np.random.default_rng(seed)
    h, w = panel.shape
    ring = np.linspace(0, 2 * np.pi, 24)
    shapes: dict[str, list[curves.Points]] = {}
    for gy in range(10, h, 46):
        for gx in range(10, w, 46):
            x, y = gx + rng.uniform(-14, 14), gy + rng.uniform(-14, 14)
            size, turn = rng.uniform(5.5, 10.5), rng.uniform(0, 6)
            tone = str(rng.choice(petals))
            for k in range(5):
                a = turn + k * 2 * np.pi / 5
                px, py = x + size * np.cos(a), y + size * np.sin(a)
                shapes.setdefault(tone, []).append(
                    np.column_stack(
                        [px + size * 0.72 * np.cos(ring), py + size * 0.72 * np.sin(ring)]
                    )
                )
            shapes.setdefault("#f0c95a", []).append(
                np.column_stack([x + size * 0.5 * np.cos(ring), y + size * 0.5 * np.sin(ring)])
            )
            lx, ly = x + size * 2.3 * np.cos(turn + 0.6), y + size * 2.3 * np.sin(turn + 0.6)
            shapes.setdefault(leaf, []).insert(
                0, np.column_stack([lx + size * 1.1 * np.cos(ring), ly + size * 0.5 * np.sin(ring)])
            )
    for tone in (leaf, *petals, "#f0c95a"):
        panel.tint(panel.areas([s + panel.origin for s in shapes.get(tone, [])]) * 0.92, tone)


def summer_dress(colour: str, seed: int) -> Piece:
    """A flowered sleeveless dress with thin straps, gathered waist and swinging skirt."""
    petals = ("#c4554f", "#e08d7d", "#f4efe6")
    piece = Piece(1200, 1500)
    back = Panel(
        curves.symmetric(
            [(600, 352, "c"), (680, 346), (742, 330, "c"), (740, 420), (600, 460, "c")], AXIS
        ),
        colour,
        "cotton",
        seed=seed + 4,
        thick=2,
    )
    back.shade(back.mask, 0.6)
    piece.lay(back, 0)
    for sign in (1, -1):
        line = sided(
            [(672, 330), (682, 250), (690, 214), (705, 200), (720, 214), (728, 250), (736, 338)],
            sign,
        )
        strap = Panel(
            curves.strip(line, 16),
            colour,
            "cotton",
            seed=seed + sign,
            thick=4,
            rim=5,
        )
        strap.stitch(curves.offset(line, -5)).stitch(curves.offset(line, 5))
        piece.lay(strap, 0.4, 4)
    right: list[Knot] = [
        (600, 684, "c"),
        (690, 682),
        (756, 672, "c"),
        (800, 760),
        (880, 980),
        (952, 1236, "c"),
        (880, 1262),
        (800, 1260),
        (720, 1280),
        (640, 1272),
        (600, 1282, "c"),
    ]
    skirt = Panel(curves.symmetric(right, AXIS), colour, "cotton", seed=seed, thick=8, rim=16)
    _flowers(skirt, seed, petals, "#55704f")
    _flutes(skirt, 684, 1270, 17, 26, (158, 352), seed)
    skirt.crease(10, 200, 85, 2.4).crease(1.8, 40, 80, 2.0, 8)
    hem = curves.smooth(
        [
            (248, 1218),
            (320, 1244),
            (400, 1242),
            (480, 1262),
            (560, 1255),
            (640, 1255),
            (720, 1262),
            (800, 1242),
            (880, 1244),
            (952, 1218),
        ]
    )
    piece.lay(skirt.stitch(hem), 0)
    piece.lay(_bodice(colour, seed, petals), 0.45, 7)
    return piece.wander(seed, 5, 120)


def _bodice(colour: str, seed: int, petals: tuple[str, ...]) -> Panel:
    right: list[Knot] = [
        (600, 420, "c"),
        (636, 384),
        (672, 330),
        (690, 312, "c"),
        (724, 326),
        (744, 372),
        (790, 430, "c"),
        (776, 540),
        (758, 620),
        (758, 688, "c"),
        (690, 696),
        (600, 699, "c"),
    ]
    bodice = Panel(curves.symmetric(right, AXIS), colour, "cotton", seed=seed + 9, thick=8, rim=16)
    _flowers(bodice, seed + 3, petals, "#55704f")
    bodice.swell(16, 90).crease(6, 110, 80, 2.2).crease(1.6, 36, 70, 2, 9)
    waist = curves.smooth([(440, 682), (520, 690), (600, 692), (680, 690), (760, 682)])
    bodice.stitch(waist).groove(curves.offset(waist, -4), 2, 1.6)
    for sign in (1, -1):
        bodice.groove(sided([(680, 690), (684, 600), (672, 530)], sign), 2, 1.4)
        bodice.fold(at(690, 330, sign), at(650, 470, sign), 12, 7, 8, "end")
        bodice.fold(at(780, 440, sign), at(690, 500, sign), 13, 9, 8, "end")
        edge = sided([(600, 432), (638, 396), (676, 340), (692, 322)], sign)
        bodice.stitch(edge)
    for x in np.arange(448, 756, 9.0):
        bodice.fold((x, 694), (x + (x - 600) * 0.02, 664), 2.5, 2.2, 0, "end")
    return bodice


def evening_dress(colour: str, seed: int) -> Piece:
    """A long satin dress cut close to the hip, with a cowl neck and thin straps."""
    piece = Piece(1200, 1600)
    for sign in (1, -1):
        line = sided(
            [(668, 300), (680, 200), (688, 158), (697, 148), (706, 158), (714, 200), (722, 306)],
            sign,
        )
        strap = Panel(
            curves.strip(line, 8),
            colour,
            "satin",
            seed=seed,
            thick=4,
            rim=4,
            gloss=0.2,
        )
        piece.lay(strap, 0.4, 4)
    back = Panel(
        curves.symmetric(
            [(600, 330, "c"), (680, 318), (726, 296, "c"), (730, 400), (600, 440, "c")], AXIS
        ),
        colour,
        "satin",
        seed=seed + 4,
        thick=2,
    )
    back.shade(back.mask, 0.5)
    piece.lay(back, 0)
    right: list[Knot] = [
        (600, 392, "c"),
        (640, 366),
        (672, 288, "c"),
        (712, 290),
        (736, 340),
        (772, 388, "c"),
        (758, 500),
        (738, 600),
        (760, 720),
        (790, 840),
        (786, 980),
        (796, 1180),
        (842, 1440),
        (858, 1488, "c"),
        (780, 1510),
        (700, 1506),
        (640, 1520),
        (600, 1516, "c"),
    ]
    gown = Panel(
        curves.symmetric(right, AXIS),
        colour,
        "satin",
        seed=seed,
        thick=10,
        rim=24,
        gloss=0.24,
        shine=7,
    )
    gown.swell(20, 120)
    _flutes(gown, 860, 1510, 7, 17, (180, 250), seed)
    gown.crease(20, 240, 85, 3.4).crease(6, 100, 75, 3.0, 7)
    for n, y in enumerate((440, 488, 540, 596)):
        for sign in (1, -1):
            gown.fold(
                at(704 - n * 4, 312 + n * 20, sign),
                at(600, y, sign),
                16,
                13 - n * 1.6,
                26 * sign,
                "end",
            )
    for n, (y, reach) in enumerate(((640, 150), (676, 210), (720, 230), (770, 190))):
        gown.fold((742, y), (742 - reach, y + 60 + n * 18), 17, 14 - n, 18, "end")
        gown.fold((460, y + 40), (460 + reach * 0.5, y + 100), 15, 8, -12, "end")
    gown.fold((700, 880), (660, 1480), 34, 22, 16)
    gown.fold((520, 900), (490, 1480), 30, 18, -14)
    piece.lay(gown, 0.4, 7)
    return piece.wander(seed, 5, 130)
