"""The command for profiles: who is here and at the desk, passphrases, and the end of an account."""

import getpass
import sys
from collections.abc import Callable

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, say, table
from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import leaving, profiles
from stylestudio_desktop.services.studio import Studio

_WITHOUT = ("show", "list", "lock", "unlock", "set-passphrase", "remove-passphrase", "sign-out")
_WHILE_LOCKED = ("list", "switch", "unlock", "sign-in")


def account(desk: Desk) -> int:
    """Carry out one action on profiles, and show how the profile stands then."""
    given = desk.arguments
    if (given.who is None) != (given.action in _WITHOUT) and given.action not in _CLEARING:
        needs = "takes no value" if given.action in _WITHOUT else "needs a value"
        raise BadInput(f"“account {given.action}” {needs}. Type “stylestudio account --help”.")
    if given.action != "add" and (given.email is not None or given.passphrase):
        raise BadInput("--email and --passphrase go with “account add” only.")
    with desk.open() as studio:
        if given.action not in _WHILE_LOCKED:
            profiles.require_open(studio)
        if given.action == "list":
            _tell_all(desk, studio)
            return 0
        found = _ACTIONS[given.action](desk, studio)
        if found is not None:
            _tell(desk, found)
    return 0


def _show(_desk: Desk, studio: Studio) -> Profile:
    return profiles.current(studio)


def _add(desk: Desk, studio: Studio) -> Profile:
    given = desk.arguments
    guard = _new_passphrase() if given.passphrase else None
    return profiles.add(studio, given.who, given.email, guard)


def _switch(desk: Desk, studio: Studio) -> Profile:
    wanted = profiles.find(studio, desk.arguments.who)
    return profiles.switch(studio, wanted.id, _passphrase(wanted))


def _lock(_desk: Desk, studio: Studio) -> Profile:
    return profiles.lock(studio)


def _unlock(_desk: Desk, studio: Studio) -> Profile:
    return profiles.switch(studio, studio.user_id, _passphrase(profiles.current(studio)))


def _rename(desk: Desk, studio: Studio) -> Profile:
    return profiles.rename(studio, desk.arguments.who)


def _email(desk: Desk, studio: Studio) -> Profile:
    return profiles.set_email(studio, desk.arguments.who)


def _picture(desk: Desk, studio: Studio) -> Profile:
    word = desk.arguments.who
    return profiles.set_picture(studio, None if word is None else path_of(word))


def _guard(_desk: Desk, studio: Studio) -> Profile:
    now = _passphrase(profiles.current(studio))
    return profiles.set_passphrase(studio, now, _new_passphrase())


def _unguard(_desk: Desk, studio: Studio) -> Profile:
    return profiles.set_passphrase(studio, _passphrase(profiles.current(studio)), None)


def _delete(desk: Desk, studio: Studio) -> None:
    wanted = profiles.find(studio, desk.arguments.who)
    if not desk.arguments.yes:
        raise BadInput(
            f"This removes every picture and generation of “{wanted.name}” for good."
            f"{_lost(studio) if wanted.id == studio.user_id else ''} Nothing was deleted. Add "
            "--yes if you mean it."
        )
    leaving.delete(studio, wanted.id, _passphrase(wanted))
    if desk.json:
        print_json({"deleted": str(wanted.id)})
    else:
        say(f"“{wanted.name}” is gone. Purchases and the ledger stay without a name.")


def _lost(studio: Studio) -> str:
    """Say what goes with the account at the desk; of somebody else's nothing is told."""
    loss, said = leaving.loss(studio, studio.user_id), ""
    if loss.tokens:
        said = f" {shapes.tokens(loss.tokens)} not spent yet would be lost."
    if loss.bought:
        said += " “wallet refund” gives back what was paid for tokens that are there."
    if loss.waiting:
        said += " A purchase waits for its payment: “wallet cancel” it first."
    return said


def _sign_in(desk: Desk, studio: Studio) -> Profile:
    import webbrowser

    from stylestudio_desktop.services import signing_in

    given = desk.arguments
    if not given.client_id:
        raise BadInput("“account sign-in” needs the issuer's address and --client-id.")
    secret = _asked("Secret of this program there: ") if given.secret else ""
    client = signing_in.client(studio, given.who, given.client_id, secret)
    if given.device or signing_in.needs_code(client):
        asked = signing_in.ask_code(studio, client)
        note(f"Open {asked.address} on any device and type {asked.code}.")
        return signing_in.with_code(studio, client, asked)

    def show(address: str) -> None:
        note(f"Sign in here: {address}")
        webbrowser.open(address)

    return signing_in.with_browser(studio, client, show)


def _sign_out(_desk: Desk, studio: Studio) -> Profile:
    from stylestudio_desktop.services import signing_in

    signing_in.leave(studio)
    return profiles.current(studio)


_CLEARING = ("email", "picture")  # without a value they take away what is there
_ACTIONS: dict[str, Callable[[Desk, Studio], Profile | None]] = {
    "show": _show,
    "add": _add,
    "switch": _switch,
    "lock": _lock,
    "unlock": _unlock,
    "rename": _rename,
    "email": _email,
    "picture": _picture,
    "set-passphrase": _guard,
    "remove-passphrase": _unguard,
    "delete": _delete,
    "sign-in": _sign_in,
    "sign-out": _sign_out,
}


def _passphrase(profile: Profile) -> str | None:
    return _asked(f"Passphrase of {profile.name}: ") if profile.guarded else None


def _new_passphrase() -> str:
    first = _asked("New passphrase: ")
    if sys.stdin.isatty() and _asked("The same again: ") != first:
        raise BadInput("The two are not the same. Nothing was changed.")
    return first


def _asked(prompt: str) -> str:
    """Read a line that is shown nowhere and stands in no list of processes."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def _shape(one: Profile, at_desk: bool) -> shapes.Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "email": one.email if at_desk else None,
        "profile_image": None
        if one.profile_image_id is None or not at_desk
        else str(one.profile_image_id),
        "created_at": one.created_at if at_desk else None,
        "last_login_at": one.last_login_at if at_desk else None,
        "locked": one.locked_at is not None,
        "passphrase": bool(one.guarded),
        "current": at_desk,
    }


def _tell(desk: Desk, one: Profile) -> None:
    if desk.json:
        print_json(_shape(one, True))
        return
    state = "locked" if one.locked_at else "guarded by a passphrase" if one.guarded else "open"
    say(f"{one.name}{f' <{one.email}>' if one.email else ''}, {state} ({one.id})")
    if one.guarded:
        note("A passphrase locks the screen; pictures and database are not encrypted by it.")


def _tell_all(desk: Desk, studio: Studio) -> None:
    """Tell who may sit down, by name; address and times are told to their owner only."""
    found = profiles.listing(studio)
    if desk.json:
        print_json({"items": [_shape(one, one.id == studio.user_id) for one in found]})
        return
    table(
        ("", "Id", "Name", "E-mail", "State", "Last here"),
        [
            (
                "→" if one.id == studio.user_id else "",
                one.id,
                one.name,
                (one.email or "") if one.id == studio.user_id else "",
                "locked" if one.locked_at else "guarded" if one.guarded else "open",
                shapes.day(one.last_login_at) if one.id == studio.user_id else "",
            )
            for one in found
        ],
    )
