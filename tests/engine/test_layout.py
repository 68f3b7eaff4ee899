"""Places in a frame: nothing overlaps, nothing leaves it, whatever the number and the ratio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylestudio_desktop.engine.layer import Subject
from stylestudio_desktop.engine.layout import arrange
from stylestudio_desktop.engine.measures import beside, measured
from stylestudio_desktop.engine.packing import packed

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


def test_products_keep_their_sizes_beside_each_other() -> None:
    rng = np.random.default_rng(1)
    for frame in ((1000, 1000), (1000, 563), (563, 1000)):
        places = arrange([(104.0, 42.0), (29.0, 17.0), (25.0, 27.0)], frame, 0.84, 0.0, rng)
        grown = {
            round(place.width / wide, 6) for place, wide in zip(places, (104, 29, 25), strict=True)
        }
        assert len(grown) == 1


def test_small_things_are_packed_beside_a_long_one() -> None:
    """Cut straight through in every way: a column of two beside trousers, no row of three."""
    boxes = packed([(40.0, 100.0), (40.0, 45.0), (40.0, 45.0)], (100.0, 100.0))
    assert boxes[1][0] == boxes[2][0] > boxes[0][0]
    assert abs(boxes[0][3] - 100) < 12
    again = packed([(40.0, 100.0), (40.0, 45.0), (40.0, 45.0)], (100.0, 100.0))
    assert again == boxes


def subject(kind: str, width: int, height: int) -> Subject:
    empty = np.zeros((height, width), np.float32)
    return Subject(np.zeros((height, width, 3), np.float32), empty, kind)


def test_a_shoe_is_smaller_than_trousers_whatever_their_photos() -> None:
    trousers, shoe, hat, bag = beside(
        [
            subject("trousers", 300, 750),
            subject("shoes", 900, 520),
            subject("other", 700, 780),
            subject("bag", 600, 700),
        ]
    )
    assert shoe[0] < 0.45 * trousers[1]
    assert hat[1] < 0.45 * trousers[1]
    assert shoe[0] / shoe[1] == pytest.approx(900 / 520)
    assert hat[0] < bag[0] < trousers[1]
    assert beside([subject("shoes", 900, 520)]) == [(900.0, 520.0)]


@pytest.mark.parametrize(
    ("kind", "size", "tall"),
    [
        ("top", (700, 680), 68),
        ("dress", (500, 1200), 132),
        ("dress", (900, 800), 85),
        ("skirt", (500, 300), 40),
        ("shoes", (580, 340), 17),
        ("bag", (340, 340), 34),
        ("other", (260, 260), 26),
        ("other", (30, 900), 105),
        ("other", (900, 30), 3.5),
    ],
)
def test_how_tall_products_are(kind: str, size: tuple[int, int], tall: float) -> None:
    wide, high = measured(kind, size)
    assert high == pytest.approx(tall, rel=1e-6)
    assert wide / high == pytest.approx(size[0] / size[1])
