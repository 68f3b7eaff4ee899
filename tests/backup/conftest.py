"""A small library with photos, a finished picture, one in flight, and a purchase on its way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.services import finishing, generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs, journal
from tests.backup.histories import Life
from tests.factories import brief_for, import_photo, open_test_studio
from tests.store.machines import results, stored_result, work_until_processing


def fill(studio: Studio, folder: Path) -> None:
    """Put a picture of every kind and a job in flight into a library."""
    product = import_photo(studio, folder)
    row = work_until_processing(studio, generate.start(studio, brief_for(product, prompt="sea")))
    finishing.complete(studio, row, results(stored_result(studio, folder), 1))
    generate.start(studio, brief_for(product, prompt="waiting"))


def purchase(studio: Studio, number: int, status: str = "pending") -> None:
    """Write a purchase as the shop would."""
    with studio.database.write():
        studio.database.run(
            "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received,"
            " status, transaction_id, package_name, display_name, created_at)"
            " VALUES (?, ?, 499, 'EUR', 50, ?, ?, 'small', 'Small', 1)",
            (number, studio.user_id, status, f"order {number}"),
        )


def the_job(studio: Studio) -> Job:
    """Return the one job in the queue."""
    (generation_id,) = (row[0] for row in studio.database.rows("SELECT generation_id FROM jobs"))
    job = jobs.get(studio.database, generation_id)
    assert job is not None
    return job


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, tokens=20)
    fill(opened, tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Give a history whose every commit is a moment of its own."""
    monkeypatch.setattr(journal, "EVERY_S", 0.0)
    (tmp_path / "life").mkdir()
    lived = Life(tmp_path / "life")
    yield lived
    lived.close()
