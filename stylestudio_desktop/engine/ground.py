"""Models the ground that a product lies on, so that its colour can be told from the product's."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Mask, Plane

STEP = 8  # the fit uses every eighth pixel: a smooth field needs no more
PLAIN = 4.0  # residual in weighted Lab units below which a ground counts as plain
STRANGE = 0.04  # share of the free border in other colours up to which a ground counts as plain
LIGHTNESS = 0.6  # lightness counts less than hue and chroma: shadows change it most


@dataclass(frozen=True)
class Ground:
    """The fitted ground: how far each pixel lies from it, and how even it is.

    `field` is its colour in Lab at every pixel; `distance` the weighted Lab distance from it;
    `residual` the median distance of the ground's own pixels; `share` how much of the frame's
    border it covers, from 0 to 1; `strange` how much of the border that is free of the product it
    does not explain: flowers of a cover, joints of bricks, a plant.
    """

    field: Image
    distance: Plane
    residual: float
    share: float
    strange: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether colour alone can tell product from ground."""
        return self.residual < PLAIN and self.share > 0.3 and self.strange < STRANGE


def fit(lab: Image, product: Mask | None = None) -> Ground:
    """Fit a quadratic colour field through the border band of `lab`, ignoring `product`.

    Iteratively reweighted least squares (Tukey-like hard rejection at three medians), so that
    a product that touches the frame drops out of the fit.
    """
    height, width = lab.shape[:2]
    band = np.zeros((height, width), bool)
    thickness = max(STEP, int(0.06 * max(height, width)))
    band[:thickness], band[-thickness:] = True, True
    band[:, :thickness], band[:, -thickness:] = True, True
    free = band if product is None else band & (product == 0)
    if int(free[::STEP, ::STEP].sum()) < 60:
        free = band
    chosen = free[::STEP, ::STEP].ravel()
    design = _quadratic(height, width, STEP).reshape(-1, 6)[chosen]
    samples = lab[::STEP, ::STEP].reshape(-1, 3)[chosen]
    keep = _majority(samples)
    coefficients = np.zeros((6, 3), np.float32)
    error = np.zeros(len(samples), np.float32)
    for _ in range(5):
        ridge = np.diag(np.array([0, 1, 1, 2, 2, 2], np.float32)) * (0.004 * keep.sum())
        gram = design[keep].T @ design[keep] + ridge
        coefficients = np.linalg.solve(gram, design[keep].T @ samples[keep]).astype(np.float32)
        error = weighted(samples - design @ coefficients)
        keep = error < max(1.0, 3 * float(np.median(error[keep])))
    field = (_quadratic(height, width, 1) @ coefficients).astype(np.float32)
    residual = float(np.median(error[keep])) if keep.any() else 99.0
    share = float((error < max(3.0, 3 * residual)).sum()) / max(1, int(band[::STEP, ::STEP].sum()))
    strange = 0.0 if product is None else float((error > max(6.0, 3 * residual)).mean())
    return Ground(field, weighted(lab - field), residual, min(1.0, share), strange)


def _majority(samples: NDArray[Any]) -> NDArray[np.bool_]:
    """Start the fit from the samples nearest the median colour: the half that agrees most."""
    error = weighted(samples - np.median(samples, axis=0))
    return np.asarray(error <= max(2.0, float(np.percentile(error, 65))), bool)


def weighted(difference: NDArray[Any]) -> NDArray[Any]:
    """Return the weighted Lab distance of differences in Lab (… x 3)."""
    squares = np.square(difference)
    total = LIGHTNESS**2 * squares[..., 0] + squares[..., 1] + squares[..., 2]
    return np.sqrt(total).astype(np.float32)


def _quadratic(height: int, width: int, step: int) -> NDArray[Any]:
    y, x = np.mgrid[0:height:step, 0:width:step].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)
