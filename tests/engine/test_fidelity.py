"""Planted changes of a product are each found, and another light is not one of them."""

import base64
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.domain import fidelity
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import placing, verdict
from stylestudio_desktop.engine.fidelity.colour import (
    cast_on,
    casts_around,
    ciede2000,
    coded,
    even,
    linear,
    plausible,
)
from stylestudio_desktop.engine.fidelity.parts import outline
from stylestudio_desktop.engine.fidelity.report import examine
from stylestudio_desktop.engine.grade import Development
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.undeveloped import LAMP, read, undeveloped
from tests.engine.drawn_shirt import SIZE, hue_shifted, photographed, shirt, staged

# Of the 34 pairs of Sharma, Wu and Dalal (2005), table 1: those that tell mistakes apart.
PAIRS = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
)

Examine = Callable[..., dict[str, Any]]


def graded(picture: np.ndarray, style: str, seed: int) -> np.ndarray:
    """Return a picture as a style develops it, in one piece."""
    size = picture.shape[1], picture.shape[0]
    return Development(style, seed, size, picture).band(picture, 0)


@pytest.fixture
def examined(tmp_path: Path, bare_networks: Networks) -> Examine:
    """Compare a picture with the photo of the shirt."""
    photo = tmp_path / "shirt.jpg"
    Image.fromarray(photographed(*shirt())).save(photo, quality=94)

    def run(picture: np.ndarray, grade: str = "") -> dict[str, Any]:
        path = tmp_path / "picture.jpg"
        Image.fromarray(picture).save(path, quality=94)
        report = examine([photo], path, bare_networks, lambda stage, part: None, grade)
        fidelity.read(report)  # the rest of the house takes it as it is
        return report

    return run


def levels(report: dict[str, Any]) -> np.ndarray:
    heat = report["heat"]
    data = zlib.decompress(base64.b64decode(heat["levels"]))
    return np.frombuffer(data, np.uint8).reshape(heat["height"], heat["width"])


@pytest.mark.parametrize(("one", "two", "expected"), PAIRS)
def test_ciede2000_gives_the_published_differences(
    one: tuple[float, ...], two: tuple[float, ...], expected: float
) -> None:
    assert float(ciede2000(np.array(one), np.array(two))) == pytest.approx(expected, abs=1e-4)
    assert float(ciede2000(np.array(two), np.array(one))) == pytest.approx(expected, abs=1e-4)


def test_linear_light_and_back() -> None:
    ramp = np.linspace(0, 255, 3 * 256, dtype=np.float32).reshape(1, -1, 3)
    assert np.abs(coded(linear(ramp)) - ramp).max() < 0.01


@pytest.mark.parametrize("light", [False, True], ids=["same light", "warm, uneven light"])
def test_an_untouched_product_is_the_same(examined: Examine, light: bool) -> None:
    report = examined(staged(*shirt(), light=light))
    product = report["products"][0]
    assert (report["verdict"], product["reasons"]) == ("same", [])
    assert product["colour_median"] < 1.5
    assert product["matched"] > 20
    assert product["outline_overlap"] > 0.97
    # Where it is: turned by 4 degrees about the middle and at 0.8 of its size.
    x, y = np.mean(np.array(product["place"]).reshape(4, 2), axis=0)
    assert abs(x - 0.527) < 0.02
    assert abs(y - 0.48) < 0.04
    assert levels(report).mean() < 6


@pytest.mark.parametrize("light", [False, True], ids=["same light", "another light"])
def test_a_hue_shift_of_five_is_found(examined: Examine, light: bool) -> None:
    colour, alpha = shirt()
    report = examined(staged(hue_shifted(colour, 5.0), alpha, light=light))
    assert report["verdict"] == "drifted"
    assert report["products"][0]["reasons"] == ["colour"]
    assert report["products"][0]["colour_median"] == pytest.approx(5.0, abs=0.8)


def cloth() -> np.ndarray:
    """Grey and red cloth side by side, each unevenly lit."""
    rng = np.random.default_rng(5)
    shade = rng.uniform(0.6, 1.0, (40, 40, 1))
    colour = np.full((40, 40, 3), (190.0, 188.0, 186.0))
    colour[:, 12:] = (200, 70, 60)
    return (colour * shade).astype(np.float32)


def test_light_moves_greys_and_colours_alike_and_a_turned_hue_does_not() -> None:
    before, everywhere = cloth(), np.ones((40, 40), bool)
    lit = coded(linear(before) * np.array((1.1, 1.0, 0.86), np.float32))
    assert even(before, lit, everywhere, cast_on(before, lit, everywhere))
    turned = hue_shifted(before, 5.0)
    assert not even(before, turned, everywhere, cast_on(before, turned, everywhere))


def test_a_strong_lamp_is_told_by_the_wall_and_a_green_wall_tells_none() -> None:
    photo, ground = np.full((40, 40, 3), 210, np.float32), np.ones((40, 40), np.uint8)
    lamp = np.array((1.25, 1.0, 0.66), np.float32)
    told = casts_around(photo, ground, coded(linear(photo * 0.8) * lamp), ground)
    assert told[0] == pytest.approx(lamp, abs=0.02)
    green = np.full((40, 40, 3), (120, 200, 110), np.float32)
    assert casts_around(photo, ground, green, ground) == []
    assert casts_around(photo, ground, green[:4, :4], ground[:4, :4]) == []


def test_a_channel_that_a_style_drove_into_white_is_not_guessed() -> None:
    """A white tee in warm light: red ran into white, so a cool tint would be read into it."""
    warm = np.full((48, 48, 3), (255, 200, 160), np.float32)
    before = undeveloped(warm, "vintage")
    assert (before[..., 0] == 255).all()
    assert before[..., 1:].max() < 250


@pytest.mark.parametrize("style", sorted(LOOKS))
def test_our_own_development_is_taken_off(style: str) -> None:
    """Curve, split tone, saturation, bloom and vignette of every style are undone."""
    before = staged(*shirt(), light=True).astype(np.float32)
    after = undeveloped(graded(before, style, 3).astype(np.float32), style)
    off = cv2.GaussianBlur(after - before, (0, 0), 2.0)[20:-20, 20:-20]
    assert float(np.abs(off).mean()) < 2  # the grain stays
    assert float(np.percentile(np.abs(off), 99)) < 6.5


@pytest.mark.parametrize("style", ["vintage", "artistic"])
def test_a_style_we_gave_ourselves_is_no_drift_and_hides_none(
    examined: Examine, style: str
) -> None:
    colour, alpha = shirt()
    same = examined(graded(staged(colour, alpha).astype(np.float32), style, 3), style)
    assert (same["verdict"], same["products"][0]["reasons"]) == ("same", [])
    assert same["products"][0]["colour_median"] < 1.5
    moved = staged(hue_shifted(colour, 5.0), alpha).astype(np.float32)
    found = examined(graded(moved, style, 3), style)["products"][0]
    assert found["reasons"] == ["colour"]
    assert found["colour_median"] == pytest.approx(5.0, abs=1.0)


def test_a_mirrored_print_is_found(examined: Examine) -> None:
    report = examined(staged(*shirt(mirrored=True)))
    assert report["verdict"] == "drifted"
    assert report["products"][0]["mirrored"]
    assert "mirrored" in report["products"][0]["reasons"]


def test_a_mirrored_product_is_found(examined: Examine) -> None:
    colour, alpha = shirt()
    report = examined(staged(colour[:, ::-1].copy(), alpha[:, ::-1].copy()))
    assert report["verdict"] == "drifted"
    assert report["products"][0]["reasons"] == ["mirrored"]


@pytest.mark.parametrize("light", [False, True], ids=["same light", "another light"])
def test_a_removed_pocket_is_found_where_it_was(examined: Examine, light: bool) -> None:
    report = examined(staged(*shirt(pocket=False), light=light))
    assert report["verdict"] == "drifted"
    assert report["products"][0]["reasons"] == ["missing"]
    heat = levels(report)
    y, x = np.unravel_index(int(heat.argmax()), heat.shape)
    assert 0.5 < x / heat.shape[1] < 0.72
    assert 0.3 < y / heat.shape[0] < 0.55


def test_a_pocket_is_missed_on_ribbed_cloth_too(tmp_path: Path, bare_networks: Networks) -> None:
    photo, picture = tmp_path / "photo.png", tmp_path / "picture.png"
    Image.fromarray(photographed(*shirt(ribbed=True))).save(photo)
    for pocket, expected in ((True, []), (False, ["missing"])):
        Image.fromarray(staged(*shirt(ribbed=True, pocket=pocket), light=True)).save(picture)
        report = examine([photo], picture, bare_networks, lambda stage, part: None)
        assert report["products"][0]["reasons"] == expected


def test_the_engines_own_lamps_are_known_to_be_white(examined: Examine) -> None:
    """What would be light in another service's picture is a change of colour in our own."""
    picture = staged(*shirt(), light=True)
    own, other = (examined(picture, grade)["products"][0] for grade in ("none", ""))
    assert own["cast"] == [1.0, 1.0, 1.0]
    assert own["colour_median"] > other["colour_median"] + 2


def test_a_grade_tells_its_style_and_whether_a_lamp_had_a_colour() -> None:
    assert read("vintage") == ("vintage", False)
    assert read("vintage" + LAMP) == ("vintage", True)
    assert read("none") == ("", False)
    assert read("none" + LAMP) == ("", True)
    assert read("") == ("", True)


def test_ribs_are_told_at_their_place_and_another_print_is_not() -> None:
    ribbed, alpha = shirt(ribbed=True)
    mask = (alpha > 0.5).astype(np.uint8)
    points, alike = placing.kept(ribbed, ribbed * 0.9 + 4, mask)
    assert points > 100
    assert alike > 0.95 * points
    points, alike = placing.kept(ribbed, shirt(mirrored=True, pocket=False)[0], mask)
    assert alike < verdict.PRINT * points


def test_an_added_detail_is_found(tmp_path: Path, bare_networks: Networks) -> None:
    photo, picture = tmp_path / "photo.png", tmp_path / "picture.png"
    Image.fromarray(photographed(*shirt(pocket=False))).save(photo)
    Image.fromarray(staged(*shirt())).save(picture)
    report = examine([photo], picture, bare_networks, lambda stage, part: None)
    assert report["products"][0]["reasons"] == ["added"]


def test_a_cut_off_sleeve_changes_the_outline(examined: Examine) -> None:
    report = examined(staged(*shirt(sleeves=False)))
    assert report["verdict"] == "drifted"
    assert "outline" in report["products"][0]["reasons"]


def test_the_same_cut_in_another_colour_is_another_product(examined: Examine) -> None:
    report = examined(staged(*shirt(cloth=(150, 60, 50))))
    assert report["verdict"] == "different"


def test_another_garment_is_another_product(examined: Examine) -> None:
    samples = Path(__file__).parents[2] / "resources" / "samples" / "products"
    other = Image.open(samples / "jacket-denim.jpg").convert("RGB").resize((SIZE, SIZE))
    assert examined(np.asarray(other))["verdict"] == "different"


def test_a_picture_without_the_product_is_not_the_same(examined: Examine) -> None:
    empty = np.full((SIZE, SIZE, 3), 200, np.uint8)
    assert examined(empty)["verdict"] == "different"


def test_a_photo_that_cannot_be_cut_out_is_told(tmp_path: Path, bare_networks: Networks) -> None:
    plain, picture = tmp_path / "plain.png", tmp_path / "picture.png"
    Image.new("RGB", (300, 300), "grey").save(plain)
    Image.fromarray(staged(*shirt())).save(picture)
    report = examine([plain], picture, bare_networks, lambda stage, part: None)
    assert report["verdict"] == "unknown"
    assert report["products"][0]["reasons"] == ["uncut"]


def test_a_picture_that_cannot_be_read_is_a_fault(tmp_path: Path, bare_networks: Networks) -> None:
    bad = tmp_path / "picture.jpg"
    bad.write_bytes(b"no picture")
    with pytest.raises(EngineFault):
        examine([bad], bad, bare_networks, lambda stage, part: None)


def test_the_gravest_verdict_speaks_for_the_picture() -> None:
    assert verdict.whole(["same", "unknown", "drifted", "different"]) == "different"
    assert verdict.whole(["same", "unknown", "drifted"]) == "drifted"
    assert verdict.whole(["same", "unknown"]) == "unknown"
    assert verdict.whole(["same", "same"]) == "same"
    assert verdict.whole([]) == "unknown"


def test_a_warm_pinkish_change_is_no_lamp() -> None:
    """Glowing bodies change blue more than red; a grey dyed warm changes red as much."""
    around = [np.exp([0.08, 0.0, -0.12]), np.exp([0.06, 0.0, -0.07])]
    assert plausible(np.exp([0.096, 0.0, -0.151]), around)
    assert not plausible(np.exp([0.127, 0.0, -0.076]), around)
    sky = [np.exp([-0.09, 0.0, 0.14])]
    assert plausible(np.exp([-0.07, 0.0, 0.135]), sky)
    assert not plausible(np.exp([-0.127, 0.0, 0.076]), sky)


def test_white_cloth_on_white_paper_is_not_lost() -> None:
    """A white border has its colour at its place; a border that was cut off has not."""
    ground, white, dark = (242, 241, 238), (241, 240, 237), (40, 50, 90)
    coat = np.full((300, 300, 3), ground, np.float32)
    coat[60:240, 80:220] = white
    coat[73:227, 93:207] = dark
    coat += np.random.default_rng(2).normal(0, 0.8, coat.shape).astype(np.float32)
    mask = np.zeros((300, 300), np.uint8)
    mask[60:240, 80:220] = 1
    assert outline(coat, mask, coat).overlap > verdict.OVERLAP
    product = coat.copy()
    product[60:240, 80:220] = dark
    assert outline(coat, mask, product).overlap < verdict.OVERLAP
