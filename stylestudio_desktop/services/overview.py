"""What the queue is doing as a whole, for the strip at the window's foot."""

from dataclasses import dataclass

from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import LARGEST_ID, now_ms
from stylestudio_desktop.domain.records import GenerationCard
from stylestudio_desktop.services import estimates
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, generations, jobs

LOOKED_AT = 200
"""Waiting generations whose length is added up; more are taken to be like these."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue at one moment; `share` of what runs that is done, 0 to 1, None if unknown.

    `undecided` ones don't run: a person says whether they are run again.
    """

    running: int
    waiting: int
    seconds_left: float | None
    share: float | None
    paused: bool
    remark: str
    undecided: int = 0


def overview(studio: Studio) -> Overview:
    """Return what runs and waits, how long that takes, and what holds it up."""
    database = studio.database
    number = {one.key: one.number for one in counts.generations(database, studio.user_id)}
    running = number.get(Status.UPLOADING.value, 0) + number.get(Status.PROCESSING.value, 0)
    waiting = number.get(Status.PENDING.value, 0)
    if not running and not waiting:
        return Overview(0, 0, None, None, *_pause(studio))
    known = estimates.learn(studio)
    at_work = _cards(studio, Status.UPLOADING) + _cards(studio, Status.PROCESSING)
    rows = jobs.of_generations(database, [card.id for card in at_work])
    undecided = {job.generation_id for job in rows if job.review is not None}
    running -= len(undecided)
    at_work = [card for card in at_work if card.id not in undecided]
    shares = [job.progress for job in rows if job.progress is not None and job.review is None]
    share = sum(shares) / len(shares) if shares else None
    lengths = [length for card in at_work if (length := _length(known, card)) is not None]
    left = sum(lengths) * (1 - (share or 0.0))
    queued = _cards(studio, Status.PENDING)
    ahead = [length for card in queued if (length := _length(known, card)) is not None]
    if ahead:
        left += sum(ahead) / len(ahead) * waiting
    sure = len(lengths) + len(ahead) > 0
    paused, remark = _pause(studio)
    seconds = left / 1000 if sure else None
    return Overview(running, waiting, seconds, share, paused, remark, len(undecided))


def _length(known: estimates.Estimates, card: GenerationCard) -> float | None:
    return known.expected_ms(card.provider, card.quality, card.pictures, card.model)


def _cards(studio: Studio, status: Status) -> list[GenerationCard]:
    wanted = GenerationFilter(status=status.value)
    return generations.page(studio.database, studio.user_id, wanted, LARGEST_ID, LOOKED_AT)


def _pause(studio: Studio) -> tuple[bool, str]:
    moment = now_ms()
    held = {
        name: sentence
        for name, (until, _reason, sentence) in jobs.pauses(studio.database).items()
        if until is None or until > moment
    }
    whole = held.pop("*", None)
    if whole is not None:
        by_hand = jobs.pauses(studio.database)["*"][1] == "user"
        return True, "" if by_hand else whole
    return False, next(iter(held.values()), "")
