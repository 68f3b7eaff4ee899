"""How a garment's parts lie on a body: prints stay round, sleeves before panels, straps on skin."""

import dataclasses
from typing import Any

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import arms, drape, mesh, photo
from stylestudio_desktop.engine.arms import length_of
from stylestudio_desktop.engine.body import measured
from stylestudio_desktop.engine.closing import between_legs
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.cutout import cut as cut_out
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.garment import top_points
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.oldclothes import old_garment
from stylestudio_desktop.engine.person import CLOTHES, HAIR, Person, figure, read_person
from stylestudio_desktop.engine.tops import warped_top
from stylestudio_desktop.engine.warp import BEFORE, BODY, rounded
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


@pytest.fixture(scope="module")
def mannequin() -> Person:
    found = figure(photo.read(SAMPLES / "people" / "mannequin-narrow.jpg", 700))
    assert found is not None
    return found


@pytest.mark.parametrize("narrower", [0.7, 0.8, 0.88, 0.95])
def test_cloth_round_a_body_keeps_its_size_in_front_and_ends_at_its_sides(narrower: float) -> None:
    seen = rounded(np.array([-1.0, -0.05, 0.0, 0.05, 1.0]), np.full(5, narrower))
    assert seen[[0, 2, 4]] == pytest.approx([-1, 0, 1])
    assert seen[3] * narrower / 0.05 == pytest.approx(1, abs=0.01), "in front as large as flat"
    assert seen[3] == -seen[1]


def test_cloth_that_is_worn_as_wide_as_it_lies_is_not_bent() -> None:
    across = np.linspace(-1.3, 1.3, 27)
    assert rounded(across, np.full(27, 1.0)) == pytest.approx(across, abs=1e-3)


def test_a_round_print_stays_round(mannequin: Person) -> None:
    cut = product("tee-white")
    panel = top_points(cut.alpha, "top")
    assert panel.pits is not None
    middle = round(panel.axis), round(float(panel.pits[:, 1].mean()))
    radius = round(0.22 * float(panel.pits[1, 0] - panel.pits[0, 0]))
    colour = cut.colour.copy()
    cv2.circle(colour, middle, radius, (220, 20, 20), -1)
    worn = draped(mannequin, Cutout(colour, cut.alpha, ()), "top").rgb
    red = (worn[..., 0] > 120) & (worn[..., 1] < 90)
    rows, columns = np.nonzero(red)
    # The photo of the test was squeezed to a size of its own; a circle of it is one all the same.
    assert np.ptp(columns) / np.ptp(rows) == pytest.approx(1, abs=0.1)


def test_sleeves_that_hang_lie_before_the_loose_panel_and_leave_no_hole(mannequin: Person) -> None:
    cut = product("shirt-striped")
    warp = warped_top(
        mannequin, measured(mannequin), top_points(cut.alpha, "top"), cut.alpha, "top"
    )
    assert (warp.part == BODY).any()
    for side in (0, 1):
        assert (warp.part == BEFORE + side).any(), "the forearm's sleeve is drawn last"
    shown = draped(mannequin, cut, "top").garment > 0.5
    holes = cv2.connectedComponentsWithStats((~shown).astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
    assert (holes > 0.01 * mannequin.half**2).sum() <= 3, "the picture, between arms and body"


def test_ground_beside_a_part_covers_nothing_and_no_part_shows_another() -> None:
    """Two squares, one on the other: the upper is cloth on its left half only."""
    grid = mesh.over_mask(np.ones((40, 40), np.float32), lambda points: np.zeros(len(points), int))
    count = len(grid.triangles)
    twice = mesh.Mesh(grid.points, np.concatenate([grid.triangles] * 2), grid.labels)
    order = np.repeat([1, 2], count)
    cloth, parts = np.ones((40, 40), bool), np.zeros((40, 40), np.int8)
    parts[:, :20] = 1
    layers = mesh.Layers(cloth, parts, np.repeat([-1, 1], count))
    part = mesh.rastered(twice, grid.points, order, (40, 40), layers)[2]
    assert (part[:, 1:19] == 2).all()
    assert (part[:, 21:39] == 1).all()
    cloth[:, 20:] = False
    layers = mesh.Layers(cloth, parts, np.full(2 * count, -1))
    part = mesh.rastered(twice, grid.points, order, (40, 40), layers)[2]
    assert (part[:, 1:19] == 2).all()
    assert (part[:, 21:39] == 1).all()


def test_a_strap_ends_on_the_shoulder_and_stands_not_above_it(mannequin: Person) -> None:
    result = draped(mannequin, product("dress-summer"), "dress")
    strap = (result.garment > 0.5) & (mannequin.alpha < 0.1)
    above = strap[: int(mannequin.shoulders[1])]
    assert int(above.sum()) < 0.002 * mannequin.half**2


def test_no_shoulder_looks_out_above_a_seam() -> None:
    dark = figure(photo.read(SAMPLES / "people" / "mannequin-dark.jpg", 700))
    assert dark is not None
    result = draped(dark, product("hoodie-grey"), "top")
    tops = np.where((result.garment > 0.5).any(axis=0), (result.garment > 0.5).argmax(axis=0), 0)
    rows, columns = np.mgrid[0 : len(dark.alpha), 0 : dark.alpha.shape[1]]
    beside = np.abs(columns - dark.shoulders[0]) > 0.7 * dark.half
    seen = (rows < tops) & beside & (rows > dark.shoulders[1] - dark.half) & (result.alpha > 0.5)
    assert int(seen.sum()) < 0.001 * dark.half**2


def test_each_arm_is_measured_once_for_a_picture(
    mannequin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that hangs on an arm asks for it; it is walked along 121 times across."""
    walked = []

    def counted(*given: object) -> object:
        walked.append(given[1])
        return _seen(*given)

    _seen = arms._seen
    monkeypatch.setattr(arms, "_seen", counted)
    draped(mannequin, product("tee-white"), "top")
    assert len(walked) == 2


@pytest.fixture(scope="module", params=["person-1", "person-2", "person-4"])
def model(request: pytest.FixtureRequest, warm_networks: Networks) -> Person:
    shot = photo.read(SAMPLES / "people" / f"{request.param}.jpg", 1100)
    return read_person(shot, warm_networks, no_check)


@pytest.mark.parametrize("name", ["tee-black", "tee-print"])
def test_a_short_sleeves_hem_goes_straight_round_the_arm(model: Person, name: str) -> None:
    """Flat, its underside is shorter and its hem bends; worn, it ends alike across the arm."""
    body = measured(model)
    worn = draped(model, product(name), "top").garment > 0.5
    for side in (0, 1):
        share, away = body.along_arms[side]
        across = body.across_arms[side]
        ends = []
        for at in np.linspace(-0.6, 0.7, 14):
            strip = worn & (np.abs(across - at) < 0.05) & (away < 0.4 * model.half) & (share < 0.6)
            ends.append(float(share[strip].max()))
        arm = length_of(body.arms[side])
        assert (max(ends) - min(ends)) * arm < 0.1 * model.half


def test_no_pixel_of_a_part_lies_among_those_of_another(model: Person) -> None:
    """The seams between sleeves and body run smoothly, not in the steps of triangles."""
    cut = product("longsleeve-striped")
    body, panel = measured(model), top_points(cut.alpha, "top")
    part = warped_top(model, body, panel, cut.alpha, "top").part
    trunk = (part == BODY).astype(np.uint8)
    low, high = (int(model.shoulders[1] + share * model.half) for share in (0.3, 0.9))
    for edge in (trunk[low:high].argmax(axis=1), trunk[low:high, ::-1].argmax(axis=1)):
        assert float(np.abs(edge[4:] - edge[:-4]).max()) < 0.07 * model.half


@pytest.mark.parametrize("name", ["tee-black", "longsleeve-striped", "hoodie-grey", "jacket-denim"])
def test_a_sleeve_falls_from_the_shoulder_and_stands_not_out_as_a_cap(
    model: Person, name: str
) -> None:
    """Below the shoulder's tip its outline runs down and out, without steps, and never back in."""
    body = measured(model)
    shown = draped(model, product(name), "jacket" if "jacket" in name else "top").garment
    for side, outward in ((0, -1), (1, 1)):
        tip, outside = body.tips[side], np.arange(shown.shape[1]) * outward
        reach = 0.7 if "tee" in name else 1.1
        rows = slice(int(tip[1] + 0.1 * model.half), int(tip[1] + reach * model.half))
        beyond = outside > body.arms[side][0][0] * outward
        edge = np.where(beyond, shown[rows], 0).sum(axis=1)
        assert float((np.maximum.accumulate(edge) - edge).max()) < 0.03 * model.half
        assert float(np.percentile(np.abs(np.diff(edge, 2)), 90)) < 0.7, "steps of whole pixels"


def test_nothing_of_an_old_sleeve_is_left_outside_of_the_new(warm_networks: Networks) -> None:
    """Her own tee's sleeve stands off further; a shred of it stood beside the new hem."""
    shot = photo.read(SAMPLES / "people" / "person-1.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    body, result = measured(person), draped(person, product("tee-blue"), "top")
    for side in (0, 1):
        share, away = body.along_arms[side]
        beside = (body.across_arms[side] > 1.15) & (away < 0.7 * person.half) & (share < 0.4)
        left = beside & (result.alpha > 0.4) & (result.garment < 0.3)
        assert int(left.sum()) < 0.0005 * person.half**2


def test_a_mannequins_arm_ends_at_its_inner_edge() -> None:
    """It goes on in the same skin into the trunk, which is covered: no smudge at the arm-pit."""
    dark = figure(photo.read(SAMPLES / "people" / "mannequin-dark.jpg", 700))
    assert dark is not None
    body, result = measured(dark), draped(dark, product("tee-white"), "top")
    for side in (0, 1):
        share, away = body.along_arms[side]
        trunk = (body.across_arms[side] < -1.08) & (away < 0.6 * dark.half)
        trunk &= (share > 0.1) & (share < 0.4) & (result.alpha > 0.5)
        assert int((result.rgb[trunk].mean(axis=1) < 110).sum()) < 0.0005 * dark.half**2


def test_no_corner_of_a_hem_looks_out_beyond_a_long_sleeve(warm_networks: Networks) -> None:
    """The sleeve hangs before the jacket, whose waistband is as wide as both together."""
    shot = photo.read(SAMPLES / "people" / "person-1.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    flat = photo.read(SAMPLES / "products" / "jacket-denim.jpg", 1100)
    cut = cut_out(flat, warm_networks, no_check)
    body, panel = measured(person), top_points(cut.alpha, "jacket")
    warp = warped_top(person, body, panel, cut.alpha, "jacket")
    cloth = cv2.remap(cut.alpha, warp.from_x, warp.from_y, cv2.INTER_LINEAR) > 0.5
    for side in (0, 1):
        share, away = body.along_arms[side]
        beyond = (body.across_arms[side] > 1.3) & (away < 0.6 * person.half)
        beyond &= (share > 0.5) & (share < 0.98) & (warp.part == BODY) & cloth
        assert int(beyond.sum()) < 0.0005 * person.half**2


def test_hair_holds_nothing_of_the_ground_that_was_behind_it(model: Person) -> None:
    """Its soft edge is a mix of both; before a dark set the garden behind it shone as a fringe."""
    soft = model.alpha[..., None]
    green = np.array([40, 230, 60], np.float32)
    before = dataclasses.replace(model, rgb=model.rgb * soft + green * (1 - soft))
    worn = draped(before, product("tee-blue"), "top")
    edge = (model.parts[HAIR] > 0.2) & (worn.alpha > 0.2) & (worn.alpha < 0.9)
    edge &= worn.garment < 0.05
    pixels = worn.rgb[edge]
    assert len(pixels) > 300
    assert float(np.percentile(pixels[:, 1] - pixels[:, ::2].mean(axis=1), 90)) < 25


@pytest.mark.parametrize("side", [0, 1])
def test_a_fleck_beside_a_hand_is_no_shred_of_a_sleeve(
    model: Person, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denim between fingers was taken for the old top, and a hole was left in the trousers."""
    share, away = measured(model).along_arms[side]
    inside = cv2.distanceTransform((model.alpha > 0.9).astype(np.uint8), cv2.DIST_L2, 5)
    beside = (share > 0.95) & (away < 0.5 * model.half) & (model.parts[CLOTHES] > 0.8)
    rows, columns = np.nonzero(beside & (inside > 8) & (inside < 0.25 * model.half))
    spot = slice(int(rows[-1]), int(rows[-1]) + 2), slice(int(columns[-1]), int(columns[-1]) + 2)

    def flecked(*given: Any) -> Any:
        old = old_garment(*given)
        old[spot] = 1
        return old

    monkeypatch.setattr(drape, "old_garment", flecked)
    assert float(draped(model, product("tee-blue"), "top").alpha[spot].min()) > 0.9


def test_a_spot_on_trousers_in_the_colour_of_the_old_top_stays(warm_networks: Networks) -> None:
    """It was taken for a piece of the top, and holes were left beside hands and in the crotch."""
    shot = photo.read(SAMPLES / "people" / "person-4.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    spot = person.hips - person.up * 0.15 * person.torso + person.right * 0.3 * person.half
    x, y = (int(each) for each in spot)
    around = slice(y - 10, y + 10), slice(x - 10, x + 10)
    assert float(person.parts[CLOTHES][around].min()) > 0.8
    middle = (person.shoulders + person.hips) / 2
    chest = slice(int(middle[1]) - 20, int(middle[1])), slice(int(middle[0]), int(middle[0]) + 20)
    rgb = person.rgb.copy()
    rgb[around] = np.median(rgb[chest].reshape(-1, 3), axis=0)
    old = old_garment(dataclasses.replace(person, rgb=rgb), measured(person), "top")
    assert float(old[chest].min()) > 0.9
    assert float(old[around].max()) < 0.1


@pytest.mark.parametrize("name", ["hoodie-grey", "jacket-denim", "shirt-striped"])
def test_no_sleeve_casts_a_shadow_on_itself(mannequin: Person, name: str) -> None:
    """It lies before the panel from the arm-pit on; there a hard edge ran across the upper arm."""
    cut = product(name)
    plain = Cutout(np.full_like(cut.colour, 150), cut.alpha, ())
    body = measured(mannequin)
    worn = draped(mannequin, plain, "top")
    for side in (0, 1):
        share, across = body.along_arms[side][0], body.across_arms[side]
        levels = []
        for at in np.arange(0.10, 0.45, 0.01):
            strip = (np.abs(share - at) < 0.005) & (np.abs(across - 0.45) < 0.2)
            strip &= worn.garment > 0.99
            levels.append(float(worn.rgb[strip].mean()))
        assert np.abs(np.diff(levels)).max() < 3, "light changes slowly down a plain sleeve"


def test_a_crotch_closes_over_old_shorts_and_legs_stay_apart_below(mannequin: Person) -> None:
    """Flat, legs part further up: old shorts and a hole were seen there at every pair of jeans."""
    x, y = (round(float(value)) for value in mannequin.hips)
    half = round(0.6 * mannequin.half)
    shown = np.zeros_like(mannequin.alpha)
    shown[y - half : y + 4 * half, x - half : x + half] = 1
    gap = np.zeros(shown.shape, bool)
    gap[y : y + 4 * half, x - 2 : x + 2] = True
    shown[gap] = 0
    old = np.zeros_like(shown)
    old[y + 12 : y + 40, x - half : x + half] = 1  # above it the ground was seen through
    person = dataclasses.replace(mannequin, alpha=np.maximum(shown, old))
    cloth = np.where(shown[..., None] > 0, np.float32(120), np.float32(255)).repeat(3, axis=2)
    colour, covers = between_legs(person, cloth, shown, old, np.zeros_like(shown))
    assert covers[y : y + 38, x].min() > 0.9
    assert colour[y + 2 : y + 38, x].max() < 120, "it is cloth, and lies in shadow"
    assert covers[y + 3 * half :, x].max() == 0, "legs hang apart"
    assert (colour[shown > 0] == 120).all()
