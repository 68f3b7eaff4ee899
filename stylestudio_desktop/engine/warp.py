"""What a garment's warp onto a body is, whatever the garment."""

from dataclasses import dataclass
from typing import Any

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
