"""The studio: arrangements and sets, what a seed may change, and one picture in every size."""

import functools
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from stylestudio_desktop.domain.staging import ARRANGEMENTS, BACKDROPS
from stylestudio_desktop.engine import composing, detail, photo, relief, setting, stage
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.faults import Cancelled, EngineFault
from stylestudio_desktop.engine.layer import Subject, fitted, rows, subject
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.setting import Setting
from tests.engine.conftest import drawn_tee, no_check

SHAPES = {"1:1": (1, 1), "16:9": (16, 9), "9:16": (9, 16), "3:2": (3, 2), "2:3": (2, 3),
          "4:3": (4, 3), "3:4": (3, 4)}  # fmt: skip
SHOWN = tuple(one for one in ARRANGEMENTS if one != "auto")
DRAWN = (Phase.explicit, Phase.reuse, Phase.generate)  # no shrinking: each example is a picture
ONE_CANVAS = (HealthCheck.function_scoped_fixture,)  # the same for every example
SETS = tuple(one for one in BACKDROPS if one != "white")


@pytest.fixture
def small_canvas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sets on a quarter of the pixels; what is tested does not depend on their number."""
    monkeypatch.setattr(stage, "CANVAS", 512)


@functools.cache
def tee() -> Subject:
    """A tee that is cut out exactly, with a print of many colours."""
    colour = drawn_tee(400).astype(np.float32)
    alpha = (colour[..., 0] > colour[..., 1] + 60).astype(np.float32)
    checks = np.indices((400, 400)).sum(axis=0) // 12 % 3
    prints = np.array([(240, 236, 228), (24, 60, 120), (210, 150, 30)], np.float32)[checks]
    middle = np.zeros((400, 400), bool)
    middle[150:260, 150:250] = True
    colour = np.where(middle[..., None], prints, colour).astype(np.float32)
    return subject(Cutout(colour, cv2.GaussianBlur(alpha, (0, 0), 0.8)))


def sized(ratio: str, long: int) -> tuple[int, int]:
    wide, high = SHAPES[ratio]
    width, height = (max(2, round(long * side / max(wide, high) / 2) * 2) for side in (wide, high))
    return width, height


def shown(
    style: str = "realistic",
    size: tuple[int, int] = (320, 320),
    seed: int = 3,
    number: int = 1,
    garment: str = "top",
    **options: str,
) -> np.ndarray:
    asked = setting.read(options, garment, style)
    return stage.still_life(
        [tee()] * number, style, size, seed, setting=asked, garment=garment, check=no_check
    )


@pytest.mark.usefixtures("small_canvas")
@pytest.mark.parametrize("style", sorted(LOOKS))
@pytest.mark.parametrize("arrangement", SHOWN)
@settings(max_examples=2, deadline=None, phases=DRAWN, suppress_health_check=ONE_CANVAS)
@given(
    seed=st.integers(0, 2**31 - 1),
    backdrop=st.sampled_from(SETS),
    ratio=st.sampled_from(sorted(SHAPES)),
    number=st.integers(1, 5),
    reflection=st.sampled_from(["none", "floor"]),
)
def test_no_pixel_of_the_product_is_touched(
    arrangement: str, style: str, seed: int, backdrop: str, ratio: str, number: int, reflection: str
) -> None:
    """With even light and no grade, the product is its photo, whatever is around it."""
    asked = Setting(arrangement, backdrop, reflection == "floor", "even", "none")
    size = sized(ratio, 320 if number < 3 else 640)
    scene = stage.staged(
        [tee()] * number, style, size, seed, setting=asked, garment="top", check=no_check
    )
    made = stage.developed(scene, style, size, seed, asked, no_check).astype(np.float32)
    frame = stage.canvas_size(size)
    for each in scene.layers:
        colour, alpha = rows(fitted(each, frame, size), frame, size, 0, size[1])
        inside = alpha > 0.9999
        assert inside.sum() > 250
        assert float(np.abs(made - colour)[inside].max()) <= 0.6


@pytest.mark.usefixtures("small_canvas")
@pytest.mark.parametrize("style", sorted(LOOKS))
@pytest.mark.parametrize("arrangement", SHOWN)
@settings(max_examples=1, deadline=None, phases=DRAWN, suppress_health_check=ONE_CANVAS)
@given(seed=st.integers(0, 2**31 - 1))
def test_light_moves_all_channels_alike(arrangement: str, style: str, seed: int) -> None:
    """Before the grade, what the light did to a pixel is one factor, within what was asked."""
    asked = Setting(arrangement, grade="none")
    size = (320, 320)
    scene = stage.staged([tee()], style, size, seed, setting=asked, garment="top", check=no_check)
    made = stage.developed(scene, style, size, seed, asked, no_check).astype(np.float32)
    frame = stage.canvas_size(size)
    bare = stage.Layer(scene.layers[0].subject, scene.layers[0].place)
    colour, alpha = rows(fitted(bare, frame, size), frame, size, 0, size[1])
    inside = (alpha > 0.9999) & (made.max(axis=2) < 254) & (colour.min(axis=2) > 20)
    inside &= colour.max(axis=2) < 254
    factor = made[inside] / colour[inside]
    assert factor.min() > relief.LEAST - 0.04
    assert factor.max() < relief.MOST + 0.04
    rounding = 0.7 / colour[inside].min(axis=1)
    assert (np.ptp(factor, axis=1) <= 2 * rounding).all()


@pytest.mark.parametrize("ratio", sorted(SHAPES))
@pytest.mark.parametrize("arrangement", SHOWN)
def test_composition_keeps_to_the_rules(ratio: str, arrangement: str) -> None:
    """Every product is inside its margins, none covers another, floors lie behind the feet."""
    frame = stage.canvas_size(sized(ratio, 1024))
    for number, seed in ((1, 1), (3, 2), (5, 3)):
        sizes = [(300, 300 + 130 * index) for index in range(number)]
        rng = np.random.default_rng(seed)
        made = composing.composed(sizes, frame, arrangement, 0.84, 2.0, rng)
        boxes = []
        for (width, height), place in zip(sizes, made.places, strict=True):
            left, top = place.x - place.width / 2, place.y - place.height / 2
            assert left > 0.03 * frame[0] * 0.5
            assert left + place.width < frame[0]
            assert top > 0
            assert top + place.height < frame[1] * 0.97
            assert abs(place.width / place.height - width / height) < 0.02
            boxes.append((left, top, left + place.width, top + place.height))
        for one, other in combinations(boxes, 2):
            beside = one[2] <= other[0] + 1 or other[2] <= one[0] + 1
            assert beside or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
        if made.horizon is not None:
            assert made.horizon * frame[1] < min(box[3] for box in boxes) or made.plinths


@pytest.mark.parametrize("style", ["artistic", "vintage"])
def test_one_picture_in_every_size(style: str) -> None:
    """Larger is the same picture: shrunk again, hardly anything but the grain differs."""
    small = shown(style, (576, 384), arrangement="plinth").astype(np.float32)
    large = shown(style, (1536, 1024), arrangement="plinth").astype(np.float32)
    again = cv2.resize(large, (576, 384), interpolation=cv2.INTER_AREA)
    soft = [cv2.GaussianBlur(one, (0, 0), 2.0) for one in (small, again)]
    assert float(np.abs(soft[0] - soft[1]).mean()) < 2.5
    assert float(np.percentile(np.abs(soft[0] - soft[1]), 99)) < 9


@pytest.mark.usefixtures("small_canvas")
def test_equal_seeds_make_equal_pixels_and_others_another_set() -> None:
    one, again, other = (shown("fashion", seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(one, again)
    assert float(np.abs(one.astype(int) - other.astype(int)).mean()) > 4


@pytest.mark.usefixtures("small_canvas")
@pytest.mark.parametrize("backdrop", [one for one in SETS if one != "style"])
def test_every_backdrop_differs_from_the_others(backdrop: str) -> None:
    plain = shown(backdrop="seamless" if backdrop != "seamless" else "gel")
    assert float(np.abs(plain.astype(int) - shown(backdrop=backdrop).astype(int)).mean()) > 2


@pytest.mark.usefixtures("small_canvas")
@pytest.mark.parametrize("style", sorted(LOOKS))
@pytest.mark.parametrize("backdrop", SETS)
def test_what_lies_flat_lies_on_one_ground(style: str, backdrop: str) -> None:
    """No wall ends in a floor behind a product that is seen from above: it would float."""
    if (style, backdrop) == ("artistic", "style"):  # sheets of paper, laid one on another
        return
    asked = setting.read({"arrangement": "laid", "backdrop": backdrop}, "top", style)
    made = stage.staged(
        [tee()], style, (512, 384), 5, setting=asked, garment="top", check=no_check
    ).canvas
    assert float(np.abs(np.diff(made[:, :12].mean(axis=(1, 2)))).max()) < 9


@pytest.mark.usefixtures("small_canvas")
def test_things_stand_in_their_own_shadow_and_mirror() -> None:
    """A floor is darker under a standing product; a glossy one shows it upside down."""
    matt = shown(arrangement="standing", reflection="none").astype(int)
    glossy = shown(arrangement="standing", reflection="floor").astype(int)
    assert np.abs(glossy[-50:] - matt[-50:]).max() > 8
    assert np.abs(glossy[:150] - matt[:150]).max() == 0


def test_white_is_pure_in_every_shape() -> None:
    for ratio in SHAPES:
        made = shown(size=sized(ratio, 400), backdrop="white")
        ground = (made == 255).all(axis=2)
        filled = np.nonzero(~ground)
        spans = [np.ptp(each) + 1 for each in filled]
        assert max(spans[0] / made.shape[0], spans[1] / made.shape[1]) >= 0.85
        assert ground[0].all()
        assert ground[:, 0].all()


def test_a_large_photo_gives_its_own_detail(tmp_path: Path) -> None:
    """Above the size of the cut-out, fine stripes come from the photo and stay as they are."""
    stripes = np.full((1200, 1200, 3), 226, np.uint8)
    stripes[200:1000, 200:1000] = np.where(np.arange(800) % 4 < 2, 30, 200)[None, :, None]
    path = tmp_path / "stripes.png"
    Image.fromarray(stripes).save(path)
    shot = photo.read(path, 400)
    alpha = np.zeros(shot.rgb.shape[:2], np.float32)
    alpha[67:333, 67:333] = 1
    found = detail.detailed(Cutout(shot.rgb, alpha), path, 1200, no_check)

    inside = found.colour[200:600, 200:600]
    assert inside.shape == (400, 400, 3)
    assert float(inside.std()) > 80  # at 400 pixels they were an even grey
    assert float(shot.rgb[100:300, 100:300].std()) < 40


@pytest.mark.usefixtures("small_canvas")
def test_a_large_picture_is_stopped_between_two_bands() -> None:
    looks = 0

    def stop() -> None:
        nonlocal looks
        looks += 1
        if looks > 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        stage.still_life(
            [tee()], "vintage", (4096, 4096), 1,
            setting=Setting(), garment="top", check=stop,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "garment", "wanted"),
    [
        ({}, "top", "laid"),
        ({}, "shoes", "standing"),
        ({}, "dress", "hung"),
        ({"placement": "standing"}, "top", "standing"),
        ({"arrangement": "plinth", "placement": "laid"}, "bag", "plinth"),
    ],
)
def test_each_kind_has_its_usual_arrangement(
    options: dict[str, str], garment: str, wanted: str
) -> None:
    assert setting.read(options, garment, "realistic").arrangement == wanted


@pytest.mark.parametrize(
    ("options", "garment"),
    [
        ({"arrangement": "floating"}, "top"),
        ({"backdrop": "beach"}, "top"),
        ({"arrangement": "hung"}, "shoes"),
        ({"light": "disco"}, "top"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, str], garment: str) -> None:
    with pytest.raises(EngineFault) as caught:
        setting.read(options, garment, "realistic")
    assert caught.value.kind == "input"


def test_a_print_gives_no_relief() -> None:
    """A flat cloth with a print is lit like the same cloth without."""
    plain = np.full((300, 300, 3), 150, np.float32)
    printed = plain.copy()
    printed[100:200, 100:200] = (40, 90, 170)
    alpha = np.ones((300, 300), np.float32)
    one, other = (relief.gain(each, alpha, (0.2, 0.1), 0.3) for each in (plain, printed))
    assert float(np.abs(one - other).max()) < 0.05
