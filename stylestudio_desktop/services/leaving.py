"""Deletes an account: pictures, generations and log go, purchases and ledger stay without a name.

The name goes first, in one transaction; what is left follows in portions, and after a crash at
the next start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from stylestudio_desktop.domain.errors import BadInput, Code
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import attempts, profiles, sitting
from stylestudio_desktop.services.importing import forget_bytes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations, purchases, users
from stylestudio_desktop.store import profiles as rows

PORTION = 200


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost with an account beside its pictures: unspent `tokens`.

    `bought` tells that a purchase could be refunded before, `waiting` that one waits for its
    payment, which would buy tokens for nobody.
    """

    tokens: int
    bought: bool
    waiting: bool


def loss(studio: Studio, user_id: int) -> Loss:
    """Return what deleting an account would lose, to be told before."""
    waiting, bought = purchases.standing(studio.database, user_id)
    return Loss(users.balance(studio.database, user_id), bought, waiting)


def delete(studio: Studio, user_id: int, passphrase: str | None = None) -> None:
    """Delete an account for good; there is no way back.

    Raises ProfileLocked for a wrong passphrase, and BadInput while a picture is being made for
    it. The stored bytes go where nobody else's picture has the same.
    """
    profiles.admit(studio, user_id, passphrase)
    database = studio.database
    with database.write():
        for generation_id, host in rows.open_generations(database, user_id):
            row = generations.by_id(database, generation_id)
            if host is not None or row is None:
                raise BadInput(
                    "Pictures are being made for this profile just now. Nothing was deleted. "
                    "Cancel them, or wait until they are done."
                )
            attempts.close(
                studio, row, Status.CANCELLED, Code.CANCELLED, "The account was deleted."
            )
        rows.anonymise(database, user_id, now_ms())
    sitting.forget(studio, user_id)
    clear(studio)


def clear(studio: Studio) -> int:
    """Remove what deleted people left behind and return of how many there was something."""
    found = rows.leaving(studio.database)
    for user_id in found:
        for take in (rows.take_generations, rows.take_files, rows.take_usage):
            _take(studio, partial(take, studio.database, user_id, PORTION))
        with studio.database.write():
            rows.take_rest(studio.database, user_id)
    return len(found)


def _take(studio: Studio, portion: Callable[[], tuple[int, list[str]]]) -> None:
    while True:
        with studio.database.write():
            number, loose = portion()
        for storage_id in set(loose):
            forget_bytes(studio, storage_id)
        if number == 0:
            return
