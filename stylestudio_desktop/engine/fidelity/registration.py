"""Lays a product to the pixel on what is seen of it, once it is known about where it stands."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.fidelity.placing import believable
from stylestudio_desktop.engine.filters import EPS, Mask, Plane, masked_blur, resized, shrunk

EXPLAINED = 0.7  # correlation from which one picture explains half of what is seen in the other
RIM = 4  # pixels along the outline into which the ground shines
SHADING = 0.05  # of the product's size: what is wider is its light and no detail
SURE = 0.95  # and from which nothing else nearby would explain more
REACH = 0.08  # of the product's long side: how far aside it is looked for
APART = 4  # pixels there between two that are both tried
PROMISING, TRIED = 0.5, 4  # what is at least so alike there; the best of that are laid to the pixel


def settled(mask: Mask, chances: Plane, matrix: NDArray[Any]) -> NDArray[Any]:
    """Return a silhouette's map moved so that its outline meets that of the likely colours."""
    margin = max(8, round(0.1 * max(mask.shape)))
    padded = np.pad(mask, margin)
    soft = cv2.GaussianBlur(padded.astype(np.float32), (0, 0), 0.25 * margin)
    shift = np.array([[1.0, 0.0, -margin], [0.0, 1.0, -margin], [0.0, 0.0, 1.0]])
    weight = np.ones_like(soft)
    wide = float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))) * 0.25 * margin
    target = cv2.GaussianBlur(chances, (0, 0), max(0.8, wide))
    moved = refined(soft, weight, target, matrix @ shift)
    return np.asarray(moved @ np.linalg.inv(shift))


def registered(product: Plane, weight: Plane, scene: Plane, matrix: NDArray[Any]) -> NDArray[Any]:
    """Return the refined map of a silhouette that was found by its colours.

    Where its shadow or the ground have the product's colour, too, the silhouette is found too
    large, aside or slanted, and pleats, which look like their neighbours, then settle one aside.
    So where some of what is seen on the product stays unexplained, it is sought upright at all
    sizes, turns and places nearby, and what explains it best is taken.
    """
    both = product, weight, scene
    best = _laid(*both, matrix)
    if best.alike >= SURE:
        return best.matrix
    for _, coarse in _sought(*both, _upright(matrix, weight.shape), COARSE):
        near = [_laid(*both, one) for _, one in _sought(*both, coarse, CLOSER)]
        best = max(best, *near, key=lambda one: one.alike if one.alike >= EXPLAINED else 0.0)
    return best.matrix


class _Seen(NamedTuple):
    """A map that is tried, and the correlation of what is seen there with the product."""

    alike: float
    matrix: NDArray[Any]


class _Grid(NamedTuple):
    """What is tried around a map: `long` pixels are the product's longer side there."""

    long: int
    sizes: tuple[float, ...]
    turns: tuple[float, ...]
    most: int


COARSE = _Grid(120, tuple(np.linspace(0.86, 1.10, 13).tolist()), (-3.0, -1.5, 0.0, 1.5, 3.0), TRIED)
CLOSER = _Grid(240, (0.99, 1.0, 1.01), (-0.75, 0.0, 0.75), 1)


def _laid(product: Plane, weight: Plane, scene: Plane, matrix: NDArray[Any]) -> _Seen:
    """Return a map once it is refined, and how far the pictures agree under it."""
    near = refined(product, weight, scene, matrix)
    return _Seen(_agreement(product, weight, scene, near), near)


def _upright(matrix: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the map that lays the middle on the same place and only turns and sizes the rest."""
    one, sizes, two = np.linalg.svd(matrix[:, :2])
    turned = float(np.sqrt(sizes[0] * sizes[1])) * (one @ two)
    middle = np.array([shape[1] / 2, shape[0] / 2])
    return np.column_stack([turned, matrix @ [*middle, 1] - turned @ middle])


def _sought(
    product: Plane, weight: Plane, scene: Plane, matrix: NDArray[Any], grid: _Grid
) -> list[_Seen]:
    """Return the maps near a given one under which the scene is most like the product.

    Correlation at every place nearby (as in template matching) over sizes and turns.
    """
    height, width = weight.shape
    down = min(1.0, grid.long / (_size(matrix) * max(height, width)))
    field = resized(scene, *(max(8, round(side * down)) for side in scene.shape[::-1]))
    found = []
    for turn in grid.turns:
        for size in grid.sizes:
            around = cv2.getRotationMatrix2D((width / 2, height / 2), turn, size)
            start = down * matrix @ np.vstack([around, [0, 0, 1]])
            one = _nearby(product, weight, field, start)
            found.append(_Seen(one.alike, one.matrix / down))
    best: list[_Seen] = []
    for one in sorted(found, key=lambda each: -each.alike):
        if one.alike < PROMISING or len(best) == grid.most:
            break
        if all(_moved(one.matrix, other.matrix, weight.shape) > APART / down for other in best):
            best.append(one)
    return best


def _nearby(product: Plane, weight: Plane, field: Plane, matrix: NDArray[Any]) -> _Seen:
    """Return the map moved to the place nearby where the field is most like the product."""
    height, width = weight.shape
    corners = np.array([[[0, 0]], [[width, 0]], [[0, height]], [[width, height]]], np.float64)
    there = cv2.transform(corners, matrix)[:, 0]
    low, high = np.floor(there.min(axis=0)).astype(int), np.ceil(there.max(axis=0)).astype(int) + 1
    local = matrix.copy()
    local[:, 2] -= low
    size = tuple((high - low).tolist())
    scale = _size(matrix)
    soft = product if scale > 0.7 else cv2.GaussianBlur(product, (0, 0), 0.4 / scale)
    seen = cv2.warpAffine(soft, local, size, borderMode=cv2.BORDER_REPLICATE)
    where = (cv2.warpAffine(weight, local, size) > 0.5).astype(np.float32)
    reach = max(2, round(REACH * max(size)))
    left, top = (low - reach).tolist()
    part = _cropped(field, left, top, *(high + reach).tolist())
    alike = cv2.matchTemplate(part, seen, cv2.TM_CCOEFF_NORMED, mask=where)
    alike[~(np.abs(alike) <= 1.001)] = -1.0  # nothing is seen there at all: rounding, or no number
    _, most, _, (x, y) = cv2.minMaxLoc(alike)
    moved = matrix.copy()
    moved[:, 2] += (x - reach, y - reach)
    return _Seen(float(most), moved)


def _cropped(field: Plane, left: int, top: int, right: int, bottom: int) -> Plane:
    """Return a box of a plane; beyond its edges it goes on as it is there."""
    height, width = field.shape
    ys = np.clip(np.arange(top, bottom), 0, height - 1)
    xs = np.clip(np.arange(left, right), 0, width - 1)
    return np.ascontiguousarray(field[np.ix_(ys, xs)])


def _size(matrix: NDArray[Any]) -> float:
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def _agreement(product: Plane, weight: Plane, scene: Plane, matrix: NDArray[Any]) -> float:
    """Return the correlation of what is seen of two pictures where the product is thought to be.

    Neither its rim nor its shading tell: plain cloth that is laid too small on itself has no rim
    and is shaded alike.
    """
    size = scene.shape[1], scene.shape[0]
    where = shrunk((cv2.warpAffine(weight, matrix, size) > 0.5).astype(np.uint8), RIM)
    area = float(where.sum())
    if area < 100:
        return 0.0
    left, top, wide, high = cv2.boundingRect(where)
    box = slice(top, top + high), slice(left, left + wide)
    inside, smooth = where[box].astype(np.float32), SHADING * float(np.sqrt(area))
    one, two = (
        (plane - masked_blur(plane, inside, smooth))[inside > 0]
        for plane in (cv2.warpAffine(product, matrix, size)[box], scene[box])
    )
    one, two = one - one.mean(), two - two.mean()
    return float((one * two).sum() / (np.sqrt((one * one).sum() * (two * two).sum()) + EPS))


def refined(product: Plane, weight: Plane, scene: Plane, matrix: NDArray[Any]) -> NDArray[Any]:
    """Return the map moved to where both pictures agree best, blind to brightness and contrast.

    ECC maximisation (Evangelidis and Psarakis 2008); the map given is kept where that fails.
    """
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        # The template is the scene, which is asked only where the product is thought to be.
        where = cv2.warpAffine(weight, matrix, (scene.shape[1], scene.shape[0]))
        area = (where > 0.5).astype(np.uint8)
        if int(area.sum()) < 100:
            return matrix
        left, top, wide, high = cv2.boundingRect(area)
        part = np.ascontiguousarray(scene[top : top + high, left : left + wide])
        back[:, 2] += back[:, :2] @ np.array([left, top], np.float32)
        inside = np.ascontiguousarray(weight > 0.05).astype(np.uint8) * 255
        _, moved_to = cv2.findTransformECC(part, product, back, cv2.MOTION_AFFINE, stop, inside, 5)
    except cv2.error:
        return matrix
    whole: NDArray[Any] = np.array(moved_to, np.float64)
    whole[:, 2] = whole[:, 2] - whole[:, :2] @ np.array([left, top], np.float64)
    better = np.asarray(cv2.invertAffineTransform(whole))
    moved = _moved(matrix, better, weight.shape)
    limit = 0.06 * max(high, wide)
    return better if believable(better) and moved < limit else matrix


def _moved(one: NDArray[Any], two: NDArray[Any], shape: tuple[int, ...]) -> float:
    corners = np.array([[[0, 0]], [[shape[1], 0]], [[0, shape[0]]], [[shape[1], shape[0]]]], float)
    far = cv2.transform(corners, one) - cv2.transform(corners, two)
    return float(np.hypot(far[..., 0], far[..., 1]).max())
