"""People: the local profile that a new workspace starts with, and its free tokens."""

import getpass

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import User
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, users
from stylestudio_desktop.store.database import Database


def open_local_profile(database: Database, free_tokens: int) -> User:
    """Return the workspace's first user, made with `free_tokens` if there is none yet."""
    found = users.first(database)
    if found is not None:
        return found
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


def _own_name() -> str:
    try:
        return getpass.getuser() or "Me"
    except (OSError, KeyError, ImportError):  # no such user in the system's list
        return "Me"
