"""Every way through the program that is struck by faults."""

from tests.faults import copies, generating, moving, over_http, purchasing
from tests.faults.points import Way

WAYS: list[Way] = [
    *generating.WAYS,
    *purchasing.WAYS,
    *copies.WAYS,
    *moving.WAYS,
    *over_http.WAYS,
]


def named(name: str) -> Way:
    """Return the way called `name`."""
    return next(one for one in WAYS if one.name == name)
