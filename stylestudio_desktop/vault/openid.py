"""Signs people in with an OpenID provider: system browser, PKCE and loopback, or a device code.

OpenID Connect Core 1.0, RFC 7636 (PKCE), RFC 8252 (native apps), RFC 8628 (device flow), RFC 9207
(issuer in the answer). The libraries are loaded when somebody signs in, not before.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stylestudio_desktop.domain.errors import Code, Remedy, StudioError
from stylestudio_desktop.vault.callback import Callback

SCOPE = "openid email profile offline_access"
WAIT_S = 300.0
_CALL_S = (5.0, 20.0)
_LEEWAY_S = 60
_LARGEST = 1_000_000
_SLICE_S = 0.2
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_SAFE = "Nothing was changed."


class SignInFailed(StudioError):
    """Nobody was signed in; what is on this computer stays open."""

    code = Code.SERVICE_FAILED
    remedy = Remedy.RETRY


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks whom: an issuer's address, and the name under which this program is known there."""

    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in. `email` is given only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A device flow that waits: the person opens `address` anywhere and types `code`."""

    address: str
    code: str
    device_code: str = field(repr=False)
    interval_s: float
    ends_at: float


def discover(client: Client) -> dict[str, Any]:
    """Return the provider's own description. Raises SignInFailed."""
    issuer = client.issuer.rstrip("/")
    found = _call("GET", f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise SignInFailed(f"The sign-in service at {issuer} calls itself another. {_SAFE}")
    return found


def by_browser(
    client: Client,
    show: Callable[[str], None],
    stopped: Callable[[], bool] = lambda: False,
    wait_s: float = WAIT_S,
) -> Person:
    """Sign somebody in through the system's browser; `show` opens the address there.

    Raises SignInFailed when the page is left, the answer is not for us, or it can't be proven.
    """
    from authlib.integrations.requests_client import OAuth2Session

    known = discover(client)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    waiting = Callback(state)
    try:
        session = OAuth2Session(
            client.client_id,
            token_endpoint_auth_method="none",  # noqa: S106 - a public client has no secret
            code_challenge_method="S256",
            redirect_uri=waiting.address,
            scope=SCOPE,
        )
        address, _ = session.create_authorization_url(
            _address(known, "authorization_endpoint"),
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            prompt="consent",
        )
        show(address)
        answer = _answer(waiting, stopped, wait_s)
        _check_answer(answer, known)
        tokens = _call(
            "POST",
            _address(known, "token_endpoint"),
            {
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": waiting.address,
                "client_id": client.client_id,
                "code_verifier": verifier,
            },
        )
    finally:
        waiting.close()
    return _person(client, known, tokens, nonce)


def ask_device(client: Client) -> Asked:
    """Begin a sign-in that is finished on any other device. Raises SignInFailed."""
    known = discover(client)
    said = _call(
        "POST",
        _address(known, "device_authorization_endpoint"),
        {"client_id": client.client_id, "scope": SCOPE},
    )
    return Asked(
        str(said.get("verification_uri_complete") or said.get("verification_uri")),
        str(said.get("user_code")),
        str(said.get("device_code")),
        max(1.0, float(said.get("interval", 5))),
        time.monotonic() + float(said.get("expires_in", 300)),
    )


def by_device(client: Client, asked: Asked, stopped: Callable[[], bool] = lambda: False) -> Person:
    """Wait until the person has finished on the other device. Raises SignInFailed."""
    known, pause = discover(client), asked.interval_s
    while time.monotonic() < asked.ends_at:
        _rest(pause, stopped)
        tokens = _call(
            "POST",
            _address(known, "token_endpoint"),
            {
                "grant_type": _DEVICE,
                "device_code": asked.device_code,
                "client_id": client.client_id,
            },
            waiting=True,
        )
        if "error" not in tokens:
            return _person(client, known, tokens, None)
        if tokens["error"] == "slow_down":
            pause += 5.0
    raise SignInFailed(f"The code was not used in time. {_SAFE} Begin again.")


def renew(client: Client, refresh_token: str) -> Person:
    """Ask whether a person is still welcome there. Raises SignInFailed.

    The answer holds the next refresh token, which replaces the one that was used.
    """
    known = discover(client)
    tokens = _call(
        "POST",
        _address(known, "token_endpoint"),
        {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": client.client_id,
        },
    )
    return _person(client, known, {"refresh_token": refresh_token, **tokens}, None)


def _answer(waiting: Callback, stopped: Callable[[], bool], wait_s: float) -> dict[str, str]:
    ends_at = time.monotonic() + wait_s
    while time.monotonic() < ends_at:
        answer = waiting.wait(_SLICE_S)
        if answer is not None:
            return answer
        if stopped():
            raise SignInFailed(f"The sign-in was stopped. {_SAFE}")
    raise SignInFailed(f"Nobody came back from the sign-in page in time. {_SAFE} Begin again.")


def _check_answer(answer: Mapping[str, str], known: Mapping[str, Any]) -> None:
    issuer = answer.get("iss")
    promised = known.get("authorization_response_iss_parameter_supported") is True
    if issuer != known["issuer"] and (issuer is not None or promised):
        raise SignInFailed(f"The answer comes from another sign-in service. {_SAFE}")
    if "code" not in answer:
        denied = answer.get("error") == "access_denied"
        why = "You did not agree on the sign-in page" if denied else "The service refused"
        raise SignInFailed(f"{why}. {_SAFE}")


def _person(
    client: Client, known: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str | None
) -> Person:
    claims = _claims(client, known, str(tokens.get("id_token", "")), nonce)
    said = dict(claims)
    if "userinfo_endpoint" in known and "access_token" in tokens and "email" not in said:
        more = _call(
            "GET", _address(known, "userinfo_endpoint"), bearer=str(tokens["access_token"])
        )
        if more.get("sub") != claims["sub"]:
            raise SignInFailed(f"The sign-in service spoke of somebody else. {_SAFE}")
        said = {**more, **claims}
    email = said.get("email") if said.get("email_verified") is True else None
    token = tokens.get("refresh_token")
    return Person(
        str(known["issuer"]),
        str(claims["sub"]),
        None if email is None else str(email),
        str(said.get("name") or email or claims["sub"])[:80],
        None if token is None else str(token),
    )


def _claims(
    client: Client, known: Mapping[str, Any], token: str, nonce: str | None
) -> dict[str, Any]:
    """Return what a proven identity token says (OpenID Connect Core, 3.1.3.7)."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set(_call("GET", _address(known, "jwks_uri")))  # type: ignore[arg-type]
        read = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        demands: dict[str, Any] = {
            "iss": {"essential": True, "value": known["issuer"]},
            "aud": {"essential": True, "value": client.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        if nonce is not None:
            demands["nonce"] = {"essential": True, "value": nonce}
        jwt.JWTClaimsRegistry(leeway=_LEEWAY_S, **demands).validate(read.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # The kind alone: the text may repeat the token.
        raise SignInFailed(
            f"The sign-in service's answer can't be proven ({type(error).__name__}). {_SAFE}"
        ) from None
    parties = read.claims["aud"]
    several = isinstance(parties, list) and len(parties) > 1
    if several and read.claims.get("azp") != client.client_id:
        raise SignInFailed(f"The sign-in service's answer is for another program. {_SAFE}")
    return dict(read.claims)


def _address(known: Mapping[str, Any], name: str) -> str:
    address = known.get(name)
    if not isinstance(address, str):
        raise SignInFailed(f"This sign-in service does not offer that way of signing in. {_SAFE}")
    return address


def _call(
    method: str,
    address: str,
    fields: Mapping[str, str] | None = None,
    *,
    bearer: str | None = None,
    waiting: bool = False,
) -> dict[str, Any]:
    """Ask a provider and return its JSON object; a pending device flow's error counts as one."""
    import requests

    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1"):
        raise SignInFailed(f"A sign-in service needs an https address. {_SAFE}")
    headers = {"Accept": "application/json"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        with requests.request(
            method, address, data=fields, headers=headers, timeout=_CALL_S,
            allow_redirects=False, stream=True,
        ) as answer:  # fmt: skip
            answer.raw.decode_content = True
            body = answer.raw.read(_LARGEST)
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        raise SignInFailed(
            f"The sign-in service at {parts.hostname} can't be reached ({type(error).__name__}). "
            f"{_SAFE} All that is on this computer stays open."
        ) from None
    found = _json(body)
    pending = found.get("error") in ("authorization_pending", "slow_down")
    if status == 200 or (waiting and pending):
        return found
    word = str(found.get("error", status))[:40]
    raise SignInFailed(f"The sign-in service refused ({word}). {_SAFE}")


def _json(body: bytes) -> dict[str, Any]:
    import json

    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _rest(seconds: float, stopped: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if stopped():
            raise SignInFailed(f"The sign-in was stopped. {_SAFE}")
        time.sleep(min(_SLICE_S, max(0.0, ends_at - time.monotonic())))
