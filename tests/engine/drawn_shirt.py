"""A drawn shirt with a pocket and a lettered print, and changes planted in pictures of it."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import from_lab, to_lab

SIZE = 512
CLOTH = (58, 98, 138)
OUTLINE = [(40, 18), (60, 18), (68, 22), (92, 40), (82, 52), (73, 45), (73, 86)]


def _polygon(points: list[tuple[float, float]], scale: float) -> np.ndarray:
    return (np.array(points) * scale).astype(np.int32)


def shirt(
    *,
    pocket: bool = True,
    mirrored: bool = False,
    cloth: tuple[int, int, int] = CLOTH,
    sleeves: bool = True,
    ribbed: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shirt's colours (H x W x 3, float32) and its alpha."""
    unit = 4 * SIZE / 100
    right = OUTLINE[2:] if sleeves else [(63, 24), (66, 40), (76, 88)]
    outline = [*OUTLINE[:2], *right, *[(100 - x, y) for x, y in reversed(right)]]
    alpha = np.zeros((4 * SIZE, 4 * SIZE), np.uint8)
    cv2.fillPoly(alpha, [_polygon(outline, unit)], 255)
    drawn = np.full((4 * SIZE, 4 * SIZE, 3), cloth, np.uint8)
    if ribbed:
        ribs = 0.75 + 0.25 * (np.arange(4 * SIZE) // 14 % 2)
        drawn = (drawn * ribs[None, :, None]).astype(np.uint8)
    seam = tuple(int(0.7 * value) for value in cloth)
    cv2.polylines(drawn, [_polygon([(27, 45), (27, 86)], unit)], False, seam, 5)
    cv2.polylines(drawn, [_polygon([(73, 45), (73, 86)], unit)], False, seam, 5)
    cv2.polylines(drawn, [_polygon([(28, 82), (72, 82)], unit)], False, seam, 4)
    if pocket:
        shape = _polygon([(54, 36), (67, 36), (67, 47), (60.5, 50), (54, 47)], unit)
        cv2.polylines(drawn, [shape], True, seam, 7)
        cv2.line(drawn, tuple(shape[0] + (0, 40)), tuple(shape[1] + (0, 40)), seam, 5)
    label = np.zeros((4 * SIZE, 4 * SIZE, 3), np.uint8)
    place = int(32 * unit), int(66 * unit)
    cv2.putText(label, "ATLAS 7", place, cv2.FONT_HERSHEY_TRIPLEX, 5.6, (255, 255, 255), 14)
    cv2.circle(label, (int(36 * unit), int(73 * unit)), 50, (255, 255, 255), 16)
    if mirrored:
        label = label[:, ::-1]
    drawn = np.where(label > 128, np.uint8(236), drawn)
    size = (SIZE, SIZE)
    colour = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    weave = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 5, colour.shape[:2]), (0, 0), 0.8)
    alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return colour + weave[..., None].astype(np.float32), alpha


def photographed(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the product's own photo on pale grey, uint8."""
    rng = np.random.default_rng(5)
    ground = np.full_like(colour, 222)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE - 0.5
    shown = (ground + (colour - ground) * alpha[..., None]) * (1 - 0.1 * (x * x + y * y))[..., None]
    return np.clip(shown + rng.normal(0, 1.0, shown.shape), 0, 255).astype(np.uint8)


def staged(
    colour: np.ndarray, alpha: np.ndarray, *, light: bool = False, scale: float = 0.8
) -> np.ndarray:
    """Return a picture of the product on another stage; `light` makes it a warm, uneven lamp."""
    rng = np.random.default_rng(6)
    matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), 4.0, scale)
    matrix[:, 2] += (14, -9)
    size = (SIZE, SIZE)
    soft = cv2.GaussianBlur(colour, (0, 0), 0.5)
    turned = cv2.warpAffine(soft, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(alpha, matrix, size)[..., None]
    shadow = cv2.GaussianBlur(np.roll(mask[..., 0], (9, 7), (0, 1)), (0, 0), 9)[..., None]
    ground = np.full_like(colour, 205) * (1 - 0.35 * shadow)
    shown = ground + (turned - ground) * mask
    if light:
        y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
        linear = (shown / 255) ** 2.2 * (0.55 + 0.75 * x - 0.2 * y)[..., None]
        linear = linear * np.array([1.1, 1.0, 0.82])
        shown = 255 * np.clip(linear, 0, 1) ** (1 / 2.2)
    return np.clip(shown + rng.normal(0, 1.5, shown.shape), 0, 255).astype(np.uint8)


def hue_shifted(colour: np.ndarray, distance: float) -> np.ndarray:
    """Return the colours turned in hue (CIELAB) until their mean moves by `distance` CIEDE2000."""
    from stylestudio_desktop.engine.fidelity.colour import ciede2000

    lab = to_lab(np.clip(colour, 0, 255))
    low, high = 0.0, 1.5
    for _ in range(24):
        middle = (low + high) / 2
        moved = _turned(lab, middle)
        low, high = (middle, high) if np.median(ciede2000(lab, moved)) < distance else (low, middle)
    return from_lab(_turned(lab, low))


def _turned(lab: np.ndarray, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    a, b = lab[..., 1], lab[..., 2]
    return np.dstack([lab[..., 0], a * cosine - b * sine, a * sine + b * cosine]).astype(np.float32)
