"""What a garment's warp onto a body is, whatever the garment."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Plane

# A garment that lies flat is wider than the same garment on a body, which it goes round.
WORN_TORSO, WORN_SLEEVE, WORN_LEGS = 0.88, 0.62, 0.84
BODY, BEHIND, BEFORE = 5, 1, 7  # drawing order: sleeves behind the body's panel, or before it


@dataclass(frozen=True)
class Warp:
    """Where each pixel of the photo takes its garment from, its part, and the scale used.

    `cuffs` are the shares of both arms that the sleeves cover (0 where there is none).
    """

    from_x: Plane
    from_y: Plane
    part: NDArray[Any]
    scale: float
    cuffs: tuple[float, float]
    odd: bool


def rounded(across: NDArray[Any], narrower: NDArray[Any]) -> NDArray[Any]:
    """Return where points of flat cloth are seen when it goes round a body, from -1 to 1.

    `across` are their places on the flat cloth, -1 and 1 at its edges, `narrower` how much
    narrower it is worn. Cloth on a cylinder keeps its size in front and is foreshortened toward
    the sides, so that a round print stays round: an arc of half angle a is seen sin(a) / a as wide.
    """
    share = np.clip(narrower, 0.70, 0.9999)
    angle = np.sqrt(10 - np.sqrt(100 - 120 * (1 - share)))  # sin(a) / a to the fourth order
    within = np.clip(across, -1, 1)
    return np.sin(within * angle) / np.sin(angle) + (across - within)
