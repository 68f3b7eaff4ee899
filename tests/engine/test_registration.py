"""Cloth that repeats itself is laid on its own pleats, wherever its silhouette was found."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio_desktop.engine.fidelity import placing, registration, verdict
from stylestudio_desktop.engine.filters import Image, Plane, luma
from tests.engine.test_fidelity_plain import HEIGHT, WIDTH, found, laid, skirt
from tests.engine.test_placing import SIDE, put, tee

SCALE = 1.45
GROUND = (120, 50, 120)
PLEAT = 21.0  # pixels between two pleats in the picture where they are narrowest


def true_map() -> NDArray[np.float64]:
    """Where `laid` puts a part."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 1, SCALE)
    matrix[:, 2] += (SIDE - WIDTH) / 2, (SIDE - HEIGHT) / 2
    return np.asarray(matrix)


def level(colour: Image) -> Plane:
    return np.asarray(cv2.GaussianBlur(luma(colour), (0, 0), 1.2), np.float32)


def off(one: NDArray[np.float64]) -> float:
    """By how many pixels a map misses the true one, at the corner where it is worst."""
    corners = np.array([[[0, 0]], [[WIDTH, 0]], [[0, HEIGHT]], [[WIDTH, HEIGHT]]], np.float64)
    far = cv2.transform(corners, one) - cv2.transform(corners, true_map())
    return float(np.linalg.norm(far, axis=-1).max())


@pytest.mark.parametrize("larger", [0.9, 0.96, 1.0, 1.04, 1.12])
@pytest.mark.parametrize(
    ("turn", "across", "down"), [(-2.5, 0.0, 0.0), (0.0, 21.0, -22.0), (2.5, -33.0, 15.0)]
)
def test_pleats_are_found_from_a_silhouette_that_lies_off(
    larger: float, turn: float, across: float, down: float
) -> None:
    """By a pleat and more, a ninth of its size and some degrees, and never one pleat aside."""
    colour, mask = skirt()
    picture = laid(np.full((SIDE, SIDE, 3), GROUND, np.float32), colour, mask, SCALE)
    around = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, larger)
    start = true_map() @ np.vstack([around, [0, 0, 1]])
    start[:, 2] += across, down
    weight = mask.astype(np.float32)
    assert off(registration.registered(level(colour), weight, level(picture), start)) < PLEAT / 2


@pytest.mark.parametrize(("across", "down"), [(16, 34), (24, 24), (34, 16), (-28, 28)])
def test_pleats_above_a_shadow_of_their_own_colour_are_the_same(across: int, down: int) -> None:
    """A shadow on a ground of its hue belongs to the silhouette as far as colours tell."""
    colour, mask = skirt()
    ground = np.full((SIDE, SIDE, 3), GROUND, np.float32)
    shadow = laid(ground, np.full_like(colour, (118, 56, 60)), mask, SCALE)
    picture = laid(np.roll(shadow, (down, across), axis=(0, 1)), colour, mask, SCALE)
    assert placing.by_features(colour, mask, placing.features(picture, None, 3000)) is None
    one = found(colour, mask, picture)
    assert (one.verdict, one.reasons) == (verdict.SAME, [])
    assert one.matched == one.points


@pytest.mark.parametrize("scale", [0.8, 1.1, 1.4])
def test_plain_cloth_is_not_laid_smaller_on_its_own_shading(scale: float) -> None:
    """Black before white, the ground shines into its rim; what lies within is shaded alike."""
    mask = tee()
    ys, xs = np.mgrid[0:400, 0:400].astype(np.float32)
    shade = 34 + 14 * np.cos((xs - 200) / 120) * np.cos((ys - 200) / 160)
    shade[(xs - 200) ** 2 + (ys - 10) ** 2 < 42**2] = 14
    chances, true = put(mask, scale)
    there = np.clip(1.2 * (chances - 0.05), 0, 1)
    shown = cv2.warpAffine(shade, true, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    picture = 235 + (shown - 235) * there
    colours = [np.repeat(each[..., None], 3, axis=2) for each in (shade, picture)]
    weight = mask.astype(np.float32)
    matrix = registration.registered(level(colours[0]), weight, level(colours[1]), true)
    assert float(np.abs(matrix - true)[:, :2].max()) < 0.01
    assert float(np.abs(matrix - true)[:, 2].max()) < 3
