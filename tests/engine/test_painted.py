"""What a person painted is what is cut out, at any size, and a broken mask ends in words."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.painted import cut_as
from stylestudio_desktop.engine.render import render
from tests.engine.conftest import drawn_tee, no_check


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A mask of the tee's left half with a soft edge, at half the photo's size."""
    plane = np.zeros((240, 240), np.float32)
    plane[40:220, 30:120] = 255
    Image.fromarray(cv2.GaussianBlur(plane, (0, 0), 1.5).astype(np.uint8)).save(tmp_path / "m.png")
    return tmp_path / "m.png"


def test_the_mask_decides_and_colours_are_freed(
    tee: Path, half: Path, bare_networks: Networks
) -> None:
    shot = photo.read(tee, 480)
    result = cut_as(shot, half, bare_networks, no_check)
    assert result.alpha.shape == shot.rgb.shape[:2]
    assert float(result.alpha[300, 150]) == 1.0
    assert float(result.alpha[300, 330]) == 0.0
    whole = cut_as(shot, None, bare_networks, no_check)
    assert float(whole.alpha[300, 330]) == 1.0


def test_colours_are_freed_from_the_ground(tmp_path: Path, bare_networks: Networks) -> None:
    drawn = drawn_tee().astype(np.float32)
    exact = cut_as(photo.Photo(drawn, None, "tee"), None, bare_networks, no_check).alpha
    Image.fromarray((exact * 255).astype(np.uint8)).save(tmp_path / "exact.png")
    result = cut_as(
        photo.Photo(drawn, None, "tee"), tmp_path / "exact.png", bare_networks, no_check
    )
    edge = (result.alpha > 0.3) & (result.alpha < 0.9)
    assert float(np.median(result.colour[edge][:, 1])) < 75


def test_a_picture_is_made_of_what_was_painted(
    tee: Path, half: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    options = {"garment": "top", "backdrop": "white", "placement": "laid"}
    made = []
    for masks in ((), (half,)):
        order = Order((tee,), (), "minimalist", "draft", 256, 256, 1, 7, options, masks)
        (one,) = render(order, tmp_path, bare_networks, lambda stage, part: None)
        pixels = np.asarray(Image.open(one.path).convert("RGB"), np.float32)
        made.append(int((pixels[..., 1] < 120).any(axis=0).sum()))
    assert made[1] < 0.8 * made[0]


@pytest.mark.parametrize("data", [b"", b"not a picture", b"x" * 9_000_000])
def test_a_broken_mask_ends_in_words(
    tee: Path, tmp_path: Path, bare_networks: Networks, data: bytes
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(EngineFault, match="reset the cut-out") as caught:
        cut_as(photo.read(tee, 240), path, bare_networks, no_check)
    assert caught.value.kind == "input"


def test_an_enormous_mask_is_refused(tee: Path, tmp_path: Path, bare_networks: Networks) -> None:
    Image.new("L", (5000, 64)).save(tmp_path / "wide.png")
    with pytest.raises(EngineFault):
        cut_as(photo.read(tee, 240), tmp_path / "wide.png", bare_networks, no_check)
