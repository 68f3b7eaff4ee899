"""Nothing of arms, feet, hair and old clothes looks out beside a garment that is worn over them."""

import dataclasses

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.arms import across, outward_of, reach
from stylestudio_desktop.engine.body import measured
from stylestudio_desktop.engine.bottoms import old_hem
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.hung import _fetched
from stylestudio_desktop.engine.legline import beside_legs
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import CLOTHES, HAIR, SKIN, Person, read_person
from stylestudio_desktop.engine.seams import _even
from stylestudio_desktop.engine.sleeveline import beside_sleeves
from stylestudio_desktop.engine.sleeves import HEM_AT, Sleeve
from stylestudio_desktop.engine.strands import lifted_off
from stylestudio_desktop.engine.undress import _slivers
from stylestudio_desktop.engine.warp import Warp
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    shot = photo.read(SAMPLES / "people" / "person-4.jpg", 1100)
    return read_person(shot, warm_networks, no_check)


def warp(model: Person, cuff: float) -> Warp:
    """Return a warp of which only the cuffs matter."""
    none = np.zeros_like(model.alpha)
    return Warp(none, none, none.astype(int), 1.0, (cuff, cuff), False)


@pytest.mark.parametrize("side", [0, 1])
def test_an_arm_does_not_look_out_beside_a_narrower_sleeve(model: Person, side: int) -> None:
    body = measured(model)
    share, away = body.along_arms[side]
    place = body.across_arms[side]
    arm = (away < 0.5 * model.half) & (np.abs(place) < 1) & (model.alpha > 0.9)
    sleeve = (arm & (place < 0.6) & (share < 1.0)).astype(np.float32)
    found = beside_sleeves(model, body, warp(model, 0.98), sleeve)
    strip = arm & (place > 0.85) & (share > 0.2) & (share < 0.9)
    assert int(strip.sum()) > 100
    assert float((found[strip] > 0.5).mean()) > 0.95
    hand = (share > 1.12) & (away < 0.2 * model.half) & (model.parts[SKIN] > 0.8)
    assert float((found[hand] > 0.5).mean()) < 0.05, "a hand widens below its cuff"
    assert float((found * sleeve).max()) < 0.6
    assert not beside_sleeves(model, body, warp(model, 0.3), sleeve).any(), "short ones end there"


def test_a_bite_out_of_a_sleeve_is_no_edge_of_it(model: Person) -> None:
    """What lies there is filled with cloth; cut away it would be seen as a notch."""
    body = measured(model)
    share, away = body.along_arms[0]
    place = body.across_arms[0]
    arm = (away < 0.5 * model.half) & (np.abs(place) < 1) & (model.alpha > 0.9) & (share < 1)
    bite = arm & (place > 0.6) & (np.abs(share - 0.5) < 0.01)
    found = beside_sleeves(model, body, warp(model, 0.98), (arm & ~bite).astype(np.float32))
    assert int(bite.sum()) > 5
    inner = bite & (place < 0.9)
    assert float(found[inner].max()) < 0.5


def test_a_sleeve_reaches_the_edge_of_a_wrist_whose_bone_was_seen_aside(model: Person) -> None:
    """With a hand in a pocket a strip of the arm was seen beside the cuff."""
    points = model.points.copy()
    wrist = model.sides[0][2]
    points[wrist] = points[wrist] + model.right * 0.10 * model.half
    aside = dataclasses.replace(model, points=points)
    body = measured(aside)
    point, normal = across(body.arms[0], 1.0, outward_of(aside, 0))
    edge = reach(aside.alpha > 0.5, point, normal, 0.6 * aside.half)
    assert edge > 0.23 * aside.half, "further than an arm of usual width"
    assert body.arm_halves[0][-1, 0] > 0.88 * edge


def test_old_trousers_do_not_look_out_beside_narrower_legs(model: Person) -> None:
    cloth, shoe = np.zeros_like(model.alpha), np.zeros_like(model.alpha)
    new = np.zeros_like(model.alpha)
    for side in model.sides:
        knee, ankle = model.points[side[4]], model.points[side[5]]
        ends = [tuple(int(v) for v in at) for at in (knee, ankle)]
        foot = int(ankle[0]), int(ankle[1] + 0.25 * model.half)
        cv2.line(shoe, ends[1], foot, 1, round(0.5 * model.half))
        cv2.line(cloth, ends[0], ends[1], 1, round(0.5 * model.half))
        cv2.line(new, ends[0], ends[1], 1, round(0.3 * model.half))
        new[ends[1][1] :] = 0
    parts = np.zeros_like(model.parts)
    parts[CLOTHES] = cloth
    rgb = np.where(cloth[..., None] > 0, (40, 60, 120), (230, 230, 230)).astype(np.float32)
    worn = dataclasses.replace(
        model, rgb=rgb, parts=parts, alpha=np.maximum(cloth, shoe).astype(np.float32)
    )
    hem = old_hem(worn, 0)
    assert 0.9 < hem < 1.2
    beside = beside_legs(worn, new) > 0.5
    knees, ankles = (float(worn.points[[a, a + 1], 1].max()) for a in (25, 27))
    rows = np.arange(len(new))[:, None]
    out = (cloth > 0) & (new == 0) & (rows > knees + 12) & (rows < ankles - 12)
    out &= cv2.dilate(new, np.ones((1, 7), np.uint8)) == 0
    assert int(out.sum()) > 200
    assert float(beside[out].mean()) > 0.95
    below = (shoe > 0) & (rows > ankles + 0.3 * model.half)
    assert float(beside[below].mean()) < 0.2, "shoes stay"
    assert not beside[cv2.erode(new, np.ones((3, 5), np.uint8)) > 0].any()


def haired(model: Person, hair: tuple[int, int, int]) -> Person:
    """Return a chest of pale cloth on which a mass of hair lies, with one thin strand beside it."""
    size = model.alpha.shape
    rgb = np.full((*size, 3), (200, 205, 220), np.float32)
    parts = np.zeros_like(model.parts)
    parts[CLOTHES] = 0.9
    rgb[200:400, 200:300] = hair
    parts[HAIR, 200:400, 200:300] = 0.9
    parts[CLOTHES, 200:400, 200:300] = 0
    rgb[200:400, 306:308] = 0.5 * np.array(hair) + 0.5 * np.array((200, 205, 220))
    parts[HAIR, 200:400, 300:310], parts[CLOTHES, 200:400, 300:310] = 0.4, 0.5
    whole = np.ones(size, np.float32)
    return dataclasses.replace(model, rgb=rgb, parts=parts, alpha=whole)


def test_strands_are_told_from_the_old_clothes_between_them(model: Person) -> None:
    person = haired(model, (40, 30, 25))
    bare, strands = lifted_off(person)
    assert strands is not None
    assert float(strands.cover[300, 303]) < 0.05, "cloth between mass and strand goes"
    assert 0.3 < float(strands.cover[300, 306]) < 0.9, "half a strand covers by half"
    assert np.abs(bare.rgb[300, 306] - (200, 205, 220)).max() < 6, "below it the clothes go on"
    assert bare.parts[CLOTHES, 300, 306] == 1
    assert bare.parts[HAIR, 300, 306] == 0
    green = np.zeros_like(person.rgb) + np.array((0, 200, 0), np.float32)
    picture, _ = strands.on(green, person.alpha)
    assert picture[300, 303, 2] < 12, "nothing pale is left"
    assert np.abs(picture[300, 290] - (40, 30, 25)).max() < 1, "the mass stays as it is"


def test_hair_in_the_colour_of_clothes_stays_as_it_was_seen(model: Person) -> None:
    person = haired(model, (170, 175, 190))
    bare, strands = lifted_off(person)
    assert strands is None
    assert bare is person


def test_a_sleeve_is_not_bitten_where_its_photo_is_narrower_than_its_edge() -> None:
    cloth = np.zeros((60, 200), np.float32)
    cloth[10:50] = 1
    cloth[47:50, 90:110] = 0  # a dent at the outer edge
    arc, wide = np.array([0.0, 180.0]), np.array([20.0, 20.0])
    centre = np.array([[0.0, 30.0], [180.0, 30.0]])
    whole = np.ones_like(cloth, np.uint8)
    sleeve = Sleeve(whole, centre, arc, arc, -wide, wide, 1, 180.0, np.ones(len(HEM_AT)))
    way = np.full((1, 3), 100 / 180, np.float32)
    _, found = _fetched(sleeve, cloth, way, np.array([[0.0, 0.95, 1.6]], np.float32))
    assert found.tolist() == [[True, True, False]]


def test_crumbs_of_clothes_between_a_garment_and_an_arm_go(model: Person) -> None:
    body = np.zeros_like(model.alpha)
    shown, parts = np.zeros_like(model.alpha), np.zeros_like(model.parts)
    top, hem = (int((model.shoulders + (model.hips - model.shoulders) * at)[1]) for at in (0.3, 1))
    middle = int(model.hips[0])
    shown[top:hem, middle - 60 : middle + 60] = 1
    alpha = shown.copy()
    thin = max(2, round(0.04 * model.half))
    alpha[top + 30 : hem - 20, middle + 60 : middle + 60 + thin] = 1
    bare = dataclasses.replace(model, parts=parts)
    found = _slivers(bare, alpha, body, shown)
    assert float(found[hem - 40, middle + 60 + thin // 2]) > 0.4
    alpha[top + 30 : hem + 40, middle + 60 : middle + 130] = 1
    assert float(_slivers(bare, alpha, body, shown)[hem - 40, middle + 62]) < 0.1, "a skirt stays"


def test_a_neck_is_smooth_where_its_old_collar_went(model: Person) -> None:
    alpha, gone = np.zeros_like(model.alpha), np.zeros_like(model.alpha)
    x, y = (int(v) for v in model.shoulders)
    alpha[y - 100 : y, x - 40 : x + 40] = 1
    gone[y - 60 : y - 54, x + 32 : x + 40] = 1  # a bite
    near = np.ones(alpha.shape, bool)
    even = _even(model, alpha, gone, near)
    assert float(even[y - 57, x + 36]) > 0.5
    assert float(even[y - 57, x + 50]) == 0


def test_no_finger_is_hidden_by_trousers(model: Person) -> None:
    """Legs were taken for sleeves, which lie before the hands: thumbs ended torn at them."""
    body = measured(model)
    worn = draped(model, product("jeans-blue"), "trousers").garment > 0.5
    for side in (0, 1):
        share, away = body.along_arms[side]
        hand = (model.parts[SKIN] > 0.8) & (model.alpha > 0.9) & (share > 1.0)
        hand &= away < 0.25 * model.half
        assert int(hand.sum()) > 200
        assert float((worn & hand).sum()) < 0.02 * float(hand.sum())
