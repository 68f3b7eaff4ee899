"""Draws outlines of garments that look odd, or lie oddly: the check must let all of them pass."""

from collections.abc import Callable

from tests.engine.drawn_things import Pen


def _body(pen: Pen, half: float = 15, top: float = 25, hem: float = 80) -> None:
    pen.shape((44, top), (50, top + 3), (56, top), (50 + half, top + 4), (50 + half, hem),
              (50 - half, hem), (50 - half, top + 4))  # fmt: skip


def spread_sleeves(pen: Pen) -> None:
    _body(pen)
    for out in (-1, 1):
        pen.shape(
            (50 + 13 * out, 28), (50 + 49 * out, 36), (50 + 48 * out, 43), (50 + 13 * out, 46)
        )


def spread_hoodie(pen: Pen) -> None:
    spread_sleeves(pen)
    pen.oval(38, 8, 62, 40)


def one_sleeve_folded(pen: Pen) -> None:
    _body(pen)
    pen.shape((38, 28), (2, 60), (8, 67), (38, 48))


def short_sleeve_folded(pen: Pen) -> None:
    _body(pen, 20)
    pen.shape((34, 28), (16, 40), (23, 50), (34, 44))


def one_up_one_down(pen: Pen) -> None:
    _body(pen)
    pen.shape((37, 28), (8, 70), (15, 76), (37, 46))
    pen.shape((63, 28), (96, 14), (98, 22), (63, 46))


def hand_on_hip(pen: Pen) -> None:
    _body(pen, 18)
    pen.line((35, 34), (18, 54), (34, 74), wide=9)
    pen.shape((66, 30), (84, 74), (75, 77), (64, 50))


def hands_on_hips(pen: Pen) -> None:
    _body(pen, 18)
    for out in (-1, 1):
        pen.line((50 + 15 * out, 34), (50 + 34 * out, 54), (50 + 16 * out, 74), wide=9)


def cropped_cardigan(pen: Pen) -> None:
    _body(pen, 18, 22, 62)
    for out in (-1, 1):
        pen.shape(
            (50 + 15 * out, 26), (50 + 32 * out, 84), (50 + 22 * out, 86), (50 + 16 * out, 46)
        )


def bolero(pen: Pen) -> None:
    _body(pen, 16, 22, 48)
    for out in (-1, 1):
        pen.shape(
            (50 + 13 * out, 26), (50 + 44 * out, 76), (50 + 36 * out, 80), (50 + 13 * out, 46)
        )


def kimono(pen: Pen) -> None:
    _body(pen, 18, 20, 88)
    pen.box(8, 24, 92, 56)


def poncho(pen: Pen) -> None:
    pen.shape((42, 24), (50, 28), (58, 24), (92, 60), (50, 82), (8, 60))


def bodysuit(pen: Pen) -> None:
    pen.shape((36, 16), (41, 16), (45, 32), (55, 32), (59, 16), (64, 16), (66, 40), (64, 66),
              (54, 86), (46, 86), (36, 66), (34, 40))  # fmt: skip


def camisole(pen: Pen) -> None:
    pen.shape((34, 40), (42, 36), (50, 42), (58, 36), (66, 40), (70, 84), (30, 84))
    for x in (38, 60):
        pen.box(x, 12, x + 2, 42)


def halter(pen: Pen) -> None:
    pen.shape((43, 22), (57, 22), (68, 50), (68, 80), (32, 80), (32, 50))
    pen.ring(50, 16, 9, 2)


def one_shoulder(pen: Pen) -> None:
    pen.shape((32, 14), (40, 14), (66, 36), (64, 56), (72, 90), (28, 90), (36, 56), (33, 36))


def tube_dress(pen: Pen) -> None:
    pen.shape((37, 12), (63, 12), (61, 45), (65, 88), (35, 88), (39, 45))


def slip_dress(pen: Pen) -> None:
    pen.shape((38, 30), (44, 25), (50, 32), (56, 25), (62, 30), (60, 48), (70, 90), (30, 90),
              (40, 48))  # fmt: skip
    for x in (43, 56):
        pen.box(x, 8, x + 1.5, 30)


def ball_gown(pen: Pen) -> None:
    pen.shape((42, 10), (50, 14), (58, 10), (56, 34), (94, 90), (6, 90), (44, 34))


def circle_skirt(pen: Pen) -> None:
    pen.shape((40, 24), (60, 24), (94, 70), (50, 80), (6, 70))


def tutu(pen: Pen) -> None:
    pen.box(36, 30, 64, 37)
    pen.shape((36, 36), (64, 36), (92, 62), (50, 70), (8, 62))


def tiered_skirt(pen: Pen) -> None:
    pen.shape((40, 12), (60, 12), (63, 36), (37, 36))
    pen.shape((32, 36), (68, 36), (72, 60), (28, 60))
    pen.shape((24, 60), (76, 60), (80, 88), (20, 88))


def pencil_skirt(pen: Pen) -> None:
    pen.box(34, 14, 66, 86)


def skinny_trousers(pen: Pen) -> None:
    pen.shape((36, 8), (64, 8), (68, 34), (62, 92), (55, 92), (51, 38), (49, 38), (45, 92),
              (38, 92), (32, 34))  # fmt: skip


def flared_trousers(pen: Pen) -> None:
    pen.shape((38, 8), (62, 8), (66, 34), (86, 92), (62, 92), (50, 40), (38, 92), (14, 92),
              (34, 34))  # fmt: skip


def leg_folded(pen: Pen) -> None:
    pen.shape(
        (36, 8), (64, 8), (68, 34), (66, 56), (52, 56), (50, 38), (46, 92), (32, 92), (32, 34)
    )


def dungarees(pen: Pen) -> None:
    pen.shape((40, 24), (60, 24), (62, 42), (68, 46), (68, 92), (53, 92), (51, 60), (49, 60),
              (47, 92), (32, 92), (32, 46), (38, 42))  # fmt: skip
    for x in (41, 55):
        pen.box(x, 8, x + 4, 26)


def romper(pen: Pen) -> None:
    _body(pen, 16, 16, 62)
    pen.shape((34, 60), (66, 60), (70, 84), (53, 84), (50, 70), (47, 84), (30, 84))
    for out in (-1, 1):
        pen.shape(
            (50 + 14 * out, 19), (50 + 28 * out, 32), (50 + 22 * out, 38), (50 + 14 * out, 34)
        )


def sleepsuit(pen: Pen) -> None:
    _body(pen, 15, 16, 60)
    pen.shape((35, 56), (65, 56), (70, 92), (56, 92), (50, 66), (44, 92), (30, 92))
    for out in (-1, 1):
        pen.shape(
            (50 + 13 * out, 19), (50 + 42 * out, 40), (50 + 38 * out, 47), (50 + 13 * out, 36)
        )


def fringed_top(pen: Pen) -> None:
    _body(pen, 20, 20, 60)
    for x in range(30, 70, 4):
        pen.box(x, 58, x + 2, 84)


def cold_shoulder(pen: Pen) -> None:
    pen.shape((36, 34), (64, 34), (66, 84), (34, 84))
    for out in (-1, 1):
        pen.line((50 + 11 * out, 16), (50 + 11 * out, 36), wide=4)
        pen.shape((50 + 14 * out, 40), (50 + 20 * out, 24), (50 + 28 * out, 26),
                  (50 + 24 * out, 56), (50 + 15 * out, 54))  # fmt: skip


def tied_dress(pen: Pen) -> None:
    pen.shape((38, 12), (50, 20), (62, 12), (60, 42), (72, 84), (28, 84), (40, 42))
    pen.line((60, 42), (74, 50), (70, 66), wide=3)


GARMENTS: dict[str, tuple[Callable[[Pen], None], str]] = {
    **{
        each.__name__: (each, "top")
        for each in (
            spread_sleeves, spread_hoodie, one_sleeve_folded, short_sleeve_folded, one_up_one_down,
            hand_on_hip, hands_on_hips, cropped_cardigan, bolero, kimono, poncho, bodysuit,
            camisole, halter, fringed_top, cold_shoulder,
        )
    },
    **{
        each.__name__: (each, "dress")
        for each in (one_shoulder, tube_dress, slip_dress, ball_gown, tied_dress)
    },
    **{each.__name__: (each, "skirt") for each in (circle_skirt, tutu, tiered_skirt, pencil_skirt)},
    **{
        each.__name__: (each, "trousers")
        for each in (skinny_trousers, flared_trousers, leg_folded, dungarees, romper, sleepsuit)
    },
}  # fmt: skip
