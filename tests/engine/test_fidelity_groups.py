"""Several products in one picture are each found, told by themselves, and told apart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine.fidelity import windows
from stylestudio_desktop.engine.fidelity.report import examine
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import Made, render
from tests.engine.conftest import SAMPLES

FIVE = ("tee-print", "jeans-blue", "sneaker-white", "handbag-rust", "beanie-mustard")


def quiet(_stage: str, _progress: float) -> None:
    """Take reports and say nothing."""


def photo(name: str) -> Path:
    return SAMPLES / "products" / f"{name}.jpg"


def pictured(folder: Path, networks: Networks, *names: str, **changes: Any) -> Made:
    message = {
        "products": [photo(one) for one in names], "width": 1024, "height": 1024, "seed": 5,
        "options": {"arrangement": "laid"}, **changes,
    }  # fmt: skip
    (made,) = render(Order.read(message), folder, networks, quiet)
    return made


def verdicts(made: Made, networks: Networks, *names: str) -> list[str]:
    report = examine([photo(one) for one in names], Path(made.path), networks, quiet, made.grade)
    return [one["verdict"] for one in report["products"]]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Networks]:
    """A picture of five products, made and looked at without any network."""
    folder = tmp_path_factory.mktemp("five")
    networks = Networks(folder / "no-weights", 2)
    return pictured(folder, networks, *FIVE), networks


def test_each_of_five_is_found(five: tuple[Made, Networks]) -> None:
    assert verdicts(*five, *FIVE) == ["same"] * 5


def test_another_product_in_the_place_of_one_is_found(five: tuple[Made, Networks]) -> None:
    told = verdicts(*five, *FIVE[:2], "boot-brown", *FIVE[3:])
    assert told == ["same", "same", "different", "same", "same"]


def test_a_product_too_small_to_be_told_is_not_called_another_one(
    tmp_path: Path, bare_networks: Networks
) -> None:
    """Five on plinths, high and narrow: a hat is thirty pixels wide."""
    names = ("tee-white", "handbag-rust", "jacket-denim", "tee-print", "beanie-mustard")
    made = pictured(
        tmp_path, bare_networks, *names, quality="draft", width=512, height=640, style="artistic",
        options={"arrangement": "plinth"},
    )  # fmt: skip
    told = verdicts(made, bare_networks, *names)
    assert "different" not in told
    assert "unknown" in told


def test_the_product_that_was_chosen_of_a_photo_is_compared(
    tmp_path: Path, bare_networks: Networks
) -> None:
    both, mask = tmp_path / "both.png", tmp_path / "mask.png"
    shots = []
    for name in ("tee-black", "handbag-rust"):
        with Image.open(photo(name)) as shot:
            shots.append(np.asarray(shot.convert("RGB").resize((450, 600))))
    Image.fromarray(np.concatenate(shots, axis=1)).save(both)
    red = shots[1][..., 0].astype(int) > shots[1][..., 2] + 45
    chosen = np.zeros((600, 900), np.uint8)
    chosen[:, 450:] = 255 * red
    Image.fromarray(chosen).save(mask)
    message = {"products": [both], "masks": [mask], "width": 640, "height": 640, "seed": 2}
    (made,) = render(Order.read(message), tmp_path, bare_networks, quiet)

    def told(*masks: Path) -> str:
        picture = Path(made.path)
        report = examine([both], picture, bare_networks, quiet, made.grade, masks)
        return str(report["verdict"])

    assert told(mask) == "same"
    assert told() != "same"


@pytest.mark.parametrize(
    ("box", "plainly"),
    [
        ((10, 10, 110, 300), True),  # trousers
        ((490, 372, 557, 718), False),  # a hat on a plinth
        ((50, 482, 104, 560), False),  # too small
    ],
)
def test_a_piece_is_one_product_or_may_be_more(
    box: tuple[int, int, int, int], plainly: bool
) -> None:
    assert windows._plainly_one(box) == plainly
