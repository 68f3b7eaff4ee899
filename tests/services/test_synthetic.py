"""Synthetic libraries keep every rule, tell the same story for the same seed, and stop cleanly."""

import datetime
from collections import Counter
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.services import health, synthetic
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path):
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def rows(studio: Studio, sql: str) -> list[tuple]:
    return studio.database.rows(sql)


def test_what_is_told_is_what_is_there(studio: Studio) -> None:
    made = synthetic.fill(studio, 700, photos=50, seed=4)

    assert made.generations == rows(studio, "SELECT count(*) FROM generations")[0][0] == 700
    assert made.photos == 50
    assert (
        made.files
        == rows(studio, "SELECT count(*) FROM files WHERE category = 'generated_image'")[0][0]
    )
    found = health.verify(studio, deep=True)
    assert found.problems == ()


def test_it_is_skewed_as_real_libraries_are(studio: Studio) -> None:
    synthetic.fill(studio, 3000, photos=100, seed=9)

    status = Counter(dict(rows(studio, "SELECT status, count(*) FROM generations GROUP BY 1")))
    assert 0.84 < status["completed"] / 3000 < 0.93
    assert 0.04 < status["failed"] / 3000 < 0.1
    assert 1 <= status["pending"] <= 12
    own = rows(studio, f"SELECT count(*) FROM generations WHERE user_id = {studio.user_id}")[0][0]
    assert 0.87 < own / 3000 < 0.93
    words = Counter(
        word for (prompt,) in rows(studio, "SELECT prompt FROM generations")
        for word in prompt.split()[:2]
    )  # fmt: skip
    common = [number for _, number in words.most_common()]
    assert common[0] > 8 * common[len(common) // 2], "few words make most prompts"
    weekend = 0
    moments = [row[0] for row in rows(studio, "SELECT created_at FROM generations ORDER BY id")]
    for moment in moments:
        day = datetime.datetime.fromtimestamp(moment / 1000, datetime.UTC)
        weekend += day.weekday() >= 5
    assert weekend / 3000 < 0.15
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] > 1000 * 86_400_000
    retried = rows(studio, "SELECT count(*) FROM generations WHERE retry_count = 1")[0][0]
    assert 30 < retried < 200
    assert rows(studio, "SELECT count(*) FROM generations WHERE trashed_at IS NOT NULL")[0][0] > 5
    assert rows(studio, "SELECT count(*) FROM files WHERE favourite = 1")[0][0] > 50
    assert rows(studio, "SELECT count(*) FROM files WHERE rating = 5")[0][0] > 50


def test_the_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        studio = open_test_studio(tmp_path / name)
        synthetic.fill(studio, 120, photos=30, seed=6)
        told.append(
            rows(studio, "SELECT id, status, prompt, style, seed, price FROM generations")
            + rows(studio, "SELECT storage_id FROM files ORDER BY id")
        )
        close_studio(studio)

    assert told[0] == told[1]


def test_a_used_library_goes_on(studio: Studio, tmp_path: Path) -> None:
    import_photo(studio, tmp_path)
    synthetic.fill(studio, 200, photos=30, seed=1)
    synthetic.fill(studio, 200, photos=30, seed=2)

    assert health.verify(studio).problems == ()
    assert rows(studio, "SELECT count(*) FROM users")[0][0] == 4
    assert rows(studio, "SELECT count(*) FROM generations")[0][0] == 400


def test_an_interruption_leaves_whole_portions(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "PORTION", 50)
    genuine = synthetic.bulk.write
    written = []

    def write(*given):
        if len(written) == 2:
            genuine(*given)
            raise KeyboardInterrupt
        written.append(genuine(*given))
        return written[-1]

    monkeypatch.setattr(synthetic.bulk, "write", write)
    with pytest.raises(KeyboardInterrupt):
        synthetic.fill(studio, 300, photos=30, seed=1)

    assert rows(studio, "SELECT count(*) FROM generations")[0][0] == 100
    assert health.verify(studio, deep=True).problems == ()


def test_progress_rises_to_the_end(studio: Studio) -> None:
    told = []
    synthetic.fill(studio, 60, photos=30, progress=lambda *step: told.append(step))

    shares = [done / total for done, total, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(("number", "photos"), [(0, None), (-5, None), (10**9, None), (5, 0)])
def test_impossible_numbers_are_refused(studio: Studio, number: int, photos: int | None) -> None:
    with pytest.raises(BadInput):
        synthetic.fill(studio, number, photos=photos)


def test_small_loads_have_as_many_photos_as_they_need(tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path)
    generous = studio.catalogue
    object.__setattr__(studio, "catalogue", generous._replace(free_tokens=0))

    assert synthetic.fill(studio, 5).photos == 20
    assert health.verify(studio).problems == ()
    close_studio(studio)
