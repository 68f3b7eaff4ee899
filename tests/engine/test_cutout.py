"""The cut-out: products on plain ground without any network, hard cases with the networks."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import _settled, cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.ground import fit
from stylestudio_desktop.engine.networks import Networks
from tests.engine.conftest import MASKS, SAMPLES, drawn_tee, no_check

PLAIN = ("tee-black", "tee-white", "boot-brown", "dress-evening", "handbag-rust", "skirt-pleated")


def overlap(alpha: np.ndarray, truth: np.ndarray) -> float:
    """Return the soft intersection over union."""
    return float(np.minimum(alpha, truth).sum() / np.maximum(alpha, truth).sum())


def truth_of(name: str, shape: tuple[int, int]) -> np.ndarray:
    mask = cv2.imread(str(MASKS / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    return cv2.resize(mask, shape[::-1]).astype(np.float32) / 255


@pytest.mark.parametrize("name", PLAIN)
def test_plain_ground_needs_no_network(name: str, bare_networks: Networks) -> None:
    shot = photo.read(SAMPLES / "products" / f"{name}.jpg", 900)
    result = cut(shot, bare_networks, no_check)
    assert overlap(result.alpha, truth_of(name, result.alpha.shape)) > 0.97


@pytest.mark.parametrize("name", ["tee-blue", "shirt-striped", "hoodie-grey", "sneaker-white"])
def test_networks_cut_out_on_wood_and_white_on_pale(name: str, warm_networks: Networks) -> None:
    shot = photo.read(SAMPLES / "products" / f"{name}.jpg", 900)
    result = cut(shot, warm_networks, no_check)
    assert overlap(result.alpha, truth_of(name, result.alpha.shape)) > 0.96


def test_a_cuff_that_the_network_lost_is_told_by_its_colour(warm_networks: Networks) -> None:
    shot = photo.read(SAMPLES / "products" / "hoodie-grey.jpg", 1100)
    alpha = cut(shot, warm_networks, no_check).alpha
    truth = truth_of("hoodie-grey", alpha.shape)
    height, width = alpha.shape
    corner = slice(int(0.65 * height), height), slice(int(0.7 * width), width)
    assert overlap(alpha[corner], truth[corner]) > 0.96


def test_colours_mend_what_the_network_lost_and_do_not_fray_its_edge() -> None:
    believed = np.zeros((120, 120), np.uint8)
    believed[30:90, 30:90] = 1
    refined = believed.copy()
    refined[90:93, 34:80:4] = 1  # teeth along a hem
    refined[60:63, 90:115] = 1  # a strap that the network did not see
    refined[40:60, 50:70] = 0  # a hole that it filled
    found = _settled(refined, believed)
    assert not found[91].any()
    assert found[61, 95:114].all()
    assert not found[45:55, 55:65].any()


def test_edge_is_free_of_the_ground(bare_networks: Networks) -> None:
    """Along the edge of a red tee on pale ground no pale fringe may stay in the colours."""
    drawn = drawn_tee().astype(np.float32)
    result = cut(photo.Photo(drawn, None, "tee"), bare_networks, no_check)
    edge = (result.alpha > 0.3) & (result.alpha < 0.9)
    assert edge.sum() > 100
    colours = result.colour[edge]
    assert float(np.median(colours[:, 1])) < 75  # green of the cloth is 38, of the ground 224


def test_ground_fit_follows_a_gradient() -> None:
    y, x = np.mgrid[0:240, 0:320].astype(np.float32)
    sky = np.stack([150 + x / 6, 160 + y / 6, 170 + x / 9], axis=-1)
    ground = fit(to_lab(sky))
    assert ground.plain
    assert ground.residual < 1.0
    assert float(ground.distance.max()) < 4.0


def test_empty_ground_is_refused_in_words(bare_networks: Networks) -> None:
    blank = np.full((300, 300, 3), 210, np.float32)
    with pytest.raises(EngineFault) as caught:
        cut(photo.Photo(blank, None, "blank.jpg"), bare_networks, no_check)
    assert caught.value.kind == "input"
    assert "blank.jpg" in caught.value.sentence
    assert "Nothing was charged" in caught.value.sentence


def test_transparent_photo_keeps_its_own_edge(tmp_path: Path, bare_networks: Networks) -> None:
    from PIL import Image

    picture = Image.new("RGBA", (120, 100), (10, 200, 30, 0))
    picture.paste((10, 200, 30, 255), (30, 20, 90, 80))
    picture.save(tmp_path / "cut.png")
    result = cut(photo.read(tmp_path / "cut.png", 400), bare_networks, no_check)
    assert float(result.alpha.sum()) == 60 * 60


class Looks:
    """A network that sees the drawn product, and remembers how closely it was asked to look."""

    def __init__(self, seen: np.ndarray) -> None:
        self.seen, self.swift = seen, list[bool]()

    def has(self, name: str) -> bool:
        return name == "u2netp"

    def salient(self, rgb: np.ndarray, *, swift: bool = False) -> np.ndarray:
        self.swift.append(swift)
        return cv2.resize(self.seen, rgb.shape[1::-1], interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("cloth", "busy", "swift", "looks"),
    [
        ((40, 60, 110), False, True, [True]),
        ((226, 224, 222), False, True, [True, False]),
        ((40, 60, 110), True, True, [True, False]),
        ((226, 224, 222), False, False, [False]),
    ],
    ids=["dark", "pale", "on busy ground", "not a draft"],
)
def test_a_draft_is_looked_at_closely_where_colour_does_not_tell(
    cloth: tuple[int, int, int], busy: bool, swift: bool, looks: list[bool]
) -> None:
    rng = np.random.default_rng(1)
    rgb = np.full((480, 400, 3), 232, np.float32) + rng.normal(0, 0.5, (480, 400, 3))
    if busy:
        rgb = cv2.resize(rng.uniform(20, 235, (48, 40, 3)), (400, 480), interpolation=0)
    seen = np.zeros((480, 400), np.float32)
    seen[120:360, 100:300] = 1
    rgb[seen > 0] = cloth
    networks = Looks(seen)
    cut(photo.Photo(rgb.astype(np.float32), None, "drawn"), networks, no_check, swift=swift)  # type: ignore[arg-type]
    assert networks.swift == looks
