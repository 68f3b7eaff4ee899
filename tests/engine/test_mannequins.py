"""On a person works with no photo of one and no network: our mannequins' anatomy is known."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import mannequins, photo
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.person import figure
from stylestudio_desktop.engine.render import render
from stylestudio_desktop.engine.suitability import against, reasons
from tests.engine.conftest import SAMPLES

OURS = sorted((SAMPLES / "people").glob("mannequin-*.jpg"))


def quiet(_stage: str, _progress: float) -> None:
    """Stand in for the report of progress."""


def order(person: Path, product: Path) -> Order:
    return Order((product,), (person,), "realistic", "draft", 240, 320, 1, 2, {"garment": "top"})


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_mannequin_is_known_and_may_wear_everything(path: Path) -> None:
    assert mannequins.is_one(path)
    person = figure(photo.read(path, 512))
    assert person is not None
    for kind in ("top", "jacket", "dress", "skirt", "shorts", "trousers"):
        assert against(person, kind) == []
    # The joints lie on the figure, the left one's at the picture's right.
    for number in range(11, 29):
        x, y = person.points[number].astype(int)
        assert person.alpha[y, x] > 0.9
    assert person.points[11, 0] > person.points[12, 0]
    # The outline is the photo's: a pixel from it, the pale ground is all there is.
    away = cv2.dilate(person.alpha, np.ones((5, 5))) < 0.01
    assert np.percentile(person.rgb[away].mean(axis=1), 1) > 120


def test_there_are_at_least_three() -> None:
    assert len(OURS) >= 3


def test_a_garment_is_put_on_without_any_network(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    assert reasons(order(OURS[0], tee), bare_networks, quiet) == []
    made = render(order(OURS[0], tee), tmp_path, bare_networks, quiet)
    with Image.open(made[0].path) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.int32)
    red = (pixels[..., 0] > 100) & (pixels[..., 1] < 90) & (pixels[..., 2] < 90)
    assert made[0].mode == "draft"
    assert 0.05 < red.mean() < 0.6
    rows = np.nonzero(red.any(axis=1))[0]
    assert rows.min() > 0.2 * 320  # below the head


def test_another_file_is_nobody_we_know(tee: Path, tmp_path: Path, bare_networks: Networks) -> None:
    again = tmp_path / "again.jpg"
    again.write_bytes(OURS[0].read_bytes() + b"\0")
    assert not mannequins.is_one(again)
    assert not mannequins.is_one(tmp_path / "missing.jpg")
    assert figure(photo.read(again, 512)) is None
    assert "mannequins" in reasons(order(again, tee), bare_networks, quiet)[0]
    with pytest.raises(EngineFault):
        render(order(again, tee), tmp_path, bare_networks, quiet)
