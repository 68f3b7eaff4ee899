"""A million positions by arithmetic, checked against laying them out one by one."""

from array import array
from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.ids import id_at
from stylestudio_desktop.ui.widgets.grid import sections
from stylestudio_desktop.ui.widgets.grid.contents import Contents
from stylestudio_desktop.ui.widgets.grid.geometry import MARGIN, Box, Geometry
from stylestudio_desktop.ui.widgets.grid.sections import Section
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from tests.ui.library import NOON, many_ids

DAY = date(2026, 11, 22)


def _sections(counts: list[int]) -> list[Section]:
    found, start = [], 0
    for count in counts:
        found.append(Section(start, DAY))
        start += count
    return found


def _one_by_one(layout: Geometry, counts: list[int]) -> list[tuple[int, int]]:
    """Place every picture by walking, as the arithmetic must not."""
    places, top = [], 0
    for count in counts:
        top += layout.heading
        for number in range(count):
            column = number % layout.columns
            row_top = top + number // layout.columns * layout.row
            places.append((MARGIN + column * (layout.cell + layout.gap), row_top))
        top += -(-count // layout.columns) * layout.row
    return places


layouts = st.tuples(
    st.lists(st.integers(1, 40), min_size=1, max_size=12),
    st.integers(120, 1600),
    st.integers(64, 400),
)


@given(layouts)
def test_places_equal_those_of_walking(given_: tuple[list[int], int, int]) -> None:
    counts, width, cell = given_
    layout = Geometry(sum(counts), _sections(counts), width, cell)
    walked = _one_by_one(layout, counts)
    for index, (left, top) in enumerate(walked):
        box = layout.box(index)
        assert (box.left, box.top) == (left, top)
        assert layout.at(left + 1, top + 1) == index
        assert layout.at(left + layout.cell, top) is None or layout.gap == 0


@given(layouts, st.integers(0, 3000), st.integers(1, 2000))
def test_visible_is_exactly_what_touches(
    given_: tuple[list[int], int, int], top: int, height: int
) -> None:
    counts, width, cell = given_
    layout = Geometry(sum(counts), _sections(counts), width, cell)
    seen = set(layout.visible(top, top + height))
    for index in range(sum(counts)):
        box = layout.box(index)
        touches = box.top < top + height and box.top + layout.row > top
        if touches and top < layout.height - MARGIN:
            assert index in seen
        elif box.bottom <= top - layout.row or box.top >= top + height:
            assert index not in seen


@given(
    layouts, st.integers(0, 1600), st.integers(0, 2000), st.integers(1, 900), st.integers(1, 900)
)
def test_rubber_band_takes_exactly_what_it_touches(
    given_: tuple[list[int], int, int], left: int, top: int, width: int, height: int
) -> None:
    counts, across, cell = given_
    layout = Geometry(sum(counts), _sections(counts), across, cell)
    taken = layout.within(Box(left, top, width, height))
    for index in range(sum(counts)):
        box = layout.box(index)
        touched = (
            box.left < left + width and box.left + box.width > left
            and box.top < top + height and box.bottom > top
        )  # fmt: skip
        assert (index in taken) == touched


def test_a_band_within_a_gap_takes_nothing() -> None:
    layout = Geometry(30, _sections([30]), 700, 100)
    box = layout.box(0)
    row_gap = Box(0, box.bottom, 700, layout.gap)
    column_gap = Box(box.left + box.width, box.top, layout.gap, 500)
    assert not layout.within(row_gap)
    assert not layout.within(column_gap)
    assert 0 in layout.within(Box(0, box.bottom - 1, 700, 1))
    assert layout.columns in layout.within(Box(0, box.bottom, 700, layout.gap + 1))


def test_width_is_filled_and_cells_never_leave_it() -> None:
    for width in range(300, 2600, 37):
        layout = Geometry(1000, _sections([1000]), width, 176)
        right = layout.box(layout.columns - 1)
        assert right.left + right.width <= width - MARGIN
        assert width - MARGIN - (right.left + right.width) < layout.columns


def test_up_and_down_cross_a_date_in_the_same_column() -> None:
    layout = Geometry(10, _sections([4, 6]), 2 * MARGIN + 3 * 100 + 2 * 4, 100)
    assert layout.columns == 3
    assert layout.above(1, 1) == 3
    assert layout.above(2, 1) == 3
    assert layout.above(3, 1) == 4
    assert layout.above(5, -1) == 3
    assert layout.above(9, 1) == 9
    assert layout.above(0, -1) == 0


def test_days_are_found_by_bisection_in_a_million() -> None:
    ids = many_ids(1_000_000, step_ms=60_000)
    found = sections.find(ids, "day")
    assert 690 <= len(found) <= 700
    for one, following in pairwise(found):
        assert one.began is not None
        midnight = datetime(one.began.year, one.began.month, one.began.day).timestamp()
        first = id_at(round(midnight * 1000))
        assert ids[following.start - 1] >= first > ids[following.start]


@given(st.integers(0, 400), st.integers(0, 400))
def test_sections_of_two_lists_are_those_of_the_whole(front: int, back: int) -> None:
    ids = many_ids(front + back, step_ms=5_400_000)
    joined = sections.after(
        sections.find(ids[:front], "day"), front, sections.find(ids[front:], "day")
    )
    assert joined == sections.find(ids, "day")


def test_months_begin_on_the_first() -> None:
    found = sections.find(many_ids(10_000, step_ms=3_600_000), "month")
    assert all(section.began is not None and section.began.day == 1 for section in found)
    assert len({section.began for section in found}) == len(found)


def test_new_ids_go_in_front_once_and_in_order() -> None:
    ids = many_ids(5)
    new = [id_at(NOON + 2_000_000), id_at(NOON + 1_000_000), ids[0]]
    merged, count = sections.merged_front(ids, [*new, new[0]])
    assert count == 2
    assert list(merged) == sorted(merged, reverse=True)
    assert len(merged) == 7


positions = st.lists(st.integers(0, 60), max_size=40)


def _ranges(points: list[int]) -> Ranges:
    return Ranges((point, point + 1) for point in points)


@given(positions, positions)
def test_ranges_behave_as_sets(one: list[int], other: list[int]) -> None:
    a, b = _ranges(one), _ranges(other)
    ids = range(100)
    assert a.united(b).take(ids) == sorted({*one, *other})
    assert a.without(b).take(ids) == sorted({*one} - {*other})
    assert a.toggled(b).take(ids) == sorted({*one} ^ {*other})
    assert len(a) == len(set(one))
    assert all((point in a) == (point in one) for point in range(-1, 62))
    kept = [place for place in range(61) if place not in set(other)]
    survivors = [kept.index(place) for place in sorted({*one} - {*other})]
    assert a.closed_up(b).take(ids) == survivors


@given(positions, st.lists(st.integers(0, 61), max_size=20))
def test_rows_that_come_in_part_a_selection(points: list[int], places: list[int]) -> None:
    old: list[int | None] = list(range(61))
    grown = list(old)
    for place in sorted(places, reverse=True):
        grown.insert(place, None)
    moved = [grown.index(point) for point in sorted(set(points))]
    assert _ranges(points).opened_up(sorted(places)).take(range(100)) == moved


@given(
    st.sets(st.integers(1, 90), max_size=40), st.sets(st.integers(1, 90), max_size=20),
    st.data(),
)  # fmt: skip
def test_pictures_are_taken_in_where_they_belong(
    held: set[int], new: set[int], data: st.DataObject
) -> None:
    day = 86_400_000
    contents = Contents()
    contents.set(array("q", sorted((id_at(one * day) for one in held), reverse=True)))
    chosen = data.draw(st.sets(st.sampled_from(sorted(contents.ids)))) if held else set()
    contents.selection = contents.positions(chosen)
    contents.current = contents.pivot = len(held) // 2 if held else None
    current = None if contents.current is None else contents.ids[contents.current]
    joining = [id_at(one * day) for one in new]
    assert contents.settle((), dict.fromkeys(joining, 0)).come == len(new - held)
    assert list(contents.ids) == sorted({id_at(one * day) for one in held | new}, reverse=True)
    assert set(contents.selected_ids()) == chosen
    if current is not None:
        assert contents.ids[contents.current or 0] == contents.ids[contents.pivot or 0] == current
    assert contents.sections == sections.find(contents.ids, "day")


@given(st.sets(st.integers(1, 90), min_size=1, max_size=40), st.data())
def test_pictures_that_go_leave_the_others_as_they_were(
    held: set[int], data: st.DataObject
) -> None:
    ids = sorted((id_at(one * 43_200_000) for one in held), reverse=True)
    contents = Contents()
    contents.set(array("q", ids))
    chosen = data.draw(st.sets(st.sampled_from(ids)))
    gone = data.draw(st.sets(st.sampled_from(ids)))
    contents.selection = contents.positions(chosen)
    contents.remove(contents.positions([*gone, 5, id_at(10**13)]))
    assert list(contents.ids) == [one for one in ids if one not in gone]
    assert set(contents.selected_ids()) == chosen - gone
    assert contents.sections == sections.find(contents.ids, "day")


@given(positions)
def test_ranges_are_as_few_as_can_be(points: list[int]) -> None:
    ranges = list(_ranges(points))
    assert all(later[0] > earlier[1] for earlier, later in pairwise(ranges))


@pytest.mark.parametrize("limit", [0, 1, 3, 100])
def test_take_stops_at_the_limit(limit: int) -> None:
    taken = Ranges([(2, 4), (8, 11)]).take(range(20), limit)
    assert taken == [2, 3, 8, 9, 10][:limit]
