"""How many pictures a service may make in a calendar month, as its user allows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from stylestudio_desktop.config.chosen import chosen_in
from stylestudio_desktop.domain.errors import CeilingReached
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Action
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs, usage

_DAY_MS = 86_400_000


def ceiling(studio: Studio, provider: str) -> int | None:
    """Return how many pictures a month the user allows the service, None for no limit."""
    for one in chosen_in(studio.settings.value.services):
        if one.id == provider:
            return one.ceiling
    return None


def made(studio: Studio, provider: str, moment: int | None = None) -> int:
    """Return how many pictures the service has made in the month (UTC) of `moment`, or of now."""
    moment = now_ms() if moment is None else moment
    first = _month(moment)
    return sum(
        day.pictures
        for day in usage.days(studio.database, studio.user_id, first // _DAY_MS, moment // _DAY_MS)
        if day.provider == provider and day.action == Action.GENERATION_COMPLETED.value
    )


def require(studio: Studio, asked: Mapping[str, int]) -> None:
    """Raise CeilingReached where so many pictures by service would go beyond its ceiling.

    What waits or runs counts like what is made. Belongs inside the transaction that starts them.
    """
    for provider, pictures in asked.items():
        most = ceiling(studio, provider)
        if most is None:
            continue
        there = made(studio, provider) + jobs.pictures(studio.database, provider)
        if there + pictures > most:
            raise CeilingReached(
                f"{_name(studio, provider)} has made or is making {there} of the {most} pictures "
                f"that you allow it this month, and this asks for {pictures} more. Nothing was "
                "started. Raise the ceiling in Settings → Services, or choose another service."
            )


def reached(studio: Studio, provider: str, pictures: int) -> str:
    """Return the sentence that says why a waiting job of so many pictures may not be sent now.

    Empty while it may. What was sent already counts, what still waits does not.
    """
    most = ceiling(studio, provider)
    if most is None:
        return ""
    there = made(studio, provider) + jobs.pictures(studio.database, provider, sent=True)
    if there + pictures <= most:
        return ""
    return (
        f"{_name(studio, provider)} has reached the {most} pictures that you allow it this month, "
        "so its queue waits for the next one. Raise the ceiling in Settings → Services to go on."
    )


def next_month(moment: int) -> int:
    """Return when the month after `moment` begins (UTC milliseconds)."""
    now = datetime.fromtimestamp(moment / 1000, UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return round(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000


def _month(moment: int) -> int:
    now = datetime.fromtimestamp(moment / 1000, UTC)
    return round(datetime(now.year, now.month, 1, tzinfo=UTC).timestamp()) * 1000


def _name(studio: Studio, provider: str) -> str:
    return studio.provider(provider).card.name
