"""Measures grain and sharpness, and gives a product what the photo around it has more of."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import Image, Plane, luma

MOST_GRAIN = 9.0  # grey levels; a noisier photo is matched no further
MOST_BLUR = 0.0014  # of the long side: what a product's detail may lose to sit in a soft photo
_LAPLACE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
BLOCK = 16
SLOPES = 0.6  # variance, in pixels, by which measuring slopes over three pixels blurs an edge


def grain_of(image: Image, where: Plane | None = None) -> float:
    """Return the spread of the noise in a picture, in grey levels.

    The difference of two Laplacians leaves noise alone where the picture is smooth (Immerkær,
    Fast noise variance estimation, 1996); taken block by block, the quiet blocks tell it, since
    texture only adds (as Pyatykh et al. 2013 argue). `where` limits it to a mask.
    """
    grey = luma(image) * 255
    answer = np.abs(cv2.filter2D(grey.astype(np.float32), cv2.CV_32F, _LAPLACE))
    height, width = (side // BLOCK * BLOCK for side in answer.shape)
    if height == 0 or width == 0:
        return 0.0
    blocks = _blocks(answer[:height, :width]).mean(axis=-1)
    level = _blocks(grey[:height, :width]).mean(axis=-1)
    fair = (level > 12) & (level < 243)  # clipped places have no noise left
    if where is not None:
        fair &= _blocks(where[:height, :width]).min(axis=-1) > 0.98
    if int(fair.sum()) < 3:
        return 0.0
    quiet = float(np.percentile(blocks[fair], 15))
    # A block's mean lies a little below the true one in its quietest: 256 samples, corrected.
    return quiet * float(np.sqrt(np.pi / 2)) / 6 * 1.06


def _blocks(plane: NDArray[Any]) -> NDArray[Any]:
    height, width = plane.shape
    cut = plane.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).swapaxes(1, 2)
    return cut.reshape(-1, BLOCK * BLOCK)


def blur_of(image: Image) -> float:
    """Return how blurred the sharper edges of a picture are, as a Gaussian's sigma in pixels.

    An edge that is blurred once more loses the more of its slope the sharper it was (Zhuo and
    Sim, Defocus map estimation from a single image, 2011).
    """
    grey = (luma(image) * 255).astype(np.float32)
    again = 1.0
    calm = cv2.GaussianBlur(grey, (0, 0), 0.6)
    more = cv2.GaussianBlur(calm, (0, 0), again)
    first, second = _slope(calm), _slope(more)
    strong = first > max(6.0, float(np.percentile(first, 97)))
    if int(strong.sum()) < 50:
        return 0.0
    ratio = first[strong] / np.maximum(second[strong], 1e-3)
    sharp = float(np.percentile(ratio, 75))
    if sharp <= 1.02:
        return 4.0
    total = again**2 / (sharp**2 - 1)
    return float(np.sqrt(max(0.0, total - 0.36 - SLOPES)))


def _slope(grey: Plane) -> Plane:
    return (
        np.hypot(
            cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
        )
        / 8
    )


def grain(shape: tuple[int, int], amount: float, seed: int, first: int) -> Plane:
    """Return noise of the spread `amount` (grey levels) for the rows from `first` on."""
    rng = np.random.default_rng([seed, 91, first])
    noise: Plane = rng.standard_normal(shape, dtype=np.float32)
    return noise * np.float32(amount)
