"""Sets products on pure white for marketplaces, and proves on the pixels that it is pure."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import bounds, over
from stylestudio_desktop.engine.grade import eight_bits
from stylestudio_desktop.engine.layer import Layer, Subject, fitted, rows
from stylestudio_desktop.engine.layout import arrange
from stylestudio_desktop.engine.measures import beside

FILL = 0.875  # marketplaces ask for 85 % of the frame
LEAST = 0.85
FAINT = 0.02  # the alpha below which a pixel is ground
BAND = 256


def on_white(
    subjects: list[Subject], size: tuple[int, int], check: Callable[[], None]
) -> NDArray[Any]:
    """Return `subjects` on pure white (255), upright, ungraded and without a shadow.

    Raises EngineFault where the finished pixels don't keep to the marketplaces' rule: every pixel
    outside the products exactly 255, and products over 85 % of the frame's width or height.
    """
    rng = np.random.default_rng(0)  # nothing here is left to chance
    places = arrange(beside(subjects), size, FILL, 0.0, rng)
    layers = [
        fitted(Layer(each, place), size, size) for each, place in zip(subjects, places, strict=True)
    ]
    made = np.full((size[1], size[0], 3), 255, np.uint8)
    covered = np.zeros((size[1], size[0]), bool)
    for first in range(0, size[1], BAND):
        count = min(BAND, size[1] - first)
        band = np.full((count, size[0], 3), 255, np.float32)
        for layer in layers:
            colour, alpha = rows(layer, size, size, first, count)
            band = over(band, colour, np.where(alpha < FAINT, 0, alpha).astype(np.float32))
            covered[first : first + count] |= alpha >= FAINT
        made[first : first + count] = eight_bits(band)
        check()
    _prove(made, covered)
    return made


def _prove(made: NDArray[Any], covered: NDArray[Any]) -> None:
    left, top, right, bottom = bounds(covered.astype(np.float32))
    height, width = covered.shape
    fill = max((right - left) / width, (bottom - top) / height)
    if fill < LEAST or not bool((made[~covered] == 255).all()):
        raise EngineFault(
            "content",
            "The picture on white did not keep to the marketplaces' rule, so it was not delivered. "
            "Nothing was charged; try another photo of the product.",
        )
