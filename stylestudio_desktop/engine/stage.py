"""Sets products on a stage: backdrop, places, shadows, light, and the finished development."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.backdrop import Stage, painted
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.edges import feathered
from stylestudio_desktop.engine.filters import Image, Plane, bounds, over
from stylestudio_desktop.engine.grade import eight_bits, graded
from stylestudio_desktop.engine.layout import Place, arrange
from stylestudio_desktop.engine.light import laid_shadow, relit, shadowed, standing_shadow
from stylestudio_desktop.engine.looks import LOOKS, scheme_for

FLOOR = 0.84  # where standing products touch the floor, as a share of the height
HORIZON = 0.66  # where the wall sweeps into the floor behind them
WHITE_FILL = 0.86  # marketplaces ask for 85 % of the frame


@dataclass(frozen=True)
class Subject:
    """A product cropped to its silhouette, with colours continued beyond the edge."""

    colour: Image
    alpha: Plane

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.alpha.shape[1], self.alpha.shape[0]

    @property
    def mean(self) -> NDArray[Any]:
        """The mean colour of the product."""
        total = float(self.alpha.sum()) + 1e-6
        weighed = (self.colour * self.alpha[..., None]).sum(axis=(0, 1))
        return np.asarray(weighed / total, np.float32)


def subject(cutout: Cutout) -> Subject:
    """Crop a cut-out to what is seen of it."""
    left, top, right, bottom = bounds(cutout.alpha, 0.1)
    alpha = cutout.alpha[top:bottom, left:right]
    colour = cutout.colour[top:bottom, left:right]
    return Subject(feathered(colour, alpha, max(2.0, 0.01 * max(alpha.shape))), alpha)


def still_life(
    subjects: list[Subject],
    style: str,
    size: tuple[int, int],
    seed: int,
    *,
    standing: bool,
    check: Callable[[], None],
) -> NDArray[Any]:
    """Return the picture of `subjects` (1 to 5) in `size` (width, height).

    The seed moves light, backdrop, places and grain. Inside a product's mask the picture differs
    from the photo only by light and development. `check` may raise Cancelled between steps.
    """
    rng = np.random.default_rng([seed, 11])
    width, height = size
    look = LOOKS[style]
    unit = float(max(size))
    light = _lamp(rng)
    mean = np.mean([each.mean for each in subjects], axis=0)
    colours = scheme_for(style, mean, rng)
    horizon = HORIZON if standing else None
    picture = painted(Stage(width, height, style, light, colours, horizon), rng)
    check()
    places = arrange(
        [each.size for each in subjects],
        size,
        look.fill,
        look.tilt if len(subjects) == 1 else look.tilt * 1.6,
        rng,
        floor=FLOOR if standing else None,
        aside=style == "minimalist",
    )
    for each, place in zip(subjects, places, strict=True):
        colour, alpha = _placed(each, place, size)
        throw = standing_shadow if standing else laid_shadow
        picture = shadowed(picture, throw(alpha, look, light, unit))
        check()
        picture = over(picture, relit(colour, alpha, light, look.relief), alpha)
        check()
    return graded(picture, style, seed)


def on_white(
    subjects: list[Subject], size: tuple[int, int], seed: int, *, standing: bool
) -> NDArray[Any]:
    """Return `subjects` on pure white (255), ungraded and without a shadow, for marketplaces."""
    rng = np.random.default_rng([seed, 11])
    picture = np.full((size[1], size[0], 3), 255, np.float32)
    floor = 0.93 if standing else None
    places = arrange([each.size for each in subjects], size, WHITE_FILL, 0.0, rng, floor=floor)
    for each, place in zip(subjects, places, strict=True):
        colour, alpha = _placed(each, place, size)
        picture = over(picture, colour, alpha)
    return eight_bits(picture)


def _lamp(rng: np.random.Generator) -> tuple[float, float]:
    """Place the key light: mostly upper left, as most people expect it, else upper right."""
    if rng.random() < 0.7:
        return float(rng.uniform(0.16, 0.32)), float(rng.uniform(0.06, 0.20))
    return float(rng.uniform(0.68, 0.84)), float(rng.uniform(0.06, 0.20))


def _placed(each: Subject, place: Place, size: tuple[int, int]) -> tuple[Image, Plane]:
    """Resample a subject into the frame in one step, after the blur that shrinking asks for."""
    scale = place.height / each.size[1]
    turn = np.deg2rad(place.turn)
    cosine, sine = float(np.cos(turn)) * scale, float(np.sin(turn)) * scale
    middle_x, middle_y = (each.size[0] - 1) / 2, (each.size[1] - 1) / 2
    matrix = np.array(
        [
            [cosine, -sine, place.x - cosine * middle_x + sine * middle_y],
            [sine, cosine, place.y - sine * middle_x - cosine * middle_y],
        ],
        np.float32,
    )
    colour, alpha = each.colour, each.alpha
    if scale < 0.75:
        sigma = 0.42 / scale
        colour = cv2.GaussianBlur(colour, (0, 0), sigma)
        alpha = cv2.GaussianBlur(alpha, (0, 0), 0.8 * sigma, borderType=cv2.BORDER_CONSTANT)
    alpha = cv2.copyMakeBorder(alpha, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    colour = cv2.copyMakeBorder(colour, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    matrix[:, 2] -= matrix[:, 0] + matrix[:, 1]
    turned = cv2.warpAffine(
        colour, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    mask = cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_LINEAR)
    return np.clip(turned, 0, 255), np.clip(mask, 0, 1)
