"""Gives a Bank Stripe's HTTP interface on the loopback, and a page where its sessions are paid.

`python -m tests.payments.stripe_server PORT_FILE` runs it as a process of its own.
"""

import json
import re
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payments.bank import Bank, Refused, Told

_ROUTES = [
    ("POST", r"/v1/checkout/sessions", "create_session"),
    ("GET", r"/v1/checkout/sessions", "list_sessions"),
    ("GET", r"/v1/checkout/sessions/(\w+)", "retrieve_session"),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", "expire_session"),
    ("GET", r"/v1/payment_intents/(\w+)", "retrieve_intent"),
    ("POST", r"/v1/refunds", "create_refund"),
    ("GET", r"/v1/refunds", "list_refunds"),
    ("GET", r"/v1/disputes", "list_disputes"),
    ("GET", r"/v1/events", "list_events"),
]


def unfolded(pairs: list[tuple[str, str]]) -> Told:
    """Return form fields such as `line_items[0][quantity]=1` as nested values."""
    found: Told = {}
    for name, value in pairs:
        first, *rest = [part for part in re.split(r"[\[\]]+", name) if part]
        place: Any = found
        for part in [first, *rest][:-1]:
            place = place.setdefault(part, {})
        place[[first, *rest][-1]] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class StripeServer:
    """A bank with an address."""

    def __init__(self) -> None:
        self.bank = Bank()
        self.keys: list[str] = []
        server = self
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                with lock:
                    answer = server._answer(self, body)
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, told, place = answer
                content = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if place:
                    self.send_header("Location", place)
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                self.handle_any()

            def do_POST(self) -> None:
                self.handle_any()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.bank.base = self.address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(
        self, asked: BaseHTTPRequestHandler, body: str
    ) -> tuple[int, Told, str | None] | None:
        parts = urlsplit(asked.path)
        given = unfolded(parse_qsl(body if asked.command == "POST" else parts.query))
        if parts.path.startswith("/pay/"):
            return self._pay(parts.path.removeprefix("/pay/"), given)
        if parts.path == "/_faults":
            self.bank.faults = json.loads(body)
            return 200, {}, None
        if parts.path == "/_state":
            names = ("sessions", "intents", "refunds", "disputes")
            return 200, {name: getattr(self.bank, name) for name in names}, None
        self.keys.append(asked.headers.get("Authorization", ""))
        if not self.keys[-1].startswith("Bearer rk_test_"):
            return 401, {"error": {"message": "Invalid API Key", "type": "x"}}, None
        for method, path, verb in _ROUTES:
            match = re.fullmatch(path, parts.path)
            if match and method == asked.command:
                return self._asked(verb, match.groups(), given, asked)
        return 404, {"error": {"message": f"Unrecognized request URL {parts.path}"}}, None

    def _asked(
        self, verb: str, ids: tuple[str, ...], given: Told, asked: BaseHTTPRequestHandler
    ) -> tuple[int, Told, str | None] | None:
        known: Told = {"id": ids[0]} if ids else {"params": given}
        if verb.startswith("create_"):
            known["key"] = asked.headers.get("Idempotency-Key")
        try:
            return 200, self.bank.ask(verb, **known), None
        except Refused as error:
            told = {"error": {"message": error.message, "type": error.kind}}
            return error.status, told, None
        except ConnectionError:
            return None

    def _pay(self, id: str, given: Told) -> tuple[int, Told, str | None]:
        session = self.bank.sessions[id]
        if given.get("card") == "cancel":
            return 303, {}, session["cancel_url"]
        if given.get("card") == "pm_card_visa":
            self.bank.pay(id)
            return 303, {}, session["success_url"]
        return 402, {"error": {"message": "Your card was declined."}}, None


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def pay(url: str, card: str = "pm_card_visa") -> tuple[int, str]:
    """Pay as a browser would, without following where it is sent; return status and address."""
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, data=f"card={card}".encode(), timeout=20) as answer:
            return int(answer.status), ""
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, str(answer.headers.get("Location") or "")


if __name__ == "__main__":
    served = StripeServer()
    Path(sys.argv[1]).write_text(served.address)
    threading.Event().wait()
