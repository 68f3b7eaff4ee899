"""Names what the store keeps: the id of a file, what came in, and what a look at it finds."""

import re
from enum import Enum
from typing import NamedTuple

from stylestudio_desktop.domain.errors import BadInput

STORAGE_ID = re.compile(r"[0-9a-f]{64}")


class Condition(Enum):
    """What a look at one stored file can find."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"


class Stored(NamedTuple):
    """One file that is safe in the store: `size` in bytes, `new` if it was not there before."""

    storage_id: str
    size: int
    new: bool = True


def check_storage_id(storage_id: str) -> str:
    """Return `storage_id` if it is a lower-case hex SHA-256, else raise BadInput."""
    if not STORAGE_ID.fullmatch(storage_id):
        raise BadInput(f"“{storage_id[:80]}” is not the id of a stored file.")
    return storage_id
