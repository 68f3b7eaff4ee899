"""Several people on one machine: profiles with an optional passphrase, and whose turn it is.

A passphrase is a screen lock for the desk: pictures and database are not encrypted by it.
"""

from pathlib import Path

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.account import (
    Profile,
    checked_email,
    checked_name,
    checked_passphrase,
    normal_email,
)
from stylestudio_desktop.domain.errors import BadInput, NotFound, ProfileLocked
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import LARGEST_ID, new_id, now_ms
from stylestudio_desktop.domain.records import Action, UsageRecord
from stylestudio_desktop.files.bounds import Tier
from stylestudio_desktop.services import importing, ledger_proof, library, sitting
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, profiles, usage, users
from stylestudio_desktop.store.database import RuleBroken
from stylestudio_desktop.vault import passphrase as guard

MOST = 500


def listing(studio: Studio) -> list[Profile]:
    """Return everybody who has a profile here, oldest first."""
    return profiles.listing(studio.database, 0, MOST)


def current(studio: Studio) -> Profile:
    """Return the profile at the desk. Raises NotFound if it is gone."""
    found = profiles.get(studio.database, studio.user_id)
    if found is None:
        raise NotFound("This profile is no longer there. Start the program again.")
    return found


def find(studio: Studio, who: str) -> Profile:
    """Return the profile with this id, e-mail address or name. Raises NotFound or BadInput."""
    if who.isascii() and who.isdigit():
        found = profiles.get(studio.database, min(int(who[:20]), LARGEST_ID))
        if found is not None:
            return found
    by_email = profiles.by_email(studio.database, normal_email(who))
    if by_email is not None:
        return by_email
    named = [one for one in listing(studio) if one.name.casefold() == who.strip().casefold()]
    if len(named) > 1:
        raise BadInput(f"{len(named)} profiles are called “{named[0].name}”. Name one by its id.")
    if not named:
        raise NotFound(f"There is no profile “{who[:60]}” here.")
    return named[0]


def add(
    studio: Studio, name: str, email: str | None = None, passphrase: str | None = None
) -> Profile:
    """Make a profile with its free tokens. Raises BadInput; nothing is made then."""
    name = checked_name(name)
    shown, norm = (None, None) if email is None else checked_email(email)
    stored = None if passphrase is None else guard.hashed(checked_passphrase(passphrase))
    database, user_id, moment = studio.database, new_id(), now_ms()
    ledger_proof.prepare(studio)
    with database.write():
        users.insert(database, user_id, name, moment)
        if shown is not None:
            _set_email(studio, user_id, shown, norm)
        profiles.set_passphrase(database, user_id, stored)
        if studio.catalogue.free_tokens:
            move = ledger.grant(user_id, studio.catalogue.free_tokens, "welcome")
            entries.append(database, user_id, move, moment)
    return _there(studio, user_id)


def rename(studio: Studio, name: str) -> Profile:
    """Give the profile at the desk another name. Raises BadInput."""
    name = checked_name(name)
    with studio.database.write():
        profiles.rename(studio.database, studio.user_id, name)
    return current(studio)


def set_email(studio: Studio, email: str | None) -> Profile:
    """Give the profile at the desk an address, not verified yet, or none. Raises BadInput."""
    shown, norm = (None, None) if not email else checked_email(email)
    with studio.database.write():
        _set_email(studio, studio.user_id, shown, norm)
    return current(studio)


def _set_email(studio: Studio, user_id: int, shown: str | None, norm: str | None) -> None:
    try:
        profiles.set_email(studio.database, user_id, shown, norm, None)
    except RuleBroken as error:
        raise BadInput(
            "Another profile here has this e-mail address. Nothing was changed."
        ) from error


def set_passphrase(studio: Studio, now: str | None, new: str | None) -> Profile:
    """Guard the profile at the desk, or (None) end that. Raises ProfileLocked or BadInput."""
    admit(studio, studio.user_id, now)
    stored = None if new is None else guard.hashed(checked_passphrase(new))
    with studio.database.write():
        profiles.set_passphrase(studio.database, studio.user_id, stored)
    return current(studio)


def set_picture(studio: Studio, path: Path | None) -> Profile:
    """Show a picture for the profile at the desk, or (None) its initials. Raises BadInput."""
    file_id = None
    if path is not None:
        if path.is_dir():
            raise BadInput(f"“{path.name}” is a folder. Nothing was changed. Choose a picture.")
        done = importing.import_files(studio, [path], Category.PROFILE)
        if not done.files:
            raise BadInput(done.rejected[0].reason)
        file_id = done.files[0].id
    with studio.database.write():
        profiles.set_picture(studio.database, studio.user_id, file_id)
    return current(studio)


def picture(studio: Studio) -> bytes | None:
    """Return a small encoded picture of the person at the desk, None where initials are shown."""
    file_id = current(studio).profile_image_id
    if file_id is None:
        return None
    return library.thumbnail(studio, library.picture(studio, file_id).storage_id, Tier.SMALL)


def switch(studio: Studio, user_id: int, passphrase: str | None = None) -> Profile:
    """Let somebody else sit down at the desk: at the next opening, this is their studio.

    Raises NotFound, or ProfileLocked for a passphrase that is missing or wrong.
    """
    admit(studio, user_id, passphrase)
    moment = now_ms()
    before = profiles.get(studio.database, studio.user_id)
    sitting.sit_down(studio, user_id)
    with studio.database.write():
        if before is not None and user_id != studio.user_id:
            log(studio, before.id, Action.LOGOUT, moment)
        profiles.set_locked(studio.database, user_id, None)
        profiles.set_seen(studio.database, user_id, moment)
        log(studio, user_id, Action.LOGIN, moment)
    return _there(studio, user_id)


def leave_to(studio: Studio, user_id: int) -> None:
    """Leave the desk to somebody who is asked for their passphrase when they sit down."""
    _there(studio, user_id)
    sitting.sit_down(studio, user_id)
    with studio.database.write():
        log(studio, studio.user_id, Action.LOGOUT, now_ms())


def lock(studio: Studio) -> Profile:
    """Lock the profile at the desk. Raises BadInput where there is no passphrase to open it."""
    if not current(studio).guarded:
        raise BadInput(
            "This profile has no passphrase, so it can't be locked. Set one first. Nothing was "
            "changed."
        )
    moment = now_ms()
    with studio.database.write():
        profiles.set_locked(studio.database, studio.user_id, moment)
        log(studio, studio.user_id, Action.LOGOUT, moment)
    return current(studio)


def require_open(studio: Studio) -> None:
    """Raise ProfileLocked if the profile at the desk is locked."""
    profile = current(studio)
    if profile.locked_at is not None:
        raise ProfileLocked(
            f"The profile “{profile.name}” is locked. Nothing was done. Open it with “stylestudio "
            "account unlock”, or switch to another."
        )


def admit(studio: Studio, user_id: int, passphrase: str | None) -> None:
    """Raise ProfileLocked unless the profile has no passphrase or this is the one."""
    profile = _there(studio, user_id)
    stored = profiles.passphrase(studio.database, user_id)
    if stored is not None and (passphrase is None or not guard.fits(stored, passphrase)):
        raise ProfileLocked(
            f"This is not the passphrase of “{profile.name}”. Nothing was changed. Try again."
        )


def log(studio: Studio, user_id: int, action: Action, moment: int) -> None:
    """Note a login or logout, inside a transaction."""
    usage.insert(
        studio.database,
        UsageRecord(
            id=new_id(),
            user_id=user_id,
            action=action.value,
            timestamp=moment,
            session=None,
            generation_id=None,
            purchase_id=None,
            file_id=None,
            provider="",
            style="",
            tokens=0,
            pictures=0,
            duration_ms=0,
            metadata="{}",
        ),
    )


def _there(studio: Studio, user_id: int) -> Profile:
    found = profiles.get(studio.database, user_id)
    if found is None:
        raise NotFound(f"There is no profile {user_id} here.")
    return found
