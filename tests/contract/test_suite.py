"""One suite that every picture service passes, so that all behave alike in the app."""

import contextlib
import io
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Finished,
    Kind,
    Lost,
    Output,
    Prepared,
    Provider,
    ProviderError,
    Reattach,
    RemoteRef,
    State,
)
from tests.contract.case import KEY, Case, carried, followed, job, stored
from tests.contract.cases import all_cases


@pytest.fixture(params=all_cases(), ids=lambda case: str(case.name))
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    made: Case = request.param()
    yield made
    made.close()


@pytest.fixture
def provider(case: Case, http: Http) -> Provider:
    return case.provider(http)


@pytest.fixture
def work(case: Case, tmp_path: Path) -> Prepared:
    return job(tmp_path, model=case.model)


def failure(call: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    error = caught.value
    assert KEY not in error.sentence
    assert error.sentence[-1] in ".!”"
    assert 20 < len(error.sentence) < 700
    return error


def check_picture(provider: Provider, output: Output, context: Context, folder: Path) -> None:
    sink = folder / f"result-{output.position}.part"
    provider.fetch(output, sink, context)
    with Image.open(io.BytesIO(sink.read_bytes())) as image:
        image.load()
    sink.unlink()


def test_the_card_tells_the_truth(case: Case, provider: Provider) -> None:
    card = provider.card

    assert card.models
    assert card.summary.endswith(".")
    for model in card.models:
        assert model.capabilities.max_products >= 1
        assert model.capabilities.max_count >= 1
    if case.model is not None:
        chosen = next(one for one in card.models if one.id == case.model).capabilities
        assert chosen.max_count >= case.most
        assert chosen.cancel == case.cancels
        assert (chosen.reattach is not Reattach.NONE) == bool(case.asks)


@pytest.mark.parametrize("count", [1, 4])
def test_pictures_come_home(
    case: Case, provider: Provider, context: Context, tmp_path: Path, count: int
) -> None:
    if count > case.most:
        pytest.skip("makes one picture a job")

    outputs = carried(provider, job(tmp_path, count, model=case.model), context)

    assert [output.position for output in outputs] == list(range(count))
    for output in outputs:
        check_picture(provider, output, context, tmp_path)
        check_picture(provider, output, context, tmp_path)  # a second time, after a crash
    assert len(case.accepted) == 1


def test_a_person_goes_along(
    case: Case, provider: Provider, context: Context, tmp_path: Path
) -> None:
    if not case.people:
        pytest.skip("takes no photos of people")

    assert carried(provider, job(tmp_path, people=1, model=case.model), context)


def test_it_is_ready(case: Case, provider: Provider) -> None:
    readiness = provider.check()

    assert readiness.ready, readiness.sentence
    assert not case.accepted


def test_it_says_when_it_is_not(case: Case, http: Http) -> None:
    with socket.socket() as taken:  # bound and silent: nobody can answer there
        taken.bind(("127.0.0.1", 0))
        case.close()
        readiness = case.provider(http).check()

    assert not readiness.ready
    assert len(readiness.sentence) > 20


def test_a_run_that_fails_is_told(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    case.fate = "failed"

    error = failure(lambda: carried(provider, work, context))

    assert error.kind in (Kind.PROVIDER, Kind.INPUT, Kind.AMBIGUOUS)


def test_a_refusal_is_told_and_final(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    if not case.refuses:
        pytest.skip("has no rules of its own")
    case.fate = "refused"

    error = failure(lambda: carried(provider, work, context))

    assert (error.kind, error.transient) == (Kind.CONTENT, False)


@pytest.mark.parametrize(
    ("how", "kind"),
    [("rate", Kind.RATE), ("bad key", Kind.AUTH), ("no credit", Kind.PAYMENT)],
)
def test_what_a_service_answers_to_an_order(
    case: Case, provider: Provider, work: Prepared, context: Context, how: str, kind: Kind
) -> None:
    case.break_next("order", how)

    error = failure(lambda: provider.submit(work, context))

    assert error.kind is kind
    assert error.retry_after_s == (7 if how == "rate" else None)
    assert not case.accepted


def test_a_missing_key_is_told_before_anything_is_sent(
    case: Case, http: Http, work: Prepared, context: Context
) -> None:
    if not case.needs_key:
        pytest.skip("needs no key")

    error = failure(lambda: case.provider(http, key=None).submit(work, context))

    assert error.kind is Kind.AUTH
    assert not case.server.seen


@pytest.mark.parametrize("how", ["lost", "unreadable", "gateway"])
def test_an_order_is_never_sent_twice_by_the_adapter(
    case: Case, provider: Provider, work: Prepared, context: Context, how: str
) -> None:
    case.break_next("order", how)

    error = failure(lambda: provider.submit(work, context))

    assert error.kind is Kind.AMBIGUOUS
    assert len(case.accepted) == (0 if how == "gateway" else 1)


def test_a_lost_answer_is_found_again_or_said_to_be_unknown(
    case: Case, provider: Provider, work: Prepared, context: Context, http: Http
) -> None:
    moment = now_ms()
    case.break_next("order", "lost")
    failure(lambda: provider.submit(work, context))

    found = case.provider(http).find_lost(work, moment, context)

    if case.finds_lost:
        assert isinstance(found, RemoteRef)
        assert followed(case.provider(http), found, context).state is State.SUCCEEDED
    else:
        assert found is Lost.UNKNOWN
    assert len(case.accepted) == 1


def test_an_order_that_never_arrived(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    """Only who can be asked may say that nothing was accepted."""
    found = provider.find_lost(work, now_ms(), context)

    assert found is (Lost.NOT_SENT if case.free else Lost.UNKNOWN)


def test_nothing_is_sent_without_a_network(
    case: Case, work: Prepared, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = case.provider(Http(offline=lambda: True))
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was made"))

    assert failure(lambda: adapter.submit(work, context)).kind is Kind.NOT_SENT
    assert not case.accepted


def test_nobody_there_means_not_sent(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    case.close()

    assert failure(lambda: provider.submit(work, context)).kind is Kind.NOT_SENT


def test_a_wish_to_stop_before_the_order(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    context.cancelled.set()

    assert failure(lambda: provider.submit(work, context)).kind is Kind.CANCELLED
    assert not case.accepted


def test_a_wish_to_stop_while_it_runs(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    if not case.asks:
        return _stop_an_order_in_one_answer(case, provider, work, context)
    case.held = True
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    assert provider.poll(ref, context).state in (State.QUEUED, State.RUNNING)
    context.cancelled.set()  # so it is when the worker asks to stop

    outcome = provider.cancel(stored(ref), context)

    if not case.cancels:
        assert outcome is CancelOutcome.UNSUPPORTED
        return None
    assert outcome in (CancelOutcome.STOPPED, CancelOutcome.REQUESTED)
    context.cancelled.clear()
    assert provider.poll(ref, context).state in (State.CANCELLED, State.GONE)
    provider.cancel(ref, context)  # asking again does no harm
    return None


def _stop_an_order_in_one_answer(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    case.held = True
    threading.Timer(0.3, context.cancelled.set).start()

    error = failure(lambda: provider.submit(work, context))

    case.held = False
    assert error.kind is Kind.CANCELLED


def test_a_wish_to_stop_that_comes_too_late(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    if not case.cancels:
        pytest.skip("has no way to stop")
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    followed(provider, ref, context)

    assert provider.cancel(ref, context) is CancelOutcome.TOO_LATE


def test_a_restart_while_it_runs(
    case: Case, provider: Provider, work: Prepared, context: Context, http: Http
) -> None:
    if not case.asks:
        pytest.skip("the answer is the result")
    case.held = True
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    provider.close()
    case.held = False

    assert followed(case.provider(http), stored(ref), context).state is State.SUCCEEDED
    assert len(case.accepted) == 1


def test_a_restart_between_the_end_and_the_download(
    case: Case,
    provider: Provider,
    work: Prepared,
    context: Context,
    http: Http,
    tmp_path: Path,
) -> None:
    outputs = carried(provider, work, context)
    provider.close()

    check_picture(case.provider(http), outputs[0], context, tmp_path)
    assert len(case.accepted) == 1


def test_a_restart_between_the_answer_and_its_commit(
    case: Case, provider: Provider, work: Prepared, context: Context, http: Http, tmp_path: Path
) -> None:
    """The answer had arrived; the program ended before it was in the database."""
    sent = provider.submit(work, context)
    if isinstance(sent, Finished) and sent.outputs[0].locator.startswith("url:"):
        pytest.skip("the pictures lie on the server under names that only the answer tells")
    if not isinstance(sent, Finished) and not case.finds_lost:
        pytest.skip("an id that was not kept can't be found again")

    found = case.provider(http).find_lost(work, now_ms(), context)

    assert isinstance(found, RemoteRef)
    update = followed(case.provider(http), found, context)
    assert update.state is State.SUCCEEDED
    check_picture(case.provider(http), update.outputs[0], context, tmp_path)
    assert len(case.accepted) == 1


def test_results_that_have_expired(
    case: Case, provider: Provider, work: Prepared, context: Context, tmp_path: Path
) -> None:
    if not case.expires:
        pytest.skip("hands over at once")
    outputs = carried(provider, work, context)
    case.gone = True

    error = failure(lambda: provider.fetch(outputs[0], tmp_path / "late.part", context))

    assert error.kind is Kind.GONE
    assert not (tmp_path / "late.part").exists()


def test_a_job_that_the_service_has_forgotten(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    if not case.asks:
        pytest.skip("the answer is the result")
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    case.gone = True

    assert provider.poll(ref, context).state is State.GONE


@pytest.mark.parametrize("how", ["lost", "unreadable", "busy", "gateway", "huge"])
def test_asking_survives_a_bad_answer(
    case: Case, provider: Provider, work: Prepared, context: Context, how: str
) -> None:
    if not case.asks:
        pytest.skip("the answer is the result")
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    case.break_next("ask", how)

    for _ in range(2):  # an error that passes is asked again by the worker
        with contextlib.suppress(_Passing), _passing():
            update = followed(provider, ref, context)

    assert update.state is State.SUCCEEDED


class _Passing(Exception):
    """An error after which the worker asks again."""


@contextlib.contextmanager
def _passing() -> Iterator[None]:
    try:
        yield
    except ProviderError as error:
        if not error.transient:
            raise
        raise _Passing from error


@pytest.mark.parametrize("what", ["order", "ask"])
def test_wrong_types_end_in_words(
    case: Case, provider: Provider, work: Prepared, context: Context, what: str
) -> None:
    if what == "ask" and not case.asks:
        pytest.skip("the answer is the result")
    if what == "order":
        case.break_next("order", "wrong types")
        assert failure(lambda: provider.submit(work, context)).kind is Kind.AMBIGUOUS
        return
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    case.break_next("ask", "wrong types")
    with contextlib.suppress(_Passing), _passing():
        assert provider.poll(ref, context).state in (State.QUEUED, State.RUNNING)
    assert not case.server.faults


def test_a_picture_that_is_none_is_not_kept(
    case: Case, provider: Provider, work: Prepared, context: Context, tmp_path: Path
) -> None:
    if not case.expires:
        pytest.skip("hands over at once")
    outputs = carried(provider, work, context)
    case.fate = "html"

    failure(lambda: provider.fetch(outputs[0], tmp_path / "a.part", context))

    assert not (tmp_path / "a.part").exists()


def test_the_key_is_nowhere_but_in_the_header(
    case: Case,
    provider: Provider,
    work: Prepared,
    context: Context,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    outputs = carried(provider, work, context)
    provider.fetch(outputs[0], tmp_path / "a.part", context)

    assert KEY not in caplog.text
    for seen in case.server.seen:
        assert KEY not in seen.path
        assert KEY not in str(seen.query)
        assert KEY.encode() not in seen.body
    if case.needs_key:
        assert all(case.key_of(seen) == KEY for seen in case.server.seen)
    assert not any(
        KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
