"""Names of snapshots and which of many stay: rules without any disk."""

from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.errors import Code, Stopped
from stylestudio_desktop.domain.keeping import (
    DAY_MS,
    HOUR_MS,
    Reason,
    SnapshotName,
    read_name,
    stamp,
    superfluous,
)

MOMENTS = st.integers(0, 4_000_000_000_000)


@given(MOMENTS, st.integers(0, 999_999), st.sampled_from(Reason))
def test_a_name_tells_what_it_was_made_of(moment: int, schema: int, reason: Reason) -> None:
    name = SnapshotName(moment, schema, reason)
    assert read_name(str(name)) == name


def test_names_sort_by_time_and_foreign_ones_are_none() -> None:
    assert stamp(1_795_386_600_123) == "20261122T223000123Z"
    assert stamp(5) < stamp(6) < stamp(1_795_386_600_123)
    for foreign in (
        "library.sqlite3",
        "20261122T223000123Z-s3-asked.sqlite3.part",
        "20261322T223000123Z-s3-asked.sqlite3",
        "20261122T223000123Z-s3-whim.sqlite3",
    ):
        assert read_name(foreign) is None


@given(st.sets(MOMENTS, max_size=60))
def test_the_newest_always_stays_and_few_are_many_enough(moments: set[int]) -> None:
    gone = superfluous(moments)
    assert gone <= moments
    kept = moments - gone
    assert len(kept) <= 24 + 14 + 8 + 12
    if moments:
        assert max(moments) in kept
    assert superfluous(kept) == set() or superfluous(kept) < kept


def test_a_year_of_hours_leaves_hours_days_weeks_and_months() -> None:
    now = 1_795_386_600_000
    moments = {now - hour * HOUR_MS for hour in range(24 * 365)}
    kept = sorted(moments - superfluous(moments), reverse=True)

    assert kept[:24] == [now - hour * HOUR_MS for hour in range(24)]
    days = {moment // DAY_MS for moment in kept}
    assert {now // DAY_MS - day for day in range(14)} <= days
    assert len({(moment // DAY_MS + 3) // 7 for moment in kept}) >= 8
    assert now - kept[-1] > 300 * DAY_MS
    assert len(kept) <= 24 + 14 + 8 + 12


def test_stopping_is_told_in_words() -> None:
    assert Stopped().code is Code.CANCELLED
    assert "stays" in Stopped().sentence
