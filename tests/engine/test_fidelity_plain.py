"""Products whose details match nothing for certain: pleats, and cloth without a print."""

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine.fidelity import placing, report, verdict
from stylestudio_desktop.engine.fidelity.heat import Heat
from stylestudio_desktop.engine.filters import Image, Mask
from tests.engine.test_placing import SIDE, put, tee

HEIGHT, WIDTH = 430, 300


def skirt() -> tuple[Image, Mask]:
    """A skirt with a waistband and pleats that all look alike, in one red."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across = (xs - WIDTH / 2) / (60 + 85 * (ys / HEIGHT) ** 0.9)
    mask = (np.abs(across) < 1) & (ys >= 2) & (ys < HEIGHT - 3)
    pleats = 1 - 0.3 * np.exp(-(((across * 8 + 0.5) % 1 - 0.5) ** 2) / 0.012)
    shade = np.where(ys < 22, 0.97, pleats)
    shade[20:24] = 0.75 * shade[20:24]
    return np.array((168, 82, 86), np.float32) * shade[..., None], mask.astype(np.uint8)


def laid(picture: Image, part: Image, mask: Mask, scale: float) -> Image:
    """Return a picture with a part in its middle, turned by a degree."""
    middle = np.array([[0, 0, (SIDE - WIDTH) / 2], [0, 0, (SIDE - HEIGHT) / 2]])
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 1, scale) + middle
    there = cv2.warpAffine(mask.astype(np.float32), matrix, (SIDE, SIDE))[..., None]
    shown = cv2.warpAffine(part, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture + (shown - picture) * there, np.float32)


def found(colour: Image, mask: Mask, picture: Image) -> verdict.Found:
    """Return what is said of a product; the photo around it tells nothing."""
    nothing = np.zeros_like(mask)
    product = report.Product(colour, mask, colour, nothing, nothing)
    grained = picture + np.random.default_rng(1).normal(0, 2, (SIDE, SIDE, 1))
    heat = Heat(np.zeros((SIDE, SIDE), np.float32))
    return report.compared(product, grained.astype(np.float32), heat, coloured=False)


@pytest.mark.parametrize("larger", [1.06, 1.1, 1.14])
def test_pleats_before_a_glow_of_their_own_colour_are_not_laid_one_aside(larger: float) -> None:
    """The glow makes the silhouette so much too large, from where each pleat meets the next."""
    colour, mask = skirt()
    ground = np.full((SIDE, SIDE, 3), (120, 50, 120), np.float32)
    glow = laid(ground, np.full_like(colour, (176, 96, 100)), mask, 1.45 * larger)
    picture = laid(glow, colour, mask, 1.45)
    assert placing.by_features(colour, mask, placing.features(picture, None, 3000)) is None
    one = found(colour, mask, picture)
    assert (one.verdict, one.reasons) == (verdict.SAME, [])
    assert one.matched == one.points
    assert one.extent is not None
    assert abs(one.extent - 1.45 * np.sqrt(mask.sum())) < 3


def test_the_seams_of_other_trousers_are_no_black_tee() -> None:
    """They have its colour on more of the picture than those of a bag, yet hold no tee."""
    mask = tee()
    black = np.full((*mask.shape, 3), (30, 30, 32), np.float32)
    picture = np.full((SIDE, SIDE, 3), (205, 208, 212), np.float32)
    for left in (270, 400):
        picture[80:690, left : left + 95] = (70, 110, 165)
        for seam in range(left, left + 95, 31):
            picture[80:690, seam : seam + 3] = (30, 30, 32)
    share = float((placing.likely(black, mask, picture) > 0.4).mean())
    assert 0.02 < share < placing.smallest(mask, picture)
    one = found(black, mask, picture)
    assert (one.verdict, one.reasons) == (verdict.DIFFERENT, ["no_colours"])


def test_the_smallest_place_is_that_of_the_search() -> None:
    mask = tee()
    chances, _ = put(mask, placing.PARTS[0] * SIDE / 400)
    assert abs(placing.smallest(mask, chances) - float((chances > 0.5).mean())) < 0.001
