"""What a pause holds up and what it doesn't: new work waits, work that was sent is fetched."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import RemoteRef
from stylestudio_desktop.services import attempts, generate, lineup, queue, steering
from stylestudio_desktop.services.queue import Hold
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def studio(tmp_path: Path, service: FakeProvider) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": service}, tokens=20)
    yield opened
    close_studio(opened)


def sent(studio: Studio, service: FakeProvider, folder: Path) -> Generation:
    """Start a generation that a host sent and left behind when it died."""
    row = generate.start(studio, brief_for(import_photo(studio, folder)))
    assert queue.claim(studio, "dead", row.id) is not None
    prepared = queue.prepare(studio, row, queue.place(studio, row.id))  # type: ignore[arg-type]
    queue.advance(studio, row.id, Status.UPLOADING)
    queue.about_to_send(studio, row.id)
    ref = service.submit(prepared, None)  # type: ignore[arg-type]
    assert isinstance(ref, RemoteRef)
    queue.keep_ref(studio, row.id, ref)
    return row


def work(studio: Studio, until: Callable[[], bool] | None = None, waits: bool = False) -> None:
    runner = Runner(studio, waits_after_crash=waits)
    runner.run(threading.Event(), until=until or runner.idle)


def status(studio: Studio, row: Generation) -> str:
    return attempts.owned(studio, row.id).status


def test_after_an_unclean_end_paid_work_goes_on_and_the_rest_waits_for_a_person(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    paid = sent(studio, service, tmp_path)
    new = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    work(studio, waits=True)
    assert (status(studio, paid), status(studio, new)) == ("completed", "pending")
    assert len(service.asked) == 1
    pause = lineup.pauses(studio)[0]
    assert (pause.provider, pause.reason) == ("*", "unclean")
    assert "Everything is safe" in pause.sentence
    steering.resume_queue(studio)
    work(studio)
    assert status(studio, new) == "completed"


def test_whoever_types_the_command_wants_the_queue_to_go_on(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    paid = sent(studio, service, tmp_path)
    new = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    work(studio)
    assert (status(studio, paid), status(studio, new)) == ("completed", "completed")


def test_with_nothing_new_to_begin_nothing_is_paused(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    paid = sent(studio, service, tmp_path)
    work(studio, waits=True)
    assert status(studio, paid) == "completed"
    assert lineup.pauses(studio) == []


def test_somebodys_own_pause_is_kept_as_it_is(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    sent(studio, service, tmp_path)
    generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    steering.pause_queue(studio)
    work(studio, waits=True)
    assert lineup.pauses(studio)[0].reason == "user"


def test_a_key_that_is_missing_holds_everything_up(studio: Studio) -> None:
    assert queue.hold(studio, "local") is Hold.NOTHING
    steering.pause_queue(studio)
    assert queue.hold(studio, "local") is Hold.NEW
    queue.pause_service(studio, "local", None, Code.NEEDS_KEY, "A key is missing.")
    assert queue.hold(studio, "local") is Hold.ALL
    assert queue.hold(studio, "other") is Hold.NEW
    queue.pause_service(studio, "*", now_ms() - 1, Code.SERVICE_BUSY, "It was busy.")
    assert queue.hold(studio, "other") is Hold.NOTHING
