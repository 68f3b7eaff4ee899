"""What the worker may do to the queue: each step durable, repeatable, and refused in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import events
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Category, Status
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.providers.protocol import Output, RemoteRef
from stylestudio_desktop.services import (
    attempts,
    finishing,
    generate,
    history,
    library,
    queue,
    steering,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations
from tests.factories import brief_for, import_photo, open_test_studio, photo
from tests.store.books import dump, faults
from tests.store.machines import HOST, results, stored_result, work_until_processing


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path)


def test_what_is_sent_was_checked_byte_for_byte(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    person = import_photo(studio, tmp_path, "red", Category.MODEL)
    brief = brief_for(product, models=(person,), prompt="at sea", seed=5, aspect_ratio="3:2")
    taken = queue.claim(studio, HOST, generate.start(studio, brief).id)
    assert taken is not None
    ready = queue.prepare(studio, *taken)
    assert (ready.seed, ready.intent_id) == (5, taken[1].intent_id)
    assert (ready.width, ready.height) == (768, 512)
    assert ready.products == (library.location(studio, library.picture(studio, product)),)
    assert ready.models == (library.location(studio, library.picture(studio, person)),)
    assert "at sea" in ready.prompt


@pytest.mark.parametrize(
    ("harm", "code"), [("cut", Code.FILE_DAMAGED), ("gone", Code.FILE_MISSING)]
)
def test_a_photo_that_was_harmed_is_named(
    studio: Studio, product: FileId, harm: str, code: Code
) -> None:
    taken = queue.claim(studio, HOST, generate.start(studio, brief_for(product)).id)
    assert taken is not None
    path = library.location(studio, library.picture(studio, product))
    if harm == "gone":
        path.unlink()
    else:
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(BadInput, match="teal") as caught:
        queue.prepare(studio, *taken)
    assert caught.value.code is code


def test_results_are_not_sent(studio: Studio, product: FileId, tmp_path: Path) -> None:
    row = work_until_processing(studio, generate.start(studio, brief_for(product)))
    job = queue.place(studio, row.id)
    finishing.complete(studio, row, results(stored_result(studio, tmp_path), 1))
    assert job is not None
    assert len(queue.prepare(studio, row, job).products) == 1


def test_claims_pass_over_what_is_not_due_or_not_there(
    studio: Studio, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = generate.start(studio, brief_for(product))
    assert queue.claim(studio, HOST, 12345) is None
    taken = queue.claim(studio, HOST, row.id)
    assert taken is not None
    queue.wait_until(studio, taken[1], now_ms() + 60_000)
    assert queue.claim(studio, HOST, row.id) is None
    assert queue.claim_next(studio, HOST, "local") is None
    queue.wait_until(studio, taken[1], 0)
    assert queue.claim_next(studio, HOST, "elsewhere") is None
    assert queue.claim_next(studio, HOST, "local") is not None
    steering.cancel(studio, row.id)
    finishing.stop(studio, row.id)
    queue.wait_until(studio, taken[1], 0)
    assert queue.place(studio, row.id) is None


def test_a_step_is_taken_once_and_only_forward(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))
    told: list[events.Event] = []
    studio.bus.subscribe(told.append)
    queue.advance(studio, 12345, Status.UPLOADING)
    queue.advance(studio, row.id, Status.UPLOADING)
    queue.advance(studio, row.id, Status.UPLOADING)
    assert told == [events.GenerationMoved(row.id, "uploading")]
    with pytest.raises(IllegalStep):
        queue.advance(studio, row.id, Status.PENDING)


@pytest.mark.parametrize("act", ["advance", "complete"])
def test_of_two_hosts_the_later_is_told(
    studio: Studio, product: FileId, tmp_path: Path, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = work_until_processing(studio, generate.start(studio, brief_for(product)))
    saved = results(stored_result(studio, tmp_path), 1)
    monkeypatch.setattr(generations, "step", lambda *_given, **_changes: False)
    before = dump(studio.database)
    acts = {
        "advance": lambda: queue.advance(studio, row.id, Status.COMPLETED),
        "complete": lambda: finishing.complete(studio, row, saved),
    }
    with pytest.raises(IllegalStep, match="moved on"):
        acts[act]()
    assert dump(studio.database) == before


def test_a_host_left_behind_can_t_end_the_next_attempt(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    saved = results(stored_result(studio, tmp_path), 1)
    old = work_until_processing(studio, generate.start(studio, brief_for(product)))
    finishing.fail(studio, old.id, Code.NO_NETWORK, "Away.")
    work_until_processing(studio, steering.retry(studio, old.id))
    with pytest.raises(IllegalStep):
        finishing.complete(studio, old, saved)
    assert attempts.owned(studio, old.id).status == "processing"
    assert faults(studio.database) == []


def test_what_a_service_said_is_kept_word_for_word(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))
    taken = queue.claim(studio, HOST, row.id)
    assert taken is not None
    assert (queue.ref_of(taken[1]), queue.outputs_of(taken[1])) == (None, None)
    queue.advance(studio, row.id, Status.UPLOADING)
    queue.about_to_send(studio, row.id)
    reference = RemoteRef("far/é", {"region": "eu"})
    outputs = (Output(0, "https://x.example/0", {"seed": 3}), Output(1, "second", {}))
    queue.keep_ref(studio, row.id, reference)
    queue.keep_outputs(studio, row.id, outputs)
    job = queue.place(studio, row.id)
    assert job is not None
    assert queue.ref_of(job) == reference
    assert queue.outputs_of(job) == outputs
    assert job.submitted_at is not None
    assert attempts.owned(studio, row.id).remote_id == "far/é"
    queue.not_sent(studio, row.id)
    job = queue.place(studio, row.id)
    assert job is not None
    assert (job.ref, job.outputs, job.submitted_at, job.tries) == (None, None, None, 1)


def test_progress_is_kept_and_told(studio: Studio, product: FileId) -> None:
    row = work_until_processing(studio, generate.start(studio, brief_for(product)))
    told: list[events.Event] = []
    studio.bus.subscribe(told.append)
    queue.progress(studio, row.id, "Painting", 0.4)
    assert told == [events.GenerationProgressed(row.id, "Painting", 0.4)]
    job = queue.place(studio, row.id)
    assert job is not None
    assert (job.stage, job.progress) == ("Painting", 0.4)


def test_a_saved_result_is_in_the_store_with_its_thumbnail(studio: Studio, tmp_path: Path) -> None:
    partial = photo(studio.workspace.tmp, "result.part", "navy")
    saved = finishing.save_result(studio, partial, Output(1, "there", {"seed": 4}))
    assert (saved.position, saved.facts, saved.probe.format) == (1, {"seed": 4}, "JPEG")
    assert studio.files.verify(saved.storage_id).value == "intact"
    assert not partial.exists()
    bad = studio.workspace.tmp / "bad.part"
    bad.write_bytes(b"<html>sorry</html>")
    with pytest.raises(BadInput, match="Picture 3"):
        finishing.save_result(studio, bad, Output(2, "there", {}))


def test_a_completed_generation_shows_its_pictures_in_order(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    row = work_until_processing(
        studio, generate.start(studio, brief_for(product, count=3, style="vintage"))
    )
    ids = finishing.complete(studio, row, results(stored_result(studio, tmp_path), 3)[::-1])
    story = history.story(studio, row.id)
    assert [one.id for one in story.results] == ids
    assert [one.filename for one in story.results] == [
        f"vintage-{row.id}-{number}.jpg" for number in (1, 2, 3)
    ]
    assert {one.generation_id for one in story.results} == {row.id}
    (shown,) = history.with_pictures(studio, history.listing(studio, GenerationFilter()).items)
    assert shown.thumbnail == story.results[0].storage_id


def test_ends_are_written_once(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))
    finishing.fail(studio, row.id, Code.NO_NETWORK, "Away.")
    before = dump(studio.database)
    finishing.fail(studio, row.id, Code.NO_NETWORK, "Away.")
    finishing.stop(studio, row.id)
    finishing.fail(studio, 12345, Code.NO_NETWORK, "Away.")
    assert dump(studio.database) == before


def test_a_dead_hosts_jobs_are_freed_and_the_living_keep_theirs(
    studio: Studio, product: FileId
) -> None:
    rows = [generate.start(studio, brief_for(product)) for _ in range(3)]
    for row, host in zip(rows, ("dead", "alive", "dead"), strict=True):
        queue.claim(studio, host, row.id)
    assert queue.other_hosts(studio, "me") == {"dead", "alive"}
    steering.cancel(studio, rows[2].id)
    assert queue.recover(studio, "me", ["dead"]) == 2
    assert queue.other_hosts(studio, "me") == {"alive"}
    queue.claim(studio, "dead", rows[0].id)
    queue.claim(studio, "dead", rows[2].id)
    queue.recover(studio, "me", ["dead"])
    places = [queue.place(studio, row.id) for row in rows]
    assert [place and place.review for place in places] == ["crashed_twice", None, None]


def test_of_two_who_bury_the_dead_one_counts(
    studio: Studio, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = generate.start(studio, brief_for(product))
    queue.claim(studio, "dead", row.id)
    monkeypatch.setattr(queue.jobs, "orphaned", lambda *_given: False)
    queue.recover(studio, "me", ["dead"])
    place = queue.place(studio, row.id)
    assert place is not None
    assert (place.crashes, place.host) == (0, "dead")


def test_a_host_gives_back_only_its_own(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))
    queue.claim(studio, HOST, row.id)
    queue.release(studio, row.id, "another")
    assert queue.other_hosts(studio, "me") == {HOST}
    queue.release(studio, row.id, HOST)
    assert queue.other_hosts(studio, "me") == set()
    assert queue.services_with_work(studio) == ["local"]


def test_a_service_rests_until_its_time(studio: Studio) -> None:
    queue.pause_service(studio, "far", now_ms() + 60_000, Code.SERVICE_BUSY, "Busy.")
    assert queue.paused(studio, "far")
    assert not queue.paused(studio, "local")
    queue.pause_service(studio, "far", now_ms() - 1, Code.SERVICE_BUSY, "Busy.")
    assert not queue.paused(studio, "far")
