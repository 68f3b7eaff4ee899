"""People: the local profile that a new workspace starts with, and its free tokens."""

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.events import BalanceChanged, BatchChanged, Event
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import User
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, seals, users
from stylestudio_desktop.store.database import Database


def open_local_profile(database: Database, free_tokens: int, chosen: str = "") -> User:
    """Return who sits at the desk: the `chosen` profile (its id), else the workspace's first.

    Where nobody has a profile yet, one is made with `free_tokens`.
    """
    found = users.get(database, int(chosen)) if chosen.isdecimal() else None
    found = found or users.first(database)
    if found is not None:
        return found
    database.seals.key(seals.newest(database))  # the keyring may wait for a person: not in there
    with database.write():
        found = users.first(database)
        if found is None:
            user_id = new_id()
            moment = now_ms()
            users.insert(database, user_id, _own_name(), moment)
            if free_tokens:
                entries.append(
                    database, user_id, ledger.grant(user_id, free_tokens, "welcome"), moment
                )
            found = users.get(database, user_id)
    assert found is not None  # noqa: S101 - just written, in this very transaction
    return found


def current_user(studio: Studio) -> User:
    """Return the person at the desk. Raises NotFound if the profile was removed meanwhile."""
    found = users.get(studio.database, studio.user_id)
    if found is None:
        raise NotFound("This profile is no longer there. Start the program again.")
    return found


def is_low(studio: Studio, user: User) -> bool:
    """Return whether so few tokens are left that the settings ask for a notice."""
    return user.token_balance <= studio.settings.value.low_balance


def concerns(studio: Studio, event: Event) -> bool:
    """Say whether a fact is about the person at the desk: the queue works for everybody."""
    if isinstance(event, BalanceChanged):
        return event.user_id == studio.user_id
    from stylestudio_desktop.store import batches, generations  # no start needs them

    generation_id = getattr(event, "generation_id", None)
    if generation_id is not None:
        return generations.owner(studio.database, generation_id) in (studio.user_id, None)
    if isinstance(event, BatchChanged):
        return batches.get(studio.database, event.batch_id, studio.user_id) is not None
    return True


def is_guarded(studio: Studio) -> bool:
    """Say whether the person at the desk has a passphrase; cheap enough for the start."""
    return users.guarded(studio.database, studio.user_id)


def _own_name() -> str:
    import getpass  # only for a first start

    try:
        return getpass.getuser() or "Me"
    except (OSError, KeyError, ImportError):  # no such user in the system's list
        return "Me"
