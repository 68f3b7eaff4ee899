"""What may be asked of a scene: planes in any order, never a crossed, tiny or impossible one."""

import math
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.brief import Brief, check
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.ids import FileId

FLOOR = ((0.3, 0.6), (0.7, 0.6), (0.9, 0.95), (0.1, 0.95))


@given(st.permutations(FLOOR))
def test_corners_may_come_in_any_order(points: list[tuple[float, float]]) -> None:
    assert scene.plane_of(points).corners == FLOOR


def test_a_plane_is_read_back_as_it_was_written() -> None:
    plane = scene.plane_of([*FLOOR])
    assert scene.read(plane.text()) == plane
    assert scene.read("0.3,0.6 0.7,.6 0.9,0.95; 0.1,0.95") == plane
    assert scene.read(" AUTO ") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "four corners"),
        ("0,0 1,0 1,1", "four corners"),
        ("0,0 1,0 1,1 0,1 0,0", "four corners"),
        ("0,0 1,0 1,1 nan,1", "four corners"),
        ("0,0 1,0 1,1 1e9,1", "four corners"),
        ("0,0 1,0 1,1 .,1", "four corners"),
        ("0;0 1,0 1,1", "four corners"),
        ("0,0 " * 200, "four corners"),
        ("0,0 1,0 1,1 0,1,1", "four corners"),
        ("-0.1,0 1,0 1,1 0,1", "outside"),
        ("0,0 1.2,0 1,1 0,1", "outside"),
        ("0.1,0.1 0.9,0.1 0.5,0.1 0.2,0.1", "four-sided"),
        ("0,0 1,0 1,1 0.5,0.4", "four-sided"),
        ("0.1,0.1 0.9,0.1 0.9,0.9 0.89,0.9", "on each other"),
        ("0.1,0.1 0.19,0.1 0.19,0.19 0.1,0.19", "hundredth"),
    ],
)
def test_a_wrong_plane_is_told_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        scene.read(text)


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=4, max_size=4))
def test_no_four_points_break_it(points: list[tuple[float, float]]) -> None:
    try:
        found = scene.plane_of(points)
    except BadInput:
        return
    assert all(0 <= value <= 1 for point in found.corners for value in point)
    assert all(math.dist(found.corners[at], found.corners[at - 1]) > 0 for at in range(4))


def test_what_is_asked_of_a_scene() -> None:
    assert scene.asked({}) == scene.Asked()
    told = scene.asked(
        {"plane": scene.plane_of([*FLOOR]).text(), "light_from": "left", "size": "80"}
    )
    assert told == scene.Asked(scene.plane_of([*FLOOR]), "left", 80)
    for options, why in (
        ({"light_from": "below"}, "Light can't come from"),
        ({"size": "5"}, "40 to 160"),
        ({"size": "x" * 99}, "40 to 160"),
        ({"size": "9" * 5000}, "40 to 160"),
    ):
        with pytest.raises(BadInput, match=why):
            scene.asked(options)


def test_a_background_goes_with_neither_person_nor_backdrop() -> None:
    brief = Brief(products=(FileId(1),), background=FileId(2))
    assert check(brief).photos == (1, 2)
    with pytest.raises(BadInput, match="not both"):
        check(Brief(products=(FileId(1),), models=(FileId(3),), background=FileId(2)))
    with pytest.raises(BadInput, match="backdrop's place"):
        check(Brief((FileId(1),), background=FileId(2), options={"backdrop": "wall"}))
    with pytest.raises(BadInput, match="Light"):
        check(Brief((FileId(1),), background=FileId(2), options={"light_from": "hell"}))
    with pytest.raises(BadInput, match="belongs to a background"):
        check(Brief((FileId(1),), options=MappingProxyType({"plane": "auto"})))


def test_what_is_usual_on_a_floor_and_before_a_wall() -> None:
    kinds = ("dress", "jacket", "top", "shoes", "bag", "other", "auto")
    floor = [scene.usual(kind, wall=False) for kind in kinds]
    before = [scene.usual(kind, wall=True) for kind in kinds]
    assert floor == ["laid", "laid", "laid", "standing", "standing", "standing", "laid"]
    assert before == ["hung", "hung", "laid", "laid", "laid", "laid", "laid"]
