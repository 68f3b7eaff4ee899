"""Drawn cloth that is pierced, hangs in threads or lets light through, with its exact alpha."""

import io

import cv2
import numpy as np
from PIL import Image

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.sheer import Seen, seen_through

TALL, WIDE = 620, 520
SAGE, GREY, PAPER = (206, 214, 202), (214, 214, 216), (238, 236, 230)


def light(colour: tuple[int, ...]) -> np.ndarray:
    """Return linear light of an sRGB colour."""
    value = np.array(colour, np.float32) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def panel() -> np.ndarray:
    """Return the outline of a skirt: 1 inside, with soft edges."""
    large = np.zeros((4 * TALL, 4 * WIDE), np.uint8)
    corners = np.array([(180, 60), (340, 60), (440, 520), (80, 520)]) * 4
    cv2.fillPoly(large, [corners.astype(np.int32)], 255)
    return cv2.resize(large, (WIDE, TALL), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def folds(depth: float = 0.3) -> np.ndarray:
    """Return what pleats leave of the light."""
    across = np.arange(WIDE, dtype=np.float32)[None]
    return (1 - depth * (0.5 + 0.5 * np.sin(across / 3.2))).repeat(TALL, 0).astype(np.float32)


def lower(start: int = 300, end: int = 505) -> np.ndarray:
    """Return 1 in the lower part of the skirt."""
    rows = np.arange(TALL)[:, None]
    return ((rows > start) & (rows < end)).repeat(WIDE, 1).astype(np.float32)


def dots(radius: float = 4.0, step: int = 14) -> np.ndarray:
    """Return round spots in rows: 1 inside, with soft edges."""
    y, x = np.mgrid[0:TALL, 0:WIDE].astype(np.float32)
    row = np.floor(y / step)
    away = np.hypot((x + step / 2 * (row % 2)) % step - step / 2, y % step - step / 2)
    return np.clip(radius - away + 0.5, 0, 1)


def fringe() -> np.ndarray:
    """Return threads below the skirt, each with its own length and bend."""
    rng = np.random.default_rng(7)
    cover = np.zeros((TALL, WIDE), np.uint8)
    for x in range(86, 438, 7):
        t = np.linspace(0, 1, 10)
        line = np.stack([x + rng.uniform(-5, 5) * t * t, 516 + rng.uniform(40, 62) * t], axis=-1)
        cv2.polylines(cover, [np.round(line * 16).astype(np.int32)], False, 255, 2, cv2.LINE_AA, 4)
    return cover.astype(np.float32) / 255


def photographed(
    colour: np.ndarray, alpha: np.ndarray, ground: tuple[int, int, int], quality: int = 92
) -> np.ndarray:
    """Lay linear `colour` on an even ground in its own shadow; noise and JPEG as of a camera."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:TALL, 0:WIDE] / TALL - 0.5
    floor = light(ground) * (1 - 0.1 * (x * x + y * y))[..., None]
    moved = np.roll(alpha, (4, 3), (0, 1))
    near, far = cv2.GaussianBlur(moved, (0, 0), 4), cv2.GaussianBlur(moved, (0, 0), 16)
    floor = floor * ((1 - 0.25 * near) * (1 - 0.2 * far))[..., None]
    seen = floor * (1 - alpha[..., None]) + colour * alpha[..., None]
    seen = np.clip(seen + rng.normal(0, 0.0025, seen.shape), 0, 1)
    coded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    file = io.BytesIO()
    Image.fromarray((coded * 255 + 0.5).astype(np.uint8)).save(file, "JPEG", quality=quality)
    with Image.open(file) as read:
        return np.asarray(read.convert("RGB"), np.float32)


def looked_through(shown: np.ndarray, outline: np.ndarray, choice: str = "auto") -> Seen:
    """Have a cut-out along `outline` looked through."""
    lab = to_lab(cv2.GaussianBlur(shown, (0, 0), 0.8))
    solid = (outline > 0.2).astype(np.uint8)
    fitted = grounds.fit(lab, cv2.dilate(solid, np.ones((25, 25), np.uint8)))
    return seen_through(shown, outline.astype(np.float32), shown, fitted, choice)
