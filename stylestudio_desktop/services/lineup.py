"""The queue as people see it: what runs, what waits, what needs a decision, and every pause."""

from dataclasses import dataclass

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.records import GenerationCard, Job
from stylestudio_desktop.services import estimates
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations, jobs


@dataclass(frozen=True, slots=True)
class Pause:
    """A service ("*": the whole queue) that takes no new work; `until` in UTC milliseconds."""

    provider: str
    until: int | None
    reason: str
    sentence: str


def pauses(studio: Studio) -> list[Pause]:
    """Return every pause, ended ones too while nobody has removed them."""
    return [Pause(name, *rest) for name, rest in jobs.pauses(studio.database).items()]


@dataclass(frozen=True, slots=True)
class Place:
    """A job with what it asks for, and when it will be ready; None where nobody can know.

    `takes_ms` is its own length, learned from such work before; `ready_ms` counts from now.
    """

    job: Job
    card: GenerationCard
    takes_ms: float | None
    ready_ms: float | None


def places(studio: Studio, limit: int = 100) -> list[Place]:
    """Return the head of one's own queue: what runs first, then what waits, in its order."""
    found = jobs.first_of(studio.database, studio.user_id, limit)
    found.sort(key=lambda job: (job.host is None, job.submitted_at is None, job.rank))
    cards = {
        card.id: card
        for card in generations.cards(studio.database, [job.generation_id for job in found])
    }
    known = estimates.learn(studio)
    lanes: dict[str, list[float | None]] = {}
    made = []
    for job in found:
        card = cards[job.generation_id]
        takes = known.expected_ms(card.provider, card.quality, card.pictures, card.model)
        left = takes
        if takes is not None and job.host is not None and job.progress is not None:
            left = takes * (1 - min(1.0, job.progress))
        lane = lanes.setdefault(job.provider, [0.0] * _side_by_side(studio, job.provider))
        ready = _ready(lane, left)
        made.append(Place(job, card, takes, ready))
    return made


def _ready(lanes: list[float | None], takes: float | None) -> float | None:
    """Return when work that `takes` so long is done in the first lane to be free, and put it there.

    Once a lane's end is not known, nobody can say when what stands behind it begins.
    """
    first = min(range(len(lanes)), key=lambda one: (lanes[one] is None, lanes[one] or 0.0))
    begins = lanes[first]
    lanes[first] = None if takes is None or begins is None else begins + takes
    return lanes[first]


def _side_by_side(studio: Studio, provider: str) -> int:
    try:
        return max(1, studio.provider(provider).card.concurrency)
    except NotFound:  # its package was removed; the queue tells so when its turn comes
        return 1


def job_of(studio: Studio, generation_id: int) -> Job | None:
    """Return a generation's place in the queue, None once it has left."""
    return jobs.get(studio.database, generation_id)
