"""Signs people in with GitHub, which has no identity token: device flow, then its own API.

GitHub documentation, "Authorizing OAuth apps: device flow" and REST "Users", "Emails": pending
and refused polls are answered with status 200 and an `error`; an OAuth app needs no secret here.
"""

import time
from collections.abc import Callable
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

ISSUER = "https://github.com"
API = "https://api.github.com"
SCOPE = "read:user user:email"
_WHY = {
    "access_denied": "You did not agree on the sign-in page.",
    "expired_token": "The code was not used in time.",
    "device_flow_disabled": "The device flow is not enabled for this program at GitHub.",
    "incorrect_client_credentials": "GitHub does not know this client id.",
}


def is_meant(client: Client) -> bool:
    """Say whether a client's address is GitHub's."""
    return client.issuer.rstrip("/") == ISSUER


def ask_device(client: Client) -> Asked:
    """Begin a sign-in that is finished in any browser. Raises SignInFailed."""
    said = _object(
        call(
            "POST",
            f"{ISSUER}/login/device/code",
            {"client_id": client.client_id, "scope": SCOPE},
        )
    )
    _check(said)
    address = page(str(said.get("verification_uri")))
    return Asked(
        address,
        str(said.get("user_code")),
        str(said.get("device_code")),
        _seconds(said.get("interval"), 5.0),
        time.monotonic() + _seconds(said.get("expires_in"), 900.0),
        address,
    )


def by_device(client: Client, asked: Asked, stopped: Callable[[], bool] = lambda: False) -> Person:
    """Wait until the person has typed the code. Raises SignInFailed."""
    pause = asked.interval_s
    while time.monotonic() < asked.ends_at:
        rest(pause, stopped)
        said = _object(
            call(
                "POST",
                f"{ISSUER}/login/oauth/access_token",
                {
                    "client_id": client.client_id,
                    "device_code": asked.device_code,
                    "grant_type": DEVICE,
                },
                waiting=True,
            )
        )
        if said.get("error") == "slow_down":
            pause = _seconds(said.get("interval"), pause + 5.0)
        elif said.get("error") != "authorization_pending":
            _check(said)
            return _person(str(said.get("access_token")))
    raise SignInFailed(f"{_WHY['expired_token']} {SAFE} Begin again.")


def _person(token: str) -> Person:
    """Read who a token belongs to; only a verified first address counts as theirs."""
    user = _object(call("GET", f"{API}/user", bearer=token))
    number = user.get("id")
    if not isinstance(number, int):
        raise SignInFailed(f"GitHub did not say who signed in. {SAFE}")
    addresses = call("GET", f"{API}/user/emails", bearer=token)
    proven = [
        str(one["email"])
        for one in (addresses if isinstance(addresses, list) else [])
        if isinstance(one, dict) and one.get("primary") is True and one.get("verified") is True
    ]
    name = str(user.get("name") or user.get("login") or number)[:80]
    return Person(ISSUER, str(number), proven[0] if proven else None, name)


def _check(said: dict[str, Any]) -> None:
    error = said.get("error")
    if error is not None:
        why = _WHY.get(str(error), f"GitHub refused ({str(error)[:40]}).")
        raise SignInFailed(f"{why} {SAFE}")


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _seconds(value: Any, usual: float) -> float:
    return max(1.0, float(value)) if isinstance(value, int | float) else usual
