"""Places in a frame: nothing overlaps, nothing leaves it, whatever the number and the ratio."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stylestudio_desktop.engine.layout import arrange

sizes = st.lists(st.tuples(st.integers(40, 900), st.integers(40, 900)), min_size=1, max_size=5)
frames = st.sampled_from(
    [(1024, 1024), (1024, 576), (576, 1024), (1024, 683), (683, 1024), (1024, 768), (768, 1024)]
)


@given(sizes, frames, st.sampled_from([0.56, 0.74, 0.84]), st.booleans())
@settings(max_examples=120, deadline=None)
def test_places_stay_inside_and_apart(
    boxes: list[tuple[int, int]], frame: tuple[int, int], fill: float, standing: bool
) -> None:
    rng = np.random.default_rng(1)
    floor = 0.84 if standing else None
    places = arrange(boxes, frame, fill, 0.0, rng, floor=floor, aside=True)
    assert len(places) == len(boxes)
    for place, box in zip(places, boxes, strict=True):
        assert abs(place.width / place.height - box[0] / box[1]) < 1e-6 * max(1, box[0] / box[1])
        assert place.x - place.width / 2 >= -1e-6
        assert place.x + place.width / 2 <= frame[0] + 1e-6
        assert place.y - place.height / 2 >= -1e-6
        assert place.y + place.height / 2 <= frame[1] + 1e-6
    for index, one in enumerate(places):
        for other in places[index + 1 :]:
            apart_x = abs(one.x - other.x) >= (one.width + other.width) / 2 - 1e-6
            apart_y = abs(one.y - other.y) >= (one.height + other.height) / 2 - 1e-6
            assert apart_x or apart_y


def test_standing_products_share_the_floor() -> None:
    rng = np.random.default_rng(1)
    places = arrange([(100, 80), (60, 90)], (800, 600), 0.8, 0.0, rng, floor=0.8)
    feet = {round(place.y + place.height / 2, 3) for place in places}
    assert feet == {480.0}
