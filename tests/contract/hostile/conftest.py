"""A workspace with one service that the worker carries jobs through, and what may come of them."""

import struct
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.http import Http, line
from stylestudio_desktop.providers.http.call import Call
from stylestudio_desktop.services import attempts, health
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker import retrying
from tests.contract.case import KEY
from tests.contract.cases.fashn import FashnService
from tests.contract.test_whole_way import host, now


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the end of every call's patience forward; that it comes is what matters."""

    def short(cancelled: Event, _until: float, **rest: Any) -> Call:
        return Call(cancelled, time.monotonic() + 0.3, **rest)

    monkeypatch.setattr(line, "Call", short)


def chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def bomb() -> bytes:
    """Return a PNG of a few bytes that would be 60,000 × 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries are no part of these tests."""
    monkeypatch.setattr(retrying, "backed_off", lambda _base, _tries: 0.005)


@pytest.fixture
def case() -> Iterator[FashnService]:
    made = FashnService()
    yield made
    made.close()


@pytest.fixture
def studio(case: FashnService, tmp_path: Path) -> Iterator[Studio]:
    yield from opened(tmp_path, case.provider)


def opened(folder: Path, adapter: Callable[[Http], Any], http: Http | None = None) -> Any:
    """Open a workspace with one service, and prove its books and files at the end."""
    network = Http(pause_s=0.001) if http is None else http
    made = adapter(network)
    studio = open_studio(Workspace(folder / "workspace"), {made.card.id: made})
    yield studio
    assert health.verify(studio, deep=True).problems == ()
    close_studio(studio)
    network.close()


def ended(studio: Studio, row: Generation) -> Generation:
    host(studio, lambda: not attempts.is_open(now(studio, row)))
    return now(studio, row)


def sentence(row: Generation) -> str:
    assert row.error
    assert row.error[0].isupper()
    assert row.error.endswith(".")
    assert KEY not in row.error
    return row.error
