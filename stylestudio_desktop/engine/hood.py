"""Tells a hood from a neck: laid flat it stands above the shoulders, worn it lies behind them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_RISE = 0.15  # of the garment's height; collars stand about half as high


def hood_rise(shoulders: NDArray[Any], axis: float, tops: NDArray[Any], height: int) -> float:
    """Return how far, in pixels, a hood rises above the shoulders; 0 where there is none.

    `tops` is the first row of cloth in every column; between two straps it lies low.
    """
    span = float(shoulders[1, 0] - shoulders[0, 0])
    middle = tops[int(axis - 0.06 * span) : int(axis + 0.06 * span) + 1]
    rise = float(shoulders[:, 1].mean() - middle.max()) if len(middle) else 0.0
    return rise if rise > LEAST_RISE * height else 0.0


def hood_foot(
    shoulders: NDArray[Any], axis: float, tops: NDArray[Any], rise: float
) -> NDArray[Any]:
    """Return where the hood's sides meet the shoulders, left and right."""
    line = float(shoulders[:, 1].mean())
    points = []
    for side in (0, 1):
        outward = np.linspace(axis, shoulders[side, 0], 120)
        heights = tops[np.clip(outward.astype(int), 0, len(tops) - 1)]
        low = np.nonzero(heights > line - 0.38 * rise)[0]
        at = int(low[0]) if len(low) else len(outward) // 2
        points.append((outward[at], heights[at]))
    return np.array(points, float)
