"""Whole pictures: five styles, groups, ratios, labels, fidelity and equal bytes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import layer, photo
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.faults import Cancelled, EngineFault
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.picture import LABEL, SOURCE_TYPE
from stylestudio_desktop.engine.render import MISSING, preview, render
from tests.engine.conftest import no_check


def order_of(*products: Path, **changes: object) -> Order:
    message = {"products": list(products), "width": 320, "height": 320, "seed": 7, **changes}
    return Order.read(message)


def quiet(stage_name: str, progress: float) -> None:
    """Take reports and say nothing."""


@pytest.mark.parametrize("style", list(LOOKS))
def test_every_style_makes_a_picture_without_weights(
    style: str, tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    made = render(order_of(tee, style=style, width=360, height=240), tmp_path, bare_networks, quiet)
    assert [each.seed for each in made] == [7]
    assert made[0].mode == "still_life"
    assert MISSING in made[0].warnings
    with Image.open(made[0].path) as picture:
        assert picture.size == (360, 240)
        pixels = np.asarray(picture, np.float32)
    red = pixels[..., 0] > pixels[..., 1:].max(axis=2) + 50
    assert float(red.mean()) > 0.08  # the red tee is in the picture


def test_styles_look_different(tee: Path, tmp_path: Path, bare_networks: Networks) -> None:
    corners = []
    for style in LOOKS:
        made = render(order_of(tee, style=style), tmp_path, bare_networks, quiet)
        with Image.open(made[0].path) as picture:
            corners.append(np.asarray(picture, np.float32)[4:60, 4:60].mean(axis=(0, 1)))
    for index, one in enumerate(corners):
        for other in corners[index + 1 :]:
            assert float(np.abs(one - other).max()) > 6


def test_same_seed_same_bytes_and_another_seed_another_picture(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        render(order_of(tee, style="fashion", count=2), folder, bare_networks, quiet)
    first, again = ((folder / "picture-1.jpg").read_bytes() for folder in folders)
    assert first == again
    assert first != (folders[0] / "picture-2.jpg").read_bytes()
    render(order_of(tee, style="fashion", seed=8), folders[1], bare_networks, quiet)
    assert (folders[1] / "picture-1.jpg").read_bytes() != first


def test_second_picture_is_the_next_seed(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    two, one = tmp_path / "two", tmp_path / "one"
    two.mkdir()
    one.mkdir()
    render(order_of(tee, style="vintage", count=2), two, bare_networks, quiet)
    render(order_of(tee, style="vintage", seed=8), one, bare_networks, quiet)
    second, alone = (Image.open(path) for path in (two / "picture-2.jpg", one / "picture-1.jpg"))
    with second, alone:
        assert np.array_equal(np.asarray(second), np.asarray(alone))


def test_label_profile_and_seed_are_inside(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    made = render(order_of(tee), tmp_path, bare_networks, quiet)
    with Image.open(made[0].path) as picture:
        assert picture.info["icc_profile"]
        assert LABEL in str(picture.getexif()[0x010E])
        packet = picture.info["xmp"].decode("utf-8")
    assert SOURCE_TYPE in packet
    assert 'stylestudio:seed="7"' in packet
    assert LABEL in packet


def test_group_of_five_shows_all_five(tmp_path: Path, bare_networks: Networks) -> None:
    colours = [(200, 30, 30), (30, 160, 40), (30, 50, 200), (210, 180, 20), (150, 30, 170)]
    paths = []
    for index, colour in enumerate(colours):
        canvas = np.full((240, 240, 3), 228, np.uint8)
        canvas[50:190, 70:170] = colour
        path = tmp_path / f"{index}.png"
        Image.fromarray(canvas).save(path)
        paths.append(path)
    made = render(order_of(*paths, width=480, height=300), tmp_path, bare_networks, quiet)
    with Image.open(made[0].path) as picture:
        pixels = np.asarray(picture, np.float32)
    for colour in colours:
        near = np.abs(pixels - np.array(colour)).max(axis=2) < 60
        assert near.sum() > 1500


def test_white_backdrop_is_exactly_white(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    made = render(order_of(tee, options={"backdrop": "white"}), tmp_path, bare_networks, quiet)
    with Image.open(made[0].path) as picture:
        pixels = np.asarray(picture)
    assert made[0].path.endswith(".png")  # JPEG would scatter the white along the edge
    ground = (pixels == 255).all(axis=2)
    assert 0.3 < ground.mean() < 0.8
    rows, columns = np.nonzero(~ground)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 >= 0.85 * 320


@pytest.mark.parametrize("placement", ["laid", "standing"])
def test_shadow_darkens_the_set_beside_the_product(
    placement: str, tee: Path, bare_networks: Networks
) -> None:
    found = layer.subject(cut(photo.read(tee, 300), bare_networks, no_check))
    from stylestudio_desktop.engine.light import laid_shadow, standing_shadow

    alpha = np.pad(found.alpha, 60)
    throw = laid_shadow if placement == "laid" else standing_shadow
    shadow = throw(alpha, LOOKS["realistic"], (0.2, 0.1), 400.0)
    assert float(shadow.min()) >= 0
    assert float(shadow.max()) <= 1
    outside = shadow[alpha < 0.01]
    assert float(outside.max()) > 0.25
    assert float(shadow[:10].max()) < 0.1


def test_preview_is_a_clear_png(tee: Path, tmp_path: Path, bare_networks: Networks) -> None:
    preview(tee, None, tmp_path / "cut.png", 768, bare_networks, quiet)
    with Image.open(tmp_path / "cut.png") as picture:
        assert picture.mode == "RGBA"
        alpha = np.asarray(picture.getchannel("A"))
    assert alpha[2, 2] == 0
    assert alpha[240, 240] == 255


def test_cancelling_between_steps_leaves_nothing(
    tee: Path, tmp_path: Path, bare_networks: Networks
) -> None:
    seen: list[str] = []

    def stop(stage_name: str, progress: float) -> None:
        seen.append(stage_name)
        if stage_name.startswith("Saving"):
            raise Cancelled

    with pytest.raises(Cancelled):
        render(order_of(tee), tmp_path, bare_networks, stop)
    assert "Cutting out the product" in seen
    assert list(tmp_path.glob("*.jpg*")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"style": "cubist"},
        {"count": 5},
        {"count": 0},
        {"seed": -1},
        {"width": 9000},
        {"people": ["a.jpg", "b.jpg"]},
        {"options": {"garment": "spoon"}},
        {"width": "wide"},
    ],
)
def test_orders_that_make_no_sense_are_refused(changes: dict, tee: Path) -> None:
    with pytest.raises(EngineFault) as caught:
        order_of(tee, **changes)
    assert caught.value.kind == "input"


def test_each_products_kind_can_be_named(tee: Path) -> None:
    asked = order_of(tee, tee, options={"garments": "shoes,auto"})
    assert [asked.kind(0), asked.kind(1)] == ["shoes", "auto"]
    assert order_of(tee, options={"garment": "bag"}).kind(0) == "bag"
    for wrong in ("shoes", "shoes,boat", "shoes,bag,top"):
        with pytest.raises(EngineFault, match="kinds"):
            order_of(tee, tee, options={"garments": wrong})
