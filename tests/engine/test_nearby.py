"""What hangs before an even piece of wall is cut out as if there were no room around it."""

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.filters import grown, to_lab
from stylestudio_desktop.engine.nearby import on_even_piece
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo
from tests.engine.conftest import MASKS, SAMPLES, no_check

NAME = "longsleeve-striped"


def in_a_room(side: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the collection's long sleeve on the wall of a room, and its mask.

    `floor` is the share of the picture's height in which the boards begin.
    """
    shot = photo.read(SAMPLES / "products" / f"{NAME}.jpg", round(side / 1.5)).rgb
    mask = Image.open(MASKS / f"{NAME}.png").convert("L").resize(shot.shape[1::-1])
    around = [(round(0.25 * length),) * 2 for length in shot.shape[:2]]
    rgb = np.pad(shot, [*around, (0, 0)], "edge").astype(np.float32)
    truth = np.pad(np.asarray(mask, np.float32) / 255, around)
    height, width = truth.shape
    boards = rgb[round(floor * height) :]
    boards[:] = (122, 98, 76)
    boards[:, :: width // 7] = 60
    boards[:4] = 232
    cv2.rectangle(rgb, (round(0.8 * width), 0), (width, round(0.18 * height)), (58, 44, 38), -1)
    for y in range(4, 9):
        cv2.ellipse(rgb, (6, y * height // 12), (34, 12), 40 * y, 0, 360, (52, 104, 58), -1)
    rng = np.random.default_rng(2)
    return np.clip(rgb + rng.normal(0, 0.5, rgb.shape), 0, 255).astype(np.float32), truth


@pytest.mark.parametrize(("side", "swift"), [(883, True), (1178, False)])
def test_sleeves_before_a_wall_hang_free(side: int, swift: bool, warm_networks: Networks) -> None:
    rgb, truth = in_a_room(side, 0.9)
    lab = to_lab(cv2.GaussianBlur(rgb, (0, 0), 0.8))
    assert not grounds.fit(lab, grown((truth > 0).astype(np.uint8), 12)).plain
    alpha = cut(Photo(rgb, None, "room"), warm_networks, no_check, swift=swift).alpha
    both = float(np.minimum(alpha, truth).sum()) / float(np.maximum(alpha, truth).sum())
    assert both > 0.97


def test_a_product_over_the_edge_of_the_boards_has_no_even_piece() -> None:
    rgb, truth = in_a_room(883, 0.6)
    lab = to_lab(cv2.GaussianBlur(rgb, (0, 0), 0.8))
    ground = grounds.fit(lab, grown((truth > 0).astype(np.uint8), 12))
    assert on_even_piece(rgb, lab, truth, ground) is None
