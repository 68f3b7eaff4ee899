"""Golden pictures: what the engine makes looks the way it was last looked at and found good.

After a change that is meant, look at what ``python -m tests.engine.test_golden`` writes anew, and
commit it with the change.
"""

import platform
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import limits
from stylestudio_desktop.engine.fidelity.colour import ciede2000
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import render
from tests.engine.conftest import ROOT, SAMPLES

GOLDEN = ROOT / "tests" / "fixtures" / "golden"
MEAN, HIGH = 1.0, 6.0  # CIEDE2000 over the picture, after a blur that takes the grain away
SHAPE = (320, 400)
STUDIO = (
    ("tee-black", "top", "realistic", "laid", "style"),
    ("dress-evening", "dress", "fashion", "hung", "style"),
    ("handbag-rust", "bag", "vintage", "standing", "style"),
    ("boot-brown", "shoes", "artistic", "plinth", "style"),
    ("skirt-pleated", "skirt", "minimalist", "leaning", "wall"),
    ("handbag-rust", "bag", "realistic", "standing", "white"),
)
WORN = (("tee-black", "top", "fashion"), ("dress-evening", "dress", "vintage"))


def orders() -> dict[str, Order]:
    """Return every golden picture's order by its name."""
    found = {}
    for product, kind, style, arrangement, backdrop in STUDIO:
        options = {"garment": kind, "arrangement": arrangement, "backdrop": backdrop}
        name = f"{product}-{style}-{arrangement}-{backdrop}"
        found[name] = _order(product, (), style, options)
    person = SAMPLES / "people" / "mannequin-narrow.jpg"
    for product, kind, style in WORN:
        found[f"{product}-{style}-worn"] = _order(product, (person,), style, {"garment": kind})
    return found


def _order(product: str, people: tuple[Path, ...], style: str, options: dict[str, str]) -> Order:
    path = SAMPLES / "products" / f"{product}.jpg"
    return Order((path,), people, style, "draft", *SHAPE, 1, 11, options)


def made(order: Order, folder: Path) -> np.ndarray:
    """Make one picture without any network, so that none has to be installed."""
    networks = Networks(folder / "no-weights", limits.threads())
    (one,) = render(order, folder, networks, lambda stage, part: None)
    with Image.open(one.path) as picture:
        return np.asarray(picture.convert("RGB"), np.float32)


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far two pictures lie apart, point by point, as eyes would see it."""
    soft = [to_lab(cv2.GaussianBlur(each, (0, 0), 2.0)) for each in (one, other)]
    return ciede2000(*soft)


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="golden pictures are kept for one platform; others round differently",
)
@pytest.mark.parametrize("name", orders())
def test_pictures_look_as_they_were_last_approved(name: str, tmp_path: Path) -> None:
    with Image.open(GOLDEN / f"{name}.jpg") as golden:
        expected = np.asarray(golden.convert("RGB"), np.float32)
    off = apart(made(orders()[name], tmp_path), expected)
    assert float(off.mean()) < MEAN
    assert float(np.percentile(off, 99.5)) < HIGH


def test_the_tolerance_sees_what_people_would(tmp_path: Path) -> None:
    """A product two per cent aside, or a shade warmer, is too far from the golden picture."""
    name = next(iter(orders()))
    with Image.open(GOLDEN / f"{name}.jpg") as golden:
        expected = np.asarray(golden.convert("RGB"), np.float32)
    aside = np.roll(expected, 7, axis=1)
    warmer = np.clip(expected * np.array([1.03, 1.0, 0.95]), 0, 255).astype(np.float32)
    assert float(np.percentile(apart(aside, expected), 99.5)) > HIGH
    assert float(apart(warmer, expected).mean()) > MEAN


def main() -> None:
    """Write every golden picture anew."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, order in orders().items():
        with tempfile.TemporaryDirectory() as folder:
            pixels = made(order, Path(folder)).astype(np.uint8)
        Image.fromarray(pixels).save(GOLDEN / f"{name}.jpg", quality=93, subsampling=0)


if __name__ == "__main__":
    main()
