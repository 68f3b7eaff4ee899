"""What lay beside a person in the photo, ground and old clothes, leaves no line on the picture."""

import dataclasses

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import oldclothes, photo
from stylestudio_desktop.engine.barearms import lifted
from stylestudio_desktop.engine.body import measured
from stylestudio_desktop.engine.borders import unlined
from stylestudio_desktop.engine.bottoms import ON_SHOES, warped_legs
from stylestudio_desktop.engine.closing import within_arms
from stylestudio_desktop.engine.cutout import cut as cut_out
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.filters import from_lab, to_lab
from stylestudio_desktop.engine.fork import forked
from stylestudio_desktop.engine.garment import leg_points, top_points
from stylestudio_desktop.engine.neckline import neck_opening
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.oldclothes import collar_rest, old_garment, upper_share
from stylestudio_desktop.engine.person import (
    CLOTHES,
    GROUND,
    HAIR,
    SKIN,
    Person,
    figure,
    read_person,
)
from stylestudio_desktop.engine.undress import undressed
from stylestudio_desktop.engine.warp import Warp
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    return read_person(
        photo.read(SAMPLES / "people" / "person-1.jpg", 1100), warm_networks, no_check
    )


def ring(mask: np.ndarray, wide: int) -> np.ndarray:
    """Return the pixels of a mask within `wide` of its edge."""
    return mask & (cv2.erode(mask.astype(np.uint8), np.ones((3, 3)), iterations=wide) == 0)


def test_a_light_line_inside_the_outline_is_not_seen(model: Person) -> None:
    """Grass shone as a yellow line along arms and legs."""
    skin = (model.alpha > 0.9) & (model.parts[SKIN] > 0.6) & (model.parts[HAIR] < 0.1)
    line = ring(model.alpha > 0.9, 2) & skin
    rgb = model.rgb.copy()
    rgb[line] = (230, 230, 60)
    freed = unlined(dataclasses.replace(model, rgb=rgb), np.zeros_like(model.alpha))
    yellow = freed[..., 1] - freed[..., 2]
    assert int(line.sum()) > 2000
    assert float(np.percentile(yellow[line], 90)) < 90, "the line has 170, her skin 20 to 60"
    inner = cv2.erode((model.alpha > 0.9).astype(np.uint8), np.ones((25, 25))) > 0
    assert float(np.abs(freed - rgb)[inner].max()) == 0, "further in nothing changes"


def test_a_rim_of_the_old_top_is_not_left_on_an_arm(model: Person) -> None:
    """White flecks stood between an arm and a black tee."""
    old = old_garment(model, measured(model), "top")
    beside = cv2.dilate((old > 0.3).astype(np.uint8), np.ones((5, 5))) > 0
    rim = beside & (model.parts[SKIN] > 0.5) & (model.parts[HAIR] < 0.1) & (model.alpha > 0.98)
    rgb = model.rgb.copy()
    rgb[rim] = 255
    freed = unlined(dataclasses.replace(model, rgb=rgb), old)
    assert int(rim.sum()) > 500
    assert float(np.percentile(freed[rim][:, 2], 98)) < 200


def test_cloth_that_passes_for_skin_at_the_outline_keeps_its_colour(model: Person) -> None:
    """The pocket below a finger became a spike of skin."""
    alpha, parts = np.zeros_like(model.alpha), np.zeros_like(model.parts)
    rgb = np.full_like(model.rgb, 120)
    hand, pocket = np.s_[300:500, 200:400], np.s_[500:700, 200:400]
    for where, part, tone in ((hand, SKIN, (205, 160, 135)), (pocket, CLOTHES, (60, 74, 110))):
        alpha[where], parts[part][where], rgb[where] = 1, 1, tone
    spike, below = np.s_[500:545, 388:400], np.s_[502:545, 388:400]
    parts[SKIN][spike], parts[CLOTHES][spike] = 0.5, 0.3
    seen = dataclasses.replace(model, alpha=alpha, parts=parts, rgb=rgb)
    freed = unlined(seen, np.zeros_like(alpha))
    assert float(np.abs(freed - rgb).max(axis=-1)[below].max()) < 10


def test_the_dark_of_an_old_top_does_not_lie_on_the_inner_arm(model: Person) -> None:
    body = measured(model)
    share, away = body.along_arms[0]
    strip = (body.across_arms[0] < -0.5) & (share > 0.45) & (share < 0.8)
    strip &= (away < 0.3 * model.half) & (model.parts[SKIN] > 0.8)
    rgb = model.rgb.copy()
    rgb[strip] = (22, 18, 14)
    seen = to_lab(lifted(model, body, rgb))[..., 0]
    usual = float(
        np.median(seen[(np.abs(body.across_arms[0]) < 0.3) & (share > 0.5) & (share < 0.7)])
    )
    assert int(strip.sum()) > 300
    assert float(np.median(to_lab(rgb)[strip][:, 0])) < 10
    assert float(np.median(seen[strip])) > usual - 32, "60 darker before"
    assert lifted(model, body, model.rgb).shape == model.rgb.shape


def test_a_garments_soft_edge_shows_nothing_of_the_photos_ground() -> None:
    """Beside the body it stands alone, half seen, and took the colour of what was behind it."""
    found = figure(photo.read(SAMPLES / "people" / "mannequin-narrow.jpg", 700))
    assert found is not None
    green = np.where(found.alpha[..., None] < 0.01, np.float32((0, 255, 0)), found.rgb)
    result = draped(dataclasses.replace(found, rgb=green), product("tee-black"), "top")
    alone = (result.garment > 0.15) & (result.garment < 0.9)
    alone &= cv2.dilate(found.alpha, np.ones((9, 9))) < 0.01
    edge = result.rgb[alone]
    assert len(edge) > 50
    assert float((edge[:, 1] - edge[:, 0]).max()) < 20


def test_no_band_of_old_shorts_is_left_below_a_top_of_their_colour(model: Person) -> None:
    """Where both are white only the hem's shadow tells them apart; height alone was wrong."""
    share = upper_share(model, measured(model))
    x = int(model.hips[0])
    level = to_lab(cv2.GaussianBlur(model.rgb, (0, 0), 1.5))[..., 0]
    near = slice(int(model.hips[1] - 0.12 * model.torso), int(model.hips[1] + 0.12 * model.torso))
    columns = slice(x - int(0.3 * model.half), x + int(0.3 * model.half))
    hem = near.start + int(np.abs(np.diff(level[near, columns].mean(axis=1))).argmax())
    assert float(share[hem - 5, columns].min()) > 0.9
    assert float(share[hem + 6, columns].max()) < 0.1


def dressed_in(model: Person, top: float, trousers: float, waist: float) -> Person:
    """Return the model in a grey top and trousers whose colours change at `waist` of the torso."""
    y, x = np.mgrid[0 : model.alpha.shape[0], 0 : model.alpha.shape[1]].astype(np.float32)
    along = model.height_of(np.stack([x, y], axis=-1))
    body = (model.parts[[CLOTHES, SKIN]].sum(axis=0) > 0.5) & (along > 0.2) & (along < 1.8)
    parts = np.where(body, 0, model.parts)
    parts[CLOTHES][body] = 1
    lab = np.dstack([np.where(along < waist, top, trousers)] + [np.zeros_like(x)] * 2)
    rgb = np.where(body[..., None], from_lab(lab.astype(np.float32)), model.rgb)
    return dataclasses.replace(model, rgb=rgb.astype(np.float32), parts=parts.astype(np.float32))


def shares_beside(person: Person, waist: float) -> tuple[float, float]:
    """Return the upper share a little above and a little below `waist` in the body's middle."""
    share = upper_share(person, measured(person))
    spots = [
        person.shoulders + (person.hips - person.shoulders) * (waist + d) for d in (-0.03, 0.03)
    ]
    return tuple(float(share[int(y), int(x)]) for x, y in spots)  # type: ignore[return-value]


@pytest.mark.parametrize("waist", [0.68, 0.9])
def test_trousers_are_told_from_a_top_up_to_a_high_waist(model: Person, waist: float) -> None:
    """Their old waistband was left above the new trousers'."""
    above, below = shares_beside(dressed_in(model, 20, 50, waist), waist)
    assert above > 0.9
    assert below < 0.1


def test_colours_that_lie_fairly_near_tell_trousers_where_no_hem_does(
    model: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oldclothes, "_hem", lambda *_: None)
    above, below = shares_beside(dressed_in(model, 30, 43, 0.9), 0.9)
    assert above > 0.9
    assert below < 0.1


def test_a_shirt_under_an_open_jacket_is_no_trousers(model: Person) -> None:
    jacket = dressed_in(model, 20, 50, 0.9)
    height, width = jacket.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = jacket.height_of(np.stack([x, y], axis=-1))
    shirt = (np.abs(x - jacket.hips[0]) < 0.3 * jacket.half) & (along > 0.2) & (along < 0.95)
    rgb = np.where(
        shirt[..., None], jacket.rgb[int(jacket.hips[1]), int(jacket.hips[0])], jacket.rgb
    )
    above, below = shares_beside(dataclasses.replace(jacket, rgb=rgb.astype(np.float32)), 0.68)
    assert above > 0.9
    assert below > 0.9


def test_a_corner_of_old_clothes_that_is_half_seen_belongs_to_them(model: Person) -> None:
    """A hem's corner stood as a white fleck beside a hand."""
    old = old_garment(model, measured(model), "dress")
    cloth = model.parts[CLOTHES] > 0.95
    rows, columns = np.nonzero(cloth & (np.arange(len(cloth))[:, None] > model.hips[1]))
    lowest = int(rows.argmax())
    y, x = int(rows[lowest]), int(columns[lowest])
    corner = slice(y - 7, y), slice(x - 3, x + 4)
    assert float(old[corner].min()) > 0.9
    parts = model.parts.copy()
    parts[CLOTHES][corner], parts[GROUND][corner], parts[SKIN][corner] = 0.35, 0.6, 0.05
    unsure = dataclasses.replace(model, parts=parts)
    assert float(old_garment(unsure, measured(unsure), "dress")[corner].min()) > 0.9


def test_ground_in_the_fork_of_trousers_becomes_cloth() -> None:
    """The cut-out leaves the tip of the gap between the legs closed: a pale crumb at the crotch."""
    alpha = np.zeros((400, 200), np.float32)
    alpha[20:380, 20:180] = 1
    tip = np.array([[100, 150], [115, 380], [85, 380]], np.int32)
    gap = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(gap, [tip], 1)
    colour = np.where(gap[..., None] > 0, np.float32((190, 186, 178)), np.float32((60, 90, 140)))
    open_below = (gap > 0) & (np.arange(400)[:, None] > 172)
    alpha[open_below] = 0
    closed = (gap > 0) & ~open_below
    mended = forked(colour, alpha, leg_points(alpha))
    assert int(closed.sum()) > 40
    assert float(np.abs(mended[closed] - (60, 90, 140)).max()) < 25
    far = cv2.dilate(gap, np.ones((15, 15))) == 0
    assert (mended[far] == colour[far]).all()
    light = np.full_like(colour, 200)
    assert (forked(light, alpha, leg_points(alpha)) == light).all(), "white before white: no crumb"


def trousered(model: Person, wide: float = 1.1) -> Person:
    """Return the person with the legs in wide dark trousers."""
    legs = np.zeros(model.alpha.shape, np.uint8)
    for side in model.sides:
        for start, end in ((side[3], side[4]), (side[4], side[5])):
            ends = [tuple(int(v) for v in model.points[each]) for each in (start, end)]
            cv2.line(legs, ends[0], ends[1], 1, round(wide * model.half))
    legs[: int(model.hips[1] + 0.2 * model.torso)] = 0
    parts, rgb = model.parts.copy(), model.rgb.copy()
    parts[:, legs > 0], parts[CLOTHES, legs > 0] = 0, 1
    rgb[legs > 0] = (20, 24, 60)
    return dataclasses.replace(model, rgb=rgb, parts=parts, alpha=np.maximum(model.alpha, legs))


def test_old_trousers_that_stand_out_beside_new_ones_are_no_skin(model: Person) -> None:
    """A brown strip ran down the thigh."""
    person = trousered(model, 0.6)
    body = measured(person)
    old = old_garment(person, body, "trousers")
    y = np.arange(len(old))[:, None]
    half = round(0.08 * person.half)
    shown = np.zeros_like(old)
    for side in person.sides:
        for start, end in ((side[3], side[4]), (side[4], side[5])):
            ends = [tuple(int(v) for v in person.points[each]) for each in (start, end)]
            cv2.line(shown, ends[0], ends[1], 1.0, 2 * half)
    front = np.zeros_like(old)
    alpha = undressed(person, body, old, shown, front, "trousers", 0.0)[1]
    knees = (person.points[25, 1] + person.points[26, 1]) / 2
    thighs = (y > person.hips[1] + 0.5 * person.torso) & (y < knees + person.half)
    beside = thighs & (cv2.dilate(shown, np.ones((9, 9))) < 0.1) & (old > 0.9)
    outline = cv2.erode((person.alpha > 0.5).astype(np.uint8), np.ones((3 * half, 3 * half)))
    assert int((beside & (outline == 0)).sum()) > 500
    assert float((alpha[beside & (outline == 0)] > 0.5).mean()) < 0.1


def test_trousers_reach_the_shoes_of_who_wears_trousers(model: Person) -> None:
    cut = product("jeans-blue")
    lows = []
    for person in (model, trousered(model)):
        part = warped_legs(
            person, measured(person), leg_points(cut.alpha), cut.alpha, "trousers"
        ).part
        lows.append(int(np.flatnonzero((part >= 0).any(axis=1))[-1]))
    shin = float(np.hypot(*(model.points[28] - model.points[26])))
    assert lows[1] - lows[0] > 0.6 * (ON_SHOES - 1) * 2 * shin


def test_a_throat_in_the_sun_is_no_collar(model: Person) -> None:
    """A brown patch with a hard edge was painted over it, and the neck was torn."""
    x, y = (int(v) for v in model.shoulders + model.up * 0.35 * model.half)
    spot = slice(y - 8, y + 8), slice(x - 20, x + 20)
    assert float(model.parts[SKIN][spot].min()) > 0.5
    for change, collar in (((20, 0, 0), False), ((20, -13, -24), True)):
        lab = to_lab(model.rgb)
        lab[spot] += np.float32(change)
        rest = collar_rest(dataclasses.replace(model, rgb=from_lab(lab)))[spot][4:-4, 4:-4]
        assert (float(rest.min()) > 0.5) if collar else (float(rest.max()) < 0.1)


def test_no_line_of_an_old_top_is_left_beside_a_narrower_one(warm_networks: Networks) -> None:
    """Two pixels of it counted as noise and stood as a white line along a red tank top."""
    shot = photo.read(SAMPLES / "people" / "person-4.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    body = measured(person)
    old = old_garment(person, body, "top")
    solid = (old > 0.5).astype(np.uint8)
    shown = cv2.erode(solid, np.ones((3, 3), np.uint8)).astype(np.float32)
    base, alpha, _ = undressed(person, body, old, shown, np.zeros_like(old), "top", 0.0)
    ground = cv2.dilate((person.alpha < 0.3).astype(np.uint8), np.ones((5, 5)))
    y, x = np.mgrid[0 : old.shape[0], 0 : old.shape[1]].astype(np.float32)
    along = person.height_of(np.stack([x, y], axis=-1))
    line = (ground > 0) & (shown == 0) & (old > 0.4) & (along > 0.6) & (along < 0.8)
    line &= person.parts[CLOTHES] > 0.7
    assert int(line.sum()) > 30
    white = (alpha > 0.5) & (base.min(axis=2) > 150)
    assert float(white[line].mean()) < 0.1


def test_a_neck_does_not_cut_into_the_band_that_stands_beside_it(warm_networks: Networks) -> None:
    """A label drew the line past the notches, and the band of a black tee was cut off straight."""
    cut = cut_out(photo.read(SAMPLES / "products" / "tee-black.jpg", 1178), warm_networks, no_check)
    panel = top_points(cut.alpha, "top")
    assert panel.neck is not None
    opening = neck_opening(cut.colour, cut.alpha, panel)
    assert opening is not None
    solid = cut.alpha > 0.5
    axis = int(panel.neck[:, 0].mean())
    back = int(solid[:, axis].argmax())
    columns = np.flatnonzero(opening[back - 10] > 0.5)
    band = solid[back - 10, columns[0] : columns[-1]]
    assert int(band.sum()) < 0.06 * (columns[-1] - columns[0])
    rows = np.flatnonzero(opening[:, axis] > 0.5)
    label = cut.colour[rows[-1] + 2, axis - 40 : axis + 40]
    assert float(label.max()) < 90, "nothing of the label stays in front"


@pytest.mark.parametrize(("wide", "left"), [(0.25, False), (1.2, True)])
def test_a_hems_corner_does_not_look_out_beyond_a_hand(
    model: Person, wide: float, left: bool
) -> None:
    body = measured(model)
    wrist = model.points[model.sides[0][2]]
    shown = np.zeros_like(model.alpha)
    x, y = (int(v) for v in wrist)
    size = int(wide * model.half)
    shown[y - size : y, max(0, x - size) : x + int(model.half)] = 1
    outside = (body.across_arms[0] > 1.2) & (shown > 0)
    assert outside.any()
    maps = np.zeros_like(shown)
    bare, sleeved = (Warp(maps, maps, maps, 1.0, (cuff, cuff), False) for cuff in (0.0, 0.9))
    worn = within_arms(model, body, bare, shown)
    assert bool(worn[outside].max() > 0.5) == left
    assert (within_arms(model, body, sleeved, shown) == shown).all(), "there it is the sleeve"
    assert float(worn[y - size // 2, x + int(0.6 * model.half)]) == 1, (
        "the hem before the body stays"
    )
