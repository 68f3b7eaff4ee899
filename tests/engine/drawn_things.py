"""Draws things that nobody wears, as photos in three styles: what the check must not take."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

Draw = ImageDraw.ImageDraw
UNIT = 16  # pixels of the large drawing for each hundredth of the photo's side
STYLES = {  # ground, colour, and how much light falls off across the thing
    "flat": ((228, 226, 222), (60, 96, 150), 0.0),
    "lit": ((206, 196, 180), (150, 52, 44), 0.35),
    "pale": ((96, 104, 112), (222, 206, 160), 0.2),
}


class Pen:
    """Fills shapes given in hundredths of the photo's side."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def shape(self, *points: tuple[float, float], ink: int = 255) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * UNIT, y * UNIT) for x, y in points], fill=ink)

    def oval(self, left: float, top: float, right: float, bottom: float, ink: int = 255) -> None:
        """Fill an ellipse."""
        self._draw.ellipse([each * UNIT for each in (left, top, right, bottom)], fill=ink)

    def box(
        self, left: float, top: float, right: float, bottom: float, bend: float = 0, ink: int = 255
    ) -> None:
        """Fill a box with round corners."""
        self._draw.rounded_rectangle(
            [each * UNIT for each in (left, top, right, bottom)], bend * UNIT, fill=ink
        )

    def line(self, *points: tuple[float, float], wide: float, ink: int = 255) -> None:
        """Draw a bent bar."""
        spots = [(x * UNIT, y * UNIT) for x, y in points]
        self._draw.line(spots, fill=ink, width=round(wide * UNIT), joint="curve")
        for x, y in points:
            self.oval(x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2, ink)

    def ring(self, x: float, y: float, radius: float, wide: float) -> None:
        """Draw a ring."""
        box = [(each) * UNIT for each in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, outline=255, width=round(wide * UNIT))


def mug(pen: Pen) -> None:
    pen.ring(66, 50, 16, 5)
    pen.box(24, 24, 64, 78, 3)
    pen.oval(24, 20, 64, 28)


def tall_mug(pen: Pen) -> None:
    pen.box(56, 34, 82, 66, 12)
    pen.box(61, 40, 76, 60, 8, ink=0)
    pen.box(24, 16, 62, 84, 2)


def _points(x: float, y: float, count: int, far: float, near: float) -> list[tuple[float, float]]:
    turns = np.arange(2 * count) * np.pi / count - np.pi / 2
    radii = np.where(np.arange(2 * count) % 2 == 0, far, near)
    return [(x + r * np.cos(t), y + r * np.sin(t)) for r, t in zip(radii, turns, strict=True)]


def star(pen: Pen) -> None:
    pen.shape(*_points(50, 52, 5, 38, 14.5))


def fat_star(pen: Pen) -> None:
    pen.shape(*_points(50, 52, 5, 38, 21))


def sun(pen: Pen) -> None:
    pen.shape(*_points(50, 50, 12, 38, 24))


def chair(pen: Pen) -> None:
    for x in (30, 66):
        pen.box(x, 12, x + 5, 88)
    for y in (14, 26, 38):
        pen.box(30, y, 71, y + 6)
    pen.shape((30, 52), (71, 52), (76, 62), (25, 62))
    for x in (25, 71):
        pen.box(x, 60, x + 5, 92)


def armchair(pen: Pen) -> None:
    pen.box(30, 18, 70, 70, 8)
    for x in (20, 66):
        pen.box(x, 42, x + 14, 80, 6)
    pen.box(22, 60, 78, 80, 3)
    for x in (25, 70):
        pen.box(x, 78, x + 5, 88)


def bottle(pen: Pen) -> None:
    pen.box(44, 8, 56, 30, 1)
    pen.shape((44, 26), (56, 26), (66, 42), (34, 42))
    pen.box(34, 38, 66, 92, 4)


def ball(pen: Pen) -> None:
    pen.oval(20, 20, 80, 80)


def book(pen: Pen) -> None:
    pen.box(28, 16, 72, 84, 1)


def open_book(pen: Pen) -> None:
    pen.shape((10, 30), (46, 26), (50, 30), (54, 26), (90, 30), (90, 78), (54, 74), (50, 78),
              (46, 74), (10, 78))  # fmt: skip


def plant(pen: Pen) -> None:
    pen.shape((36, 66), (64, 66), (59, 90), (41, 90))
    for turn in np.linspace(-1.2, 1.2, 7):
        tip = 50 + 44 * np.sin(turn), 62 - 48 * np.cos(turn)
        middle = (50 + tip[0]) / 2, (64 + tip[1]) / 2
        aside = 5 * np.cos(turn), 5 * np.sin(turn)
        pen.shape((50, 66), (middle[0] - aside[0], middle[1] - aside[1]), tip,
                  (middle[0] + aside[0], middle[1] + aside[1]))  # fmt: skip


def tree(pen: Pen) -> None:
    pen.box(46, 60, 54, 92)
    for x, y, r in ((50, 30, 20), (36, 42, 17), (64, 42, 17), (50, 48, 18)):
        pen.oval(x - r, y - r, x + r, y + r)


def bicycle(pen: Pen) -> None:
    for x in (28, 72):
        pen.ring(x, 62, 18, 3)
    pen.line((28, 62), (42, 40), (66, 40), (50, 62), (28, 62), wide=3)
    pen.line((42, 40), (50, 62), wide=3)
    pen.line((72, 62), (64, 32), (72, 30), wide=3)
    pen.line((41, 40), (39, 34), wide=3)
    pen.line((34, 33), (45, 33), wide=4)


def cat(pen: Pen) -> None:
    pen.oval(30, 44, 68, 90)
    pen.oval(34, 20, 64, 50)
    pen.shape((35, 32), (35, 12), (47, 22))
    pen.shape((63, 32), (63, 12), (51, 22))
    pen.line((64, 82), (80, 78), (84, 62), (78, 54), wide=6)


def car(pen: Pen) -> None:
    pen.shape((30, 34), (66, 34), (78, 52), (22, 52))
    pen.box(10, 50, 90, 68, 5)
    for x in (28, 72):
        pen.oval(x - 9, 58, x + 9, 76)


def car_front(pen: Pen) -> None:
    pen.shape((32, 24), (68, 24), (76, 46), (24, 46))
    pen.box(18, 44, 82, 72, 5)
    for x in (20, 68):
        pen.box(x, 68, x + 12, 82, 2)


def house(pen: Pen) -> None:
    pen.shape((50, 14), (86, 46), (14, 46))
    pen.box(22, 44, 78, 86)
    pen.box(62, 18, 69, 40)


def cushion(pen: Pen) -> None:
    pen.shape((16, 16), (50, 21), (84, 16), (79, 50), (84, 84), (50, 79), (16, 84), (21, 50))


def umbrella(pen: Pen) -> None:
    pen.oval(12, 14, 88, 90)
    pen.box(0, 52, 100, 100, ink=0)
    for x in (12, 31, 50, 69):
        pen.oval(x, 46, x + 19, 58, ink=0)
    pen.line((50, 20), (50, 84), (56, 89), (61, 84), wide=4)


def hand(pen: Pen) -> None:
    pen.box(32, 50, 68, 84, 10)
    pen.box(37, 76, 63, 95, 2)
    for x, y in ((33, 22), (42, 12), (51, 14), (60, 24)):
        pen.box(x, y, x + 7, 60, 3.5)
    pen.line((66, 70), (80, 54), wide=8)


def heart(pen: Pen) -> None:
    pen.oval(16, 18, 52, 54)
    pen.oval(48, 18, 84, 54)
    pen.shape((18.5, 45), (50, 30), (81.5, 45), (50, 86))


def lamp(pen: Pen) -> None:
    pen.shape((36, 14), (64, 14), (78, 46), (22, 46))
    pen.box(47, 44, 53, 84)
    pen.oval(34, 80, 66, 90)


def goblet(pen: Pen) -> None:
    pen.oval(28, 0, 72, 52)
    pen.box(0, 0, 100, 14, ink=0)
    pen.box(47, 46, 53, 84)
    pen.oval(32, 80, 68, 90)


def teapot(pen: Pen) -> None:
    pen.ring(76, 52, 14, 4)
    pen.oval(26, 32, 76, 82)
    pen.oval(46, 26, 56, 36)
    pen.shape((32, 66), (10, 38), (18, 36), (36, 52))


def table(pen: Pen) -> None:
    pen.box(12, 30, 88, 38)
    for x in (16, 78):
        pen.box(x, 36, x + 6, 84)


def scissors(pen: Pen) -> None:
    for x, side in ((36, 1), (64, -1)):
        pen.ring(x, 76, 12, 5)
        pen.shape((x, 66), (x + 5 * side, 62), (50 + 22 * side, 12), (50 + 14 * side, 14))


def clover(pen: Pen) -> None:
    for x, y in ((50, 30), (34, 52), (66, 52)):
        pen.oval(x - 18, y - 18, x + 18, y + 18)
    pen.shape((48, 50), (52, 50), (58, 90), (42, 90))


def fish(pen: Pen) -> None:
    pen.oval(10, 32, 72, 68)
    pen.shape((66, 50), (90, 30), (84, 50), (90, 70))


def letter_f(pen: Pen) -> None:
    pen.box(30, 14, 44, 86)
    pen.box(30, 14, 74, 27)
    pen.box(30, 44, 66, 57)


def letter_l(pen: Pen) -> None:
    pen.box(30, 14, 46, 86)
    pen.box(30, 72, 74, 86)


def letter_e(pen: Pen) -> None:
    pen.box(28, 14, 42, 86)
    for y in (14, 43, 73):
        pen.box(28, y, 72, y + 13)


def letter_x(pen: Pen) -> None:
    pen.shape((22, 14), (38, 14), (78, 86), (62, 86))
    pen.shape((78, 14), (62, 14), (22, 86), (38, 86))


def letter_a(pen: Pen) -> None:
    pen.shape((42, 14), (58, 14), (84, 86), (68, 86), (50, 30), (32, 86), (16, 86))
    pen.box(32, 58, 68, 69)


def letter_t(pen: Pen) -> None:
    pen.box(18, 14, 82, 32)
    pen.box(41, 14, 59, 86)


THINGS: dict[str, Callable[[Pen], None]] = {
    each.__name__: each
    for each in (
        mug, tall_mug, star, fat_star, sun, chair, armchair, bottle, ball, book, open_book, plant,
        tree, bicycle, cat, car, car_front, house, cushion, umbrella, hand, heart, lamp, goblet,
        teapot, table, scissors, clover, fish, letter_f, letter_l, letter_e, letter_x, letter_a,
        letter_t,
    )
}  # fmt: skip


def outline(name: str, side: int = 640) -> np.ndarray:
    """Return the coverage of a thing, 0 to 1, in a square photo."""
    large = Image.new("L", (100 * UNIT, 100 * UNIT), 0)
    THINGS[name](Pen(ImageDraw.Draw(large)))
    return np.asarray(large.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def photographed(name: str, style: str, side: int = 640) -> np.ndarray:
    """Return a photo of a thing on even ground, with its shadow, light and noise: RGB, uint8."""
    cover = outline(name, side)
    ground, colour, fall = STYLES[style]
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    shadow = cv2.GaussianBlur(np.roll(cover, (6, 8), (0, 1)), (0, 0), 9)
    floor = np.array(ground, np.float32) * (1 - 0.18 * shadow)[..., None]
    lit = np.array(colour, np.float32) * (1 - fall * (x + 0.6 * y))[..., None]
    picture = floor + (lit - floor) * cover[..., None]
    picture = picture * (1 - 0.1 * (x * x + y * y))[..., None] + rng.normal(0, 1.5, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)
