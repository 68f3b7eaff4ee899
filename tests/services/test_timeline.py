"""History's timeline: a batch is one row among single generations, live, and acted on as one."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.batch import Batch, Wish
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import (
    attempts,
    batch_feeding,
    batches,
    finishing,
    generate,
    history,
    history_bulk,
    timeline,
)
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio, photo

ALL = GenerationFilter()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": FakeProvider(concurrency=4)}, tokens=20)
    yield opened
    close_studio(opened)


@pytest.fixture
def single(studio: Studio, tmp_path: Path) -> int:
    """A generation of its own, begun before the batch."""
    return generate.start(studio, brief_for(import_photo(studio, tmp_path))).id


@pytest.fixture
def batch(studio: Studio, single: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch of four pictures, two of which wait in the queue."""
    monkeypatch.setattr(batch_feeding, "AHEAD", 2)
    folder = tmp_path / "autumn"
    folder.mkdir()
    for number in range(4):
        photo(folder, f"{number}.jpg", f"rgb({number * 40},9,9)")
    wish = Wish((), quality="draft")
    begun = batches.start(studio, plan(studio, Sources((str(folder),), settings=wish)))
    batch_feeding.feed(studio, threading.Event())
    return begun


def shown(studio: Studio, wanted: GenerationFilter = ALL) -> list[tuple[int, str]]:
    """Return the rows' ids and states, checked against the list of all ids."""
    rows = timeline.rows(studio, wanted).items
    assert [row.card.id for row in rows] == list(timeline.ids(studio, wanted))
    return [(row.card.id, row.card.status) for row in rows]


def members(studio: Studio, batch: Batch) -> list[int]:
    return list(history.ids(studio, GenerationFilter(batch=batch.id)))


def test_a_batch_is_one_row_from_its_start_to_its_end(
    studio: Studio, single: int, batch: Batch
) -> None:
    assert shown(studio) == [(batch.id, "processing"), (single, "pending")]
    batches.pause(studio, batch.id)
    for one in members(studio, batch):
        finishing.fail(studio, one, Code.SERVICE_FAILED, "It failed.")
    assert shown(studio)[0] == (batch.id, "pending")
    batches.resume(studio, batch.id)
    runner = Runner(studio)
    runner.run(threading.Event(), until=runner.idle)
    assert shown(studio) == [(batch.id, "completed"), (single, "completed")]
    row = timeline.rows(studio, ALL).items[0]
    assert row.batch is not None
    assert (row.batch.completed, row.batch.failed, row.card.pictures) == (2, 2, 4)
    assert (row.card.prompt, row.card.tokens_used) == ("autumn", 2)
    assert row.thumbnail is not None


def test_pages_and_times_hold_for_batches_too(studio: Studio, single: int, batch: Batch) -> None:
    first = timeline.rows(studio, ALL, limit=1)
    assert [row.card.id for row in first.items] == [batch.id]
    rest = timeline.rows(studio, ALL, after=first.next, limit=1)
    assert [row.card.id for row in rest.items] == [single]
    assert rest.next is None
    later = GenerationFilter(since=now_ms() + 60_000)
    assert shown(studio, later) == []
    assert shown(studio, GenerationFilter(until=now_ms() - 60_000)) == []


def test_looking_for_pictures_shows_each_of_them(studio: Studio, single: int, batch: Batch) -> None:
    every = {single, *members(studio, batch)}
    for wanted in (GenerationFilter(status="pending"), GenerationFilter(batch=batch.id)):
        found = set(timeline.ids(studio, wanted))
        assert found == (every if wanted.batch is None else every - {single})
        assert {row.card.id for row in timeline.rows(studio, wanted).items} == found


def test_the_trash_takes_a_batch_whole_and_gives_it_back(
    studio: Studio, single: int, batch: Batch
) -> None:
    account = timeline.cancel(studio, [batch.id, single], lambda _done, _all: None)
    assert len(account.done) == 3
    assert shown(studio) == [(batch.id, "cancelled"), (single, "cancelled")]
    assert batches.progress(studio, batch.id).dropped == 2
    again = timeline.cancel(studio, [batch.id], lambda _done, _all: None)
    assert again.done == ()
    chosen = timeline.members(studio, [batch.id])
    assert chosen == members(studio, batch)
    history_bulk.trash(studio, chosen, lambda _done, _all: None)
    assert shown(studio) == [(single, "cancelled")]
    assert set(timeline.ids(studio, ALL._replace(trashed=True))) == set(chosen)
    history_bulk.restore(studio, chosen, lambda _done, _all: None)
    assert shown(studio)[0] == (batch.id, "cancelled")


def test_a_batch_of_which_all_failed_says_so(studio: Studio, batch: Batch) -> None:
    with studio.database.write():
        studio.database.run("UPDATE batch_items SET state = 'refused' WHERE state = 'waiting'")
    for one in members(studio, batch):
        finishing.fail(studio, one, Code.SERVICE_FAILED, "It failed.")
        assert attempts.owned(studio, one).status == "failed"
    with studio.database.write():
        studio.database.run("UPDATE batches SET status = 'done'")
    assert shown(studio)[0] == (batch.id, "failed")
