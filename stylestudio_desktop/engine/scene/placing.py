"""Sets products on the plane of a photo, sized by its perspective, and crops the photo."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.layout import arrange
from stylestudio_desktop.engine.scene.camera import Camera

GRID = 1000  # units of the flat layout across a plane
STANDS_AT = 0.36  # of the plane's depth, from the near edge
FOOT = 0.80  # where in the picture a standing product's foot is wanted, from the top
FILLS = (0.52, 0.84)  # of the picture, by the longer share; what is less is cropped nearer
CLOSEST = 0.50  # of the largest crop: a scene that is cropped nearer is none
MARGIN = 0.045
HOOK = 0.11  # of the wall's height that hanger and peg take
Size = tuple[int, int]


@dataclass(frozen=True)
class Placed:
    """One product in the photo: `matrix` (3 x 3) takes its own pixels there.

    `foot` is where it stands on the plane (X, Y), and `wide` its width there, in plane units.
    """

    matrix: NDArray[Any]
    foot: tuple[float, float]
    wide: float

    def box(self, size: Size) -> tuple[float, float, float, float]:
        """Return the box (left, top, right, bottom) of a product of `size` in the photo."""
        width, height = size
        corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1.0]])
        seen = corners @ self.matrix.T
        seen = seen[:, :2] / seen[:, 2:]
        return (*seen.min(axis=0).tolist(), *seen.max(axis=0).tolist())

    def moved(self, scale: float, shift: tuple[float, float]) -> "Placed":
        """Return the product in the photo enlarged by `scale` and then moved by `shift`."""
        change = np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1.0]])
        return Placed(change @ self.matrix, self.foot, self.wide)


def placed(
    sizes: list[Size],
    true: list[tuple[float, float]],
    camera: Camera,
    arrangement: str,
    larger: float,
    room: float,
    rng: np.random.Generator,
) -> list[Placed]:
    """Place products of `sizes` (width, height); `room` is the photo's height above the plane's.

    `true` are their sizes beside each other, on one scale. `larger` scales what fits well.
    Standing products face the camera, as they were photographed; those that lie or hang are
    drawn onto the plane itself.
    """
    if arrangement == "standing":
        return _standing(sizes, true, camera, larger, room, rng)
    return _flat(sizes, true, camera, arrangement, larger, rng)


def _standing(
    sizes: list[Size],
    true: list[tuple[float, float]],
    camera: Camera,
    larger: float,
    room: float,
    rng: np.random.Generator,
) -> list[Placed]:
    several = len(sizes) > 1
    tall = [height / width for width, height in sizes]
    shares = [width for width, _ in true] if several else [tall[0] ** -0.5]
    free, gap = (0.90, 0.07) if several else (0.62, 0.0)
    # One product fills the plane by the longer of its sides, several by their row.
    across = sum(shares) if several else shares[0] * max(1.0, tall[0] ** 0.5)
    unit = larger * (free - gap * (len(sizes) - 1)) / across
    widths = [share * unit for share in shares]
    base = STANDS_AT * camera.depth
    scale = camera.scale(0.5, base)
    foot_y = float(camera.point(0.5, base)[1])
    tallest = max(wide * ratio for wide, ratio in zip(widths, tall, strict=True)) * scale
    most = max(0.05 * foot_y, foot_y - room)
    fit = min(1.0, most / tallest)
    widths = [wide * fit for wide in widths]
    x = 0.5 - (sum(widths) + gap * (len(sizes) - 1)) / 2 + float(rng.uniform(-0.02, 0.02))
    found = []
    for index, (wide, size) in enumerate(zip(widths, sizes, strict=True)):
        back = 0.10 * camera.depth if several and index % 2 else 0.0
        foot = x + wide / 2, base + back
        found.append(_upright(size, camera, foot, wide))
        x += wide + gap
    return found


def _upright(size: Size, camera: Camera, foot: tuple[float, float], wide: float) -> Placed:
    x, y = camera.point(*foot)
    scale = wide * camera.scale(*foot) / size[0]
    left, top = x - scale * size[0] / 2, y - scale * (size[1] - 1.5)
    matrix = np.array([[scale, 0, left], [0, scale, top], [0, 0, 1.0]])
    return Placed(matrix, foot, wide)


def _flat(
    sizes: list[Size],
    true: list[tuple[float, float]],
    camera: Camera,
    arrangement: str,
    larger: float,
    rng: np.random.Generator,
) -> list[Placed]:
    deep = GRID * camera.depth
    hook = HOOK * deep if arrangement == "hung" else 0.0
    frame = GRID, max(1, round(deep - hook))
    turn = 0.0 if arrangement == "hung" else 1.2
    # The layout keeps its boxes inside the frame; larger ones are grown round their middle.
    abreast = arrangement == "hung" and len(sizes) > 1
    places = arrange(true, frame, 0.90, turn, rng, floor=0.95 if abreast else None)
    if abreast:  # side by side from pegs of one height, or one would hang on another
        top = frame[1] / 2 - max(place.height for place in places) / 2
        places = [replace(place, y=top + place.height / 2) for place in places]
    onto = camera.homography @ np.array([[1 / GRID, 0, 0], [0, -1 / GRID, camera.depth], [0, 0, 1]])
    found = []
    for place, (width, height) in zip(places, sizes, strict=True):
        scale = larger * place.height / height
        angle = np.deg2rad(place.turn)
        cosine, sine = float(np.cos(angle)) * scale, float(np.sin(angle)) * scale
        x, y = place.x, place.y + hook
        flat = np.array(
            [
                [cosine, -sine, x - cosine * width / 2 + sine * height / 2],
                [sine, cosine, y - sine * width / 2 - cosine * height / 2],
                [0, 0, 1.0],
            ]
        )
        middle = x / GRID, camera.depth - y / GRID
        found.append(Placed(onto @ flat, middle, larger * place.width / GRID))
    return found


def cropped(
    photo: Size, size: Size, box: tuple[float, float, float, float], arrangement: str
) -> tuple[tuple[float, float, float, float], float]:
    """Return the part of a photo (left, top, width, height) that becomes a picture of `size`.

    Also returns by how much the products must shrink to fit in it (1: they do). The part is as
    large as the photo allows unless the products, in `box`, would be lost in it.
    """
    ratio = size[0] / size[1]
    wide = min(float(photo[0]), photo[1] * ratio)
    high = wide / ratio
    share = max((box[2] - box[0]) / wide, (box[3] - box[1]) / high)
    shrink = min(1.0, FILLS[1] / share)
    if share < FILLS[0]:
        nearer = max(CLOSEST, share / FILLS[0])
        wide, high = wide * nearer, high * nearer
    middle = (box[0] + box[2]) / 2
    left = middle - wide / 2
    if arrangement == "standing":
        top = box[3] - FOOT * high
        top = min(top, box[1] - MARGIN * high)
    else:
        top = (box[1] + box[3]) / 2 - 0.52 * high
    left = float(np.clip(left, 0, photo[0] - wide))
    top = float(np.clip(top, 0, photo[1] - high))
    return (left, top, wide, high), shrink
