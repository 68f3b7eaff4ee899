"""Several products in a background photo: hung side by side, each in its size."""

import numpy as np
import pytest

from stylestudio_desktop.domain.scene import plane_of
from stylestudio_desktop.engine.layer import Subject
from stylestudio_desktop.engine.measures import beside
from stylestudio_desktop.engine.scene.camera import camera_of
from stylestudio_desktop.engine.scene.placing import placed
from tests.engine.drawn_rooms import plaster, room


def piece(kind: str, width: int, height: int) -> Subject:
    cover = np.ones((height, width), np.float32)
    return Subject(np.zeros((height, width, 3), np.float32), cover, kind)


THREE = [piece("jacket", 700, 660), piece("skirt", 400, 580), piece("bag", 300, 540)]


def boxes(arrangement: str, turned: bool) -> np.ndarray:
    shown = plaster((540, 720), "left", 2.0) if turned else room("tiles", (720, 540), "left", 2.0)
    size = shown.rgb.shape[1], shown.rgb.shape[0]
    camera = camera_of(plane_of([*shown.corners]), size)
    sizes = [each.size for each in THREE]
    places = placed(sizes, beside(THREE), camera, arrangement, 1.0, 10.0, np.random.default_rng(3))
    return np.array([place.box(size) for place, size in zip(places, sizes, strict=True)])


def test_hung_products_hang_side_by_side_from_one_height() -> None:
    found = boxes("hung", turned=True)
    assert np.ptp(found[:, 1]) < 0.03 * np.ptp(found[:, [1, 3]])
    assert (found[1:, 0] >= found[:-1, 2]).all()


@pytest.mark.parametrize("arrangement", ["standing", "laid"])
def test_a_bag_is_smaller_than_a_jacket(arrangement: str) -> None:
    found = boxes(arrangement, turned=False)
    wide = found[:, 2] - found[:, 0]
    assert wide[2] < 0.8 * wide[0]
