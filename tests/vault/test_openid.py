"""Signing in: every lie of a sign-in service is refused, and the honest way works for real."""

import os
import re
import shutil
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from stylestudio_desktop.vault import openid
from stylestudio_desktop.vault.openid import Client, Person, SignInFailed
from tests.vault.provider import CLIENT, Provider

TOOL = Path(__file__).resolve().parents[3] / "shared" / "tools" / "oidc_provider.mjs"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


def browser(provider: Provider, seen: list[str] | None = None) -> Any:
    """Return what stands in for the system's browser: somebody agrees and comes back."""

    def show(address: str) -> None:
        if seen is not None:
            seen.append(address)
        back = provider.agree(address)
        to = back.pop("to")
        came = requests.get(to, params=back, timeout=5)
        if seen is not None:
            seen.append(f"{came.status_code} {came.text}")

    return show


def sign_in(provider: Provider, wait_s: float = 5.0) -> Person:
    return openid.by_browser(Client(provider.issuer, CLIENT), browser(provider), wait_s=wait_s)


def test_somebody_signs_in_with_the_browser(provider: Provider) -> None:
    seen: list[str] = []
    person = openid.by_browser(Client(provider.issuer + "/", CLIENT), browser(provider, seen))
    assert (person.subject, person.email, person.name) == ("anna", "Anna@Example.com", "Anna")
    assert person.issuer == provider.issuer
    assert person.refresh_token == "refresh-token-secret-0"
    assert "refresh-token" not in repr(person)
    assert "go back to Style Studio" in seen[1]
    assert "client_secret" not in provider.asked[0]


@pytest.mark.parametrize(
    ("lies", "why"),
    [
        ({"claims": {"nonce": "another"}}, "can't be proven.*not the answer to this sign-in"),
        ({"claims": {"nonce": None}}, "can't be proven"),
        ({"claims": {"iss": "http://127.0.0.1:1"}}, "can't be proven"),
        ({"claims": {"aud": "another program"}}, "can't be proven"),
        ({"claims": {"aud": [CLIENT, "another"]}}, "for another program"),
        ({"claims": {"exp": 1000}}, "can't be proven.*clock"),
        ({"claims": {"exp": None}}, "can't be proven"),
        ({"claims": {"sub": None}}, "can't be proven"),
        ({"signature": True}, "can't be proven.*not signed"),
        ({"none": True}, "can't be proven"),
        ({"token": (200, {})}, "can't be proven"),
        ({"token": (200, b"[no json")}, "can't be proven"),
        ({"token": (400, {"error": "invalid_grant"})}, r"refused \(invalid_grant\)"),
        ({"token": (302, b"")}, r"refused \(302\)"),
        ({"back": {"iss": "http://127.0.0.1:1"}}, "another sign-in service"),
        ({"back": {"code": "x", "error": "access_denied"}, "drop": "code"}, "did not agree"),
        ({"back": {"error": "server_error"}, "drop": "code"}, "refused"),
        ({"known": {"issuer": "http://127.0.0.1:1"}}, "calls itself another"),
        ({"known": {"token_endpoint": None}}, "does not offer"),
        ({"known": {"token_endpoint": "http://example.com/token"}}, "https"),
        ({"claims": {"email": None}, "me": {"sub": "ben"}}, "somebody else"),
    ],
)
def test_no_lie_gets_through(
    provider: Provider, lies: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.lies = lies
    if "drop" in lies:
        agree = provider.agree

        def without(address: str) -> dict[str, str]:
            back = agree(address)
            del back["code"]
            return back

        monkeypatch.setattr(provider, "agree", without)
    with pytest.raises(SignInFailed, match=why) as caught:
        sign_in(provider)
    assert "Nothing was changed." in caught.value.sentence
    assert "refresh-token-secret" not in caught.value.sentence


@pytest.mark.parametrize("back", [{"state": "another"}, {"iss": None}])
def test_an_answer_that_is_not_ours_ends_nothing(provider: Provider, back: dict[str, Any]) -> None:
    provider.lies = {"back": back}
    with pytest.raises(SignInFailed):
        sign_in(provider, wait_s=0.5)


def test_an_address_that_was_not_verified_is_not_taken(provider: Provider) -> None:
    provider.claims["email_verified"] = "true"
    assert sign_in(provider).email is None
    provider.claims["email_verified"] = True
    provider.lies = {"claims": {"email": None, "email_verified": None}}
    assert sign_in(provider).email == "Anna@Example.com"  # from the user's own page


def test_waiting_ends_when_the_person_stops_it(provider: Provider) -> None:
    client = Client(provider.issuer, CLIENT)
    with pytest.raises(SignInFailed, match="stopped"):
        openid.by_browser(client, lambda _address: None, lambda: True)
    with pytest.raises(SignInFailed, match="in time"):
        openid.by_browser(client, lambda _address: None, wait_s=0.0)
    with pytest.raises(SignInFailed, match="can't be reached"):
        openid.discover(Client("http://127.0.0.1:1", CLIENT))


def test_another_device_does_as_well(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid, "rest", lambda _seconds, _stopped: None)
    client = Client(provider.issuer, CLIENT)
    asked = openid.ask_device(client)
    assert (asked.code, asked.address) == ("WDJB-MJHT", f"{provider.issuer}/activate")
    provider.pending = 6
    assert openid.by_device(client, asked).subject == "anna"
    provider.lies = {"expires_in": 0}
    with pytest.raises(SignInFailed, match="not used in time"):
        openid.by_device(client, openid.ask_device(client))
    provider.lies = {"token": (400, {"error": "access_denied"})}
    with pytest.raises(SignInFailed, match="access_denied"):
        openid.by_device(client, asked)


def test_waiting_for_another_device_can_be_stopped(provider: Provider) -> None:
    client = Client(provider.issuer, CLIENT)
    asked = openid.ask_device(client)
    looked: list[bool] = []

    def stopped() -> bool:
        looked.append(True)
        return len(looked) > 1

    with pytest.raises(SignInFailed, match="stopped"):
        openid.by_device(client, asked, stopped)


def test_a_refresh_token_is_good_once(provider: Provider) -> None:
    client = Client(provider.issuer, CLIENT)
    token = sign_in(provider).refresh_token or ""
    assert openid.renew(client, token).refresh_token == f"{token}+"
    with pytest.raises(SignInFailed, match="refused"):
        openid.renew(client, token)


def test_the_libraries_are_loaded_late() -> None:
    import sys

    script = (
        "import sys, stylestudio_desktop.vault.openid, stylestudio_desktop.services.signing_in;"
        "print({'authlib', 'joserfc', 'requests', 'argon2'} & set(sys.modules))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "set()", done.stderr


def _modules() -> Path | None:
    """Return the folder in which npm put the real provider, None where it did not."""
    named = os.environ.get("STYLESTUDIO_NODE_MODULES")
    root = Path(__file__).resolve().parents[2]
    for folder in (
        Path(named) if named else None,
        root / "build" / "signin" / "node_modules",
        TOOL.parent / "node_modules",
    ):
        if folder is not None and (folder / "oidc-provider").is_dir():
            return folder
    return None


_missing = next(
    (
        reason
        for reason, absent in (
            ("node is not installed", shutil.which("node") is None),
            ("../shared/tools/oidc_provider.mjs is not there", not TOOL.is_file()),
            ("npm's oidc-provider is not in build/signin; “packaging/dev.py test” brings it",
             _modules() is None),
        )
        if absent
    ),
    "",
)  # fmt: skip


@contextmanager
def certified(folder: Path) -> Iterator[str]:
    """Run the certified provider on a free port and yield its issuer."""
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    shutil.copy(TOOL, folder / "provider.mjs")
    (folder / "node_modules").symlink_to(_modules() or folder)
    with subprocess.Popen(
        ["node", "provider.mjs", str(port)], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
        process.kill()


def click_through(session: requests.Session, page: requests.Response) -> requests.Response:
    """Log in and agree on the provider's own pages, as a person would, up to the way back."""
    for _ in range(12):
        if page.status_code in (302, 303):
            page = session.get(
                urllib.parse.urljoin(page.url, page.headers["Location"]),
                allow_redirects=False, timeout=10,
            )  # fmt: skip
            continue
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        if form is None:
            return page
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
        if 'name="login"' in page.text:
            fields |= {"login": "anna", "password": "any"}
        page = session.post(
            urllib.parse.urljoin(page.url, form[1]), data=fields, allow_redirects=False, timeout=10
        )
    return page


@pytest.mark.skipif(bool(_missing), reason=_missing or "it is there")
def test_a_certified_provider_signs_somebody_in(tmp_path: Path) -> None:
    with certified(tmp_path) as issuer:
        client = Client(issuer, CLIENT)

        def show(address: str) -> None:
            session = requests.Session()
            threading.Thread(
                target=lambda: click_through(
                    session, session.get(address, allow_redirects=False, timeout=10)
                ),
                daemon=True,
            ).start()

        person = openid.by_browser(client, show, wait_s=30.0)
        assert (person.subject, person.email) == ("anna", "anna@example.com")
        again = openid.renew(client, person.refresh_token or "")
        assert again.refresh_token not in (None, person.refresh_token)
        with pytest.raises(SignInFailed, match="refused"):
            openid.renew(client, person.refresh_token or "")
        asked = openid.ask_device(client)
        session = requests.Session()
        click_through(session, session.get(asked.link, allow_redirects=False, timeout=10))
        assert openid.by_device(client, asked).subject == "anna"
