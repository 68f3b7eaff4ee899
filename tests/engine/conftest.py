"""Drawn products, warm networks and small helpers for the engine's tests."""

import os
import shutil
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.networks import Networks

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "resources" / "samples"
MASKS = ROOT / "tests" / "fixtures" / "masks"


def no_check() -> None:
    """Stand in for the look at cancellation."""


def drawn_tee(size: int = 480, ground: tuple[int, int, int] = (226, 224, 220)) -> np.ndarray:
    """Draw a red tee on even ground, with a little noise and vignette: RGB, uint8."""
    rng = np.random.default_rng(3)
    large = np.full((4 * size, 4 * size, 3), ground, np.uint8)
    right = [(64, 18), (92, 34), (82, 48), (73, 42), (73, 84)]
    left = [(100 - x, y) for x, y in reversed(right)]
    outline = np.array([(44, 21), (56, 21), *right, *left])
    cv2.fillPoly(large, [(outline * 4 * size / 100).astype(np.int32)], (176, 38, 44))
    picture = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    picture *= (1 - 0.12 * (x * x + y * y))[..., None]
    picture += rng.normal(0, 1.2, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def tee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of a drawn tee on plain ground."""
    path = tmp_path_factory.mktemp("drawn") / "tee.jpg"
    Image.fromarray(drawn_tee()).save(path, quality=93)
    return path


@pytest.fixture
def bare_networks(tmp_path: Path) -> Networks:
    """Networks of which none is installed."""
    return Networks(tmp_path / "no-weights", limits.threads())


@pytest.fixture(scope="session")
def weights_folder() -> Path:
    """The folder of fetched weights; fetched now if need be, skipped if that can't be done."""
    if any(not each.present for each in weights.status() if not each.optional):
        if shutil.which("npm") is None and os.environ.get("CI") is None:
            pytest.skip("the weights for people come by npm, which is not installed")
        try:
            weights.fetch(weights.needed(), lambda title, part: None, Event())
        except weights.FetchFailed as failure:
            pytest.skip(f"the weights could not be fetched: {failure.sentence}")
    return weights.folder()


@pytest.fixture(scope="session")
def warm_networks(weights_folder: Path) -> Networks:
    """Networks with all needed weights, loaded once for the whole session."""
    return Networks(weights_folder, limits.threads())
