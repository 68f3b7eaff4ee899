"""What grain and a photo's softness make of fine detail is nothing that was added to a product."""

import cv2
import numpy as np

from stylestudio_desktop.engine.fidelity import verdict
from stylestudio_desktop.engine.fidelity.parts import DENOISED, parts
from stylestudio_desktop.engine.grade import Development
from stylestudio_desktop.engine.undeveloped import grain_of, undeveloped


def seamed(rows: int = 0, thick: int = 1) -> np.ndarray:
    """Return dark green cloth with a faint weave, and rows of fine stitches across it."""
    cloth = np.full((240, 240, 3), (46, 92, 74), np.float32)
    cloth += np.random.default_rng(2).normal(0, 0.8, (240, 240, 1)).astype(np.float32)
    for row in range(rows):
        for x in range(30 + 3 * (row % 2), 210, 6):
            y = 112 + 4 * row
            cv2.line(cloth, (x, y), (x + 3, y), (120, 150, 130), thick, cv2.LINE_AA)
    return cloth


def _ungraded(picture: np.ndarray) -> np.ndarray:
    """Return a picture that was developed in the vintage style, with the style taken off."""
    made = Development("vintage", 3, picture.shape[1::-1], picture).band(picture, 0)
    return undeveloped(made.astype(np.float32), "vintage")


def test_the_grain_of_our_own_style_is_nothing_added() -> None:
    """On dark cloth beside white grain is loud; a seam that was added is louder still."""
    white = np.arange(240)[None, :, None] >= 100
    photo, seam = (np.where(white, 235, seamed(n, 2)).astype(np.float32) for n in (0, 4))
    inside = np.ones((240, 240), np.uint8)
    found = []
    for cloth in (photo, seam):
        before = _ungraded(cloth)
        quiet = grain_of(before, "", DENOISED)
        assert not quiet.any()
        grain = grain_of(before, "vintage", DENOISED)
        found.append([parts(photo, before, inside, each).added_share for each in (quiet, grain)])
    (unknown, known), (_, sewn) = found
    assert unknown > verdict.SPOTS
    assert known < verdict.SPOTS / 4
    assert sewn > verdict.SPOTS


def test_stitches_that_a_small_photo_blurs_were_not_added() -> None:
    fine = seamed(rows=4)
    small = cv2.resize(fine, (140, 140), interpolation=cv2.INTER_AREA)
    photo = cv2.resize(small, (240, 240), interpolation=cv2.INTER_LINEAR)
    inside, grain = np.ones((240, 240), np.uint8), np.zeros((240, 240), np.float32)
    enlarged = 240 / 140
    assert parts(photo, fine, inside, grain).added_share > verdict.SPOTS
    assert parts(photo, fine, inside, grain, enlarged).added_share < verdict.SPOTS / 4
    assert parts(seamed(), fine, inside, grain, enlarged).added_share > verdict.SPOTS
