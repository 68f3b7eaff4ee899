"""Ids sort by the moment they were made, whatever the clock and however many threads."""

import itertools
import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain import ids

MOMENT = 1_790_000_000_000


def test_an_id_carries_its_moment() -> None:
    row_id = ids.IdSource().next(MOMENT)
    assert ids.made_at(row_id) == MOMENT
    assert ids.id_at(MOMENT) <= row_id < ids.id_at(MOMENT + 1)


def test_a_fresh_id_carries_the_present() -> None:
    before = ids.now_ms()
    row_id = ids.new_id()
    assert before <= ids.made_at(row_id) <= ids.now_ms()
    assert abs(ids.now_ms() - time.time() * 1000) < 5_000


def test_ids_of_one_millisecond_differ_and_rise() -> None:
    source = ids.IdSource()
    made = [source.next(MOMENT) for _ in range(5_000)]
    assert all(first < second for first, second in itertools.pairwise(made))


def test_a_clock_that_steps_back_does_not_break_the_order() -> None:
    source = ids.IdSource()
    first = source.next(MOMENT)
    second = source.next(MOMENT - 3_600_000)
    third = source.next(MOMENT + 1)
    assert first < second < third
    assert ids.made_at(third) == MOMENT + 1


@given(st.lists(st.integers(0, 2**42 - 2), min_size=2, max_size=60))
def test_any_walk_of_the_clock_gives_rising_unique_ids(walk: list[int]) -> None:
    source = ids.IdSource()
    made = [source.next(moment) for moment in walk]
    assert made == sorted(set(made))
    assert all(0 < row_id <= ids.LARGEST_ID for row_id in made)


@given(st.integers(0, 2**42 - 1))
def test_every_moment_fits_in_63_bits(moment: int) -> None:
    row_id = ids.IdSource().next(moment)
    assert 0 <= row_id <= ids.LARGEST_ID
    assert ids.made_at(row_id) == moment


def test_threads_never_get_the_same_id() -> None:
    source = ids.IdSource()
    found: list[list[int]] = [[] for _ in range(4)]

    def take(mine: list[int]) -> None:
        mine.extend(source.next() for _ in range(2_000))

    threads = [threading.Thread(target=take, args=(mine,)) for mine in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = list(itertools.chain.from_iterable(found))
    assert len(set(made)) == 8_000
    assert all(mine == sorted(mine) for mine in found)


def test_random_bits_are_not_guessable_from_the_moment() -> None:
    low = {ids.IdSource().next(MOMENT) - ids.id_at(MOMENT) for _ in range(200)}
    assert len(low) > 190
