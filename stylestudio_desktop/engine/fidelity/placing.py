"""Finds where, how large and how turned a product stands in a picture."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import (
    EPS,
    Image,
    Mask,
    Plane,
    luma,
    resized,
    shrunk,
    to_lab,
)

ENOUGH = 12  # inliers from which a geometric model is believed
RATIO = 0.82  # Lowe's ratio test (2004)
NEAR = 4.0  # pixels by which a point may miss its place
ASIDE = 1.5  # pixels by which registration may be off
ALIKE = 0.6  # distance of RootSIFT descriptors below which they show the same thing
SCALES = (0.08, 6.0)
SEARCH = 192  # long side at which shapes are searched
PARTS = 0.22, 1.0, 15  # of the picture's long side: the smallest, the largest, how many between


@dataclass(frozen=True)
class Placement:
    """The affine map (2 x 3) from the product's pixels to the picture's, and what speaks for it.

    `points` are the product's features, `matched` those found at their place. `mirrored` says
    that only the product's mirror image fits; the map then takes the mirrored product.
    """

    matrix: NDArray[Any]
    points: int
    matched: int
    mirrored: bool = False


@dataclass(frozen=True)
class Features:
    """Keypoints (N x 2) and their RootSIFT descriptors (N x 128)."""

    points: NDArray[Any]
    descriptors: NDArray[Any]


def features(image: Image, mask: Mask | None, most: int = 1500) -> Features:
    """Return SIFT features (Lowe 2004) with rooted descriptors (Arandjelovic 2012)."""
    grey = np.clip(luma(image) * 255, 0, 255).astype(np.uint8)
    finder = cv2.SIFT.create(nfeatures=most, contrastThreshold=0.025)
    inside = None if mask is None else shrunk(mask, 3) * 255
    keys, found = finder.detectAndCompute(grey, inside)
    if not len(keys):
        return Features(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))
    return Features(np.array([key.pt for key in keys], np.float32), _rooted(found))


def _rooted(found: NDArray[Any]) -> NDArray[Any]:
    return np.sqrt(found / (found.sum(axis=1, keepdims=True) + EPS)).astype(np.float32)


def kept(warped: Image, scene: Image, mask: Mask) -> tuple[int, int]:
    """Return how many places of a product have features, and how many are alike in the scene.

    Both pictures are registered and in the same light, so each feature is described in the scene
    at its own place, size and turn: ribs and pleats, which look like their neighbours, are told
    as well as letters. It may lie `ASIDE` pixels aside.
    """
    greys = [np.clip(luma(one) * 255, 0, 255).astype(np.uint8) for one in (warped, scene)]
    finder = cv2.SIFT.create(nfeatures=1500, contrastThreshold=0.025)
    keys = finder.detect(greys[0], shrunk(mask, 3) * 255)
    if not len(keys):
        return 0, 0
    own = _rooted(finder.compute(greys[0], keys)[1])
    nearest = np.full(len(keys), np.inf)
    for dx, dy in ((0.0, 0.0), (ASIDE, 0.0), (-ASIDE, 0.0), (0.0, ASIDE), (0.0, -ASIDE)):
        open_ = np.nonzero(nearest >= ALIKE)[0]  # few are left after the first look
        if not len(open_):
            break
        moved = [_aside(keys[index], dx, dy) for index in open_.tolist()]
        there = _rooted(finder.compute(greys[1], moved)[1])
        nearest[open_] = np.minimum(nearest[open_], np.linalg.norm(there - own[open_], axis=-1))
    places = [(int(key.pt[0]) // 4, int(key.pt[1]) // 4) for key in keys]
    alike = {place for place, far in zip(places, nearest, strict=True) if far < ALIKE}
    return len(set(places)), len(alike)


def _aside(key: Any, dx: float, dy: float) -> Any:
    x, y = key.pt
    return cv2.KeyPoint(x + dx, y + dy, key.size, key.angle, key.response, key.octave)


def matched(one: Features, two: Features) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the places (N x 2 each) of features that match each other plainly."""
    if len(one.points) < 2 or len(two.points) < 2:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(one.descriptors, two.descriptors, k=2)
    good = [first for first, second in pairs if first.distance < RATIO * second.distance]
    return (
        np.array([one.points[each.queryIdx] for each in good], np.float32).reshape(-1, 2),
        np.array([two.points[each.trainIdx] for each in good], np.float32).reshape(-1, 2),
    )


def modelled(source: NDArray[Any], target: NDArray[Any]) -> tuple[NDArray[Any] | None, int]:
    """Return the affine map that most matches agree on (RANSAC), and how many places do."""
    if len(source) < 6:
        return None, 0
    cv2.setRNGSeed(1)
    fitted: Any = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=NEAR, maxIters=3000
    )
    matrix, agreed = fitted  # the matrix is None where no three matches agree
    if matrix is None or not believable(matrix):
        return None, 0
    places = {(int(x) // 4, int(y) // 4) for x, y in source[agreed.ravel() > 0]}
    return matrix, len(places)


def believable(matrix: NDArray[Any]) -> bool:
    """Say whether a map keeps a product's handedness and roughly its proportions."""
    sizes = np.linalg.svd(matrix[:, :2], compute_uv=False)
    upright = float(np.linalg.det(matrix[:, :2])) > 0
    return upright and SCALES[0] < sizes[1] and sizes[0] < SCALES[1] and sizes[0] < 2 * sizes[1]


def by_features(product: Image, mask: Mask, scene: Features) -> Placement | None:
    """Find the product by what is printed, sewn or woven on it; None if too little matches."""
    own = features(product, mask)
    direct, count = modelled(*matched(own, scene))
    if direct is not None and count >= ENOUGH:
        return Placement(direct, len(own.points), count)
    flipped = features(np.ascontiguousarray(product[:, ::-1]), np.ascontiguousarray(mask[:, ::-1]))
    other, others = modelled(*matched(flipped, scene))
    if other is not None and others >= 2 * ENOUGH:
        return Placement(other, len(own.points), others, mirrored=True)
    return None


def likely(product: Image, mask: Mask, scene: Image) -> Plane:
    """Return how much each pixel of the scene has a colour of the product, from 0 to 1.

    Histogram back-projection (Swain and Ballard 1991) over a* and b* with a coarse L*.
    """
    bins, low, high = [8, 24, 24], [0, -100, -100], [101, 100, 100]
    ranges = [value for pair in zip(low, high, strict=True) for value in pair]
    one, two = to_lab(product), to_lab(scene)
    own = cv2.calcHist([one], [0, 1, 2], shrunk(mask, 2), bins, ranges)
    own = _softened(own)
    around = _softened(cv2.calcHist([two], [0, 1, 2], None, bins, ranges))
    share = own / (own + 0.25 * around + 1e-7)
    place = [
        np.clip(((two[..., n] - low[n]) / (high[n] - low[n]) * bins[n]), 0, bins[n] - 1).astype(int)
        for n in range(3)
    ]
    return cv2.GaussianBlur(share[tuple(place)].astype(np.float32), (0, 0), 1.0)


def by_shape(mask: Mask, chances: Plane) -> tuple[NDArray[Any] | None, float]:
    """Find the product's silhouette among likely colours; return the map and a score up to 1.

    Cross-correlation of the silhouette, with a ring of the opposite sign, over sizes and turns.
    """
    height, width = chances.shape
    down = min(1.0, SEARCH / max(height, width))
    field = resized(chances, max(8, round(width * down)), max(8, round(height * down))) - 0.5
    ys, xs = np.nonzero(mask)
    middle = (float(xs.min() + xs.max()) / 2, float(ys.min() + ys.max()) / 2)
    extent = max(int(np.ptp(xs)), int(np.ptp(ys))) + 1
    longest = max(field.shape) / extent

    def best(sizes: NDArray[Any], turns: tuple[float, ...]) -> _Try:
        tries = [_tried(mask, middle, field, float(one), turn) for one in sizes for turn in turns]
        return max(tries, key=lambda one: one.score)

    found = best(longest * np.geomspace(*PARTS), (0.0, -6.0, 6.0))
    if found.matrix is None:
        return None, 0.0
    # Sizes so far apart leave an outline up to a twentieth off, more than what follows mends.
    between = found.scale * np.geomspace(0.95, 1.05, 5)
    nearer = best(between, (found.turn, found.turn - 3.0, found.turn + 3.0))
    found = max(found, nearer, key=lambda one: one.score)
    return None if found.matrix is None else found.matrix / down, found.score


def smallest(mask: Mask, scene: Image) -> float:
    """Return the share of a picture that a silhouette covers at the smallest size looked for."""
    height, width = scene.shape[:2]
    ys, xs = np.nonzero(mask)
    extent = max(int(np.ptp(xs)), int(np.ptp(ys))) + 1
    scale = PARTS[0] * max(height, width) / extent
    return float(mask.sum()) * scale**2 / (height * width)


class _Try(NamedTuple):
    """A silhouette at one size and turn: where it fits best, and how well, up to 1."""

    score: float
    scale: float
    turn: float
    matrix: NDArray[Any] | None


def _tried(
    mask: Mask, middle: tuple[float, float], field: Plane, scale: float, turn: float
) -> _Try:
    kernel, matrix = _silhouette(mask, middle, scale, turn)
    if kernel.shape[0] < 12 or kernel.shape[1] < 12:
        return _Try(0.0, scale, turn, None)
    found = cv2.filter2D(field, cv2.CV_32F, kernel, borderType=cv2.BORDER_CONSTANT)
    _, score, _, (x, y) = cv2.minMaxLoc(found)
    matrix[:, 2] += (x - kernel.shape[1] // 2, y - kernel.shape[0] // 2)
    return _Try(max(0.0, float(score)), scale, turn, matrix)


def _softened(histogram: NDArray[Any]) -> NDArray[Any]:
    """Spread counts over neighbouring bins along each axis, so light may move them."""
    soft = histogram / (float(histogram.sum()) + EPS)
    for axis in range(3):
        soft = soft + 0.5 * (np.roll(soft, 1, axis) + np.roll(soft, -1, axis))
    return soft / (float(soft.sum()) + EPS)


def _silhouette(
    mask: Mask, middle: tuple[float, float], scale: float, turn: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the correlation kernel of a silhouette and the map from the mask to the kernel."""
    matrix = cv2.getRotationMatrix2D(middle, turn, scale)
    corners = cv2.transform(np.argwhere(mask > 0)[:, None, ::-1].astype(np.float64), matrix)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    margin = max(3, int(0.08 * float((high - low).max())))
    matrix[:, 2] += margin - low
    size = tuple(int(side) + 2 * margin | 1 for side in high - low)
    small: Plane = mask.astype(np.float32)
    if scale < 0.7:
        small = cv2.GaussianBlur(small, (0, 0), 0.4 / scale)
    inside: Plane = cv2.warpAffine(small, matrix, size)
    ring = np.clip(cv2.dilate(inside, np.ones((2 * margin - 1,) * 2, np.uint8)) - inside, 0, 1)
    kernel = inside / (inside.sum() + EPS) - ring / (ring.sum() + EPS)
    # A small silhouette finds a home anywhere: size counts a little.
    return (kernel * min(1.0, (float(max(size)) / SEARCH) ** 0.25)).astype(np.float32), matrix
