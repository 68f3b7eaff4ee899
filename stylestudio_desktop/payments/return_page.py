"""A page on this computer that sends the buyer back to the program; it never credits anything."""

import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Style Studio</title>
<style>body{{font:16px system-ui,sans-serif;margin:20vh auto;max-width:28em;padding:0 1em;
color-scheme:light dark}}</style><h1>{head}</h1><p>{text}</p></html>"""
_PAID = ("Thank you", "You can close this page and go back to Style Studio.")
_LEFT = ("Nothing was paid", "You can close this page and go back to Style Studio.")


class ReturnPage:
    """Serves one address with a secret in it, on 127.0.0.1 and a free port.

    `on_return(paid)` is called on a thread of the server when the browser comes; what the
    address says is a hint to look at the payment service now, and nothing else.
    """

    def __init__(self, on_return: Callable[[bool], None]) -> None:
        """Begin to listen. Raises OSError where nothing may."""
        self._secret = secrets.token_urlsafe(18)
        page = self

        class Handler(BaseHTTPRequestHandler):
            """Answers two paths."""

            timeout = 10

            def do_GET(self) -> None:
                """Say that the buyer can go back, on our two paths alone."""
                page._answer(self, on_return)

            def log_message(self, *_: Any) -> None:
                """Keep the secret out of any log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="return-page", daemon=True
        )
        self._thread.start()

    @property
    def success_url(self) -> str:
        """Return where the browser goes after the payment."""
        return f"{self._base}/paid"

    @property
    def cancel_url(self) -> str:
        """Return where the browser goes when the buyer has changed their mind."""
        return f"{self._base}/left"

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2)

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{self._secret}"

    def _answer(self, asked: BaseHTTPRequestHandler, on_return: Callable[[bool], None]) -> None:
        paths = {f"/{self._secret}/paid": True, f"/{self._secret}/left": False}
        paid = paths.get(urlsplit(asked.path).path)
        if paid is None:
            asked.send_error(404)
            return
        on_return(paid)
        head, text = _PAID if paid else _LEFT
        body = _PAGE.format(head=head, text=text).encode()
        asked.send_response(200)
        asked.send_header("Content-Type", "text/html; charset=utf-8")
        asked.send_header("Content-Length", str(len(body)))
        asked.send_header("Cache-Control", "no-store")
        asked.end_headers()
        asked.wfile.write(body)
