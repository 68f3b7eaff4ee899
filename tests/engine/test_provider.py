"""The embedded engine through the four verbs, from several threads, over crashes and cancels."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.providers.local import LocalProvider, process
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Kind,
    Lost,
    Output,
    Prepared,
    Provider,
    ProviderError,
    State,
    Update,
)
from tests.engine.conftest import SAMPLES, drawn_tee

LIMIT_S = 60.0


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalProvider]:
    """A provider whose engine has no weights."""
    monkeypatch.setenv("STYLESTUDIO_ENGINE_DIR", str(tmp_path / "none"))
    made = LocalProvider()
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Event(), tmp_path / "work", lambda stage, progress: None)


def prepared(name: str, tee: Path, side: int = 320, count: int = 1) -> Prepared:
    brief = Brief(products=(1,), style="fashion", count=count)  # type: ignore[arg-type]
    return Prepared(name, brief, "", 5, side, side, (tee,), ())


def settled(provider: LocalProvider, name: str, context: Context) -> Update:
    """Poll until the job is over."""
    from stylestudio_desktop.providers.protocol import RemoteRef

    return until(
        lambda: provider.poll(RemoteRef(name), context),
        lambda update: update.state not in (State.QUEUED, State.RUNNING),
    )


def until(look: Callable[[], Update], good: Callable[[Update], bool]) -> Update:
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        update = look()
        if good(update):
            return update
        Event().wait(0.02)
    raise AssertionError("it took too long")


def test_nothing_is_started_before_the_first_job(provider: LocalProvider) -> None:
    assert provider._process.pid is None
    card = provider.card
    known: Provider = provider
    assert known.card.id == "local"
    assert (card.remote, card.needs_key, card.concurrency) == (False, False, 1)
    assert provider.check().ready
    assert provider._process.pid is None


def test_submit_poll_fetch(provider: LocalProvider, context: Context, tee: Path) -> None:
    ref = provider.submit(prepared("job-1", tee, count=2), context)
    assert ref.id == "job-1"
    update = settled(provider, "job-1", context)
    assert update.state is State.SUCCEEDED
    assert [output.facts["seed"] for output in update.outputs] == [5, 6]
    sink = context.workdir / "sink"
    provider.fetch(update.outputs[0], sink, context)
    assert sink.read_bytes() == Path(update.outputs[0].locator).read_bytes()
    with pytest.raises(ProviderError):
        provider.fetch(update.outputs[0], sink, context)  # a sink must be new
    with pytest.raises(ProviderError) as gone:
        provider.fetch(Output(0, str(context.workdir / "no")), context.workdir / "x", context)
    assert gone.value.kind is Kind.GONE


def test_same_job_is_not_made_twice(provider: LocalProvider, context: Context, tee: Path) -> None:
    provider.submit(prepared("job-1", tee), context)
    provider.submit(prepared("job-1", tee), context)
    assert settled(provider, "job-1", context).state is State.SUCCEEDED
    assert provider.find_lost(prepared("job-1", tee), 0, context) != Lost.NOT_SENT
    assert provider.find_lost(prepared("job-2", tee), 0, context) is Lost.NOT_SENT


def test_job_of_a_former_run_is_gone(provider: LocalProvider, context: Context) -> None:
    from stylestudio_desktop.providers.protocol import RemoteRef

    assert provider.poll(RemoteRef("long ago"), context).state is State.GONE
    assert provider.cancel(RemoteRef("long ago"), context) is CancelOutcome.STOPPED


def test_bad_photo_fails_with_input(
    provider: LocalProvider, context: Context, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing")
    provider.submit(prepared("job-1", bad), context)
    update = settled(provider, "job-1", context)
    assert update.state is State.FAILED
    assert update.error is not None
    assert update.error.kind is Kind.INPUT
    assert not update.error.transient
    assert "bad.jpg" in update.error.sentence
    assert provider.suitable([bad], [], {}) == [update.error.sentence]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_killed_child_is_told_in_a_sentence_and_replaced(
    provider: LocalProvider, context: Context, tee: Path
) -> None:
    provider.submit(prepared("job-1", tee, side=2048, count=4), context)
    from stylestudio_desktop.providers.protocol import RemoteRef

    ref = RemoteRef("job-1")
    until(lambda: provider.poll(ref, context), lambda update: update.state is State.RUNNING)
    first = provider._process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    update = settled(provider, "job-1", context)
    assert update.state is State.FAILED
    assert update.error is not None
    assert update.error.transient
    assert "Nothing was charged" in update.error.sentence
    provider.submit(prepared("job-2", tee), context)
    assert settled(provider, "job-2", context).state is State.SUCCEEDED
    assert provider._process.pid != first


def test_cancel_within_a_second_and_the_next_job_still_runs(
    provider: LocalProvider, context: Context, tee: Path
) -> None:
    ref = provider.submit(prepared("job-1", tee, side=3000, count=4), context)
    provider.submit(prepared("job-2", tee), context)
    until(lambda: provider.poll(ref, context), lambda update: update.state is State.RUNNING)
    begun = time.monotonic()
    assert provider.cancel(ref, context) is CancelOutcome.STOPPED
    assert time.monotonic() - begun < 1.0
    assert provider.poll(ref, context).state is State.CANCELLED
    assert settled(provider, "job-2", context).state is State.SUCCEEDED
    assert provider.cancel(ref, context) is CancelOutcome.STOPPED


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP on this system")
def test_a_child_that_stands_still_is_told_in_a_sentence_and_replaced(
    provider: LocalProvider, context: Context, tee: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job it was at is over; one that waited behind it is made by a new child."""
    ref = provider.submit(prepared("job-1", tee, side=2048, count=4), context)
    provider.submit(prepared("job-2", tee), context)
    until(lambda: provider.poll(ref, context), lambda update: update.state is State.RUNNING)
    first = provider._process.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(process, "SILENT_S", 1.0)
    update = settled(provider, "job-1", context)
    monkeypatch.undo()
    assert update.state is State.FAILED
    assert update.error is not None
    assert not update.error.transient
    assert "stood still" in update.error.sentence
    assert "Nothing was charged" in update.error.sentence
    assert settled(provider, "job-2", context).state is State.SUCCEEDED
    assert provider._process.pid != first


def test_only_silence_that_is_watched_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that slept for an hour, or a child with nothing to do, is no child that hangs."""
    clock, ended = [1000.0], []
    line = process.EngineProcess()
    monkeypatch.setattr(process.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(line, "_kill", lambda: ended.append(clock[0]))

    def look(seconds: float, step: float) -> None:
        until = clock[0] + seconds
        while clock[0] < until:
            clock[0] += step
            line.attend()

    look(200, 1)
    task = process.Task("job-1", {})
    line._tasks["job-1"] = task
    look(50, 1)
    clock[0] += 3600  # the computer sleeps
    look(process.SILENT_S - 1, 1)
    assert ended == []
    look(3, 1)
    assert len(ended) >= 1


def test_stopping_a_task_that_waits_leaves_the_one_before_it_alone(
    provider: LocalProvider, context: Context, tee: Path, tmp_path: Path
) -> None:
    """Closing a dialog that waits for its cut-out takes no picture with it that is being made."""
    ref = provider.submit(prepared("job-1", tee, side=2048, count=4), context)
    until(lambda: provider.poll(ref, context), lambda update: update.state is State.RUNNING)
    child, stop, told = provider._process.pid, Event(), []

    def ask() -> None:
        with pytest.raises(ProviderError) as caught:
            provider.preview(tee, tmp_path / "never.png", stop)
        told.append(caught.value.kind)

    asking = Thread(target=ask)
    asking.start()
    until(lambda: provider.poll(ref, context), lambda _: len(provider._process._tasks) == 2)
    stop.set()
    asking.join(10)
    assert told == [Kind.CANCELLED]
    assert settled(provider, "job-1", context).state is State.SUCCEEDED
    assert provider._process.pid == child
    assert not (tmp_path / "never.png").exists()


def test_cancel_of_a_finished_job_is_too_late(
    provider: LocalProvider, context: Context, tee: Path
) -> None:
    ref = provider.submit(prepared("job-1", tee), context)
    settled(provider, "job-1", context)
    assert provider.cancel(ref, context) is CancelOutcome.TOO_LATE


def test_preview_and_its_cancellation(provider: LocalProvider, tee: Path, tmp_path: Path) -> None:
    provider.preview(tee, tmp_path / "cut.png", Event())
    assert (tmp_path / "cut.png").read_bytes().startswith(b"\x89PNG")
    stop = Event()
    stop.set()
    with pytest.raises(ProviderError) as caught:
        provider.preview(tee, tmp_path / "never.png", stop)
    assert caught.value.kind is Kind.CANCELLED
    with pytest.raises(ProviderError) as missing:
        provider.preview(tmp_path / "no.jpg", tmp_path / "never.png", Event())
    assert missing.value.kind is Kind.INPUT


def test_many_threads_share_one_child(provider: LocalProvider, context: Context, tee: Path) -> None:
    found: list[State] = []

    def one(name: str) -> None:
        provider.submit(prepared(name, tee), context)
        found.append(settled(provider, name, context).state)

    threads = [Thread(target=one, args=(f"job-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [State.SUCCEEDED] * 4


def test_pair_that_can_not_be_made_is_told_before(provider: LocalProvider, tee: Path) -> None:
    shoes = provider.suitable([tee], [tee], {"garment": "shoes"})
    assert len(shoes) == 1
    nothing = provider.suitable([tee], [], {})
    assert nothing == []
    pair = provider.suitable([tee], [tee], {"garment": "top"})
    assert "not installed" in pair[0]


def test_of_two_garments_in_a_photo_the_one_that_was_chosen_is_checked(
    provider: LocalProvider, tmp_path: Path
) -> None:
    both, chosen = tmp_path / "both.png", tmp_path / "chosen.png"
    shot = np.concatenate([drawn_tee(400), drawn_tee(400)], axis=1)
    Image.fromarray(shot).save(both)
    mask = np.zeros(shot.shape[:2], np.uint8)
    mask[:, :400] = 255 * (shot[:, :400, 1] < 120)
    Image.fromarray(mask).save(chosen)
    worn = [both], [SAMPLES / "people" / "mannequin-narrow.jpg"], {"garment": "top"}
    assert "Nothing was charged" in " ".join(provider.suitable(*worn))
    assert provider.suitable(*worn, masks=[chosen]) == []


def test_python_that_is_not_there_is_told(context: Context, tee: Path) -> None:
    from stylestudio_desktop.providers.local.process import EngineProcess

    lost = LocalProvider(EngineProcess(python="/nowhere/python"))
    with pytest.raises(ProviderError, match="could not be started"):
        lost.submit(prepared("job-1", tee), context)
    lost.close()


def test_a_picture_is_compared_in_the_child_process(
    provider: LocalProvider, tee: Path, tmp_path: Path
) -> None:
    report = provider.examine([tee], tee, "", Event())
    assert report["verdict"] == "same"
    assert report["products"][0]["outline_overlap"] > 0.9
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    with pytest.raises(ProviderError) as refused:
        provider.examine([tee], bad, "", Event())
    assert refused.value.kind is Kind.INPUT
