"""The queue's runner carries every job to one end, charged once or not at all."""

import errno
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.events import StorageWaited
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Kind,
    Lost,
    Prepared,
    RemoteRef,
)
from stylestudio_desktop.services import (
    attempts,
    generate,
    health_files,
    history,
    library,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs
from stylestudio_desktop.worker import journey
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, fault, import_photo, open_test_studio


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def studio(tmp_path: Path, service: FakeProvider) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": service})
    yield opened
    close_studio(opened)


def work(studio: Studio, until: Callable[[], bool] | None = None) -> None:
    """Host the queue on this thread until it is idle (or as told), for at most 30 s."""
    stop = threading.Event()
    timer = threading.Timer(30, stop.set)
    timer.start()
    try:
        runner = Runner(studio)
        runner.run(stop, until=until or runner.idle)
        assert not stop.is_set(), "the queue did not come to rest"
    finally:
        timer.cancel()


def begin(studio: Studio, tmp_path: Path, **changes: object) -> Generation:
    return generate.start(studio, brief_for(import_photo(studio, tmp_path), **changes))


def ended(studio: Studio, row: Generation) -> Callable[[], bool]:
    return lambda: not attempts.is_open(attempts.owned(studio, row.id))


def balance(studio: Studio) -> int:
    return wallet.summary(studio).user.token_balance


def test_photos_in_pictures_out_charged_once(studio: Studio, tmp_path: Path) -> None:
    row = begin(studio, tmp_path, count=2, quality="standard")
    assert balance(studio) == 6
    work(studio)
    story = history.story(studio, row.id)
    assert story.generation.status == Status.COMPLETED.value
    assert [change.status for change in story.states] == [
        "pending",
        "uploading",
        "processing",
        "completed",
    ]
    assert [entry.kind for entry in story.entries] == ["hold", "settle"]
    assert len(story.results) == 2
    assert all(library.location(studio, one).is_file() for one in story.results)
    assert balance(studio) == 6
    assert wallet.summary(studio).held == 0
    assert story.job is None
    assert list((studio.workspace.tmp / "jobs").iterdir()) == []


def test_pictures_that_never_came_are_not_charged(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.fewer = 1
    row = begin(studio, tmp_path, count=3)
    work(studio)
    assert attempts.owned(studio, row.id).tokens_used == 2
    assert balance(studio) == 8


def test_a_synchronous_service_works_alike(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.synchronous = True
    row = begin(studio, tmp_path)
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.CONTENT, "service_refused"),
        (Kind.INPUT, "photo_unsuitable"),
        (Kind.PROVIDER, "service_failed"),
        (Kind.GONE, "result_expired"),
    ],
)
def test_a_final_error_gives_the_tokens_back(
    studio: Studio, service: FakeProvider, tmp_path: Path, kind: Kind, code: str
) -> None:
    service.faults["submit"] = [fault(kind)]
    service.lost = Lost.UNKNOWN
    row = begin(studio, tmp_path)
    work(studio)
    after = attempts.owned(studio, row.id)
    assert (after.status, after.error_code, after.tokens_used) == ("failed", code, 0)
    assert balance(studio) == 10


@pytest.mark.parametrize("kind", [Kind.AUTH, Kind.PAYMENT])
def test_a_missing_key_or_credit_pauses_the_service(
    studio: Studio, service: FakeProvider, tmp_path: Path, kind: Kind
) -> None:
    service.faults["submit"] = [fault(kind)]
    service.concurrency = 1
    first = begin(studio, tmp_path)
    second = begin(studio, tmp_path)
    work(studio)
    assert attempts.owned(studio, first.id).status == Status.FAILED.value
    assert attempts.owned(studio, second.id).status == Status.PENDING.value
    steering.resume_queue(studio, "local")
    work(studio)
    assert attempts.owned(studio, second.id).status == Status.COMPLETED.value


def test_a_rate_limit_waits_in_the_database_and_goes_on(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.faults["submit"] = [fault(Kind.RATE, retry_after_s=0.3)]
    row = begin(studio, tmp_path)
    work(studio, ended(studio, row))
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len(service.asked) == 1


def test_passing_faults_of_polls_and_downloads_are_survived(
    studio: Studio, service: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stylestudio_desktop.worker.retrying.backed_off", lambda *_: 0.01)
    service.faults["poll"] = [fault(Kind.PROVIDER, transient=True)] * 3
    service.faults["fetch"] = [fault(Kind.PROVIDER, transient=True)] * 2
    row = begin(studio, tmp_path)
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len(service.asked) == 1


def test_what_never_passes_is_given_up_in_words(
    studio: Studio, service: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stylestudio_desktop.worker.retrying.backed_off", lambda *_: 0.01)
    service.faults["submit"] = [fault(Kind.PROVIDER, transient=True)] * 9
    row = begin(studio, tmp_path)
    before = balance(studio)

    def waits() -> bool:
        place = queue.place(studio, row.id)
        return place is not None and (place.stage or "").endswith("It is tried again by itself.")

    work(studio, until=lambda: waits() or ended(studio, row)())
    assert waits()
    work(studio, until=ended(studio, row))

    error = history.story(studio, row.id).generation.error
    assert "tried 4 times. Your tokens are back. Try again later" in (error or "")
    assert balance(studio) > before


def test_an_ambiguous_submit_is_never_repeated_by_itself(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.faults["submitted"] = [fault(Kind.AMBIGUOUS)]
    service.lost = Lost.UNKNOWN
    row = begin(studio, tmp_path)
    work(studio)
    job = jobs.get(studio.database, row.id)
    assert job is not None
    assert (job.review, job.stage, job.progress) == ("outcome_unknown", "", None)
    assert len(service.asked) == 1
    assert wallet.summary(studio).held == 1
    work(studio)
    assert len(service.asked) == 1
    steering.send_again(studio, row.id)
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len({asked.intent_id for asked in service.asked}) == 2
    assert balance(studio) == 9


def test_what_takes_too_long_here_costs_nothing_and_what_does_elsewhere_waits_for_a_decision(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.hold.set()
    service.deadline_s = 0.05
    row = begin(studio, tmp_path)
    work(studio)
    found = attempts.owned(studio, row.id)
    assert (found.status, found.error_code) == (Status.FAILED.value, "service_failed")
    assert "choose a lower quality" in str(found.error)
    assert balance(studio) == 10
    assert len(service.stopped) == 1

    service.remote = True
    row = begin(studio, tmp_path)
    work(studio)
    place = queue.place(studio, row.id)
    assert place is not None
    assert place.review == "outcome_unknown"
    assert wallet.summary(studio).held > 0


def test_letting_an_unknown_outcome_go_gives_the_tokens_back(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.faults["submitted"] = [fault(Kind.AMBIGUOUS)]
    service.lost = Lost.UNKNOWN
    row = begin(studio, tmp_path)
    work(studio)
    steering.let_go(studio, row.id)
    assert attempts.owned(studio, row.id).status == Status.FAILED.value
    assert balance(studio) == 10


def test_an_ambiguous_submit_that_can_be_found_is_attached_to(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.faults["submitted"] = [fault(Kind.AMBIGUOUS)]
    service.lost = RemoteRef("found-again")
    row = begin(studio, tmp_path)
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert attempts.owned(studio, row.id).remote_id == "found-again"
    assert len(service.asked) == 1


def test_cancel_while_it_waits_is_at_once(studio: Studio, tmp_path: Path) -> None:
    row = begin(studio, tmp_path)
    assert steering.cancel(studio, row.id).status == Status.CANCELLED.value
    assert balance(studio) == 10


def test_cancel_while_it_runs_stops_the_service(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.hold.set()
    row = begin(studio, tmp_path)

    def stop_when_running() -> bool:
        now = attempts.owned(studio, row.id)
        job = jobs.get(studio.database, row.id)
        if now.status == Status.PROCESSING.value and job and not job.cancel_requested:
            steering.cancel(studio, row.id)
        return not attempts.is_open(now)

    work(studio, stop_when_running)
    assert attempts.owned(studio, row.id).status == Status.CANCELLED.value
    assert service.stopped == [attempts.owned(studio, row.id).remote_id]
    assert balance(studio) == 10


def test_closing_leaves_the_job_and_the_next_host_attaches_to_it(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.hold.set()
    row = begin(studio, tmp_path)
    work(studio, lambda: attempts.owned(studio, row.id).status == "processing")
    job = jobs.get(studio.database, row.id)
    assert job is not None
    assert job.host is None
    assert job.crashes == 0
    service.hold.clear()
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len(service.asked) == 1


def test_a_job_in_flight_during_two_crashes_is_set_aside(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    row = begin(studio, tmp_path)
    for number, dead in enumerate(("dead1", "dead2"), start=1):
        assert queue.claim(studio, dead, row.id) is not None
        assert queue.recover(studio, "living", [dead]) == 1
        job = jobs.get(studio.database, row.id)
        assert job is not None
        assert job.crashes == number
    assert job.review == "crashed_twice"
    work(studio)
    assert service.asked == []
    steering.send_again(studio, row.id)
    work(studio)
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value


def test_two_hosts_never_take_the_same_job(tmp_path: Path) -> None:
    services = [FakeProvider(concurrency=3), FakeProvider(concurrency=3)]
    first = open_test_studio(tmp_path, {"local": services[0]}, tokens=100)
    second = open_studio(Workspace(tmp_path / "workspace"), {"local": services[1]})
    product = import_photo(first, tmp_path)
    rows = generate.start_many(first, [brief_for(product) for _ in range(24)])
    stop = threading.Event()

    def host(studio: Studio) -> None:
        with studio.database.connection():
            Runner(studio).run(stop)

    threads = [threading.Thread(target=host, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    done = threading.Event()

    def all_ended() -> bool:
        return not any(attempts.is_open(attempts.owned(first, row.id)) for row in rows)

    for _ in range(600):
        if all_ended():
            break
        done.wait(0.05)
    stop.set()
    for thread in threads:
        thread.join(20)
    asked = [job.intent_id for service in services for job in service.asked]
    assert len(asked) == len(set(asked)) == 24
    assert balance(first) == 110 - 24
    assert all(attempts.owned(first, row.id).status == "completed" for row in rows)
    close_studio(first)
    second.database.close()


def test_a_photo_that_vanished_ends_in_a_sentence(studio: Studio, tmp_path: Path) -> None:
    row = begin(studio, tmp_path)
    used = history.story(studio, row.id).inputs[0]
    studio.files.path(used.storage_id).unlink()
    work(studio)
    after = attempts.owned(studio, row.id)
    assert (after.status, after.error_code) == ("failed", "file_missing")
    assert balance(studio) == 10


def test_retry_holds_again_and_is_charged_once(
    studio: Studio, service: FakeProvider, tmp_path: Path
) -> None:
    service.faults["submit"] = [fault(Kind.PROVIDER)]
    row = begin(studio, tmp_path, quality="high")
    work(studio)
    assert balance(studio) == 10
    assert steering.retry(studio, row.id).retry_count == 1
    assert balance(studio) == 7
    work(studio)
    story = history.story(studio, row.id)
    assert [entry.kind for entry in story.entries] == ["hold", "release", "hold", "settle"]
    assert balance(studio) == 7


def test_a_fault_of_ours_ends_in_a_sentence_and_the_queue_goes_on(
    studio: Studio,
    service: FakeProvider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = FakeProvider.submit

    def submit(self: FakeProvider, job: Prepared, context: Context) -> RemoteRef | Finished:
        if not self.asked:
            self.asked.append(job)
            raise ZeroDivisionError
        return real(self, job, context)

    monkeypatch.setattr(FakeProvider, "submit", submit)
    service.concurrency = 1
    first, second = begin(studio, tmp_path), begin(studio, tmp_path)
    work(studio)
    after = attempts.owned(studio, first.id)
    assert (after.status, after.error_code) == ("failed", "service_failed")
    assert "ZeroDivisionError" in str(after.error)
    assert "unexpected fault" in caplog.text
    assert attempts.owned(studio, second.id).status == "completed"
    assert balance(studio) == 9


def test_accepted_work_is_waited_for_however_long_the_network_is_away(
    studio: Studio, service: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stylestudio_desktop.worker.retrying.backed_off", lambda *_: 0.01)
    service.faults["poll"] = [fault(Kind.NOT_SENT)] * 12
    row = begin(studio, tmp_path)
    work(studio, ended(studio, row))
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len(service.asked) == 1


def test_what_the_disk_did_not_let_go_is_swept_up_at_the_next_start(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clean copies of photos lie there, and nothing has crashed that would bring the broom."""

    def refused(path: Path) -> None:
        raise OSError(errno.EIO, "the disk refuses", str(path))

    folders = studio.workspace.tmp / "jobs"
    row = begin(studio, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rmdir", refused)
        work(studio, ended(studio, row))
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    (folder,) = folders.iterdir()
    (folder / "sent-product-0").write_bytes(b"a photo")
    waiting = begin(studio, tmp_path)
    monkeypatch.setattr(health_files, "LOADED_AT", time.time() + 60)  # as in a later process

    stop = threading.Event()
    runner = Runner(studio, partial(health_files.sweep_after_crash, studio))
    runner.run(stop, until=runner.idle)

    assert list(folders.iterdir()) == []
    assert attempts.owned(studio, waiting.id).status == Status.COMPLETED.value


def test_a_disk_that_takes_nothing_is_said_once_and_so_is_its_return(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = begin(studio, tmp_path)
    said: list[str] = []
    studio.bus.subscribe(
        lambda fact: said.append(fact.sentence) if isinstance(fact, StorageWaited) else None
    )
    claim, refusals = queue.claim_next, [1, 2, 3]

    def refused(*given: object) -> object:
        if refusals:
            refusals.pop()
            raise StorageError("The disk can only be read. Make it writable again.")
        return claim(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "claim_next", refused)
    work(studio)
    assert said == ["The disk can only be read. Make it writable again.", ""]
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert balance(studio) == 9


def test_a_disk_that_went_read_only_is_not_called_a_damaged_library(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, said = Runner(studio), []
    studio.bus.subscribe(lambda fact: said.append(fact))
    damaged = StorageError("The library's database is damaged (disk i/o error).")
    runner._wait_for(damaged)
    assert said == [StorageWaited(damaged.sentence, damaged.remedy)], (
        "the disk takes what is written"
    )
    runner._wait_for(None)

    def refuse(path: Path, _data: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    runner._wait_for(damaged)
    runner._wait_for(damaged)
    assert len(said) == 3
    assert "can only be read" in said[2].sentence


def test_a_permission_that_was_lost_is_told_with_a_cure_and_the_job_goes_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "STORAGE_MS", 300)
    row = begin(studio, tmp_path)
    make, refusals = Path.mkdir, [1]

    def refused(path: Path, *given: object, **named: object) -> None:
        if path.parent.name == "jobs" and refusals:
            refusals.pop()
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        make(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refused)
    told: list[str] = []

    def over() -> bool:
        place = queue.place(studio, row.id)
        told.append("" if place is None else place.stage or "")
        return ended(studio, row)()

    work(studio, until=over)
    assert not refusals
    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert any("Check who owns the workspace folder" in one for one in told)
