"""The insights are the log's own sums, whichever way they are grouped."""

from statistics import median

import pytest

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.services import insights, synthetic
from stylestudio_desktop.services.insights import Work
from tests.factories import open_test_studio


def test_every_grouping_adds_up_to_the_log(tmp_path) -> None:
    studio = open_test_studio(tmp_path)
    synthetic.fill(studio, 500, photos=30, seed=2)

    found = insights.insights(studio, 1200)

    one = studio.database.row(
        "SELECT sum(action = 'generation_started'), sum(action = 'generation_completed'),"
        " sum(action = 'generation_failed'), sum(action = 'generation_cancelled'),"
        " sum(iif(action = 'generation_completed', pictures, 0)),"
        " sum(iif(action = 'generation_completed', tokens, 0)),"
        " sum(iif(action = 'generation_completed', duration_ms, 0)),"
        " sum(action = 'image_uploaded'), sum(iif(action = 'tokens_purchased', tokens, 0))"
        " FROM usage WHERE user_id = ?",
        (studio.user_id,),
    )
    assert found.total == Work(*one[:7], found.total.median_ms, found.total.median_tokens)
    assert (found.uploaded, found.bought, found.downloaded) == (one[7], one[8], 0)
    for groups in (found.by_day, found.by_provider, found.by_style):
        for field in ("started", "completed", "failed", "cancelled", "pictures", "tokens"):
            assert sum(getattr(work, field) for _, work in groups) == getattr(found.total, field)
    started = [work.started for _, work in found.by_style]
    assert started == sorted(started, reverse=True)
    assert 0.85 < found.total.success_rate < 1
    assert found.total.tokens_per_picture == found.total.tokens / found.total.pictures
    assert found.total.ms_per_picture > 100
    assert sum(count.number for count in found.storage) > 400
    studio.database.close()


def test_a_new_library_has_no_rates(tmp_path) -> None:
    studio = open_test_studio(tmp_path)

    total = insights.insights(studio, 1).total

    assert (total.success_rate, total.ms_per_picture, total.tokens_per_picture) == (None,) * 3
    studio.database.close()


def test_times_and_costs_are_medians_of_the_newest(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_test_studio(tmp_path)
    synthetic.fill(studio, 500, photos=30, seed=2)
    rows = studio.database.rows(
        "SELECT provider, duration_ms * 1.0 / pictures, tokens * 1.0 / pictures"
        " FROM usage WHERE user_id = ?"
        " AND action = 'generation_completed' AND pictures > 0 ORDER BY timestamp DESC",
        (studio.user_id,),
    )

    found = insights.insights(studio, 1200)

    assert found.total.median_ms == median(each for _, each, _ in rows)
    assert found.total.median_tokens == median(each for *_, each in rows)
    for name, work in found.by_provider:
        assert work.median_ms == median(each for provider, each, _ in rows if provider == name)
        assert work.median_tokens == median(each for provider, _, each in rows if provider == name)
    # One slow picture moves the mean of all, the median not.
    assert found.total.ms_per_picture != found.total.median_ms
    # A period has its own times, and only so many records of it are read.
    monkeypatch.setattr(insights, "LOOK_BACK", 0)
    nothing = insights.insights(studio, 1200).total
    assert (nothing.median_ms, nothing.median_tokens) == (None, None)
    studio.database.close()


@pytest.mark.parametrize("days", [0, -1, 3661])
def test_impossible_spans_are_refused(tmp_path, days: int) -> None:
    studio = open_test_studio(tmp_path)
    with pytest.raises(BadInput):
        insights.insights(studio, days)
    studio.database.close()


def test_the_log_is_read_page_by_page(tmp_path) -> None:
    studio = open_test_studio(tmp_path)
    synthetic.fill(studio, 40, photos=30, seed=2)
    seen = []
    after = None
    while True:
        page = insights.log(studio, after, 7)
        seen += [record.id for record in page.items]
        if page.next is None:
            break
        after = page.next
    want = studio.database.rows(
        "SELECT id FROM usage WHERE user_id = ? ORDER BY id DESC", (studio.user_id,)
    )
    assert seen == [row[0] for row in want]
    studio.database.close()
