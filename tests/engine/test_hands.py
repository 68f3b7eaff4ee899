"""Hands hang before a garment: every finger is seen, and nothing of a hem stands out beyond."""

import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.body import measured
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.hands import WRIST, whole_hand, within_hands
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import SKIN, Person, read_person
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    return read_person(
        photo.read(SAMPLES / "people" / "person-4.jpg", 1100), warm_networks, no_check
    )


def test_no_finger_is_hidden_by_a_hem(model: Person) -> None:
    body = measured(model)
    worn = draped(model, product("shirt-striped"), "top").garment > 0.5
    for side in (0, 1):
        share, away = body.along_arms[side]
        hand = (model.parts[SKIN] > 0.8) & (model.alpha > 0.9) & (share > 1.05)
        hand &= away < 0.6 * model.half
        assert float(hand.sum()) > 0.1 * model.half**2
        assert float((worn & hand).sum()) < 0.02 * float(hand.sum())


def test_a_thigh_beside_a_hand_is_none(model: Person) -> None:
    body = measured(model)
    assert float(whole_hand(model, body, model.parts[SKIN], 0).sum()) > 0.1 * model.half**2
    share, away = body.along_arms[0]
    beside = (np.abs(away - 0.45 * model.half) < 0.2 * model.half) & (share > 1.15)
    thigh = np.maximum(model.parts[SKIN], beside).astype(np.float32)
    assert float(whole_hand(model, body, thigh, 0).sum()) == 0


@pytest.mark.parametrize(("wide", "left"), [(0.2, False), (1.1, True)])
@pytest.mark.parametrize("side", [0, 1])
def test_no_hem_stands_out_beyond_a_hand(model: Person, side: int, wide: float, left: bool) -> None:
    body, skin = measured(model), model.parts[SKIN]
    hand = (whole_hand(model, body, skin, side) > 0.5) & (body.along_arms[side][0] > WRIST)
    rows, columns = np.nonzero(hand & (skin > 0.5))
    y = int(np.median(rows))
    outer = (columns[rows == y].max() if side else columns[rows == y].min()).item()
    way = 1 if side else -1
    ends = sorted((outer + way * round(wide * model.half), outer - way * round(model.half)))
    shown, none = np.zeros_like(model.alpha), np.zeros_like(model.alpha)
    tall = round(0.25 * model.half)
    shown[y - tall : y + tall, max(0, ends[0]) : ends[1]] = 1
    front = (hand & (skin > 0.5)).astype(np.float32)
    worn = within_hands(model, body, shown, none, front)
    beyond = worn[y, outer + way * round(0.1 * model.half)]
    assert bool(beyond > 0.5) == left, "a corner goes, a cape stays"
    assert worn[y, outer - way * round(0.7 * model.half)] == 1, "the hem before the body stays"
    sleeved = within_hands(model, body, shown, np.ones_like(none), front)
    assert (sleeved == shown).all(), "a sleeve stays"
