"""Wherever a service's answer leads and however a download ends, a paid picture is kept or told.

Every noun of what an answer may do to us has its place in this folder; single exchanges
are in test_http.
"""

import gzip
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.domain import ids
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.services import attempts, history, queue, steering
from stylestudio_desktop.services.studio import Studio
from tests.contract.case import png
from tests.contract.cases.comfyui import Comfy
from tests.contract.cases.fashn import FashnService
from tests.contract.hostile.conftest import ended, hurry, opened, sentence
from tests.contract.standin import Reply
from tests.contract.test_whole_way import balance, begin, host, now

ELSEWHERE = {
    "another host": "elsewhere.test",
    "a host that looks alike": "cdn.fashn.ai.elsewhere.test",
    "loopback": "127.0.0.1",
    "loopback by name": "localhost",
    "loopback as a number": "2130706433",
    "loopback in hexadecimal": "0x7f.1",
    "loopback v6": "[::1]",
    "private": "10.1.2.3",
    "private too": "192.168.1.1",
    "private v6": "[fd00::1]",
    "link-local": "169.254.169.254",
    "link-local v6": "[fe80::1]",
    "unspecified": "0.0.0.0",
    "unspecified v6": "[::]",
    "multicast": "224.0.0.1",
    "multicast v6": "[ff02::1]",
    "IPv4 mapped": "[::ffff:127.0.0.1]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64, local": "[64:ff9b:1::a00:1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:53aa:64c:0:7bff:80ff:fffe]",
    "shared by overlays": "100.64.0.1",
}
OTHER = ["http://elsewhere.test/x.png", "ftp://127.0.0.1/x.png", "file:///etc/passwd"]
PLACES = [f"https://{place}/x.png" for place in ELSEWHERE.values()] + OTHER


def test_an_answer_that_leads_astray_is_not_followed_and_costs_nothing(
    studio: Studio, case: FashnService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once named in the answer itself, and once where the picture's address leads on to it."""
    named = {"id": "x", "status": "completed", "error": None}
    whole = socket.getaddrinfo
    asked: list[Any] = []

    def noted(name: Any, *rest: Any, **more: Any) -> Any:
        asked.append(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    for place in PLACES:
        for what, fault in (
            ("GET /cdn/", Reply(302, b"", {"Location": place})),
            (case.asks, Reply(200, named | {"output": [place]})),
        ):
            row = begin(studio, case, tmp_path)
            before = balance(studio)
            case.server.fail_next(what, fault)
            done = ended(studio, row)
            assert (done.status, done.error_code) == ("failed", Code.SERVICE_FAILED.value), place
            assert "doesn't belong to it" in sentence(done), place
            assert balance(studio) == before + 1
    assert set(asked) == {"127.0.0.1"}, "another name was looked up than the stand-in's"
    assert not [path for path in studio.workspace.tmp.rglob("*") if path.is_file()]


@pytest.mark.parametrize("what", ["POST /v1/run", "GET /v1/status"])
def test_a_redirected_question_or_order_goes_nowhere(
    studio: Studio, case: FashnService, tmp_path: Path, what: str
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    away = Reply(307, b"", {"Location": f"{case.server.url}/elsewhere"})
    case.server.fail_next(what, away)

    done = ended(studio, row)

    assert (done.status, done.error_code) == (Status.FAILED.value, Code.NEEDS_SETUP.value)
    assert "points to another address" in sentence(done)
    assert balance(studio) == before + 1
    assert case.server.count("/elsewhere") == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "64:ff9b::7f00:1", "ff02::1"])
def test_a_rightful_name_that_leads_into_the_house_is_not_opened_and_the_paid_job_waits(
    studio: Studio,
    case: FashnService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    """So it is where a hotel's network answers every name with its own address, or worse."""
    picture = "https://cdn.fashn.ai/x.png"
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    body = {"id": "x", "status": "completed", "error": None, "output": [picture]}
    case.server.fail_next(case.asks, Reply(200, body))
    whole, opened_at = socket.getaddrinfo, socket.socket.connect_ex
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    lead = [(family, 1, 6, "", (address, 443))]
    reached: list[Any] = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda n, *r, **m: lead if "fashn" in n else whole(n, *r, **m)
    )
    monkeypatch.setattr(
        socket.socket, "connect_ex", lambda self, to: reached.append(to) or opened_at(self, to)
    )

    def waits() -> bool:
        place = queue.place(studio, row.id)
        return place is not None and "leads to a place" in place.stage

    host(studio, waits)

    assert {place[1] for place in reached} == {case.server.server_port}
    assert attempts.is_open(now(studio, row))
    assert balance(studio) == before
    steering.cancel(studio, row.id)
    assert ended(studio, row).status == Status.CANCELLED.value
    assert balance(studio) == before + 1


def test_a_picture_beyond_all_bounds_is_refused(
    studio: Studio, case: FashnService, tmp_path: Path
) -> None:
    """Plainly too large, or small and growing without end when it is unpacked."""
    packed = gzip.compress(bytes(200_000_000), 6)
    for fault in (
        Reply(200, png() + bytes(65_000_000)),
        Reply(200, packed, {"Content-Encoding": "gzip"}),
        Reply(200, gzip.compress(packed), {"Content-Encoding": "gzip, gzip"}),
    ):
        row = begin(studio, case, tmp_path)
        before = balance(studio)
        case.server.fail_next("GET /cdn/", fault)
        done = ended(studio, row)
        assert (done.status, done.error_code) == (Status.FAILED.value, Code.SERVICE_FAILED.value)
        assert "larger than 64 MB" in sentence(done)
        assert balance(studio) == before + 1
    assert not [path for path in studio.workspace.tmp.rglob("*") if path.is_file()]


def test_an_answer_that_grows_when_it_is_unpacked_is_asked_for_again(
    studio: Studio, case: FashnService, tmp_path: Path
) -> None:
    row = begin(studio, case, tmp_path)
    bomb = gzip.compress(b" " * 100_000_000)
    case.server.fail_next(case.asks, Reply(200, bomb, {"Content-Encoding": "gzip"}))
    case.server.fail_next(case.asks, Reply(200, b"no gzip", {"Content-Encoding": "gzip"}))

    assert ended(studio, row).status == Status.COMPLETED.value
    assert len(case.accepted) == 1


@pytest.mark.parametrize("bad", [png(size=(400, 400))[:-30], b"\x89PNG\r\n\x1a\n" + bytes(900)])
def test_a_damaged_picture_is_fetched_once_more_before_it_is_given_up(
    studio: Studio, case: FashnService, tmp_path: Path, bad: bytes
) -> None:
    """Its length is right, so that only decoding tells."""
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.server.fail_next("GET /cdn/", Reply(200, bad))

    assert ended(studio, row).status == Status.COMPLETED.value
    assert (len(case.accepted), balance(studio)) == (1, before)
    assert case.server.count("GET /cdn/") == 2


@pytest.mark.parametrize("what", ["GET /v1/status", "GET /cdn/"])
def test_ten_minutes_of_silence_while_it_is_asked_or_fetched_lose_nothing(
    studio: Studio,
    case: FashnService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    """The watch's end is brought forward; that it comes and what follows is what matters here."""
    silent = threading.Event()

    hurry(monkeypatch)
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.server.fail_next(what, Reply(200, png(), stall=silent))

    done = ended(studio, row)
    silent.set()

    assert done.status == Status.COMPLETED.value
    assert (len(case.accepted), balance(studio)) == (1, before)


def test_a_download_goes_on_where_it_broke_in_the_next_start_too(tmp_path: Path) -> None:
    case = Comfy()
    picture, tag = png(size=(600, 500)), {"ETag": '"one"', "Content-Type": "image/png"}
    for studio in opened(tmp_path, case.provider):
        row = begin(studio, case, tmp_path)
        half = Reply(200, picture, tag, after=len(picture) // 2)
        for fault in (half, *[Reply(reset=True)] * 60):
            case.server.fail_next("GET /view", fault)
        host(studio, lambda: case.server.count("GET /view") > 5)
        assert attempts.is_open(now(studio, row))
    case.server.faults.clear()
    for studio in opened(tmp_path, case.provider):
        before = len(case.server.seen)
        case.server.fail_next("GET /view", rest_of(picture, tag))
        assert ended(studio, row).status == Status.COMPLETED.value
        (asked,) = [one for one in case.server.seen[before:] if one.path == "/view"]
        assert asked.headers["Range"] == f"bytes={len(picture) // 2}-"
        (result,) = history.story(studio, row.id).results
        assert (result.width, result.height) == (600, 500)
    assert len(case.accepted) == 1
    case.close()


def rest_of(picture: bytes, tag: dict[str, str]) -> Reply:
    begun = len(picture) // 2
    given = {"Content-Range": f"bytes {begun}-{len(picture) - 1}/{len(picture)}"}
    return Reply(206, picture[begun:], tag | given)


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_that_jumps_while_a_picture_is_made_changes_nothing(
    studio: Studio, case: FashnService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.held = True
    host(studio, lambda: bool(case.accepted))
    assert attempts.is_open(now(studio, row))
    case.held = False
    genuine = time.time_ns
    jump = days * 86_400 * 10**9
    with monkeypatch.context() as patch:
        patch.setattr(ids, "_source", ids.IdSource())
        patch.setattr(time, "time_ns", lambda: genuine() + jump)
        assert ended(studio, row).status == Status.COMPLETED.value
    assert (len(case.accepted), balance(studio)) == (1, before)
