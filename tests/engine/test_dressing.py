"""How a garment sits on a person: necklines, hoods, hems above the ground, feet that stay."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.accepted import flaw
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.cutout import cut as cut_out
from stylestudio_desktop.engine.drape import Draped, draped
from stylestudio_desktop.engine.garment import top_points
from stylestudio_desktop.engine.neckline import neck_opening
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import CLOTHES, HAIR, SKIN, Person, figure, read_person
from tests.engine.conftest import MASKS, SAMPLES, no_check

SIZE = (720, 800)
FIGURES = sorted((SAMPLES / "people").glob("mannequin-*.jpg"))


def product(name: str) -> Cutout:
    """Return a sample product cut out by its hand-checked mask."""
    with Image.open(MASKS / f"{name}.png") as picture:
        alpha = np.asarray(picture.convert("L").resize(SIZE), np.float32) / 255
    with Image.open(SAMPLES / "products" / f"{name}.jpg") as picture:
        colour = np.asarray(picture.convert("RGB").resize(SIZE), np.float32)
    return Cutout(colour, alpha, ())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tee-white", "top"),
        ("tee-black", "top"),
        ("tee-blue", "top"),
        ("longsleeve-striped", "top"),
        ("shirt-striped", "top"),
        ("jacket-denim", "jacket"),
        ("hoodie-grey", "top"),
        ("dress-evening", "dress"),
    ],
)
def test_the_inside_of_the_back_is_told_from_the_front(name: str, kind: str) -> None:
    cut = product(name)
    panel = top_points(cut.alpha, kind)
    opening = neck_opening(cut.colour, cut.alpha, panel)
    assert opening is not None
    assert panel.neck is not None
    half = float(panel.neck[1, 0] - panel.neck[0, 0]) / 2
    axis = int(panel.neck[:, 0].mean())
    top = int((cut.alpha[:, axis] > 0.5).argmax())
    assert opening[top + 4, axis] > 0.9
    depth = int((opening[:, axis] > 0.5).sum()) - top
    assert 0.2 * half < depth < 2.4 * half
    chest = int(top + 2.6 * half)
    assert float(opening[chest:].max()) < 0.1
    for side in (0, 1):
        x = int(panel.neck[side, 0] + (-0.35 if side == 0 else 0.35) * half)
        assert float(opening[:, x].max()) < 0.5, "the front's shoulder belongs to the front"


def test_the_inner_half_of_a_straps_loop_comes_down_at_the_back() -> None:
    cut = product("dress-summer")
    panel = top_points(cut.alpha, "dress")
    opening = neck_opening(cut.colour, cut.alpha, panel)
    assert opening is not None
    assert panel.neck is not None
    low = int(panel.neck[:, 1].mean() + 30)
    straps = np.flatnonzero(np.diff((cut.alpha[low] > 0.5).astype(int)))
    assert len(straps) == 8, "two straps, each comes down twice"
    middles = straps.reshape(4, 2).mean(axis=1).astype(int)
    assert [bool(opening[low, x] > 0.5) for x in middles] == [False, True, True, False]


@pytest.mark.parametrize("figure_", FIGURES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("tee-print", 3e-4),
        ("tee-white", 3e-4),
        ("longsleeve-striped", 3e-4),
        ("shirt-striped", 3e-3),
    ],
)
def test_no_ground_is_seen_within_a_collar(figure_: Path, name: str, most: float) -> None:
    """Between its two peaks there is the neck, or the inside of the back."""
    person = figure(photo.read(figure_, 1200))
    assert person is not None
    result = draped(person, product(name), "top")
    solid, middle = result.garment > 0.5, int(person.shoulders[0])
    columns = np.arange(middle - int(0.7 * person.half), middle + int(0.7 * person.half))
    tops = np.where(solid.any(axis=0), solid.argmax(axis=0), solid.shape[0])
    sides = columns[columns < middle], columns[columns >= middle]
    left, right = (int(side[tops[side].argmin()]) for side in sides)
    ground = 0.0
    for x in range(left + 6, right - 5):  # the peaks themselves have an edge
        line = np.interp(x, [left, right], [tops[left], tops[right]])
        ground += float((1 - result.alpha[int(line) + 3 : tops[x] + 3, x]).sum())
    assert ground < most * person.half**2, "the rounded ends of a shirt's collar are no wedge"
    assert not result.warnings, "light on a bare throat was taken for an old collar"


@pytest.mark.parametrize("figure_", FIGURES, ids=lambda path: path.stem)
def test_a_neck_goes_into_a_collar_without_a_bulge(figure_: Path) -> None:
    """From the throat down to the collar it may widen, but it does not narrow again."""
    person = figure(photo.read(figure_, 1200))
    assert person is not None
    result = draped(person, product("tee-print"), "top")
    solid, middle = result.garment > 0.5, int(person.shoulders[0])
    tops = np.where(solid.any(axis=0), solid.argmax(axis=0), solid.shape[0])
    low = int(tops[middle - int(0.7 * person.half) : middle + int(0.7 * person.half)].min()) - 2
    seen = result.alpha[low - int(0.5 * person.half) : low] > 0.5
    for row in (seen[:, :middle][:, ::-1], seen[:, middle:]):
        wide = (~row).argmax(axis=1)
        narrow = wide[int(wide.argmin()) :]
        assert int((np.maximum.accumulate(narrow) - narrow).max()) <= 2


@pytest.mark.parametrize("figure_", FIGURES, ids=lambda path: path.stem)
@pytest.mark.parametrize(("name", "kind"), [("dress-evening", "dress"), ("skirt-pleated", "skirt")])
def test_no_hip_stands_out_beside_a_garment_that_goes_round_it(
    figure_: Path, name: str, kind: str
) -> None:
    person = figure(photo.read(figure_, 900))
    assert person is not None
    result = draped(person, product(name), kind)
    knees = int(min(person.points[25, 1], person.points[26, 1]))
    solid, seen = result.garment > 0.5, result.alpha > 0.5
    hem = int(np.flatnonzero(solid.any(axis=1))[-1] - 0.35 * person.half)
    low, high = int(person.hips[1]), min(hem, knees)
    for row in range(low, high, 4):
        columns = np.flatnonzero(solid[row])
        left, right = columns[0] - 4, columns[-1] + 4
        near = int(0.25 * person.half)  # further out hang the hands
        assert not seen[row, left - near : left].any()
        assert not seen[row, right : right + near].any()
    hands = [person.points[number].astype(int) for number in (15, 16, 19, 20)]
    assert all(result.alpha[y, x] > 0.9 for x, y in hands)
    assert float(result.alpha[int(person.points[27, 1]) - 30].max()) > 0.9, "legs go on below"


def test_a_mannequins_outline_holds_nothing_of_its_photos_ground() -> None:
    dark = next(path for path in FIGURES if "dark" in path.stem)
    person = figure(photo.read(dark, 900))
    assert person is not None
    edge = (person.alpha > 0.2) & (person.alpha < 0.9)
    assert float(np.percentile(person.rgb[edge].mean(axis=1), 95)) < 110


def test_ground_between_sleeve_and_body_is_opened_beside_pinholes(warm_networks: Networks) -> None:
    shot = photo.read(SAMPLES / "products" / "longsleeve-striped.jpg", 768)
    panel = top_points(cut_out(shot, warm_networks, no_check).alpha, "top")
    assert None not in panel.sleeves
    assert panel.neck is not None
    assert abs(float(panel.neck[:, 0].mean()) - panel.axis) < 0.02 * panel.height


def test_a_hood_is_told_from_a_collar_and_from_straps() -> None:
    for name, kind in (("tee-blue", "top"), ("shirt-striped", "top"), ("dress-summer", "dress")):
        assert top_points(product(name).alpha, kind).hood == 0
    panel = top_points(product("hoodie-grey").alpha, "top")
    assert panel.hood > 0.15 * panel.height
    assert panel.neck is not None
    assert panel.shoulders is not None
    assert panel.shoulders[0, 0] < panel.neck[0, 0] < panel.axis < panel.neck[1, 0]


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    """A woman in a white tee and shorts, barefoot."""
    return read_person(
        photo.read(SAMPLES / "people" / "person-1.jpg", 800), warm_networks, no_check
    )


def worn(model: Person, name: str, kind: str) -> Draped:
    """Return the person wearing a sample product."""
    return draped(model, product(name), kind)


def test_a_long_skirt_ends_above_the_ground_and_leaves_the_feet(model: Person) -> None:
    result = worn(model, "skirt-pleated", "skirt")
    ankle = float(max(model.points[27, 1], model.points[28, 1]))
    rows = np.nonzero((result.garment > 0.5).any(axis=1))[0]
    assert rows.max() <= ankle + 0.05 * model.torso
    feet = model.alpha[int(ankle + 0.15 * model.half) :] > 0.9
    assert float((result.alpha[int(ankle + 0.15 * model.half) :][feet] > 0.9).mean()) > 0.97


def test_long_sleeves_go_round_the_arm_down_to_the_wrist(model: Person) -> None:
    result = worn(model, "hoodie-grey", "top")
    for side in model.sides:
        elbow, wrist = model.points[side[1]], model.points[side[2]]
        for share in (0.2, 0.5, 0.75):
            x, y = elbow * (1 - share) + wrist * share
            assert result.garment[int(y), int(x)] > 0.5
    bare = (model.parts[SKIN] > 0.8) & (result.garment < 0.5) & (result.alpha > 0.9)
    height, width = bare.shape
    rows, columns = np.mgrid[0:height, 0:width]
    along = model.height_of(np.stack([columns, rows], axis=-1))
    assert float(bare[(along > 0.15) & (along < 0.75)].sum()) < 0.02 * float(bare.sum())


def test_the_old_hem_is_not_seen_through_the_new_top(model: Person) -> None:
    """Below the old tee's hem the new top shows its own colours, with no line across."""
    result = worn(model, "tee-blue", "top")
    x = int(model.hips[0])
    column = slice(int(model.hips[1] - 0.35 * model.torso), int(model.hips[1] - 0.02 * model.torso))
    middle = result.rgb[column, x - 12 : x + 12].mean(axis=(1, 2))
    assert float(np.abs(np.diff(middle, n=6)).max()) < 40
    steps = np.abs(middle[6:] - middle[:-6])
    assert float(steps.max()) < 14


def test_hair_stays_on_the_head(model: Person) -> None:
    """Dark hair is easily read as cloth; nothing above the collar is ever taken away."""
    parts = model.parts.copy()
    hair = parts[HAIR] > 0.5
    parts[CLOTHES][hair], parts[HAIR][hair] = 0.9, 0.1
    mistaken = Person(
        model.rgb, model.alpha, parts, model.points, model.seen, model.metric, model.score
    )
    result = worn(mistaken, "tee-blue", "top")
    assert float((result.alpha[hair & (model.alpha > 0.9)] > 0.9).mean()) > 0.99


def test_a_garment_that_went_wrong_is_not_delivered(model: Person) -> None:
    good = worn(model, "jacket-denim", "jacket")
    assert flaw(good, model, "jacket") is None
    torn, gaps, aside = (good.garment.copy() for _ in range(3))
    middle = int((model.shoulders[1] + model.hips[1]) / 2)
    torn[middle : middle + 20] = 0
    assert "apart" in str(flaw(dataclasses.replace(good, garment=torn), model, "jacket"))
    gaps[:, ::9] = 0
    gaps[::9] = good.garment[::9]
    assert "gaps" in str(flaw(dataclasses.replace(good, garment=gaps), model, "jacket"))
    aside = np.roll(aside, round(0.9 * model.half), axis=1)
    assert "beside" in str(flaw(dataclasses.replace(good, garment=aside), model, "jacket"))
    nothing = dataclasses.replace(good, garment=np.zeros_like(good.garment))
    assert "hardly anything" in str(flaw(nothing, model, "jacket"))


def test_cuffs_that_touch_the_hem_do_not_widen_it() -> None:
    """At some sizes the cut-out joins them; the hem must stay as wide as the body."""
    cut = product("jacket-denim")
    panel = top_points(cut.alpha, "jacket")
    joined = cut.alpha.copy()
    left, _, right, bottom = panel.box
    joined[bottom - 14 : bottom - 4, left + 20 : right - 20] = 1
    chest = float(panel.halves[panel.height // 2])
    assert float(top_points(joined, "jacket").halves.max()) < 1.35 * chest
