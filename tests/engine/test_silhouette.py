"""What the joints don't explain is no body: such photos are refused before anything is charged."""

import dataclasses

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import SKIN, Person, read_person
from stylestudio_desktop.engine.silhouette import arm_unread, filled_between_legs
from stylestudio_desktop.engine.suitability import against
from tests.engine.conftest import SAMPLES, no_check


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    return read_person(
        photo.read(SAMPLES / "people" / "person-2.jpg", 768), warm_networks, no_check
    )


def held_out(model: Person, degrees: float, sides: tuple[int, ...]) -> Person:
    """Return the person with straight arms that are held out from hanging down."""
    points = model.points.copy()
    for side in sides:
        shoulder, elbow, wrist = model.sides[side][:3]
        out = model.right * (-1 if side == 0 else 1)
        way = np.sin(np.radians(degrees)) * out - np.cos(np.radians(degrees)) * model.up
        upper, lower = (
            float(np.hypot(*(points[end] - points[start])))
            for start, end in ((shoulder, elbow), (elbow, wrist))
        )
        points[elbow] = points[shoulder] + way * upper
        points[wrist] = points[elbow] + way * lower
    return dataclasses.replace(model, points=points)


@pytest.mark.parametrize("kind", ["top", "jacket", "dress"])
@pytest.mark.parametrize("sides", [(0,), (1,), (0, 1)])
def test_arms_that_are_held_out_are_refused_and_those_that_hang_are_not(
    model: Person, sides: tuple[int, ...], kind: str
) -> None:
    for degrees in (50, 60, 68, 75):
        assert "raised" in against(held_out(model, degrees, sides), kind)[0]
    for degrees in (0, 20, 30):
        assert "raised" not in str(against(held_out(model, degrees, sides), kind))


def test_an_arm_that_the_pose_does_not_know_of_is_noticed(model: Person) -> None:
    """The network said that an arm hangs which was held out: its sleeve would hang in the air."""
    assert not arm_unread(model)
    arm = np.zeros(model.alpha.shape, np.uint8)
    start = model.points[model.sides[1][0]]
    end = start + (model.right * 2.3 - model.up * 1.0) * model.half
    ends = [tuple(int(value) for value in point) for point in (start, end)]
    cv2.line(arm, ends[0], ends[1], 1, round(0.3 * model.half))
    parts = model.parts.copy()
    parts[:, arm > 0], parts[SKIN, arm > 0] = 0, 1
    raised = dataclasses.replace(model, alpha=np.maximum(model.alpha, arm), parts=parts)
    assert "made out" in against(raised, "top")[0]
    assert against(raised, "trousers") == []
    cloth = dataclasses.replace(raised, parts=model.parts)
    assert against(cloth, "top") == [], "a bag on the shoulder is none"


def striding(model: Person, fill: float) -> Person:
    """Return bare legs that stand apart, the gap between them filled from its top with skin."""
    points = model.points.copy()
    mask = (model.alpha > 0.5).astype(np.uint8)
    mask[int(model.hips[1]) :] = 0
    for side, out in zip(model.sides, (-1, 1), strict=True):
        knee, ankle = side[4:]
        points[knee] += model.right * out * 0.5 * model.half
        points[ankle] += model.right * out * 0.7 * model.half
        for start, end in ((side[3], knee), (knee, ankle)):
            ends = [tuple(int(value) for value in points[each]) for each in (start, end)]
            cv2.line(mask, ends[0], ends[1], 1, round(0.7 * model.half))
    corners = [points[each] for side in model.sides for each in (side[3], side[4])]
    low = [top + (knee - top) * fill for top, knee in (corners[:2], corners[2:])]
    wedge = np.array([corners[0], low[0], low[1], corners[2]]).astype(np.int32)
    if fill:
        cv2.fillPoly(mask, [wedge], 1)
    parts = model.parts.copy()
    below = np.arange(len(mask))[:, None] > model.hips[1]
    parts[:, mask * below > 0], parts[SKIN, mask * below > 0] = 0, 1
    return dataclasses.replace(model, alpha=mask.astype(np.float32), parts=parts, points=points)


@pytest.mark.parametrize("kind", ["top", "dress", "skirt", "shorts", "trousers"])
def test_what_fills_the_gap_between_bare_legs_is_no_leg(model: Person, kind: str) -> None:
    """A flower pot in the colour of skin stood behind them and was taken for her."""
    assert not filled_between_legs(model)
    assert against(striding(model, 0.0), kind) == []
    (reason,) = against(striding(model, 0.95), kind)
    assert "behind the legs" in reason
