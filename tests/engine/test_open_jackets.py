"""A jacket that hangs open shows what its wearer has on, and a closed one is not opened."""

from pathlib import Path

import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.accepted import flaw
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.garment import Panel, top_points
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.openfront import open_front
from stylestudio_desktop.engine.person import Person, figure, read_person
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import FIGURES, product

GAP = 0.34  # of half the chest: where the fronts end, from the axis


def opened(shade: float = 0.55) -> tuple[Cutout, Panel]:
    """Return the sample jacket with its fronts apart, and the inside of its back between them."""
    cut = product("jacket-denim")
    panel = top_points(cut.alpha, "jacket")
    assert panel.pits is not None
    assert panel.neck is not None
    half = float(panel.pits[1, 0] - panel.pits[0, 0]) / 2
    columns = np.abs(np.arange(cut.alpha.shape[1]) - panel.axis) < GAP * half
    rows = np.arange(cut.alpha.shape[0]) > panel.neck[:, 1].min()
    cloth = np.median(cut.colour[cut.alpha > 0.9], axis=0) * shade
    inside = cloth + np.random.default_rng(4).normal(0, 2, (*cut.alpha.shape, 1))
    colour = np.where((rows[:, None] & columns[None])[..., None], inside, cut.colour)
    return Cutout(colour.astype(np.float32), cut.alpha, ()), panel


def test_the_gap_between_two_fronts_is_found_from_neck_to_hem() -> None:
    cut, panel = opened()
    gap = open_front(cut.colour, cut.alpha, panel)
    assert gap is not None
    assert panel.pits is not None
    half = float(panel.pits[1, 0] - panel.pits[0, 0]) / 2
    axis, expected = int(panel.axis), GAP * half
    low, high = int(panel.pits[0, 1]), panel.box[3] - 10
    for row in range(low, high, 12):
        inside = np.flatnonzero(gap[row] > 0.5)
        assert abs(axis - inside[0] - expected) < 0.06 * half
        assert abs(inside[-1] - axis - expected) < 0.06 * half


@pytest.mark.parametrize(
    "name",
    ["jacket-denim", "shirt-striped", "hoodie-grey", "longsleeve-striped", "tee-print"],
)
def test_plackets_stripes_and_prints_are_no_gap(name: str) -> None:
    cut = product(name)
    assert open_front(cut.colour, cut.alpha, top_points(cut.alpha, "jacket")) is None


def test_a_pale_panel_and_a_skirt_are_no_gap() -> None:
    cut, panel = opened(shade=1.8)
    assert open_front(cut.colour, cut.alpha, panel) is None
    dark, _ = opened()
    assert open_front(dark.colour, dark.alpha, panel) is not None
    bare = Panel(panel.box, panel.axis, panel.rows, panel.halves, panel.top)
    assert open_front(dark.colour, dark.alpha, bare) is None


@pytest.mark.parametrize("figure_", FIGURES, ids=lambda path: path.stem)
def test_a_mannequins_body_is_seen_between_the_fronts(figure_: Path) -> None:
    person = figure(photo.read(figure_, 800))
    assert person is not None
    result = draped(person, opened()[0], "jacket")
    assert flaw(result, person, "jacket") is None
    for share in (0.3, 0.5, 0.7):
        x, y = (person.shoulders * (1 - share) + person.hips * share).astype(int)
        near = slice(y - 3, y + 4), slice(x - 3, x + 4)
        assert float(result.garment[near].max()) < 0.05
        assert float(np.abs(result.rgb[near] - person.rgb[near]).mean()) < 12
        assert float((result.garment[y] > 0.5).sum()) > 0.8 * person.half, "the fronts hang there"


def test_the_wearers_own_top_stays_between_the_fronts(warm_networks: Networks) -> None:
    shot = photo.read(SAMPLES / "people" / "person-1.jpg", 800)
    person: Person = read_person(shot, warm_networks, no_check)
    result = draped(person, opened()[0], "jacket")
    assert flaw(result, person, "jacket") is None
    assert not result.warnings, "no skin is painted where the own top is seen"
    x, y = (person.shoulders * 0.5 + person.hips * 0.5).astype(int)
    near = slice(y - 6, y + 7), slice(x - 6, x + 7)
    assert float(np.abs(result.rgb[near] - person.rgb[near]).mean()) < 6
    closed = draped(person, product("jacket-denim"), "jacket")
    assert float(closed.garment[near].min()) > 0.95
