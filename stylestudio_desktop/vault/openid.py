"""Signs people in with an OpenID provider: system browser, PKCE and loopback, or a device code.

OpenID Connect Core 1.0, RFC 7636 (PKCE), RFC 8252 (native apps), RFC 8628 (device flow), RFC 9207
(issuer in the answer). The libraries are loaded when somebody signs in, not before.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from stylestudio_desktop.vault.asking import (
    DEVICE,
    SAFE,
    Asked,
    Client,
    Person,
    SignInFailed,
    call,
    page,
    rest,
)
from stylestudio_desktop.vault.callback import Callback

__all__ = ["Asked", "Client", "Person", "SignInFailed"]
SCOPE = "openid email profile"
OFFLINE = "offline_access"  # asks for a refresh token (OpenID Connect Core, 11)
WAIT_S = 300.0
_LEEWAY_S = 60
_SLICE_S = 0.2
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]


def discover(client: Client) -> dict[str, Any]:
    """Return the provider's own description. Raises SignInFailed."""
    issuer = client.issuer.rstrip("/")
    found = _asked("GET", f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise SignInFailed(f"The sign-in service at {issuer} calls itself another. {SAFE}")
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
            scope=_scope(known),
        )
        address, _ = session.create_authorization_url(
            _address(known, "authorization_endpoint"),
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            prompt="consent",
            **_offline(known),
        )
        show(page(address))
        answer = _answer(waiting, stopped, wait_s)
        _check_answer(answer, known)
        tokens = _asked(
            "POST",
            _address(known, "token_endpoint"),
            {
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": waiting.address,
                "code_verifier": verifier,
                **client.named(),
            },
        )
    finally:
        waiting.close()
    return _person(client, known, tokens, nonce)


def ask_device(client: Client) -> Asked:
    """Begin a sign-in that is finished on any other device. Raises SignInFailed."""
    known = discover(client)
    said = _asked(
        "POST",
        _address(known, "device_authorization_endpoint"),
        {"client_id": client.client_id, "scope": _scope(known)},
    )
    address = page(str(said.get("verification_uri")))
    return Asked(
        address,
        str(said.get("user_code")),
        str(said.get("device_code")),
        max(1.0, float(said.get("interval", 5))),
        time.monotonic() + float(said.get("expires_in", 300)),
        page(str(said.get("verification_uri_complete") or address)),
    )


def by_device(client: Client, asked: Asked, stopped: Callable[[], bool] = lambda: False) -> Person:
    """Wait until the person has finished on the other device. Raises SignInFailed."""
    known, pause = discover(client), asked.interval_s
    while time.monotonic() < asked.ends_at:
        rest(pause, stopped)
        tokens = _asked(
            "POST",
            _address(known, "token_endpoint"),
            {
                "grant_type": DEVICE,
                "device_code": asked.device_code,
                **client.named(),
            },
            waiting=True,
        )
        if "error" not in tokens:
            return _person(client, known, tokens, None)
        if tokens["error"] == "slow_down":
            pause += 5.0
    raise SignInFailed(f"The code was not used in time. {SAFE} Begin again.")


def renew(client: Client, refresh_token: str) -> Person:
    """Ask whether a person is still welcome there. Raises SignInFailed.

    The answer holds the next refresh token, which replaces the one that was used.
    """
    known = discover(client)
    tokens = _asked(
        "POST",
        _address(known, "token_endpoint"),
        {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            **client.named(),
        },
    )
    return _person(client, known, {"refresh_token": refresh_token, **tokens}, None)


def _asked(*asked: Any, **named: Any) -> dict[str, Any]:
    """Return the JSON object of an answer; anything else says nothing."""
    found = call(*asked, **named)
    return found if isinstance(found, dict) else {}


def _scope(known: Mapping[str, Any]) -> str:
    """Return what is asked for: a service that names its scopes may refuse all others."""
    offered = known.get("scopes_supported")
    return SCOPE if isinstance(offered, list) and OFFLINE not in offered else f"{SCOPE} {OFFLINE}"


def _offline(known: Mapping[str, Any]) -> dict[str, str]:
    """Return Google's own way to ask for a refresh token, where the usual scope is unknown."""
    return {} if OFFLINE in _scope(known) else {"access_type": "offline"}


def _answer(waiting: Callback, stopped: Callable[[], bool], wait_s: float) -> dict[str, str]:
    ends_at = time.monotonic() + wait_s
    while time.monotonic() < ends_at:
        answer = waiting.wait(_SLICE_S)
        if answer is not None:
            return answer
        if stopped():
            raise SignInFailed(f"The sign-in was stopped. {SAFE}")
    raise SignInFailed(f"Nobody came back from the sign-in page in time. {SAFE} Begin again.")


def _check_answer(answer: Mapping[str, str], known: Mapping[str, Any]) -> None:
    issuer = answer.get("iss")
    promised = known.get("authorization_response_iss_parameter_supported") is True
    if issuer != known["issuer"] and (issuer is not None or promised):
        raise SignInFailed(f"The answer comes from another sign-in service. {SAFE}")
    if "code" not in answer:
        denied = answer.get("error") == "access_denied"
        why = "You did not agree on the sign-in page" if denied else "The service refused"
        raise SignInFailed(f"{why}. {SAFE}")


def _person(
    client: Client, known: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str | None
) -> Person:
    claims = _claims(client, known, str(tokens.get("id_token", "")), nonce)
    said = dict(claims)
    if "userinfo_endpoint" in known and "access_token" in tokens and "email" not in said:
        more = _asked(
            "GET", _address(known, "userinfo_endpoint"), bearer=str(tokens["access_token"])
        )
        if more.get("sub") != claims["sub"]:
            raise SignInFailed(f"The sign-in service spoke of somebody else. {SAFE}")
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
        keys = KeySet.import_key_set(call("GET", _address(known, "jwks_uri")))
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
        raise SignInFailed(
            f"The sign-in service's answer can't be proven: {_why(error)} {SAFE}"
        ) from None
    parties = read.claims["aud"]
    several = isinstance(parties, list) and len(parties) > 1
    if several and read.claims.get("azp") != client.client_id:
        raise SignInFailed(f"The sign-in service's answer is for another program. {SAFE}")
    return dict(read.claims)


def _why(error: Exception) -> str:
    """Say what is wrong with an identity token; the error's own text may repeat the token."""
    from joserfc import errors

    if isinstance(error, errors.ExpiredTokenError):
        return "it is too old. Check this computer's clock, and sign in again."
    if isinstance(error, errors.BadSignatureError | errors.UnsupportedAlgorithmError):
        return "it is not signed by that service."
    if isinstance(error, errors.InvalidClaimError | errors.MissingClaimError):
        return "it is not the answer to this sign-in. Sign in again."
    return f"it can't be read ({type(error).__name__})."


def _address(known: Mapping[str, Any], name: str) -> str:
    address = known.get(name)
    if not isinstance(address, str):
        raise SignInFailed(f"This sign-in service does not offer that way of signing in. {SAFE}")
    return address
