"""Cloth that lets the ground through is told from cloth that does not, and unmixed from it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.networks import Networks
from tests.engine.conftest import MASKS, SAMPLES, no_check
from tests.engine.drawn_cloth import (
    GREY,
    PAPER,
    SAGE,
    dots,
    folds,
    fringe,
    light,
    looked_through,
    lower,
    panel,
    photographed,
)

GREEN, RED, BLACK, WHITE = (24, 84, 66), (150, 40, 48), (30, 30, 34), (250, 248, 244)
PRODUCTS = sorted(path.stem for path in (SAMPLES / "products").glob("*.jpg"))


def overlap(alpha: np.ndarray, truth: np.ndarray) -> float:
    return float(np.minimum(alpha, truth).sum() / np.maximum(alpha, truth).sum())


def cloth(tone: tuple[int, int, int], depth: float = 0.3) -> np.ndarray:
    return folds(depth)[..., None] * light(tone)


@pytest.mark.parametrize(("tone", "ground"), [(GREEN, SAGE), (RED, SAGE), (BLACK, SAGE)])
def test_holes_of_lace_are_open(tone: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    truth = panel() * (1 - dots() * lower())
    seen = looked_through(photographed(cloth(tone), truth, ground), panel())
    assert seen.told == "opened"
    assert overlap(panel(), truth) < 0.9
    assert overlap(seen.alpha, truth) > 0.96


def test_white_lace_on_a_pale_ground_is_open() -> None:
    """Its threads are paler than the ground: what is dark among them is the hole."""
    truth = panel() * (1 - dots() * lower())
    seen = looked_through(photographed(cloth(WHITE, 0.12), truth, SAGE), panel())
    assert seen.told == "opened"
    assert overlap(seen.alpha, truth) > 0.95


@pytest.mark.parametrize("quality", [80, 92])
def test_lace_is_free_of_the_grounds_colour(quality: int) -> None:
    truth = panel() * (1 - dots() * lower())
    seen = looked_through(photographed(cloth(GREEN), truth, SAGE, quality), panel())
    within = cv2.erode(panel(), np.ones((9, 9), np.uint8)) > 0.99
    edge = (seen.alpha > 0.3) & (seen.alpha < 0.9) & within
    assert edge.sum() > 200
    assert float(np.percentile(seen.colour[edge][:, 0], 90)) < 90  # red: cloth 24, ground 206


@pytest.mark.parametrize("ground", [SAGE, GREY])
def test_threads_of_a_fringe_stand_apart(ground: tuple[int, int, int]) -> None:
    truth = np.maximum(panel(), fringe())
    clump = cv2.morphologyEx(truth, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    blob = np.maximum(panel(), clump * (np.arange(len(truth)) < 560)[:, None])
    seen = looked_through(photographed(cloth(RED, 0.1), truth, ground), blob)
    assert seen.told == "opened"
    below = slice(525, None)
    assert overlap(blob[below], truth[below]) < 0.6
    assert overlap(seen.alpha[below], truth[below]) > 0.8
    assert float(seen.alpha[80:480][panel()[80:480] > 0.99].min()) > 0.99


def tulle(share: float, tone: tuple[int, int, int] = RED) -> tuple[np.ndarray, np.ndarray]:
    truth = panel() * (1 - (1 - share) * lower(300, 620))
    return photographed(cloth(tone), truth, GREY), truth


@pytest.mark.parametrize("share", [0.4, 0.55, 0.7])
def test_tulle_is_as_clear_as_it_is(share: float) -> None:
    shown, _ = tulle(share)
    seen = looked_through(shown, panel())
    inner = (panel() > 0.99) & (lower(330, 500) > 0)
    assert seen.told == "opened"
    assert abs(float(np.median(seen.alpha[inner])) - share) < 0.12
    assert float(seen.alpha[100:280][panel()[100:280] > 0.99].min()) > 0.97


def test_tulle_loses_the_grounds_colour() -> None:
    shown, _ = tulle(0.5)
    seen = looked_through(shown, panel())
    inner = (panel() > 0.99) & (lower(330, 500) > 0)
    wide = np.median(to_lab(seen.colour)[inner], axis=0)
    dense = np.median(to_lab(shown)[(panel() > 0.99) & (lower(100, 280) > 0)], axis=0)
    veiled = np.median(to_lab(shown)[inner], axis=0)
    assert np.linalg.norm(wide - dense) < 0.4 * np.linalg.norm(veiled - dense)


def test_a_pale_half_in_the_same_hue_is_dense() -> None:
    """The colours of tulle over grey, as one dye: its folds darken all of it alike."""
    half = lower(300, 620)[..., None]
    pale = 0.5 * light(RED) * 0.85 + 0.5 * light(GREY) * 0.6
    colour = folds()[..., None] * (light(RED) * (1 - half) + pale * half)
    seen = looked_through(photographed(colour, panel(), GREY), panel())
    assert seen.told != "opened"
    assert np.array_equal(seen.alpha, panel().astype(np.float32))


def test_a_smooth_pale_half_is_only_suspected() -> None:
    half = lower(300, 620)[..., None]
    pale = 0.5 * light(RED) * 0.85 + 0.5 * light(GREY) * 0.6
    colour = light(RED) * (1 - half) + pale * half
    seen = looked_through(photographed(colour, panel(), GREY), panel())
    assert seen.told == "suspected"
    assert np.array_equal(seen.alpha, panel().astype(np.float32))


def printed(ground: tuple[int, int, int], level: float) -> np.ndarray:
    spots = (dots() * lower())[..., None]
    return cloth(BLACK) * (1 - spots) + level * light(ground) * spots


@pytest.mark.parametrize(("ground", "level"), [(PAPER, 1.0), (GREY, 0.6), (GREY, 1.0)])
def test_dots_in_the_colour_of_a_grey_ground_stay_until_somebody_says(
    ground: tuple[int, int, int], level: float
) -> None:
    shown = photographed(printed(ground, level), panel(), ground)
    seen = looked_through(shown, panel())
    assert seen.told == "suspected"
    assert np.array_equal(seen.alpha, panel().astype(np.float32))
    said = looked_through(shown, panel(), "on")
    assert said.told == "opened"
    assert overlap(said.alpha, panel() * (1 - dots() * lower())) > 0.95


def test_who_says_dense_keeps_it_dense() -> None:
    truth = panel() * (1 - dots() * lower())
    seen = looked_through(photographed(cloth(GREEN), truth, SAGE), panel(), "off")
    assert seen.told == ""
    assert np.array_equal(seen.alpha, panel().astype(np.float32))


@pytest.mark.parametrize("tone", [BLACK, (250, 250, 248)])
def test_black_and_white_veils_are_unmixed_where_somebody_says(tone: tuple[int, int, int]) -> None:
    """Black or white over grey looks like grey cloth: nothing in the photo tells."""
    ground = (150, 150, 152)
    truth = panel() * (1 - 0.5 * lower(300, 620))
    shown = photographed(cloth(tone, 0.1), truth, ground)
    assert looked_through(shown, panel()).told != "opened"
    said = looked_through(shown, panel(), "on")
    inner = (panel() > 0.99) & (lower(330, 500) > 0)
    assert abs(float(np.median(said.alpha[inner])) - 0.5) < 0.2
    assert float(np.median(said.alpha[100:280][panel()[100:280] > 0.99])) > 0.95


def test_a_busy_ground_tells_nothing() -> None:
    rng = np.random.default_rng(2)
    shown = photographed(cloth(RED), panel(), GREY)
    tiles = np.kron(rng.uniform(-60, 60, (20, 20, 3)), np.ones((31, 26, 1)))
    busy = np.where(panel()[..., None] > 0, shown, np.clip(shown + tiles, 0, 255))
    seen = looked_through(busy.astype(np.float32), panel(), "on")
    assert seen.told == "untold"
    assert np.array_equal(seen.alpha, panel().astype(np.float32))


@pytest.mark.parametrize("name", PRODUCTS)
def test_dense_products_stay_dense(name: str) -> None:
    shot = photo.read(SAMPLES / "products" / f"{name}.jpg", 1000)
    mask = cv2.imread(str(MASKS / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    outline = cv2.resize(mask, shot.rgb.shape[1::-1]).astype(np.float32) / 255
    seen = looked_through(shot.rgb, outline)
    assert seen.told == ""
    assert np.array_equal(seen.alpha, outline)


colours = st.tuples(*[st.integers(10, 250)] * 3)


@settings(max_examples=25, deadline=None)
@given(
    tone=colours, ink=colours, ground=st.sampled_from([SAGE, GREY, PAPER]), step=st.integers(9, 40)
)
def test_prints_of_any_colour_but_the_grounds_own_stay(
    tone: tuple[int, int, int], ink: tuple[int, int, int], ground: tuple[int, int, int], step: int
) -> None:
    """Within a dense cloth alpha is 1, however it is printed."""
    near = to_lab(np.array([[ink, tone, ground]], np.float32))[0]
    share = (near[:2, :1] + 16) / (near[2, 0] + 16)
    hues = np.linalg.norm(near[:2, 1:] - near[2, 1:] * share, axis=-1)
    if hues.min() < 9:  # in the ground's own hue: another test's business
        return
    spots = dots(0.28 * step, step)[..., None]
    colour = cloth(tone) * (1 - spots) + folds(0.2)[..., None] * light(ink) * spots
    seen = looked_through(photographed(colour, panel(), ground), panel())
    assert float(seen.alpha[panel() > 0.999].min()) == 1


def test_a_picture_says_that_its_cloth_may_be_sheer(bare_networks: Networks) -> None:
    shown = photographed(printed(PAPER, 1.0), panel(), PAPER)
    found = cut(photo.Photo(shown, None, "dots"), bare_networks, no_check)
    assert found.sheer == "suspected"
    assert any("show through" in warning for warning in found.warnings)
