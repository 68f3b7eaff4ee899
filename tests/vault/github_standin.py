"""GitHub's device flow and API on the loopback, answering as its documentation says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

CLIENT = "Iv1.0123456789abcdef"
DEVICE = "3584d83530557fdd1f46af8289938c8ef79f9dc5"
TOKEN = "gho_planted4715"


class GitHub:
    """`polls` are the errors of the next polls, in order; then the token is given."""

    def __init__(self) -> None:
        self.polls: list[dict[str, Any]] = []
        self.begin: dict[str, Any] = {}
        self.user: Any = {"id": 583231, "login": "octocat", "name": "Mona"}
        self.emails: Any = [
            {"email": "old@example.com", "primary": False, "verified": True},
            {"email": "Mona@Example.com", "primary": True, "verified": True},
        ]
        self.asked: list[tuple[str, dict[str, str], str | None]] = []
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                standin._answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                standin._answer(self, dict(parse_qsl(self.rfile.read(length).decode())))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler, fields: dict[str, str]) -> None:
        bearer = request.headers.get("Authorization")
        self.asked.append((request.path, fields, bearer))
        assert request.headers["Accept"] == "application/json"  # else it answers a form
        said: Any = {"message": "Not Found"}
        if request.path == "/login/device/code":
            said = {
                "device_code": DEVICE,
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.address}/login/device",
                "expires_in": 900,
                "interval": 1,
                **self.begin,
            }
        elif request.path == "/login/oauth/access_token":
            given = {"access_token": TOKEN, "token_type": "bearer", "scope": "read:user"}
            said = self.polls.pop(0) if self.polls else given
        elif bearer == f"Bearer {TOKEN}":
            said = {"/user": self.user, "/user/emails": self.emails}[request.path]
        data = json.dumps(said).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)
