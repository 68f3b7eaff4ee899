"""Gives a picture a 64-bit fingerprint under which near-identical pictures lie close together.

Method: the DCT perceptual hash as described by C. Zauner, "Implementation and Benchmarking of
Perceptual Image Hash Functions" (2010), section 3.2.1: 32 × 32 grey, type-II DCT, the 8 × 8
lowest frequencies without the constant row and column, one bit each for above their median.
"""

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_SIDE = 32
_KEPT = 8
_MASK = (1 << 64) - 1


def perceptual_hash(image: "Image.Image") -> int:
    """Return the fingerprint of an RGB(A) picture, signed so that it fits an SQLite INTEGER.

    A clear background counts as white. The 256-pixel thumbnail is large enough to start from.
    """
    import numpy as np
    from PIL import Image

    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    grey = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    basis = _basis()
    low = basis @ np.asarray(grey, dtype=np.float32) @ basis.T
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def distance(one: int, other: int) -> int:
    """Return in how many of 64 bits two fingerprints differ; up to about 10 is near-identical."""
    return ((one ^ other) & _MASK).bit_count()


@functools.cache
def _basis() -> Any:
    """Return rows 1 to 8 of the 32-point DCT-II matrix (row 0, the mean, says nothing here)."""
    import numpy as np

    frequency = np.arange(1, _KEPT + 1)[:, None]
    place = np.arange(_SIDE)[None, :]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * _SIDE)).astype(np.float32)
