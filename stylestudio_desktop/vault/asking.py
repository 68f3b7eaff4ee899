"""What every way of signing in shares: who asks, who came, and one careful call to a provider."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stylestudio_desktop.domain.errors import Code, Remedy, StudioError

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SAFE = "Nothing was changed."
_CALL_S = (5.0, 20.0)
_LARGEST = 1_000_000
_SLICE_S = 0.2


class SignInFailed(StudioError):
    """Nobody was signed in; what is on this computer stays open."""

    code = Code.SERVICE_FAILED
    remedy = Remedy.RETRY


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks whom: an issuer's address, and the name under which this program is known there."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)

    def named(self) -> dict[str, str]:
        """Return the fields by which a token endpoint knows this program.

        Google gives desktop programs a secret too and demands it, without taking it for one.
        """
        known = {"client_id": self.client_id}
        return {**known, "client_secret": self.secret} if self.secret else known


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
    """A device flow that waits: the person opens `address` anywhere and types `code`.

    `link` holds the code already where the service offers that, and is what a browser here opens.
    """

    address: str
    code: str
    device_code: str = field(repr=False)
    interval_s: float
    ends_at: float
    link: str


def page(address: str) -> str:
    """Return an address that may be asked, or opened in a browser. Raises SignInFailed."""
    try:
        parts = urlsplit(address)
        here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
    except ValueError:
        parts, here = urlsplit(""), False
    if not here and (parts.scheme != "https" or not parts.hostname):
        raise SignInFailed(f"A sign-in service needs an https address. {SAFE}")
    if parts.username is not None or parts.password is not None:
        raise SignInFailed(f"An address may not hold a user name or password. {SAFE}")
    return address


def call(
    method: str,
    address: str,
    fields: Mapping[str, str] | None = None,
    *,
    bearer: str | None = None,
    waiting: bool = False,
) -> Any:
    """Ask a provider and return its JSON (an object, or a list); {} where it is none.

    A device flow that waits answers with an error of its own, which is returned as it is.
    """
    import requests

    parts = urlsplit(page(address))
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
            f"{SAFE} All that is on this computer stays open."
        ) from None
    found = _json(body)
    word = str(found.get("error", status))[:40] if isinstance(found, dict) else str(status)
    if status == 200 or (waiting and word in ("authorization_pending", "slow_down")):
        return found
    raise SignInFailed(f"The sign-in service refused ({word}). {SAFE}")


def _json(body: bytes) -> Any:
    import json

    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict | list) else {}


def rest(seconds: float, stopped: Callable[[], bool]) -> None:
    """Wait, unless somebody stops it. Raises SignInFailed."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if stopped():
            raise SignInFailed(f"The sign-in was stopped. {SAFE}")
        time.sleep(min(_SLICE_S, max(0.0, ends_at - time.monotonic())))
