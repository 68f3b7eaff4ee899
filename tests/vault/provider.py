"""A sign-in service in memory that lies where a test tells it to."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "style-studio-desktop"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Provider:
    """`claims` go into the identity token; `lies` names what is done wrongly."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {
            "sub": "anna", "email": "Anna@Example.com", "email_verified": True, "name": "Anna",
        }  # fmt: skip
        self.lies: dict[str, Any] = {}
        self.pending = 0
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.refresh = "refresh-token-secret-0"
        self.device, self.access = "d", "access"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                fields = dict(parse_qsl(self.rfile.read(length).decode()))
                provider.asked.append(fields)
                provider._answer(self, fields)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def agree(self, address: str) -> dict[str, str]:
        """Return what the sign-in page sends back when the person agrees."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"].startswith("http://127.0.0.1:")
        self._codes["a-code"] = asked
        back = {"code": "a-code", "state": asked["state"], "iss": self.issuer}
        return {**back, **self.lies.get("back", {}), "to": asked["redirect_uri"]}

    def _answer(self, request: BaseHTTPRequestHandler, fields: dict[str, str]) -> None:
        path = urlsplit(request.path).path
        status, body = self._say(path, fields, request.headers.get("Authorization"))
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _say(self, path: str, fields: dict[str, str], bearer: str | None) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            found = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/me",
                "device_authorization_endpoint": f"{self.issuer}/device",
                "authorization_response_iss_parameter_supported": True,
            }
            return 200, {**found, **self.lies.get("known", {})}
        if path == "/jwks":
            return 200, {"keys": [KEY.as_dict(private=False)]}
        if path == "/me":
            assert bearer == f"Bearer {self.access}"
            return 200, {**self.claims, **self.lies.get("me", {})}
        if path == "/device":
            return 200, {
                "device_code": self.device, "user_code": "WDJB-MJHT", "interval": 0,
                "verification_uri": f"{self.issuer}/activate",
                "expires_in": self.lies.get("expires_in", 60),
            }  # fmt: skip
        if "token" in self.lies:
            found = self.lies["token"]
            return found[0], found[1]
        return self._tokens(fields)

    def _tokens(self, fields: dict[str, str]) -> tuple[int, Any]:
        nonce = None
        if fields["grant_type"] == "authorization_code":
            asked = self._codes.pop(fields["code"])
            digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if proof != asked["code_challenge"] or fields["redirect_uri"] != asked["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
            nonce = asked["nonce"]
        elif fields["grant_type"] == "refresh_token":
            if fields["refresh_token"] != self.refresh:
                return 400, {"error": "invalid_grant"}
            self.refresh += "+"
        elif self.pending:
            self.pending -= 1
            return 400, {"error": "slow_down" if self.pending == 5 else "authorization_pending"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
            **self.claims, **self.lies.get("claims", {}),
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = OTHER if self.lies.get("signature") else KEY
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        if self.lies.get("none"):
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            token = f"{head}.{token.split('.')[1]}."
        return 200, {
            "access_token": self.access, "token_type": "Bearer", "id_token": token,
            "refresh_token": self.refresh, "expires_in": 300,
        }  # fmt: skip
