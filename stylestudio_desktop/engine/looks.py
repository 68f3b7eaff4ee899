"""The five looks as numbers: colours, light, shadow, room to breathe. Tuned by eye, one table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import to_lab

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """How one style lights and frames a product.

    `schemes` are sets of colours (wall first, then floor or accents); `fill` is the share of the
    frame that the product may take; `falloff` how much the light fades over the frame; `strength`,
    `throw` and `softness` describe the shadow (opacity, and shares of the long side); `relief` is
    how strongly the light models the product; `tilt` the largest turn in degrees.
    """

    schemes: tuple[tuple[Colour, ...], ...]
    fill: float
    falloff: float
    strength: float
    throw: float
    softness: float
    relief: float
    tilt: float


LOOKS: dict[str, Look] = {
    "realistic": Look(
        (
            ((224, 221, 216), (203, 199, 193)),
            ((208, 213, 218), (186, 191, 197)),
            ((231, 223, 211), (211, 200, 185)),
            ((176, 180, 182), (150, 154, 157)),
            ((128, 131, 134), (104, 107, 111)),
        ),
        fill=0.80, falloff=0.22, strength=0.62, throw=0.030, softness=0.024, relief=0.16, tilt=0.8,
    ),
    "fashion": Look(
        (
            ((206, 62, 46), (238, 122, 60), (120, 20, 46)),
            ((36, 58, 140), (120, 72, 190), (14, 22, 66)),
            ((240, 190, 52), (246, 128, 60), (190, 92, 30)),
            ((22, 110, 96), (30, 160, 150), (10, 52, 60)),
            ((232, 132, 158), (250, 178, 140), (166, 56, 104)),
            ((30, 30, 36), (78, 44, 110), (12, 12, 16)),
            ((214, 200, 180), (238, 214, 176), (164, 140, 112)),
        ),
        fill=0.84, falloff=0.50, strength=0.80, throw=0.050, softness=0.007, relief=0.30, tilt=1.5,
    ),
    "artistic": Look(
        (
            ((238, 202, 172), (222, 108, 80), (58, 92, 106), (246, 228, 200)),
            ((178, 206, 194), (44, 104, 98), (236, 164, 98), (232, 238, 224)),
            ((212, 198, 228), (112, 84, 156), (240, 180, 150), (244, 234, 240)),
            ((248, 214, 124), (226, 104, 66), (64, 110, 142), (252, 238, 200)),
            ((170, 196, 224), (38, 74, 132), (242, 146, 120), (230, 238, 246)),
        ),
        fill=0.70, falloff=0.16, strength=0.62, throw=0.034, softness=0.018, relief=0.20, tilt=3.0,
    ),
    "vintage": Look(
        (
            ((206, 184, 148), (146, 112, 76)),
            ((172, 166, 138), (112, 100, 76)),
            ((200, 164, 140), (140, 96, 76)),
            ((140, 152, 146), (92, 92, 82)),
        ),
        fill=0.74, falloff=0.40, strength=0.66, throw=0.032, softness=0.020, relief=0.22, tilt=2.0,
    ),
    "minimalist": Look(
        (
            ((247, 247, 246), (240, 240, 239)),
            ((247, 244, 239), (239, 235, 229)),
            ((243, 246, 248), (234, 238, 241)),
            ((226, 224, 220), (217, 214, 209)),
        ),
        fill=0.56, falloff=0.06, strength=0.36, throw=0.026, softness=0.030, relief=0.10, tilt=0.0,
    ),
}  # fmt: skip


def scheme_for(style: str, product: NDArray[Any], rng: np.random.Generator) -> list[NDArray[Any]]:
    """Pick a set of colours that sets the product off; the seed chooses among the good ones.

    `product` is the product's mean colour (three sRGB values). A wall counts as good from 24
    units of CIE 1976 difference; where none is, the two furthest are taken.
    """
    schemes = LOOKS[style].schemes
    own = to_lab(product.reshape(1, 1, 3).astype(np.float32))[0, 0]
    apart = []
    for scheme in schemes:
        wall = to_lab(np.array(scheme[0], np.float32).reshape(1, 1, 3))[0, 0]
        apart.append(float(np.linalg.norm(wall - own)))
    good = [i for i, distance in enumerate(apart) if distance >= 24]
    if not good:
        good = sorted(range(len(schemes)), key=lambda i: -apart[i])[:2]
    chosen = schemes[good[int(rng.integers(len(good)))]]
    return [np.array(colour, np.float32) for colour in chosen]
