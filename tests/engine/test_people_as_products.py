"""A person is known as one in a product photo, however small, narrow or grey; no garment is."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from stylestudio_desktop.engine.filters import Image as Picture
from stylestudio_desktop.engine.filters import Plane
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import shows_person
from tests.engine.conftest import SAMPLES
from tests.engine.test_dressing import product


def shrunken(rgb: Picture, alpha: Plane, tall: int) -> tuple[Picture, Plane]:
    """Return a photo and its outline as a small, grey, soft picture."""
    wide = round(rgb.shape[1] * tall / rgb.shape[0])
    small = Image.fromarray(rgb.astype(np.uint8)).resize((wide, tall)).convert("L")
    soft = small.convert("RGB").filter(ImageFilter.GaussianBlur(1))
    return np.asarray(soft, np.float32), cv2.resize(alpha, (wide, tall))


@pytest.mark.parametrize("who", [1, 2, 3, 4])
@pytest.mark.parametrize("tall", [300, 200])
def test_somebody_small_and_grey_is_still_a_person(
    warm_networks: Networks, who: int, tall: int
) -> None:
    """Squeezed into the network's square, a narrow figure was all ground to it."""
    with Image.open(SAMPLES / "people" / f"person-{who}.jpg") as photo:
        photo.thumbnail((900, 900))
        rgb = np.asarray(photo.convert("RGB"), np.float32)
    alpha = warm_networks.matte(rgb)
    assert shows_person(*shrunken(rgb, alpha, tall), warm_networks)


@pytest.mark.parametrize("name", ["tee-white", "hoodie-grey", "dress-evening", "jeans-blue"])
def test_no_garment_is_a_person_however_small_and_grey(warm_networks: Networks, name: str) -> None:
    found = product(name)
    assert not shows_person(found.colour, found.alpha, warm_networks)
    for tall in (300, 200):
        assert not shows_person(*shrunken(found.colour, found.alpha, tall), warm_networks)
