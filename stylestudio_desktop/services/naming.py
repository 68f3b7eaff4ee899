"""Tells photos by the names people gave them, where a service knows only their digests."""

import re

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def named(studio: Studio, sentence: str, user_id: int | None = None) -> str:
    """Return `sentence` with the names of that person's photos in place of their digests.

    Without a person, it is the one at the desk.
    """
    who = studio.user_id if user_id is None else user_id

    def name(found: re.Match[str]) -> str:
        known = files.name_of(studio.database, who, found[0])
        return found[0] if known is None else f"“{known}”"

    return _DIGEST.sub(name, sentence)
