"""Stripes of a long sleeve run on evenly down the arm, and over the seams where cloth goes on."""

import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.body import measured
from stylestudio_desktop.engine.drape import _unstepped
from stylestudio_desktop.engine.garment import top_points
from stylestudio_desktop.engine.hung import along, arm_for
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import read_person
from stylestudio_desktop.engine.tops import warped_top
from stylestudio_desktop.engine.warp import BEFORE, BODY, Warp
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


@pytest.mark.parametrize("name", ["person-1", "person-2", "person-4"])
def test_stripes_lie_as_far_apart_at_the_upper_arm_as_below(
    name: str, warm_networks: Networks
) -> None:
    """A sleeve is shorter than its arm: it was caught up with within a sixth of it, and broke."""
    shot = photo.read(SAMPLES / "people" / f"{name}.jpg", 1100)
    person = read_person(shot, warm_networks, no_check)
    alpha = product("longsleeve-striped").alpha
    body, panel = measured(person), top_points(alpha, "top")
    warp = warped_top(person, body, panel, alpha, "top")
    for side in (0, 1):
        sleeve = panel.sleeves[side]
        assert sleeve is not None
        arm = arm_for(person, body, sleeve, warp.scale, side)
        box, down, off = along(arm, person.alpha.shape)
        way = down / arm.length
        shows = []
        for at in np.arange(0.14, 0.8, 0.04):
            line = np.isin(warp.part[box], (1 + side, BEFORE + side)) & (np.abs(way - at) < 0.008)
            line &= np.abs(off - np.median(off[line])) < 0.15 * person.half
            points = np.stack([warp.from_x[box][line], warp.from_y[box][line]], axis=1)
            shows.append(float(np.median(sleeve.place(points)[0])))
        steps = np.diff(shows) / 0.04
        assert steps.max() < 1.4, "closer together than they lie on the flat sleeve"
        assert np.abs(np.diff(steps)).max() < 0.3, "they break"


def test_only_where_parts_jump_their_edge_is_smoothed() -> None:
    """Along a seam that runs on every stripe had a pale notch."""
    y, x = np.mgrid[0:20, 0:20].astype(np.float32)
    part = np.where(x < 10, 1, BODY).astype(np.int16)
    stripes = np.where((y // 2 % 2 == 0)[..., None], np.float32(240), np.float32(40))
    stripes = stripes.repeat(3, axis=2)
    runs_on = Warp(x, y, part, 1.0, (1.0, 1.0), False)
    assert (_unstepped(stripes, runs_on) == stripes).all()
    jumps = Warp(np.where(x < 10, x, x + 30).astype(np.float32), y, part, 1.0, (1.0, 1.0), False)
    smoothed = _unstepped(stripes, jumps)
    assert (smoothed[:, 9:11] != stripes[:, 9:11]).any()
    assert (smoothed[:, :8] == stripes[:, :8]).all()
