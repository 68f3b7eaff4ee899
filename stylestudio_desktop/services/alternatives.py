"""Says who else could make what one service refused or failed to make, ready to be asked."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import generate
from stylestudio_desktop.services.studio import Studio

MOST = 3
HELPS = frozenset(
    {
        Code.SERVICE_REFUSED.value,
        Code.SERVICE_FAILED.value,
        Code.NEEDS_KEY.value,
        Code.NEEDS_PAYMENT.value,
        Code.NEEDS_SETUP.value,
        Code.RESULT_EXPIRED.value,
        Code.OUTCOME_UNKNOWN.value,
    }
)
"""Failures that lie with the service: the same wish may well be made by another one."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A service that can make the same wish now: its id, its name, the price in tokens."""

    provider: str
    name: str
    price: int


def alternatives(studio: Studio, row: Generation) -> tuple[Alternative, ...]:
    """Return who could make `row`'s wish instead, in the user's own order of services.

    Only services that are ready, can do what is asked, and may be sent its photos (no consent is
    assumed) are named. Nothing for generations that did not fail, or failed for another reason.
    """
    if row.status != Status.FAILED.value or (row.error_code or "") not in HELPS:
        return ()
    from stylestudio_desktop.services import connections, lineup

    wish = generate.brief_of(studio, row.id)
    held = {pause.provider for pause in lineup.pauses(studio) if pause.until is None}
    found = []
    for name, readiness in connections.standing(studio).items():
        if name == row.provider or name in held or not readiness.ready:
            continue
        try:
            asked = generate.examined(
                studio, replace(wish, provider=name, model=None, options=MappingProxyType({}))
            )
            price = generate.quote(studio, asked).price
        except StudioError:
            continue
        found.append(Alternative(name, studio.provider(name).card.name, price))
    return tuple(found[:MOST])
