"""The queue as people see it: what runs, what waits, what needs a decision, and every pause."""

from dataclasses import dataclass

from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs


@dataclass(frozen=True, slots=True)
class Pause:
    """A service ("*": the whole queue) that takes no new work; `until` in UTC milliseconds."""

    provider: str
    until: int | None
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Lineup:
    """The head of the queue in its order, and what holds it up."""

    jobs: tuple[Job, ...]
    pauses: tuple[Pause, ...]


def lineup(studio: Studio, limit: int = 100) -> Lineup:
    """Return the first `limit` jobs and all pauses."""
    return Lineup(tuple(jobs.first(studio.database, limit)), tuple(pauses(studio)))


def pauses(studio: Studio) -> list[Pause]:
    """Return every pause, ended ones too while nobody has removed them."""
    return [Pause(name, *rest) for name, rest in jobs.pauses(studio.database).items()]


def job_of(studio: Studio, generation_id: int) -> Job | None:
    """Return a generation's place in the queue, None once it has left."""
    return jobs.get(studio.database, generation_id)
