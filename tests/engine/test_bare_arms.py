"""Arms that old sleeves hid go on from the bare arm below them without a step."""

import numpy as np
import pytest

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.person import read_person
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.test_dressing import product


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
