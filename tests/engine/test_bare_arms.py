"""Skin that old clothes hid goes on from the skin beside it; trousers go up to their waist."""

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.body import Body, measured
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.drape import Draped, draped
from stylestudio_desktop.engine.fidelity.colour import ciede2000
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import SKIN, Person, read_person
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product

PEOPLE = ("person-1", "person-2", "person-3", "person-4")


@pytest.fixture(scope="module", params=PEOPLE)
def person(request: pytest.FixtureRequest, warm_networks: Networks) -> Person:
    shot = photo.read(SAMPLES / "people" / f"{request.param}.jpg", 1100)
    return read_person(shot, warm_networks, no_check)


@pytest.fixture(scope="module")
def body(person: Person) -> Body:
    return measured(person)


@pytest.fixture(scope="module")
def worn(person: Person) -> Draped:
    """Everybody wears a tee in the photo and a dress with straps now."""
    return draped(person, product("dress-summer"), "dress")


def hem(person: Person, body: Body, side: int) -> float:
    """Return at which share of an arm the tee's sleeve ends in the photo."""
    share, away = body.along_arms[side]
    core = (away < 0.1 * person.half) & (person.alpha > 0.9)
    for low in np.arange(0.05, 0.6, 0.01):
        ring = core & (share >= low) & (share < low + 0.02)
        if int(ring.sum()) > 5 and float(person.parts[SKIN][ring].mean()) > 0.7:
            return float(low) + 0.02
    raise AssertionError("the sleeve has no hem")


@pytest.mark.parametrize("name", ["person-1", "person-2", "person-3"])
def test_a_painted_arm_is_as_wide_as_the_bare_arm_below_it(
    warm_networks: Networks, name: str
) -> None:
    shot = photo.read(SAMPLES / "people" / f"{name}.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    seen = draped(person, product("dress-summer"), "dress").alpha > 0.5
    low, high = (int(person.shoulders[1] + share * person.half) for share in (0.45, 1.6))
    edges = seen[low:high].argmax(axis=1), seen[low:high, ::-1].argmax(axis=1)
    for edge in edges:
        assert float(np.abs(edge[8:] - edge[:-8]).max()) < 0.025 * person.half


@pytest.mark.parametrize("side", [0, 1])
def test_an_outline_has_no_step_where_an_old_sleeve_ended(
    person: Person, body: Body, worn: Draped, side: int
) -> None:
    """Below it, the fourth of the samples has a forearm that swells by 3 pixels in 8 rows."""
    share, away = body.along_arms[side]
    sleeve = (away < 0.1 * person.half) & (share < hem(person, body, side) + 0.06)
    low, high = int(person.shoulders[1] + 0.45 * person.half), int(np.nonzero(sleeve)[0].max())
    seen = (worn.alpha > 0.5)[low:high]
    edge = (seen if side == 0 else seen[:, ::-1]).argmax(axis=1)
    assert float(np.abs(edge[8:] - edge[:-8]).max()) < 0.025 * person.half


@pytest.mark.parametrize("side", [0, 1])
def test_a_painted_arm_has_the_tone_of_the_bare_arm_below_it(
    person: Person, body: Body, worn: Draped, side: int
) -> None:
    """On the middle of the arm, and along its outer edge, which turns away from the lamp."""
    share, away = body.along_arms[side]
    lab, at = to_lab(cv2.GaussianBlur(worn.rgb, (0, 0), 1.0)), hem(person, body, side)
    seen = (worn.alpha > 0.5).astype(np.uint8)
    inside = cv2.distanceTransform(seen, cv2.DIST_L2, 5)
    columns = np.arange(seen.shape[1])[None]
    joint = body.arms[side][0][0]
    rim = (inside > 2) & (inside < 0.08 * person.half) & (away < 0.4 * person.half)
    rim &= (columns < joint) if side == 0 else (columns > joint)
    middle = (away < 0.16 * person.half) & (worn.garment < 0.05) & (worn.alpha > 0.95)
    for where, most in ((middle, 3.0), (rim, 7.0)):
        above = where & (share > at - 0.09) & (share < at - 0.03)
        below = where & (share > at + 0.05) & (share < at + 0.11)
        tones = (np.median(lab[each], axis=0)[None] for each in (above, below))
        assert float(ciede2000(*tones)[0]) < most


@pytest.mark.parametrize("side", [0, 1])
def test_no_dark_line_is_left_of_an_old_sleeves_hem(
    person: Person, body: Body, worn: Draped, side: int
) -> None:
    share, away = body.along_arms[side]
    lightness, at = to_lab(cv2.GaussianBlur(worn.rgb, (0, 0), 1.0))[..., 0], hem(person, body, side)
    inside = cv2.erode((worn.alpha > 0.5).astype(np.uint8), np.ones((7, 7))) > 0
    arm = inside & (away < 0.28 * person.half) & (worn.garment < 0.02)
    arm &= np.abs(share - at) < 0.12
    along = np.ones((2 * int(0.07 * person.half) + 1, 1), np.uint8)
    dark = cv2.morphologyEx(lightness, cv2.MORPH_BLACKHAT, along)
    assert float(np.percentile(dark[arm], 99.5)) < 6.8


def shortened(person: Person) -> Draped:
    """Return the person in a short top with straps: the dress, cut off."""
    dress = product("dress-summer")
    alpha = dress.alpha.copy()
    alpha[int(0.45 * len(alpha)) :] = 0
    return draped(person, Cutout(dress.colour, alpha, ()), "top")


def test_trousers_go_up_to_their_waist_under_a_shorter_top(person: Person, body: Body) -> None:
    """Where the old tee lay on them they are not skin, and nothing of the tee is left."""
    result = shortened(person)
    lab = to_lab(cv2.GaussianBlur(result.rgb, (0, 0), 1.5))
    y, x = np.mgrid[0 : lab.shape[0], 0 : lab.shape[1]].astype(np.float32)
    along = person.height_of(np.stack([x, y], axis=-1))
    aside = np.abs((np.stack([x, y], axis=-1) - person.hips) @ person.right)
    middle = (aside > 0.2 * person.half) & (aside < 0.6 * person.half)
    waist = middle & (along > 0.86) & (along < 0.98) & (result.garment < 0.02)
    trousers = middle & (along > 1.2) & (along < 1.3)
    cloth = np.median(lab[trousers], axis=0)
    assert int(waist.sum()) > 300
    far = np.hypot(*(lab[waist][:, 1:] - cloth[1:]).T)
    assert float(np.percentile(far, 95)) < 9, "skin has far more chroma than their trousers"
