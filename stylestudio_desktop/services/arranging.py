"""Puts waiting work in another order, holds one service up, or has work done by another one."""

from dataclasses import replace
from types import MappingProxyType

from stylestudio_desktop.domain.errors import Code, IllegalStep
from stylestudio_desktop.domain.events import QueueChanged
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import attempts, generate
from stylestudio_desktop.services.queue import USER
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs

SPACING = 1 << 21
"""Between neighbours after a renumbering: as far apart as jobs of two milliseconds are."""


def move_before(studio: Studio, generation_id: int, before: int | None) -> None:
    """Let a waiting generation run just before another one, or last of all (None).

    Raises NotFound, and IllegalStep unless both wait and were not sent yet.
    """
    if generation_id == before:
        return
    with studio.database.write():
        _owned_and_waiting(studio, generation_id)
        others = [one for one in jobs.unsent_ranks(studio.database) if one[0] != generation_id]
        ids = [one[0] for one in others]
        if before is None:
            place = len(ids)
        elif before in ids:
            place = ids.index(before)
        else:
            raise IllegalStep(f"Generation {before} does not wait in the queue any more.")
        low = others[place - 1][1] if place else None
        high = others[place][1] if place < len(others) else None
        if low is not None and high is not None and high - low < 2:
            first = others[-1][1] - SPACING * len(others)
            for position, other in enumerate(ids):
                jobs.set_rank(studio.database, other, first + SPACING * position)
            low = first + SPACING * (place - 1)
            high = first + SPACING * place
        jobs.set_rank(studio.database, generation_id, _between(low, high))
        studio.tell(QueueChanged())


def _between(low: int | None, high: int | None) -> int:
    if low is None:
        return 0 if high is None else high - 1
    return low + 1 if high is None else (low + high) // 2


def move_by(studio: Studio, generation_id: int, steps: int) -> None:
    """Let a waiting generation change places with those before (-1) or behind (+1) it."""
    with studio.database.write():
        _owned_and_waiting(studio, generation_id)
        ids = [one[0] for one in jobs.unsent_ranks(studio.database)]
        place = ids.index(generation_id) + steps
        if not 0 <= place < len(ids):
            return
        following = place if steps < 0 else place + 1
        move_before(studio, generation_id, ids[following] if following < len(ids) else None)


def _owned_and_waiting(studio: Studio, generation_id: int) -> Generation:
    row = attempts.owned(studio, generation_id)
    job = jobs.get(studio.database, generation_id)
    if job is None or job.host is not None or job.submitted_at is not None or job.review:
        raise IllegalStep("Only work that still waits for its turn can be moved.")
    return row


def pause_service(studio: Studio, provider: str) -> None:
    """Let one service take no new work; what it makes already is finished. Raises NotFound."""
    name = studio.provider(provider).card.name
    with studio.database.write():
        jobs.pause(studio.database, provider, None, USER, f"You paused {name}.")
        studio.tell(QueueChanged())


def elsewhere(
    studio: Studio, generation_id: int, provider: str, model: str | None = None
) -> Generation:
    """Have the same wish made by another service, as a new generation with its own price.

    A failed generation stays as it is; one that waits is cancelled, and its tokens come back.
    Settings that only the first service knew are left out. Raises NotFound, BadInput where the
    other service can't do it, IllegalStep while it runs, NotEnoughTokens, BudgetReached.
    """
    brief = generate.brief_of(studio, generation_id)
    asked = generate.examined(
        studio, replace(brief, provider=provider, model=model, options=MappingProxyType({}))
    )
    with studio.database.write():
        row = attempts.owned(studio, generation_id)
        if row.status != Status.FAILED.value:
            _owned_and_waiting(studio, generation_id)
            name = studio.provider(provider).card.name
            attempts.close(
                studio, row, Status.CANCELLED, Code.CANCELLED, f"You had it made by {name} instead."
            )
        price = None if row.batch_id is None else row.price
        made = generate.begin(studio, asked, batch_id=row.batch_id, price=price)
        attempts.tell_balance(studio)
    return made
