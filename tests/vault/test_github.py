"""Signing in with GitHub: codes, waits, refusals, and whose address is believed."""

from collections.abc import Iterator

import pytest

from stylestudio_desktop.vault import asking, github
from stylestudio_desktop.vault.asking import Client, Person, SignInFailed
from tests.vault.github_standin import CLIENT, GitHub


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    made = GitHub()
    monkeypatch.setattr(github, "ISSUER", made.address)
    monkeypatch.setattr(github, "API", made.address)
    yield made
    made.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited before each poll."""
    seen: list[float] = []
    monkeypatch.setattr(github, "rest", lambda seconds, _stopped: seen.append(seconds))
    return seen


def sign_in(service: GitHub) -> Person:
    client = Client(service.address + "/", CLIENT)
    assert github.is_meant(client)
    return github.by_device(client, github.ask_device(client))


def test_a_code_is_typed_and_somebody_arrives(service: GitHub, waits: list[float]) -> None:
    service.polls = [
        {"error": "authorization_pending"},
        {"error": "slow_down", "interval": 9},
        {"error": "authorization_pending"},
    ]
    asked = github.ask_device(Client(service.address, CLIENT))
    assert asked.code == "WDJB-MJHT"
    assert asked.address.endswith("/login/device")
    assert "3584d8" not in repr(asked)
    person = sign_in(service)
    assert person == Person(service.address, "583231", "Mona@Example.com", "Mona")
    assert person.refresh_token is None
    assert waits == [1.0, 1.0, 9.0, 9.0]
    path, fields, _ = service.asked[0]
    assert (path, fields["client_id"], fields["scope"]) == (
        "/login/device/code", CLIENT, "read:user user:email",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("access_denied", "did not agree"),
        ("expired_token", "not used in time"),
        ("device_flow_disabled", "not enabled"),
        ("incorrect_client_credentials", "does not know"),
        ("something_new", r"refused \(something_new\)"),
    ],
)
def test_every_refusal_is_a_sentence(
    service: GitHub, waits: list[float], error: str, why: str
) -> None:
    service.polls = [{"error": error}]
    with pytest.raises(SignInFailed, match=why) as caught:
        sign_in(service)
    assert "Nothing was changed" in caught.value.sentence
    assert len(waits) == 1


@pytest.mark.parametrize(
    "emails",
    [
        [{"email": "x@example.com", "primary": True, "verified": False}],
        [{"email": "x@example.com", "primary": False, "verified": True}],
        [{"email": "x@example.com", "primary": "yes", "verified": "yes"}],
        ["x@example.com"],
        {"message": "Requires authentication"},
        [],
    ],
)
def test_only_a_verified_first_address_is_believed(
    service: GitHub, waits: list[float], emails: object
) -> None:
    service.emails = emails
    assert sign_in(service).email is None
    assert waits == [1.0]


@pytest.mark.parametrize("user", [{}, {"id": "583231"}, [], {"id": None, "login": "octocat"}])
def test_nobody_without_a_number_arrives(service: GitHub, waits: list[float], user: object) -> None:
    service.user = user
    with pytest.raises(SignInFailed, match="did not say who"):
        sign_in(service)
    assert waits == [1.0]


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "javascript:alert(1)", "http://github.com/login", "", "http://["],
)
def test_no_other_page_is_opened(service: GitHub, address: str) -> None:
    service.begin = {"verification_uri": address}
    with pytest.raises(SignInFailed, match="https"):
        github.ask_device(Client(service.address, CLIENT))
    with pytest.raises(SignInFailed):
        asking.page(address)


def test_an_address_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(SignInFailed, match="user name") as refused:
        asking.page("https://me:planted@example.com/")
    assert "planted" not in refused.value.sentence


def test_an_old_code_ends(service: GitHub, waits: list[float]) -> None:
    service.begin = {"expires_in": 1}
    client = Client(service.address, CLIENT)
    asked = github.ask_device(client)
    service.polls = [{"error": "authorization_pending"}] * 100_000
    with pytest.raises(SignInFailed, match="not used in time"):
        github.by_device(client, asked)
    assert len(waits) > 1


def test_the_right_service_is_meant() -> None:
    assert github.is_meant(Client("https://github.com/", CLIENT))
    assert not github.is_meant(Client("https://github.com.example", CLIENT))
    assert "hush" not in repr(Client("https://accounts.google.com", "id", "hush"))
