"""What the log adds up to: work, success, time and cost by day, service and style, and storage."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Action, Count, Page, UsageDay, UsageRecord
from stylestudio_desktop.services import library
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import usage

DAY_MS = 86_400_000
MOST_DAYS = 3660
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Work:
    """What was asked for and what came of it, over some part of the log.

    `tokens` were charged, `pictures` saved and `duration_ms` spent, all by completed
    generations.
    """

    started: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    pictures: int = 0
    tokens: int = 0
    duration_ms: int = 0

    @property
    def success_rate(self) -> float | None:
        """Completed of those that ended by themselves, 0 to 1; None before any has."""
        ended = self.completed + self.failed
        return self.completed / ended if ended else None

    @property
    def ms_per_picture(self) -> float | None:
        """Mean milliseconds of work for each saved picture."""
        return self.duration_ms / self.pictures if self.pictures else None

    @property
    def tokens_per_picture(self) -> float | None:
        """Mean tokens charged for each saved picture."""
        return self.tokens / self.pictures if self.pictures else None


@dataclass(frozen=True, slots=True)
class Insights:
    """The sums of the days `first` to `last` (days since 1970-01-01 UTC), and what is stored."""

    first: int
    last: int
    total: Work
    by_day: tuple[tuple[int, Work], ...]
    by_provider: tuple[tuple[str, Work], ...]
    by_style: tuple[tuple[str, Work], ...]
    uploaded: int
    downloaded: int
    bought: int
    storage: tuple[Count, ...]


def insights(studio: Studio, days: int = 30) -> Insights:
    """Return the sums of the last `days` days, today included. Raises BadInput.

    Read from the kept daily sums, so the cost follows the days and not the log.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"Insights cover 1 to {MOST_DAYS} days; {days} were asked for.")
    last = now_ms() // DAY_MS
    first = last - days + 1
    found = usage.days(studio.database, studio.user_id, first, last)
    made = [line for line in found if line.action.startswith("generation_")]
    return Insights(
        first=first,
        last=last,
        total=_work(made),
        by_day=tuple(sorted(_grouped(made, lambda line: line.day))),
        by_provider=_busiest(_grouped(made, lambda line: line.provider)),
        by_style=_busiest(_grouped(made, lambda line: line.style)),
        uploaded=_number(found, Action.IMAGE_UPLOADED),
        downloaded=_number(found, Action.IMAGE_DOWNLOADED),
        bought=sum(line.tokens for line in found if line.action == Action.TOKENS_PURCHASED.value),
        storage=tuple(library.totals(studio)),
    )


def log(studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[UsageRecord]:
    """Return a page of the log, newest first. Raises BadInput for a bad cursor or limit."""
    limit = checked_limit(limit)
    found = usage.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda record: record.id)


def _work(lines: Iterable[UsageDay]) -> Work:
    numbers: dict[str, int] = defaultdict(int)
    pictures = tokens = duration = 0
    for line in lines:
        numbers[line.action] += line.number
        if line.action == Action.GENERATION_COMPLETED.value:
            pictures += line.pictures
            tokens += line.tokens
            duration += line.duration_ms
    return Work(
        started=numbers[Action.GENERATION_STARTED.value],
        completed=numbers[Action.GENERATION_COMPLETED.value],
        failed=numbers[Action.GENERATION_FAILED.value],
        cancelled=numbers[Action.GENERATION_CANCELLED.value],
        pictures=pictures,
        tokens=tokens,
        duration_ms=duration,
    )


def _grouped(lines: Iterable[UsageDay], key: Callable[[UsageDay], Key]) -> list[tuple[Key, Work]]:
    groups: dict[Key, list[UsageDay]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return [(name, _work(group)) for name, group in groups.items()]


def _busiest(groups: list[tuple[str, Work]]) -> tuple[tuple[str, Work], ...]:
    return tuple(sorted(groups, key=lambda group: (-group[1].started, group[0])))


def _number(lines: Iterable[UsageDay], action: Action) -> int:
    return sum(line.number for line in lines if line.action == action.value)
