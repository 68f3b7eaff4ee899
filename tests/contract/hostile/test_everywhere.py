"""What one service must stand, every service must: each kind of hostile answer, for each of them.

The rules live in one shared place and the worker's part is in the other files of this folder; here
each adapter is shown not to go round them.
"""

import functools
import gzip
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.probe import probe
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    Context,
    Kind,
    Prepared,
    Provider,
    ProviderError,
    RemoteRef,
    State,
)
from tests.contract.case import KEY, Case, carried, job, png
from tests.contract.cases import all_cases
from tests.contract.hostile.conftest import bomb, hurry
from tests.contract.standin import Reply

AWAY = ["http://169.254.169.254/x", "https://elsewhere.test/x", "//[64:ff9b::7f00:1]/x", "/other"]
PACKED = {"Content-Encoding": "gzip"}
asking = pytest.mark.parametrize(
    "case", [one for one in all_cases() if one.asks], indirect=True, ids=lambda case: case.name
)
"""Those whose jobs are asked for; with the others the answer to the order is the result."""
downloading = pytest.mark.parametrize(
    "case", [one for one in all_cases() if one.expires], indirect=True, ids=lambda case: case.name
)
"""Those whose pictures lie somewhere; with the others they come with the answer."""


@functools.cache
def swollen(times: int) -> bytes:
    """Return a few bytes that are 200 MB when they are unpacked `times` times."""
    packed = bytes(200_000_000)
    for _ in range(times):
        packed = gzip.compress(packed, 1)
    return packed


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


def told(call: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    assert KEY not in caught.value.sentence
    assert caught.value.sentence.endswith((".", "!", "”"))
    return caught.value


def place_of(case: Case, provider: Provider, work: Prepared, context: Context) -> str:
    """Return the “METHOD /path” that a finished picture is downloaded from."""
    before = len(case.server.seen)
    outputs = carried(provider, work, context)
    provider.fetch(outputs[0], context.workdir / "first.part", context)
    last = case.server.seen[-1]
    assert len(case.server.seen) > before
    return f"{last.method} {last.path}"


def test_an_order_that_is_sent_on_goes_nowhere(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    for place in AWAY:
        case.server.fail_next(case.order, Reply(307, b"", {"Location": place}))
        error = told(lambda: provider.submit(work, context))
        assert (error.kind, error.transient) == (Kind.SETUP, False), place
    assert (case.accepted, case.server.count("/other")) == ([], 0)


def moved(case: Case, http: Http, base: str) -> Provider:
    """Return the service's adapter as if its address were `base`."""
    genuine = case.server
    case.server = SimpleNamespace(url=base)  # type: ignore[assignment]
    try:
        return case.provider(http)
    finally:
        case.server = genuine


def test_without_a_name_nothing_goes_out_and_what_runs_is_asked_for_again(
    case: Case, provider: Provider, http: Http, work: Prepared, context: Context
) -> None:
    ref = provider.submit(work, context) if case.asks else None
    before = len(case.server.seen)
    lost, cause = moved(case, http, "http://nobody.invalid"), "its name was not found"

    error = told(lambda: lost.submit(work, context))
    assert (error.kind, error.transient) == (Kind.NOT_SENT, True)
    assert cause in error.sentence
    if isinstance(ref, RemoteRef):
        error = told(lambda: lost.poll(ref, context))
        assert error.transient
        assert cause in error.sentence
    readiness = lost.check()
    assert not readiness.ready
    assert cause in readiness.sentence
    assert len(case.server.seen) == before


def test_without_a_secure_connection_nothing_goes_out(
    case: Case, http: Http, work: Prepared, context: Context
) -> None:
    unsafe = moved(case, http, f"https://127.0.0.1:{case.server.server_port}")

    error = told(lambda: unsafe.submit(work, context))

    assert (error.kind, error.transient) == (Kind.NOT_SENT, True)
    assert "the secure connection failed" in error.sentence
    assert "Nothing was" in error.sentence
    assert not case.server.seen


def test_an_order_for_what_is_not_there_names_the_cure_and_costs_nothing(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    case.server.fail_next(case.order, Reply(404, {"error": {"message": "not here"}}))

    error = told(lambda: provider.submit(work, context))

    cures = {Kind.INPUT: "Choose another model", Kind.SETUP: "Check it in Settings"}
    assert cures[error.kind] in error.sentence
    assert not error.transient
    assert not case.accepted


def test_a_clock_that_jumps_by_days_holds_nothing_up(
    case: Case,
    provider: Provider,
    work: Prepared,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between any two looks at it; how long something lasts is told by another clock."""
    right, days = time.time, itertools.cycle((3, -3, 40, 0))
    monkeypatch.setattr(time, "time", lambda: right() + next(days) * 86_400)
    monkeypatch.setattr(time, "time_ns", lambda: round(time.time() * 1e9))

    outputs = carried(provider, work, context)
    sink = context.workdir / "result.part"
    provider.fetch(outputs[0], sink, context)

    assert probe(sink).format == "PNG"
    assert len(case.accepted) == 1


@asking
def test_a_question_that_is_sent_on_goes_nowhere(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    for place in AWAY:
        case.server.fail_next(case.asks, Reply(302, b"", {"Location": place}))
        assert told(lambda: provider.poll(ref, context)).kind is Kind.SETUP, place
    assert case.server.count("/other") == 0


def test_an_order_that_is_met_with_silence_is_a_persons_decision(
    case: Case,
    provider: Provider,
    work: Prepared,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurry(monkeypatch)
    silent = Event()
    case.server.fail_next(case.order, Reply(200, {"id": "x"}, stall=silent))

    error = told(lambda: provider.submit(work, context))
    silent.set()

    assert error.kind is Kind.AMBIGUOUS
    assert case.server.count(case.order) == 1


@asking
def test_a_question_that_is_met_with_silence_is_asked_again(
    case: Case,
    provider: Provider,
    work: Prepared,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ref = provider.submit(work, context)
    assert isinstance(ref, RemoteRef)
    hurry(monkeypatch)
    silent = Event()
    case.server.fail_next(case.asks, Reply(200, {"id": "x"}, stall=silent))

    met: ProviderError | None = None
    try:
        assert provider.poll(ref, context).state in (State.QUEUED, State.RUNNING, State.SUCCEEDED)
    except ProviderError as error:
        met = error
    silent.set()
    assert met is None or met.transient
    assert len(case.accepted) == 1


def test_an_answer_that_grows_without_end_is_cut_off(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    twice = {"Content-Encoding": "gzip, gzip"}
    case.server.fail_next(case.order, Reply(200, swollen(2), twice))

    assert told(lambda: provider.submit(work, context)).kind is Kind.AMBIGUOUS
    assert case.server.count(case.order) == 1


@downloading
def test_a_download_that_ends_badly_leaves_no_half_a_picture(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    place = place_of(case, provider, work, context)
    outputs = carried(provider, work, context)
    sink = context.workdir / "bad.part"
    for fault in (
        Reply(200, b"<html>Log in</html>", {"Content-Type": "text/html"}),
        Reply(200, png(), PACKED),
        Reply(200, swollen(1), PACKED),
        Reply(200, png(size=(400, 400)), after=40),
        Reply(302, b"", {"Location": "https://10.1.2.3/x.png"}),
        Reply(302, b"", {"Location": "file:///etc/passwd"}),
        Reply(404, b""),
        Reply(reset=True),
    ):
        for _ in range(8):
            case.server.fail_next(place, fault)
        told(lambda: provider.fetch(outputs[0], sink, context))
        assert not sink.exists(), fault.status
        case.server.faults.clear()
    provider.fetch(outputs[0], sink, context)
    assert probe(sink).format == "PNG"


@downloading
def test_a_bomb_is_never_unpacked(
    case: Case, provider: Provider, work: Prepared, context: Context
) -> None:
    """It comes home as the bytes that it is, and is refused before anything decodes it."""
    place = place_of(case, provider, work, context)
    outputs = carried(provider, work, context)
    case.server.fail_next(place, Reply(200, bomb()))
    sink = context.workdir / "bomb.part"

    provider.fetch(outputs[0], sink, context)

    assert sink.stat().st_size < 2000
    with pytest.raises(BadInput):
        probe(sink)
