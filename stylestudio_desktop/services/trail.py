"""Tells which pictures joined or were changed between two looks at a library, whoever did it.

Every step in the gallery is journaled with its pictures, so that it can be taken back; and ids
sort by time. So what another process did is read from the journal and from the newest ids, and
lists are touched where it was. What is in neither (the trash emptied, a library brought back)
shows in the kept counts alone.
"""

from typing import NamedTuple

from stylestudio_desktop.domain.ids import RANDOM_BITS
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, undoing

LATE_MS = 10_000
"""A picture may be committed so much later than its id was made."""


class Trail(NamedTuple):
    """What there was at one look: the newest picture, and each step with how far it was."""

    newest: int = 0
    steps: tuple[tuple[int, int, int], ...] = ()


def trail(studio: Studio) -> Trail:
    """Return what there is now."""
    database, user = studio.database, studio.user_id
    return Trail(files.newest_of_all(database), undoing.marks(database, user))


def followed(studio: Studio, before: Trail, now: Trail, most: int) -> list[int] | None:
    """Return the pictures that joined or were changed in between; None where they are too many.

    Some may not have been. None, too, where it can't be told any more which they were.
    """
    database, user = studio.database, studio.user_id
    steps = [one for one in now.steps if one not in before.steps]
    number = sum(number for _, number, _ in steps)
    found: list[int] = []
    if now.newest > before.newest:
        since = before.newest - (LATE_MS << RANDOM_BITS)
        found += files.joined(database, user, since, most + 1)
    if number + len(found) > most:
        return None
    for step, _, _ in steps:
        touched = undoing.touched(database, user, step)
        if touched is None:
            return None
        found += touched
    return found
