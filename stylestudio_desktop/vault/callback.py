"""Waits on this computer alone for the browser to come back from a sign-in page (RFC 8252, 7.3)."""

import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATH = "/callback"
_PAGE = (
    b"<!doctype html><meta charset=utf-8><title>Style Studio</title>"
    b"<p>You can close this page and go back to Style Studio.</p>"
)
_LONGEST = 16_000


class Callback:
    """Serves one path on 127.0.0.1 and a free port until somebody comes back with our `state`.

    Other pages and programs may knock as well; they are sent away and end nothing.
    """

    def __init__(self, state: str) -> None:
        """Begin to listen."""
        self._state = state
        self._came = threading.Event()
        self._answer: dict[str, str] = {}
        callback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                callback._take(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: the address holds a code."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sign-in", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the browser is to come back to."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Return what the sign-in page sent back, None if nobody came in time."""
        return dict(self._answer) if self._came.wait(seconds) else None

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2.0)

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path[:_LONGEST])
        fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = hmac.compare_digest(fields.get("state", "").encode(), self._state.encode())
        fits = parts.path == PATH and ours
        request.send_response(200 if fits else 404)
        request.send_header("Content-Type", "text/html")
        request.send_header("Cache-Control", "no-store")
        request.end_headers()
        request.wfile.write(_PAGE if fits else b"")
        if fits and not self._came.is_set():
            self._answer = fields
            self._came.set()
