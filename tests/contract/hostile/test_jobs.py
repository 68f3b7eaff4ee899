"""Whatever a service or the network does, a job ends in a sentence, its tokens where they belong.

The rules of single exchanges are in test_http; here the worker carries whole jobs through them.
"""

import socket
import threading
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Review, Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.fashn import Fashn
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.services import attempts, history, queue, steering
from stylestudio_desktop.services.studio import Studio
from tests.contract.case import KEY, entry_of, png
from tests.contract.cases.comfyui import Comfy
from tests.contract.cases.fashn import FashnService
from tests.contract.hostile.conftest import bomb, ended, hurry, opened, sentence
from tests.contract.standin import Reply
from tests.contract.test_whole_way import balance, begin, host, now

HTML = Reply(
    200, b"<html>Please log in to the hotel's network</html>", {"Content-Type": "text/html"}
)
HUGE = Reply(200, b"[" + b"1," * 3_000_000)
WRONG = Reply(200, {"id": 7, "status": {}, "output": "x"})


@pytest.mark.parametrize(
    "fault",
    [HTML, HUGE, WRONG, Reply(500, b"oops"), Reply(reset=True), Reply(200, b'{"id"', after=4)],
)
def test_a_bad_answer_to_a_question_costs_nothing_and_orders_nothing_twice(
    studio: Studio, case: FashnService, tmp_path: Path, fault: Reply
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    for _ in range(3):
        case.server.fail_next(case.asks, fault)

    assert ended(studio, row).status == Status.COMPLETED.value
    assert (len(case.accepted), balance(studio)) == (1, before)


def test_answers_that_stay_bad_are_waited_out_and_the_reason_is_shown(
    studio: Studio, case: FashnService, tmp_path: Path
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    for _ in range(500):
        case.server.fail_next(case.asks, HTML)

    def waits() -> bool:
        place = queue.place(studio, row.id)
        return place is not None and place.host is None and "FASHN" in place.stage

    host(studio, waits)
    assert attempts.is_open(now(studio, row))
    assert balance(studio) == before
    case.server.faults.clear()
    assert ended(studio, row).status == Status.COMPLETED.value
    assert len(case.accepted) == 1


@pytest.mark.parametrize("fault", [HTML, HUGE, WRONG, Reply(502, b"<html>"), Reply(reset=True)])
def test_a_bad_answer_to_an_order_leaves_the_decision_to_a_person(
    studio: Studio, case: FashnService, tmp_path: Path, fault: Reply
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.server.fail_next(case.order, fault)

    host(studio)

    place = queue.place(studio, row.id)
    assert place is not None
    assert place.review == Review.OUTCOME_UNKNOWN.value
    assert case.server.count(case.order) == 1
    assert balance(studio) == before
    steering.let_go(studio, row.id)
    assert balance(studio) == before + 1


def test_ten_minutes_of_silence_end_and_leave_the_decision_to_a_person(
    studio: Studio, case: FashnService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch's end is brought forward; that it comes is what matters here."""
    silent = threading.Event()

    hurry(monkeypatch)
    row = begin(studio, case, tmp_path)
    case.server.fail_next(case.order, Reply(200, {"id": "x"}, stall=silent))
    host(studio)
    silent.set()
    place = queue.place(studio, row.id)
    assert place is not None
    assert place.review == Review.OUTCOME_UNKNOWN.value
    assert case.server.count(case.order) == 1


@pytest.mark.parametrize(
    "fault", [HTML, Reply(200, png(), after=40), Reply(503, b""), Reply(reset=True)]
)
def test_a_download_that_breaks_is_taken_up_again(
    studio: Studio, case: FashnService, tmp_path: Path, fault: Reply
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.server.fail_next("GET /cdn/", fault)

    done = ended(studio, row)

    assert done.status == Status.COMPLETED.value
    assert balance(studio) == before
    assert len(history.story(studio, row.id).results) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Reply(200, bomb()), Code.SERVICE_FAILED),
        (Reply(200, png(size=(400, 400))[:-30]), Code.SERVICE_FAILED),
        (Reply(200, b"\xff\xd8\xff" + bytes(5000)), Code.SERVICE_FAILED),
        (Reply(200, b"BM" + bytes(5000)), Code.SERVICE_FAILED),
        (Reply(404, {}), Code.RESULT_EXPIRED),
    ],
)
def test_what_stays_no_picture_gives_the_tokens_back(
    studio: Studio, case: FashnService, tmp_path: Path, fault: Reply, code: Code
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    for _ in range(2):
        case.server.fail_next("GET /cdn/", fault)

    done = ended(studio, row)

    assert (done.status, done.error_code) == (Status.FAILED.value, code.value)
    case.server.faults.clear()
    said = sentence(done)
    assert "Nothing was changed" not in said
    assert balance(studio) == before + 1
    assert not [path for path in studio.workspace.tmp.rglob("*") if path.is_file()]


def test_a_name_with_a_path_leads_nowhere(tmp_path: Path) -> None:
    case = Comfy()
    for studio in opened(tmp_path, case.provider):
        row = begin(studio, case, tmp_path)
        name = "../../../../../../escaped.png"
        picture = {"filename": name, "subfolder": "../../..", "type": "output"}
        body = {"id": "x", "status": "completed", "outputs": {"save0": {"images": [picture]}}}
        case.server.fail_next(case.asks, Reply(200, body))
        done = ended(studio, row)
        if done.status == Status.FAILED.value:
            sentence(done)
        for result in history.story(studio, row.id).results:
            assert "/" not in result.filename
            assert "escaped" not in result.filename
    assert not list(tmp_path.parent.rglob("escaped*"))
    case.close()


@pytest.mark.parametrize("scheme", ["http://nobody.invalid", "https://127.0.0.1:{port}"])
def test_without_a_name_or_a_secure_connection_nothing_was_sent(
    case: FashnService, tmp_path: Path, scheme: str
) -> None:
    base = scheme.format(port=case.server.server_port) + "/v1"

    def adapter(http: Http) -> Fashn:
        return Fashn(entry_of("fashn"), lambda: KEY, http, {"base_url": base})

    for studio in opened(tmp_path, adapter):
        row = begin(studio, case, tmp_path)
        before = balance(studio)
        done = ended(studio, row)
        assert (done.status, done.error_code) == (Status.FAILED.value, Code.NO_NETWORK.value)
        assert "Nothing was sent" in sentence(done)
        assert balance(studio) == before + 1
        assert case.accepted == []


def test_with_the_network_switched_off_no_socket_is_made(
    case: FashnService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    for studio in opened(tmp_path, case.provider, Http(offline=lambda: True, pause_s=0.001)):
        row = begin(studio, case, tmp_path)
        before = balance(studio)
        with monkeypatch.context() as patch:
            for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
                patch.setattr(socket, name, forbidden)
            done = ended(studio, row)
        assert (done.status, done.error_code) == (Status.FAILED.value, Code.NO_NETWORK.value)
        assert "switched off" in sentence(done)
        assert balance(studio) == before + 1
    assert case.server.seen == []


def test_a_clock_that_was_days_ahead_holds_nothing_up_for_days(
    studio: Studio, case: FashnService, tmp_path: Path
) -> None:
    day = 86_400_000
    row = begin(studio, case, tmp_path)
    job = queue.place(studio, row.id)
    assert job is not None
    queue.wait_until(studio, job, now_ms() + 3 * day)
    queue.pause_service(studio, "fashn", now_ms() + 3 * day, Code.SERVICE_BUSY, "It was busy.")

    assert ended(studio, row).status == Status.COMPLETED.value


def test_an_ordinary_wait_is_kept(studio: Studio, case: FashnService, tmp_path: Path) -> None:
    row = begin(studio, case, tmp_path)
    job = queue.place(studio, row.id)
    assert job is not None
    queue.wait_until(studio, job, now_ms() + 3_600_000, "FASHN is busy.")
    assert queue.claim_next(studio, "host", "fashn") is None
    assert queue.claim(studio, "host", row.id) is None
    place = queue.place(studio, row.id)
    assert place is not None
    assert place.stage == "FASHN is busy."
