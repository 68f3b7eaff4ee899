"""What shows through cloth is known from the preview to the picture, and said on a person."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import kinds, layer
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import verdict
from stylestudio_desktop.engine.fidelity.verdict import Found
from stylestudio_desktop.engine.filters import solid, to_lab
from stylestudio_desktop.engine.light import laid_shadow, standing_shadow
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import preview, render
from stylestudio_desktop.engine.sheer import clear_of, shows_through
from stylestudio_desktop.engine.suitability import reasons
from stylestudio_desktop.engine.veils import unveiled
from tests.engine.conftest import SAMPLES
from tests.engine.drawn_cloth import GREY, SAGE, dots, folds, light, lower, panel, photographed

RED, GREEN = (150, 40, 48), (24, 84, 66)
BODY = SAMPLES / "people" / "mannequin-narrow.jpg"


def quiet(_stage: str, _progress: float) -> None:
    """Stand in for the report of progress."""


@pytest.fixture
def tulle(tmp_path: Path) -> Path:
    """A photo of a skirt whose lower half is tulle."""
    truth = panel() * (1 - 0.5 * lower(300, 620))
    shown = photographed(folds()[..., None] * light(RED), truth, GREY)
    path = tmp_path / "tulle.png"
    Image.fromarray(shown.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def lace(tmp_path: Path) -> Path:
    """A photo of a skirt whose lower half is lace."""
    truth = panel() * (1 - dots() * lower())
    shown = photographed(folds()[..., None] * light(GREEN), truth, SAGE)
    path = tmp_path / "lace.png"
    Image.fromarray(shown.astype(np.uint8)).save(path)
    return path


def test_a_preview_tells_what_it_makes_of_the_cloth(
    lace: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    for choice, told in (("auto", "opened"), ("off", ""), ("on", "opened")):
        target = tmp_path / f"{choice}.png"
        preview(lace, None, target, 768, bare_networks, quiet, choice)
        with Image.open(target) as cut:
            assert cut.info.get("sheer", "") == told
            alpha = np.asarray(cut.getchannel("A"), np.float32) / 255
        inner = (panel() > 0.99) & (lower(320, 490) > 0)
        assert (float(alpha[inner].mean()) < 0.9) == (choice != "off")


@pytest.mark.parametrize("kind", ["tulle", "lace"])
def test_on_a_person_it_is_said_before_anything_is_charged(
    kind: str, tulle: Path, lace: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    photo = tulle if kind == "tulle" else lace
    options = {"garment": "skirt"}
    order = Order((photo,), (BODY,), "realistic", "draft", 240, 320, 1, 2, options)
    (reason,) = reasons(order, bare_networks, quiet)
    assert "show through" in reason
    assert "Nothing was charged" in reason
    with pytest.raises(EngineFault, match="show through"):
        render(order, tmp_path, bare_networks, quiet)
    assert not list(tmp_path.glob("*.jpg"))


def test_a_painted_veil_is_refused_on_a_person_too(
    tulle: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    mask = tmp_path / "mask.png"
    grey = 255 * panel() * (1 - 0.5 * lower(300, 620))
    Image.fromarray(grey.astype(np.uint8)).save(mask)
    options = {"garment": "skirt"}
    order = Order((tulle,), (BODY,), "realistic", "draft", 240, 320, 1, 2, options, (mask,))
    with pytest.raises(EngineFault, match="show through"):
        render(order, tmp_path, bare_networks, quiet)


def test_a_kept_veil_has_the_colours_of_the_one_that_was_found(
    tulle: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    preview(tulle, None, tmp_path / "found.png", 2048, bare_networks, quiet, "on")
    with Image.open(tmp_path / "found.png") as found:
        found.getchannel("A").save(tmp_path / "mask.png")
        own = np.asarray(found.convert("RGB"), np.float32)
    preview(tulle, tmp_path / "mask.png", tmp_path / "kept.png", 2048, bare_networks, quiet)
    with Image.open(tmp_path / "kept.png") as kept:
        again = np.asarray(kept.convert("RGB"), np.float32)
    inner = (panel() > 0.99) & (lower(330, 500) > 0)
    off = np.linalg.norm(to_lab(own) - to_lab(again), axis=-1)[inner]
    assert float(np.percentile(off, 90)) < 6


def test_on_a_busy_ground_a_painted_veil_keeps_the_photos_colours(
    tmp_path: Path, bare_networks: Networks
) -> None:
    rng = np.random.default_rng(3)
    tiles = np.kron(rng.uniform(20, 235, (20, 20, 3)), np.ones((31, 26, 1))).astype(np.float32)
    alpha = 0.5 * panel()
    found = unveiled(tiles, alpha, np.zeros_like(tiles))
    within = cv2.erode(panel(), np.ones((9, 9), np.uint8)) > 0.99
    assert np.array_equal(found[within], tiles[within])
    dense = unveiled(tiles, panel(), np.zeros_like(tiles))
    assert not dense.any()


def test_cloth_that_is_said_to_be_dense_may_be_worn(
    tulle: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    mask = tmp_path / "mask.png"
    Image.fromarray((255 * panel()).astype(np.uint8)).save(mask)
    options = {"garment": "skirt"}
    order = Order((tulle,), (BODY,), "realistic", "draft", 240, 320, 1, 2, options, (mask,))
    assert reasons(order, bare_networks, quiet) == []
    assert len(render(order, tmp_path, bare_networks, quiet)) == 1


def test_outlines_and_holes_are_no_veil() -> None:
    soft = cv2.GaussianBlur(panel() * (1 - dots() * lower()), (0, 0), 0.8)
    assert np.array_equal(solid(soft) > 0.5, soft > 0.5)
    assert not shows_through(cv2.GaussianBlur(panel(), (0, 0), 1.2), "")
    veil = panel() * (1 - 0.7 * lower(300, 620))
    within = cv2.erode(panel(), np.ones((7, 7), np.uint8)) > 0.99
    assert float(solid(veil)[within].min()) == 1


def test_a_veil_keeps_its_own_colours_and_its_kind() -> None:
    """Stripes in half clear cloth are no edge to be smoothed away."""
    alpha = panel() * (1 - 0.6 * lower(100, 620))
    stripes = np.zeros((*alpha.shape, 3), np.float32) + 60
    stripes[:, ::8] = 220
    shown = layer.subject(Cutout(stripes, alpha), "skirt")
    middle = shown.colour[shown.size[1] // 2, shown.size[0] // 2 - 40 : shown.size[0] // 2 + 40]
    assert float(np.ptp(middle[:, 0])) > 100
    assert kinds.guessed(alpha) == kinds.guessed(panel())


@pytest.mark.parametrize("throw", [laid_shadow, standing_shadow])
def test_the_shadow_of_a_veil_is_lighter(throw: object) -> None:
    look, lamp = LOOKS["realistic"], (0.2, 0.1)
    dense = throw(panel(), look, lamp, 600.0)  # type: ignore[operator]
    veil = throw(0.4 * panel(), look, lamp, 600.0)  # type: ignore[operator]
    beside = (panel() < 0.01) & (dense > 0.1)
    assert beside.sum() > 200
    assert float(veil[beside].mean()) < 0.85 * float(dense[beside].mean())


def test_what_stands_behind_a_veil_is_no_change_of_the_product() -> None:
    alpha = panel() * (1 - 0.5 * lower(300, 620))
    clear = clear_of(alpha, "opened")
    assert clear[400, 260]
    assert not clear[150, 260]
    assert not clear_of(alpha, "suspected").any()
    drifted = Found("drifted", ["colour"])
    assert verdict.seen_through(drifted, 0.3).verdict == "unknown"
    assert verdict.seen_through(drifted, 0.3).reasons == ["sheer"]
    assert verdict.seen_through(drifted, 0.0) is drifted
    same = Found("same", [])
    assert verdict.seen_through(same, 0.3) is same
