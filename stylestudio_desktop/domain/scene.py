"""How products are set into a background photo: on which plane, how large, in what light."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from stylestudio_desktop.domain.errors import BadInput

PLANE, LIGHT, SIZE = "plane", "light_from", "size"
"""The options of a brief that say it; what is left out, the engine finds by itself."""

OPTIONS = (PLANE, LIGHT, SIZE)
AUTO = "auto"
ARRANGEMENTS = (AUTO, "standing", "laid", "hung")
SIDES = (AUTO, "left", "right", "behind", "front")
USUAL_SIZE = 100
SIZES = (40, 160)
"""How large a product may be asked for, in percent of what fits its plane well."""

LEAST_AREA = 0.01  # of the photo: a plane smaller than this holds nothing that could be seen
LEAST_SIDE = 0.03  # of the photo's diagonal, for each of the four sides
_NUMBER = re.compile(r"[+-]?[0-9]{0,9}\.?[0-9]{0,12}")
_HOW = (
    "Write a plane as four corners “x,y x,y x,y x,y”, in shares of the photo from 0 to 1 "
    "(0,0 is its upper left corner), or as “auto”."
)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plane:
    """A rectangle on a floor, a table or a wall, as the camera saw it.

    `corners` run clockwise from the far left: far left, far right, near right, near left (on a
    wall far is up), each as shares of the photo's width and height.
    """

    corners: tuple[Point, Point, Point, Point]

    def text(self) -> str:
        """Return it as the option is written, to four digits."""
        return " ".join(f"{x:.4f},{y:.4f}" for x, y in self.corners)


def usual(kind: str, *, wall: bool) -> str:
    """Return how a kind of product is shown on a floor or table, or before a wall."""
    if wall:
        return "hung" if kind in ("dress", "jacket") else "laid"
    return "standing" if kind in ("shoes", "bag", "other") else "laid"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a scene; a plane of None, a light of `auto` is looked for."""

    plane: Plane | None = None
    light_from: str = AUTO
    size: int = USUAL_SIZE


def asked(options: Mapping[str, str]) -> Asked:
    """Return what a brief's options ask of its scene. Raises BadInput naming a wrong value."""
    side = options.get(LIGHT, AUTO)
    if side not in SIDES:
        raise BadInput(f"Light can't come from “{side[:40]}”. Choose one of: {', '.join(SIDES)}.")
    size = options.get(SIZE, "100")
    if not (size.isascii() and size.isdigit() and SIZES[0] <= int(size[:9]) <= SIZES[1]):
        raise BadInput(
            f"A product's size in a scene is {SIZES[0]} to {SIZES[1]} percent of what fits well; "
            f"“{size[:40]}” is not."
        )
    return Asked(read(options.get(PLANE, AUTO)), side, int(size))


def read(text: str) -> Plane | None:
    """Return the plane that `text` spells, None for `auto`. Raises BadInput."""
    if text.strip().lower() == AUTO:
        return None
    words = text.replace(";", " ").split()
    if len(text) > 400 or len(words) != 4:
        raise BadInput(_HOW)
    return plane_of([_point(word) for word in words])


def plane_of(points: list[Point]) -> Plane:
    """Return the plane with four corners given in any order. Raises BadInput saying what is wrong.

    The corners are put in the order that `Plane` says, so crossed lines can't happen.
    """
    if not all(0 <= value <= 1 for point in points for value in point):
        raise BadInput(
            "A corner of the plane lies outside of the photo. Corners are shares from 0 to 1."
        )
    middle = sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4
    around = sorted(points, key=lambda one: math.atan2(one[1] - middle[1], one[0] - middle[0]))
    # Clockwise on a picture whose y runs down. The far edge is the one that lies highest.
    first = min(range(4), key=lambda at: around[at][1] + around[(at + 1) % 4][1])
    a, b, c, d = (around[(first + step) % 4] for step in range(4))
    found = Plane((a, b, c, d))
    trouble = _trouble(found)
    if trouble:
        raise BadInput(f"{trouble} Pull the corners further apart.")
    return found


def _trouble(plane: Plane) -> str:
    corners = plane.corners
    turns = []
    for at in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(at + step) % 4] for step in range(3))
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    if min(turns) <= 1e-5:
        return "The four corners of the plane don't span a four-sided field."
    if min(math.dist(corners[at], corners[at - 1]) for at in range(4)) < LEAST_SIDE:
        return "Two corners of the plane lie on each other."
    area = sum(
        corners[at - 1][0] * corners[at][1] - corners[at][0] * corners[at - 1][1] for at in range(4)
    )
    if area / 2 < LEAST_AREA:
        return "The plane covers less than a hundredth of the photo."
    return ""


def _point(word: str) -> Point:
    parts = word.split(",")
    if len(parts) != 2 or not all(part and _NUMBER.fullmatch(part) for part in parts):
        raise BadInput(_HOW)
    try:
        return float(parts[0]), float(parts[1])
    except ValueError as error:  # a sign or a point alone
        raise BadInput(_HOW) from error
