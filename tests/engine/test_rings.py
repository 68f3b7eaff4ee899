"""A ring that lies on wood shows the wood in it; cloth that only looks like wood stays."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.rings import opened

SIDE = 480
RESIDUAL = 1.6


def boards() -> np.ndarray:
    """Return oak boards: a grain that runs down, and dark joints."""
    rng = np.random.default_rng(4)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (SIDE, SIDE)).astype(np.float32), (0, 0), 14)
    fine = rng.normal(0, 1, (1, SIDE)).astype(np.float32).repeat(SIDE, 0)
    fine = cv2.GaussianBlur(fine, (0, 0), 1.2) + 6 * grain
    wood = np.array((186, 152, 112), np.float32) * (1 + 0.07 * fine)[..., None]
    wood[:, ::95] *= 0.45
    return cv2.GaussianBlur(wood, (0, 0), 0.7)


def ring(inner: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a picture of a black ring on boards, its mask with the hole filled, and the hole."""
    whole, hole = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(whole, (240, 240), 190, 1, -1)
    cv2.circle(hole, (240, 240), 150, 1, -1)
    floor = boards()
    shown = np.where((whole & (1 - hole))[..., None] > 0, np.float32(30), floor)
    if inner is not None:
        shown = np.where(hole[..., None] > 0, inner, shown)
    return to_lab(shown.astype(np.float32)), whole, hole


def test_the_wood_in_a_ring_is_left_out() -> None:
    lab, whole, hole = ring()
    left = opened(lab, whole, RESIDUAL)
    assert float(left[cv2.erode(hole, np.ones((7, 7), np.uint8)) > 0].mean()) < 0.02
    band = whole & (1 - cv2.dilate(hole, np.ones((7, 7), np.uint8)))
    assert float(left[band > 0].mean()) > 0.99


def test_wood_in_the_products_shadow_is_wood() -> None:
    lab, whole, hole = ring(boards() * np.float32(0.8))
    left = opened(lab, whole, RESIDUAL)
    assert float(left[hole > 0].mean()) < 0.1


def test_cloth_in_the_colour_of_wood_stays() -> None:
    """It has another weave: no grain, or one that runs across."""
    rng = np.random.default_rng(8)
    weave = np.array((186, 152, 112), np.float32) + rng.normal(0, 2, (SIDE, SIDE, 1))
    for inner in (weave, boards().transpose(1, 0, 2)):
        lab, whole, _ = ring(inner.astype(np.float32))
        assert np.array_equal(opened(lab, whole, RESIDUAL), whole)


def test_a_panel_of_another_colour_stays() -> None:
    lab, whole, _ = ring(boards() * np.array((0.7, 0.9, 1.4), np.float32))
    assert np.array_equal(opened(lab, whole, RESIDUAL), whole)


def test_cloth_printed_like_its_ground_has_no_wall_and_stays() -> None:
    lab, whole, _ = ring()
    plain = to_lab(boards())
    assert np.array_equal(opened(plain, whole, RESIDUAL), whole)
    assert lab.shape == plain.shape


def test_an_even_ground_is_left_to_its_exact_colour() -> None:
    lab, whole, _ = ring()
    assert np.array_equal(opened(lab, whole, 0.4), whole)
