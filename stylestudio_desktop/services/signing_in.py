"""Who a signed-in person is here: found by their identity, or by an address proven on both sides.

Signing in opens a profile and never locks one: without a network everything that is here works.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from stylestudio_desktop.domain.account import Profile, normal_email
from stylestudio_desktop.domain.errors import BadInput, Code
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Action
from stylestudio_desktop.services import profiles, sitting
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import profiles as rows
from stylestudio_desktop.vault import github, openid
from stylestudio_desktop.vault.asking import Asked, Client, Person, SignInFailed
from stylestudio_desktop.vault.secrets import Source


def require_network(studio: Studio) -> None:
    """Raise SignInFailed where the network is switched off in the settings."""
    if studio.settings.value.no_network:
        raise SignInFailed(
            "The network is switched off in the settings, so nobody can sign in. Nothing was "
            "changed, and all that is on this computer stays open.",
            code=Code.NO_NETWORK,
        )


def client(studio: Studio, issuer: str, client_id: str, secret: str = "") -> Client:
    """Return who asks a sign-in service; a secret that it gave this program stays in the keyring.

    With no `secret` the one kept for that service is used, if there is one.
    """
    issuer, client_id, secret = issuer.strip(), client_id.strip(), secret.strip()
    host = urlsplit(issuer).hostname or ""
    if secret and host:
        studio.secrets.set(_program(host), secret)
    elif host:
        secret = studio.secrets.get(_program(host)) or ""
    return Client(issuer, client_id, secret)


def needs_code(asking: Client) -> bool:
    """Say whether a service knows no way back from the browser, only a code to be typed."""
    return github.is_meant(asking)


def with_browser(
    studio: Studio,
    asking: Client,
    show: Callable[[str], None],
    stopped: Callable[[], bool] = lambda: False,
) -> Profile:
    """Let somebody sign in through the system's browser. Raises SignInFailed, BadInput."""
    require_network(studio)
    person = openid.by_browser(asking, show, stopped)
    return _remembered(studio, asking, person)


def ask_code(studio: Studio, asking: Client) -> Asked:
    """Begin a sign-in by a code that is typed in any browser. Raises SignInFailed."""
    require_network(studio)
    return github.ask_device(asking) if needs_code(asking) else openid.ask_device(asking)


def with_code(
    studio: Studio, asking: Client, asked: Asked, stopped: Callable[[], bool] = lambda: False
) -> Profile:
    """Wait until the code was typed, and let that person sit down. Raises SignInFailed."""
    wait = github.by_device if needs_code(asking) else openid.by_device
    person = wait(asking, asked, stopped)
    return _remembered(studio, asking, person)


def _remembered(studio: Studio, asking: Client, person: Person) -> Profile:
    studio.settings.change(sign_in_issuer=asking.issuer, sign_in_client=asking.client_id)
    return arrive(studio, person)


def arrive(studio: Studio, person: Person) -> Profile:
    """Let a signed-in person sit down, and keep their refresh token in the keyring.

    Known by identity they get their own profile. Else the profile at the desk is linked, if it
    is nobody's yet and their verified address is not another profile's. Else they get a new one.
    Raises BadInput where the address is another profile's that never proved it.
    """
    database = studio.database
    known = rows.by_identity(database, person.issuer, person.subject)
    found = known if known is not None else _link(studio, person)
    moment = now_ms()
    sitting.sit_down(studio, found.id)
    with database.write():
        if found.id != studio.user_id:
            profiles.log(studio, studio.user_id, Action.LOGOUT, moment)
        rows.set_locked(database, found.id, None)
        rows.set_seen(database, found.id, moment)
        profiles.log(studio, found.id, Action.LOGIN, moment)
    if person.refresh_token is not None:
        studio.secrets.set(_token(found.id), person.refresh_token)
    return rows.get(database, found.id) or found


def _link(studio: Studio, person: Person) -> Profile:
    database = studio.database
    norm = None if person.email is None else normal_email(person.email)
    same = None if norm is None else rows.by_email(database, norm)
    if same is not None and same.id != studio.user_id and not rows.is_proven(database, same.id):
        raise BadInput(
            f"The profile “{same.name}” has this e-mail address and never proved it. Nothing was "
            "changed. Sign in from that profile, or take the address away from it."
        )
    desk = profiles.current(studio)
    if same is not None:
        found = same
    elif rows.identity(database, desk.id) is None and desk.email is None:
        found = desk
    else:
        found = profiles.add(studio, person.name)
    if rows.identity(database, found.id) is not None:
        found = profiles.add(studio, person.name)  # somebody else's identity is there already
        norm = None
    with database.write():
        rows.set_identity(database, found.id, person.issuer, person.subject)
        if norm is not None:
            rows.set_email(database, found.id, person.email, norm, now_ms())
    return found


def leave(studio: Studio) -> None:
    """Forget the refresh token of the person at the desk; their profile and pictures stay."""
    studio.secrets.delete(_token(studio.user_id))
    with studio.database.write():
        profiles.log(studio, studio.user_id, Action.LOGOUT, now_ms())


def still_welcome(studio: Studio, client: Client) -> bool | None:
    """Ask the service whether the person at the desk is still known; None if it can't be asked.

    Whatever the answer, nothing that is here is locked.
    """
    token = studio.secrets.get(_token(studio.user_id))
    identity = rows.identity(studio.database, studio.user_id)
    if token is None or identity is None or studio.settings.value.no_network:
        return None
    try:
        person = openid.renew(client, token)
    except SignInFailed as error:
        return False if "refused" in error.sentence else None
    if person.refresh_token is not None:
        studio.secrets.set(_token(studio.user_id), person.refresh_token)
    return (person.issuer, person.subject) == identity


def keeps_token(studio: Studio) -> bool:
    """Say whether a refresh token of the person at the desk lies in the keyring."""
    return studio.secrets.source(_token(studio.user_id)) is Source.KEYRING


def _program(host: str) -> str:
    return f"signin_client:{host[:64]}"


def _token(user_id: int) -> str:
    return f"signin:{user_id}"
