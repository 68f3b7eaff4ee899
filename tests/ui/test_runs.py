"""Pictures are found in lists that are oldest or best rated first without a look at each."""

import time
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.ui.widgets.grid import runs
from stylestudio_desktop.ui.widgets.grid.contents import Contents
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

MILLION = 1_000_000
TURN_MS = 25.0
"""Half of what a turn of the window may take; laying out and painting follow."""


@given(st.lists(st.sets(st.integers(0, 10_000), max_size=40), max_size=6), st.data())
def test_each_is_found_where_it_stands(parts: list[set[int]], data: st.DataObject) -> None:
    seen: set[int] = set()
    ids = array("q")
    for part in parts:
        ids.extend(sorted(part - seen, reverse=True))
        seen |= part
    asked = data.draw(st.sets(st.integers(0, 10_000), max_size=60)) | set(ids[::3])
    found = runs.found(ids, rising=False)
    wanted = [(at, at + 1) for at, one in enumerate(ids) if one in asked]
    assert found.positions(ids, asked) == Ranges(wanted)
    rising = array("q", sorted(seen))
    found = runs.found(rising, rising=True)
    wanted = [(at, at + 1) for at, one in enumerate(rising) if one in asked]
    assert found.positions(rising, asked) == Ranges(wanted)


def test_runs_follow_what_leaves() -> None:
    ids = array("q", [9, 5, 1, 8, 7, 2])
    contents = Contents()
    contents.set(ids, dated=False)
    contents.refresh(ids, runs.found(ids, rising=False))
    assert contents.runs.starts == (0, 3)
    contents.remove(Ranges([(0, 3)]))
    assert list(contents.ids) == [8, 7, 2]
    assert contents.index_of(7) == 1
    assert contents.index_of(5) is None


def test_an_order_of_no_runs_is_searched_through() -> None:
    ids = array("q", [one % 1000 * 7 % 1009 for one in range(900)])
    assert runs.found(ids, rising=False) == runs.Runs()
    contents = Contents()
    contents.set(ids, dated=False)
    contents.refresh(ids, runs.found(ids, rising=False))
    assert contents.index_of(ids[700]) == 700


@pytest.mark.parametrize("rising", [True, False])
def test_a_million_that_are_read_anew_keep_the_selection_in_one_short_turn(rising: bool) -> None:
    """Looked through one by one they took 45 ms, and the view and the current one as long again."""
    newest = range(MILLION, 0, -1)
    ids = array("q", range(1, MILLION + 1) if rising else [*newest[::3], *newest[1::3]])
    contents = Contents()
    contents.set(ids, dated=False)
    known = runs.found(ids, rising)
    contents.refresh(ids, known)
    middle = len(ids) // 2
    contents.selection = Ranges([(middle, middle + 300), (7, 8)])
    contents.current = middle
    chosen = contents.selected_ids()
    again = array("q", ids)
    del again[0]
    known = runs.found(again, rising)
    best = TURN_MS
    for _ in range(3):
        fresh = Contents()
        fresh.set(ids, dated=False)
        fresh.refresh(ids, runs.found(ids, rising))
        fresh.selection, fresh.current = contents.selection, middle
        began = time.thread_time()
        fresh.refresh(again, known)
        assert fresh.index_of(chosen[5]) is not None
        best = min(best, (time.thread_time() - began) * 1000)
        assert fresh.selected_ids() == chosen
        assert fresh.current == middle - 1
    assert best < TURN_MS
