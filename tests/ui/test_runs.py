"""Pictures are found in lists that are oldest or best rated first without a look at each."""

import time
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.ui.widgets.grid.contents import Contents
from stylestudio_desktop.ui.widgets.grid.runs import Runs
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

MILLION = 1_000_000
TURN_MS = 25.0
"""Half of what a turn of the window may take; laying out and painting follow."""


Rated = dict[int, int]
"""The part of each picture: the place of its rating among the ratings, best first."""


def laid_out(rated: Rated, parts: int, rising: bool = False) -> tuple["array[int]", Runs]:
    """Return the list of pictures as it must be, and its runs."""
    ids = array("q", sorted(rated, key=lambda one: (rated[one], one if rising else -one)))
    starts = [sum(part < number for part in rated.values()) for number in range(parts)]
    return ids, Runs(tuple(starts), rising)


def holding(ids: "array[int]", runs: Runs) -> Contents:
    contents = Contents()
    contents.set(array("q", ids), dated=False, runs=runs)
    return contents


rated = st.dictionaries(st.integers(0, 300), st.integers(0, 5), max_size=60)


@given(rated, st.sets(st.integers(0, 300), max_size=60), st.booleans())
def test_each_is_found_where_it_stands(held: Rated, asked: set[int], rising: bool) -> None:
    if rising:
        held = dict.fromkeys(held, 0)
    ids, runs = laid_out(held, 1 if rising else 6, rising)
    wanted = Ranges((at, at + 1) for at, one in enumerate(ids) if one in asked)
    assert runs.positions(ids, asked) == wanted
    assert all(held[one] == runs.run_at(at) for at, one in enumerate(ids))


@given(rated, rated, st.sets(st.integers(0, 300), max_size=60), st.booleans(), st.data())
def test_what_changed_is_put_where_it_belongs_and_nothing_else_is_touched(
    held: Rated, shown: Rated, gone: set[int], rising: bool, data: st.DataObject
) -> None:
    if rising:
        held, shown = dict.fromkeys(held, 0), dict.fromkeys(shown, 0)
    parts = 1 if rising else 6
    gone -= shown.keys()
    contents = holding(*laid_out(held, parts, rising))
    chosen = data.draw(st.sets(st.sampled_from(sorted(held)))) if held else set()
    current = data.draw(st.sampled_from(sorted(held))) if held else None
    contents.selection = contents.positions(chosen)
    contents.current = None if current is None else contents.index_of(current)
    done = contents.settle(shown.keys() | gone, shown)
    after = {one: part for one, part in (held | shown).items() if one not in gone}
    ids, runs = laid_out(after, parts, rising)
    assert (list(contents.ids), contents.runs) == (list(ids), runs)
    assert done.come - done.gone == len(after) - len(held)
    assert set(contents.selected_ids()) == chosen - gone
    if current in after:
        assert contents.ids[contents.current or 0] == current


def test_a_list_whose_order_is_not_known_loses_but_never_takes_in() -> None:
    contents = holding(array("q", [5, 9, 2, 7]), Runs())
    assert contents.settle([9, 2, 4], {2: 0, 4: 0}) == (1, 0, set())
    assert list(contents.ids) == [5, 2, 7]


def test_an_order_of_no_runs_is_searched_through() -> None:
    ids = array("q", [one % 1000 * 7 % 1009 for one in range(900)])
    contents = holding(ids, Runs())
    assert contents.index_of(ids[700]) == 700
    assert contents.positions([ids[3], ids[700], 5000]) == Ranges([(3, 4), (700, 701)])


@pytest.mark.parametrize("rising", [True, False])
def test_a_few_of_a_million_are_put_in_order_in_one_short_turn(rising: bool) -> None:
    """The whole list read anew took 0.5 to 1.2 s."""
    ids = array("q", range(MILLION)) if rising else array("q", range(MILLION - 1, -1, -1))
    runs = Runs((0,), rising) if rising else Runs((0, 0, 400_000, 400_000, 700_000, 900_000))
    contents = holding(ids, runs)
    some = dict.fromkeys(range(1000, MILLION, 1000), 0 if rising else 3)
    best = TURN_MS
    for part in (0, 3, 5):
        shown = some if rising else dict.fromkeys(some, part)
        began = time.thread_time()
        contents.settle(some, shown)
        best = min(best, (time.thread_time() - began) * 1000)
        assert len(contents) == MILLION
    assert best < TURN_MS


@pytest.mark.parametrize("rising", [True, False])
def test_a_million_that_are_read_anew_keep_the_selection_in_one_short_turn(rising: bool) -> None:
    """Looked through one by one they took 45 ms, and the view and the current one as long again."""
    newest = range(MILLION, 0, -1)
    ids = array("q", range(1, MILLION + 1) if rising else [*newest[::3], *newest[1::3]])
    parts = Runs((0,), rising) if rising else Runs((0, len(newest[::3])))
    contents = holding(ids, parts)
    middle = len(ids) // 2
    contents.selection = Ranges([(middle, middle + 300), (7, 8)])
    contents.current = middle
    chosen = contents.selected_ids()
    again = array("q", ids)
    del again[0]
    known = parts if rising else Runs((0, parts.starts[1] - 1))
    best = TURN_MS
    for _ in range(3):
        fresh = holding(ids, parts)
        fresh.selection, fresh.current = contents.selection, middle
        began = time.thread_time()
        fresh.refresh(again, known)
        assert fresh.index_of(chosen[5]) is not None
        best = min(best, (time.thread_time() - began) * 1000)
        assert fresh.selected_ids() == chosen
        assert fresh.current == middle - 1
    assert best < TURN_MS
