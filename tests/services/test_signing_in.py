"""Signed-in people find their own profile, and nobody slips into another's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.services import profiles, signing_in
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.vault import github
from stylestudio_desktop.vault.openid import Client, Person, SignInFailed
from tests.cli.conftest import Shell
from tests.cli.conftest import shell as shell
from tests.factories import FakeProvider
from tests.vault.drawer import Drawer, with_backend
from tests.vault.github_standin import GitHub
from tests.vault.provider import CLIENT, Provider

ANNA = Person("https://id.example", "anna", "Anna@Example.com", "Anna", "refresh-token-secret")


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def studio(tmp_path: Path, drawer: Drawer) -> Iterator[Studio]:
    workspace = Workspace(tmp_path / "workspace")
    opened = open_studio(workspace, {"local": FakeProvider()}, with_backend(drawer))
    yield opened
    close_studio(opened)


def test_the_first_sign_in_links_the_profile_at_the_desk(studio: Studio, drawer: Drawer) -> None:
    found = signing_in.arrive(studio, ANNA)
    assert (found.id, found.email) == (studio.user_id, "Anna@Example.com")
    assert signing_in.keeps_token(studio)
    assert "refresh-token-secret" in drawer.kept.values()
    # The next time they are known, whatever their address is by then.
    profiles.set_email(studio, None)
    again = signing_in.arrive(studio, replace(ANNA, email="new@example.com", refresh_token=None))
    assert again.id == studio.user_id
    rows = studio.database.rows("SELECT action FROM usage ORDER BY id")
    assert [row[0] for row in rows] == ["login", "login"]
    signing_in.leave(studio)
    assert not signing_in.keeps_token(studio)
    assert len(profiles.listing(studio)) == 1


def test_somebody_else_gets_a_profile_of_their_own(studio: Studio) -> None:
    signing_in.arrive(studio, ANNA)
    ben = signing_in.arrive(studio, replace(ANNA, subject="ben", email=None, name="Ben"))
    assert ben.id != studio.user_id
    assert studio.settings.value.profile == str(ben.id)
    # A second subject with Anna's verified address does not take over Anna's identity.
    double = signing_in.arrive(studio, replace(ANNA, subject="second"))
    assert double.id not in (studio.user_id, ben.id)
    assert double.email is None


def test_an_address_links_only_where_both_sides_have_proven_it(studio: Studio) -> None:
    trap = profiles.add(studio, "Mallory", "anna@example.com")
    with pytest.raises(BadInput, match="never proved it"):
        signing_in.arrive(studio, ANNA)
    at_trap = replace(studio, user_id=trap.id)
    assert signing_in.arrive(at_trap, ANNA).id == trap.id  # from that profile itself
    studio.database.run("UPDATE users SET provider = NULL, external_id = NULL")
    assert signing_in.arrive(studio, ANNA).id == trap.id  # proven by then
    unverified = replace(ANNA, subject="x", email=None)
    assert signing_in.arrive(studio, unverified).id == studio.user_id


def test_whoever_is_no_longer_welcome_keeps_what_is_here(studio: Studio) -> None:
    provider = Provider()
    client = Client(provider.issuer, CLIENT)
    assert signing_in.still_welcome(studio, client) is None
    person = Person(provider.issuer, "anna", None, "Anna", provider.refresh)
    signing_in.arrive(studio, person)
    studio.settings.change(no_network=True)
    assert signing_in.still_welcome(studio, client) is None
    with pytest.raises(SignInFailed, match="switched off"):
        signing_in.require_network(studio)
    studio.settings.change(no_network=False)
    signing_in.require_network(studio)
    assert signing_in.still_welcome(studio, client) is True
    assert signing_in.still_welcome(studio, client) is True  # with the next token
    provider.refresh = "revoked"
    assert signing_in.still_welcome(studio, client) is False
    provider.close()
    assert signing_in.still_welcome(studio, client) is None
    profiles.require_open(studio)


def test_the_sign_in_command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider()

    def browse(address: str) -> bool:
        back = provider.agree(address)
        requests.get(back.pop("to"), params=back, timeout=5)
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    assert shell.run("account", "sign-in", provider.issuer) == 2
    assert "--client-id" in shell.err
    found = shell.json("account", "sign-in", provider.issuer, "--client-id", CLIENT)
    assert found["email"] == "Anna@Example.com"
    monkeypatch.setattr("stylestudio_desktop.vault.openid.rest", lambda *_: None)
    again = shell.json("account", "sign-in", provider.issuer, "--client-id", CLIENT, "--device")
    assert again["id"] == found["id"]
    assert "WDJB-MJHT" in shell.err
    assert shell.run("account", "sign-out") == 0
    provider.close()
    assert shell.run("account", "sign-in", provider.issuer, "--client-id", CLIENT) == 4
    assert shell.run("dashboard") == 0


def test_a_secret_that_the_service_gave_is_sent_and_kept_in_the_keyring(
    studio: Studio, drawer: Drawer
) -> None:
    provider = Provider()
    provider.lies = {"known": {"scopes_supported": ["openid", "email", "profile"]}}
    asking = signing_in.client(studio, f" {provider.issuer} ", CLIENT, "GOCSPX-secret")
    assert signing_in.client(studio, provider.issuer, CLIENT) == asking
    assert "GOCSPX-secret" in drawer.kept.values()
    pages: list[str] = []

    def browse(address: str) -> None:
        pages.append(address)
        back = provider.agree(address)
        requests.get(back.pop("to"), params=back, timeout=5)

    assert signing_in.with_browser(studio, asking, browse).email == "Anna@Example.com"
    assert "access_type=offline" in pages[0]
    assert "offline_access" not in pages[0]  # that service does not know it
    assert "GOCSPX" not in pages[0]
    assert provider.asked[0]["client_secret"] == "GOCSPX-secret"
    assert studio.settings.value.sign_in_issuer == provider.issuer
    assert "GOCSPX" not in studio.workspace.settings.read_text("utf-8")
    provider.close()


def test_a_code_is_the_only_way_to_github(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    service = GitHub()
    monkeypatch.setattr(github, "ISSUER", service.address)
    monkeypatch.setattr(github, "API", service.address)
    asking = signing_in.client(studio, service.address, "Iv1.0123456789abcdef")
    assert signing_in.needs_code(asking)
    profile = signing_in.with_code(studio, asking, signing_in.ask_code(studio, asking))
    assert profile.email == "Mona@Example.com"
    assert not signing_in.keeps_token(studio)
    assert not signing_in.needs_code(signing_in.client(studio, "not an address", "id"))
    service.close()


def test_another_device_may_type_the_code_of_any_service(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider()
    monkeypatch.setattr("stylestudio_desktop.vault.openid.rest", lambda *_: None)
    asking = signing_in.client(studio, provider.issuer, CLIENT)
    profile = signing_in.with_code(studio, asking, signing_in.ask_code(studio, asking))
    assert profile.email == "Anna@Example.com"
    provider.close()
