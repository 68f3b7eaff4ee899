"""Small image operators that several rooms of the engine share, each with its source."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# OpenCV's stubs can't tell one element type from another, so neither can these names; what each
# array holds is said here and kept by the functions' conversions.
Plane = NDArray[Any]  # one channel, H x W, float32
Image = NDArray[Any]  # H x W x 3, float32, sRGB-coded values from 0 to 255
Mask = NDArray[Any]  # H x W, uint8, 0 or 1

EPS = 1e-5


def smoothstep(x: Plane, low: float, high: float) -> Plane:
    """Return 0 below `low`, 1 above `high` and Perlin's cubic ramp between them."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def disc(radius: int) -> Mask:
    """Return a round structuring element of `radius` pixels."""
    side = 2 * max(1, radius) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)


def grown(mask: Mask, radius: int) -> Mask:
    """Return `mask` dilated by a disc of `radius` pixels."""
    return cv2.dilate(mask, disc(radius)).astype(np.uint8)


def shrunk(mask: Mask, radius: int) -> Mask:
    """Return `mask` eroded by a disc of `radius` pixels; the frame does not count as outside."""
    return cv2.erode(mask, disc(radius)).astype(np.uint8)


def closed(mask: Mask, radius: int) -> Mask:
    """Return `mask` with gaps up to twice `radius` wide closed, but none between it and the frame.

    OpenCV's own closing takes what lies beyond the frame for both, and fills what is near it.
    """
    wide = np.pad(mask, 2 * radius + 1)
    inner = slice(2 * radius + 1, -2 * radius - 1)
    return cv2.morphologyEx(wide, cv2.MORPH_CLOSE, disc(radius))[inner, inner].astype(np.uint8)


def wide_blur(image: NDArray[Any], sigma: float) -> NDArray[Any]:
    """Return a Gaussian blur of `sigma` pixels, computed at a lower resolution when wide.

    Above sigma 6 the picture is first shrunk by area averages so that the kernel stays short;
    the difference from the exact blur is below what eight bits show.
    """
    if sigma < 0.3:
        return image
    height, width = image.shape[:2]
    factor = max(1, int(sigma / 3.0))
    factor = min(factor, max(1, min(height, width) // 8))
    if factor == 1:
        return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    small = cv2.resize(
        image, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def masked_blur(image: NDArray[Any], weight: Plane, sigma: float) -> NDArray[Any]:
    """Return the local mean of `image` over `weight` (normalised convolution, Knutsson 1993)."""
    total = wide_blur(weight, sigma)
    spread = wide_blur(image * (weight[..., None] if image.ndim == 3 else weight), sigma)
    return spread / ((total[..., None] if image.ndim == 3 else total) + EPS)


def spread_colour(image: NDArray[Any], weight: Plane, sigmas: tuple[float, ...]) -> NDArray[Any]:
    """Fill places where `weight` is 0 from the nearest weighted pixels, fine scales first."""
    filled = masked_blur(image, weight, sigmas[-1])
    for sigma in reversed(sigmas[:-1]):
        trust = np.clip(wide_blur(weight, sigma) * 20, 0, 1)[..., None]
        filled = filled * (1 - trust) + masked_blur(image, weight, sigma) * trust
    return filled


def guided(guide: Plane, values: Plane, radius: int, eps: float) -> Plane:
    """Return `values` made to follow the edges of `guide` (guided filter, He et al. 2010).

    `guide` is a luma plane from 0 to 1; the box filters make the cost independent of `radius`.
    """
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(x: Plane) -> Plane:
        return cv2.boxFilter(x, cv2.CV_32F, size, borderType=cv2.BORDER_REFLECT)

    guide_mean, value_mean = mean(guide), mean(values)
    covariance = mean(guide * values) - guide_mean * value_mean
    slope = covariance / (mean(guide * guide) - guide_mean * guide_mean + eps)
    offset = value_mean - slope * guide_mean
    return np.clip(mean(slope) * guide + mean(offset), 0, 1)


def luma(image: Image) -> Plane:
    """Return the Rec. 709 luma of an sRGB-coded picture, from 0 to 1."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32) / 255
    return image @ weights


def to_lab(image: Image) -> Image:
    """Return CIE L*a*b* (D65) of an sRGB-coded picture from 0 to 255."""
    return cv2.cvtColor((image / 255).astype(np.float32), cv2.COLOR_RGB2LAB)


def from_lab(lab: Image) -> Image:
    """Return the sRGB-coded picture, from 0 to 255, of CIE L*a*b* values."""
    return np.clip(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB), 0, 1) * 255


def over(base: Image, top: Image, alpha: Plane) -> Image:
    """Return `top` laid over `base` with `alpha` (Porter and Duff 1984, opaque base)."""
    return base + (top - base) * alpha[..., None]


def components(mask: Mask) -> tuple[int, NDArray[Any], NDArray[Any]]:
    """Return the count (background included), labels and statistics of connected regions."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return int(count), labels.astype(np.int32), stats.astype(np.int32)


def box_of(stats: NDArray[Any], shape: tuple[int, ...], margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of a region, given its statistics, with room around it."""
    left, top = int(stats[cv2.CC_STAT_LEFT]), int(stats[cv2.CC_STAT_TOP])
    right, bottom = left + int(stats[cv2.CC_STAT_WIDTH]), top + int(stats[cv2.CC_STAT_HEIGHT])
    return (
        slice(max(0, top - margin), min(shape[0], bottom + margin)),
        slice(max(0, left - margin), min(shape[1], right + margin)),
    )


def reconstructed(seeds: Mask, mask: Mask) -> Mask:
    """Return the parts of `mask` that hold a pixel of `seeds` (morphological reconstruction)."""
    _, labels, _ = components(mask)
    touched = np.unique(labels[seeds > 0])
    return np.isin(labels, touched[touched > 0]).astype(np.uint8)


def frame_of(mask: Mask) -> Mask:
    """Return the pixels of `mask` along the picture's edge."""
    inner = np.pad(np.zeros_like(mask[1:-1, 1:-1]), 1, constant_values=1)
    return (mask & inner).astype(np.uint8)


def largest(mask: Mask) -> Mask:
    """Return only the largest connected region of `mask`."""
    count, labels, stats = components(mask)
    if count < 2:
        return mask
    return (labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)


def tidied(mask: Mask) -> Mask:
    """Close pinholes, drop specks, keep every part worth at least a fiftieth of the largest."""
    whole = closed(mask.astype(np.uint8), 2)
    count, labels, stats = components(whole)
    if count < 2:
        return whole
    biggest = int(stats[1:, cv2.CC_STAT_AREA].max())
    keep = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= 0.02 * biggest]
    return np.isin(labels, keep).astype(np.uint8)


def overlap(one: Mask, other: Mask) -> float:
    """Return the intersection over union of two masks."""
    union = int((one | other).sum())
    return float((one & other).sum()) / union if union else 0.0


def bounds(alpha: Plane, level: float = 0.5) -> tuple[int, int, int, int]:
    """Return the box (left, top, right, bottom; right and bottom exclusive) above `level`.

    An empty plane gives the whole frame.
    """
    ys, xs = np.nonzero(alpha > level)
    if len(ys) == 0:
        return 0, 0, alpha.shape[1], alpha.shape[0]
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def solid(alpha: Plane) -> Plane:
    """Return `alpha` with cloth that only lets light through as if it were dense.

    Soft outlines and holes stay: what is not clear within two pixels is inside.
    """
    inside = cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.03
    return np.where(inside, 1, alpha).astype(np.float32)


def resized(image: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """Return `image` at another size: area averages when shrinking, else cubic."""
    if image.shape[1] == width and image.shape[0] == height:
        return image
    shrinking = width < image.shape[1]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=method)


def fractal(height: int, width: int, rng: np.random.Generator, base: int, octaves: int) -> Plane:
    """Return fractal value noise of unit spread: octaves of random lattices, cubic between."""
    total = np.zeros((height, width), np.float32)
    longest, amplitude = max(height, width), 1.0
    for octave in range(octaves):
        cells = base * 2**octave
        if cells > longest:
            break
        rows, columns = (max(2, int(cells * side / longest) + 2) for side in (height, width))
        lattice = rng.standard_normal((rows, columns)).astype(np.float32)
        layer = cv2.resize(lattice, (width, height), interpolation=cv2.INTER_CUBIC)
        total += np.float32(amplitude) * layer
        amplitude *= 0.55
    return ((total - total.mean()) / (total.std() + EPS)).astype(np.float32)
