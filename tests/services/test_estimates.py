"""How long a picture takes is learned from what was made before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.services import estimates, generate
from stylestudio_desktop.services.estimates import Estimates, left_ms
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import estimates as stored
from stylestudio_desktop.store import generations
from tests.factories import brief_for, import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A library with tokens to spend."""
    made = open_test_studio(tmp_path, tokens=100)
    yield made
    close_studio(made)


def finish(studio: Studio, row_id: int, milliseconds: int | None) -> None:
    """Let a generation have been completed after `milliseconds`."""
    for status in (Status.UPLOADING, Status.PROCESSING, Status.COMPLETED):
        row = generations.by_id(studio.database, row_id)
        assert row is not None
        with studio.database.write():
            assert generations.step(
                studio.database, row, status, row.updated_at, processing_time_ms=milliseconds
            )


def test_the_median_for_each_service_and_quality(studio: Studio, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path)
    for milliseconds, count in ((2000, 1), (4000, 1), (90_000, 1), (6000, 2)):
        row = generate.start(studio, brief_for(product, count=count))
        finish(studio, row.id, milliseconds)
    standard = generate.start(studio, brief_for(product, quality="standard"))
    finish(studio, standard.id, 8000)
    generate.start(studio, brief_for(product, quality="high"))

    found = estimates.learn(studio)

    assert found.expected_ms("local", "draft", 1) == 3500  # of 2, 3, 4 and 90 seconds
    assert found.expected_ms("local", "draft", 4) == 14_000
    assert found.expected_ms("local", "standard", 1) == 8000
    assert found.expected_ms("local", "high", 1) is None
    assert found.expected_ms("other", "draft", 1) is None


def test_what_was_not_measured_teaches_nothing(studio: Studio, tmp_path: Path) -> None:
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    finish(studio, row.id, None)

    assert estimates.learn(studio) == Estimates({})


def test_only_recent_runs_are_read_and_by_an_index(studio: Studio, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path)
    for milliseconds in (1, 2, 3):
        finish(studio, generate.start(studio, brief_for(product)).id, milliseconds)
    seen: list[str] = []
    rows = studio.database.rows

    def watched(sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        seen.append(sql)
        return rows(sql, values)

    studio.database.rows = watched  # type: ignore[method-assign, assignment]
    recent = stored.recent_runs(studio.database, studio.user_id, 2)
    plan = " ".join(str(row) for row in rows(f"EXPLAIN QUERY PLAN {seen[0]}", (1, "x", 2)))

    assert [one.milliseconds for one in recent] == [3, 2]
    assert "generations_by_user_and_status" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("spent", "share", "expected", "left"),
    [
        (1000, 0.5, None, 1000),
        (1000, 0.5, 60_000, 1000),
        (1000, 0.01, 5000, 4000),
        (1000, None, 5000, 4000),
        (6000, None, 5000, None),
        (6000, 0.0, None, None),
        (6000, 1.5, None, 0),
    ],
)
def test_the_time_left(
    spent: float, share: float | None, expected: float | None, left: float | None
) -> None:
    assert left_ms(spent, share, expected) == left
