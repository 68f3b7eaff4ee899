"""The network that recognises garments gives what its publisher's program gives."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import photo, wearable, weights
from stylestudio_desktop.engine.cutout import Cutout, cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import bounds
from stylestudio_desktop.engine.kinds import kind_of
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import WORN, Order
from stylestudio_desktop.engine.recognition import known, likeness, other_kind, seen, shadow_of
from stylestudio_desktop.engine.wearable import doubt
from tests.engine.conftest import SAMPLES, no_check

PRODUCTS = SAMPLES / "products"


def like(shot: photo.Photo, found: Cutout, networks: Networks) -> float:
    odds = seen(shot, found, networks)
    assert odds is not None
    assert float(odds.sum()) == pytest.approx(1, abs=1e-4)
    return likeness(odds)


def waves(side: int) -> np.ndarray:
    """Return a picture of waves that any program can make: 1 x 3 x side x side, from -1 to 1."""
    y, x = np.mgrid[0:side, 0:side] / side
    planes = [np.sin(2 * np.pi * (3 * x + channel * y)) for channel in range(3)]
    return np.stack(planes)[None].astype(np.float32)


def test_its_answers_are_those_of_the_published_program(warm_networks: Networks) -> None:
    """PyTorch 2.13 with `efficientnet_lite_pytorch` 0.1.0 and the same file gave these logits."""
    logits = warm_networks.load("recognition")([waves(260)])[0][0]
    assert logits[[0, 100, 281, 610, 999]] == pytest.approx(
        [-0.687, -0.317, 0.1429, 2.4757, -2.2354], abs=1e-3
    )
    assert int(logits.argmax()) == 699


@pytest.mark.parametrize("name", ["tee-black", "jeans-blue", "dress-summer", "jacket-denim"])
def test_a_garment_is_like_one_on_any_ground_and_in_any_light(
    name: str, warm_networks: Networks
) -> None:
    shot = photo.read(PRODUCTS / f"{name}.jpg", 768)
    found = cut(shot, warm_networks, no_check)
    room = np.random.default_rng(5).uniform(0, 255, shot.rgb.shape).astype(np.float32)
    busy = cv2.GaussianBlur(room, (0, 0), 9)
    busy = np.where(found.alpha[..., None] > 0.5, shot.rgb, busy * 3 - 255).clip(0, 255)
    for picture in (shot.rgb, 0.6 * shot.rgb, busy):
        lit = photo.Photo(picture.astype(np.float32), None, "x")
        assert like(lit, found, warm_networks) > 0.3


@pytest.mark.parametrize("name", ["boot-brown", "sneaker-white", "handbag-rust"])
def test_what_is_worn_otherwise_is_no_garment(name: str, warm_networks: Networks) -> None:
    shot = photo.read(PRODUCTS / f"{name}.jpg", 768)
    assert like(shot, cut(shot, warm_networks, no_check), warm_networks) < 0.06


def test_a_product_at_the_photos_edge_is_seen_whole(warm_networks: Networks) -> None:
    """The square around it goes on with the photo's edge; nothing is stretched or lost."""
    shot = photo.read(PRODUCTS / "tee-blue.jpg", 768)
    found = cut(shot, warm_networks, no_check)
    rows, columns = np.nonzero(found.alpha > 0.5)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    close = photo.Photo(shot.rgb[box], None, "x")
    assert like(close, Cutout(found.colour[box], found.alpha[box]), warm_networks) > 0.6


@pytest.mark.parametrize(
    ("name", "wrong", "other"),
    [
        ("jeans-blue", ("top", "jacket", "dress"), "trousers or shorts"),
        ("shorts-sand", ("top", "jacket", "dress"), "trousers or shorts"),
        ("tee-white", ("trousers", "shorts", "skirt"), "a top"),
        ("longsleeve-striped", ("trousers", "shorts", "skirt"), "a top"),
        ("tote-canvas", WORN, "a bag"),
        ("boot-brown", WORN, "shoes"),
    ],
)
def test_one_kind_is_not_taken_for_another(
    name: str, wrong: tuple[str, ...], other: str, warm_networks: Networks
) -> None:
    shot = photo.read(PRODUCTS / f"{name}.jpg", 768)
    odds = seen(shot, cut(shot, warm_networks, no_check), warm_networks)
    assert odds is not None
    for kind in WORN:
        expected = other if kind in wrong else None
        assert other_kind(odds, kind) == expected


@pytest.mark.parametrize(
    ("name", "turn", "kind"),
    [("sneaker-white", -8, "shoes"), ("boot-brown", 15, "shoes"), ("handbag-rust", 25, "bag")],
)
def test_shoes_and_bags_are_known_askew(
    name: str, turn: float, kind: str, warm_networks: Networks, bare_networks: Networks
) -> None:
    """Then a shoe has no sole in its outline, and it was shown as a top would be."""
    shot = photo.read(PRODUCTS / f"{name}.jpg", 640)
    found = cut(shot, warm_networks, no_check)
    height, width = found.alpha.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 0.7)
    planes = [cv2.warpAffine(each, matrix, (width, height)) for each in (found.colour, found.alpha)]
    askew = Cutout(planes[0], planes[1])
    order = Order((PRODUCTS / name,), (), "realistic", "draft", 384, 384, 1, 7, {})
    assert kind_of(order, 0, askew, bare_networks) != kind
    assert kind_of(order, 0, askew, warm_networks) == kind
    named = dataclasses.replace(order, options={"garment": "skirt"})
    assert kind_of(named, 0, askew, warm_networks) == "skirt"


def test_what_is_surely_known_overrules_the_outline() -> None:
    def odds(**shares: float) -> np.ndarray:
        found = np.zeros(1000)
        for number, share in shares.items():
            found[int(number[1:])] = share
        return found

    assert known(odds(c770=0.2, c514=0.1), "top") == "shoes"
    assert known(odds(c770=0.15), "top") == "top"
    assert known(odds(c748=0.3), "other") == "bag"
    assert known(odds(c608=0.6), "shorts") == "shorts"  # cut off jeans
    assert known(odds(c608=0.6), "dress") == "trousers"
    assert known(odds(c842=0.6), "other") == "shorts"
    assert known(odds(c610=0.4, c841=0.2), "other") == "top"
    assert known(odds(c610=0.4, c841=0.2), "dress") == "dress"
    assert known(odds(c610=0.4), "other") == "other"


def test_a_large_print_does_not_hide_the_garment(warm_networks: Networks) -> None:
    """The picture on it is what is seen; its shadow is still a hoodie's."""
    shot = photo.read(PRODUCTS / "hoodie-grey.jpg", 768)
    found = cut(shot, warm_networks, no_check)
    left, top, right, bottom = bounds(found.alpha)
    side = (right - left) // 2
    x, y = (left + right - side) // 2, top + (bottom - top) // 4
    colour = shot.rgb.copy()
    with Image.open(SAMPLES / "products" / "handbag-rust.jpg") as bag:
        colour[y : y + side, x : x + side] = np.asarray(bag.convert("RGB").resize((side, side)))
    printed = photo.Photo(colour, None, "x"), Cutout(colour, found.alpha)
    assert doubt(*printed, "top", warm_networks) is None
    shadow = shadow_of(printed[1], warm_networks)
    assert likeness(shadow) > 0.7
    assert np.array_equal(shadow, shadow_of(found, warm_networks))


def test_a_shadow_alone_makes_no_garment(
    warm_networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headphones throw a hoodie's shadow; their outline is a bag's."""
    shot = photo.read(PRODUCTS / "handbag-rust.jpg", 768)
    found = cut(shot, warm_networks, no_check)
    hoodie = np.zeros(1000, np.float32)
    hoodie[841] = 0.9
    monkeypatch.setattr(wearable, "shadow_of", lambda *given: hoodie)
    assert "does not look like a garment" in str(doubt(shot, found, "top", warm_networks))


def test_without_the_network_nothing_is_said(bare_networks: Networks) -> None:
    shot = photo.read(PRODUCTS / "tee-blue.jpg", 300)
    alone = np.ones(shot.rgb.shape[:2], np.float32)
    assert seen(shot, Cutout(shot.rgb, alone), bare_networks) is None


def test_a_damaged_file_is_taken_away_and_said(tmp_path: Path, weights_folder: Path) -> None:
    for name in ("recognition", "u2netp"):
        path = tmp_path / weights.file_name(name)
        whole = (weights_folder / path.name).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        networks = Networks(tmp_path, 2)
        assert networks.has(name)
        with pytest.raises(EngineFault, match="was damaged and has been taken away") as caught:
            networks.load(name, 320 if name == "u2netp" else 0)
        assert caught.value.kind == "provider"
        assert not networks.has(name)


def test_a_file_that_is_whole_is_kept(tmp_path: Path, weights_folder: Path) -> None:
    path = tmp_path / weights.file_name("u2netp")
    path.write_bytes((weights_folder / path.name).read_bytes())
    weights.discard("u2netp", tmp_path)
    assert path.exists()
    weights.discard("recognition", tmp_path)  # is not there
