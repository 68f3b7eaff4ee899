"""A scripted service on loopback: it answers as told, breaks as told, and remembers everything."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> list[tuple[str, str, bytes]]:
        """Return the parts of a multipart form as (name, file name, bytes)."""
        marker = self.headers.get_param("boundary", header="content-type")
        assert isinstance(marker, str), "it is not a multipart form"
        found = []
        for piece in self.body.split(b"--" + marker.encode())[1:-1]:
            head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            part = Message()
            for line in head.decode().split("\r\n"):
                name, _, value = line.partition(":")
                part[name] = value.strip()
            field_name = part.get_param("name", header="content-disposition")
            file_name = part.get_param("filename", "", header="content-disposition")
            found.append((str(field_name), str(file_name), content.removesuffix(b"\r\n")))
        return found


@dataclass(frozen=True)
class Reply:
    """One answer. `after` bytes the connection breaks; `stall` waits before the body is sent.

    `handled`: as a fault, the service does what it was asked and only its answer is lost.
    """

    status: int = 200
    body: bytes | Mapping[str, Any] | list[Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False
    after: int | None = None
    stall: threading.Event | None = None
    handled: bool = False


class Standin(ThreadingHTTPServer):
    """Listens on a free loopback port until it is closed; use it as a context manager."""

    daemon_threads = True

    def __init__(self, reply: Callable[[Seen], Reply]) -> None:
        self.reply = reply
        self.seen: list[Seen] = []
        self.faults: list[tuple[str, Reply]] = []
        self.problems: list[Exception] = []
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fail_next(self, what: str, reply: Reply) -> None:
        """Answer the next request whose “METHOD /path” holds `what` with `reply`."""
        self.faults.append((what, reply))

    def count(self, what: str) -> int:
        """Return how many requests came whose “METHOD /path” holds `what`."""
        return sum(what in f"{seen.method} {seen.path}" for seen in self.seen)

    def answer(self, seen: Seen) -> Reply:
        request = f"{seen.method} {seen.path}"
        with self._lock:
            self.seen.append(seen)
            number = next((n for n, (what, _) in enumerate(self.faults) if what in request), None)
            fault = None if number is None else self.faults.pop(number)[1]
        if fault is None:
            return self.reply(seen)
        if fault.handled:
            self.reply(seen)
        return fault

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)
        problems, self.problems = self.problems, []
        if problems:
            raise AssertionError(f"the stand-in was sent what it can't take: {problems!r}")

    def __exit__(self, *error: object) -> None:
        self.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away early is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Standin

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        sent = self.rfile.read(length)
        if len(sent) < length:  # the client died in the middle: no service acts on half an order
            self.close_connection = True
            return
        seen = Seen(self.command, parts.path, parse_qs(parts.query), self.headers, sent)
        try:
            reply = self.server.answer(seen)
        except Exception as error:  # shown by `close`: a stand-in that fails must not look broken
            self.server.problems.append(error)
            raise
        if reply.reset:
            # SO_LINGER of zero: the connection is reset instead of ended.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = dict(reply.headers)
        if not isinstance(reply.body, bytes):
            headers.setdefault("Content-Type", "application/json")
        headers.setdefault("Content-Length", str(len(body)))
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if reply.stall is not None:
            reply.stall.wait(30)
        if reply.after is not None:
            body = body[: reply.after]
            self.close_connection = True
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - their names

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: what came is in `seen`."""


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; fail where it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)
