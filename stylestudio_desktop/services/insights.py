"""What the log adds up to: work, success, time and cost by day, service and style, and storage."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from statistics import median

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

LOOK_BACK = 1000
"""Records of the log that medians are taken of: the newest, read in two milliseconds."""


@dataclass(frozen=True, slots=True)
class Work:
    """What was asked for and what came of it, over some part of the log.

    `tokens` were charged, `pictures` saved and `duration_ms` spent, all by completed
    generations. `median_ms` and `median_tokens` are the medians of their milliseconds and tokens a
    picture, None where the newest records know of none: sums over any time are kept, medians can't
    be.
    """

    started: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    pictures: int = 0
    tokens: int = 0
    duration_ms: int = 0
    median_ms: float | None = None
    median_tokens: float | None = None

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
    tally = _Tally()
    for line in found:
        tally.add(line)
    newest = _Newest(usage.newest(studio.database, studio.user_id, first * DAY_MS, LOOK_BACK))
    return Insights(
        first=first,
        last=last,
        total=_work(tally.total, newest.all),
        by_day=tuple((day, _work(sums)) for day, sums in sorted(tally.days.items())),
        by_provider=_busiest(tally.providers, newest.providers),
        by_style=_busiest(tally.styles, newest.styles),
        uploaded=tally.numbers[Action.IMAGE_UPLOADED.value],
        downloaded=tally.numbers[Action.IMAGE_DOWNLOADED.value],
        bought=tally.bought,
        storage=tuple(library.totals(studio)),
    )


def log(studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[UsageRecord]:
    """Return a page of the log, newest first. Raises BadInput for a bad cursor or limit."""
    limit = checked_limit(limit)
    found = usage.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda record: record.id)


_PLACES = {
    Action.GENERATION_STARTED.value: 0,
    Action.GENERATION_COMPLETED.value: 1,
    Action.GENERATION_FAILED.value: 2,
    Action.GENERATION_CANCELLED.value: 3,
}
_COMPLETED = Action.GENERATION_COMPLETED.value
_PURCHASED = Action.TOKENS_PURCHASED.value
_PICTURES, _TOKENS, _DURATION = 4, 5, 6


def _empty() -> list[int]:
    return [0] * 7


class _Tally:
    """Adds up daily sums in one pass; three years of a busy library are tens of thousands."""

    def __init__(self) -> None:
        self.total = _empty()
        self.days: dict[int, list[int]] = defaultdict(_empty)
        self.providers: dict[str, list[int]] = defaultdict(_empty)
        self.styles: dict[str, list[int]] = defaultdict(_empty)
        self.numbers: Counter[str] = Counter()
        self.bought = 0

    def add(self, line: UsageDay) -> None:
        """Add one line to every group that it belongs to."""
        place = _PLACES.get(line.action)
        if place is None:
            self.numbers[line.action] += line.number
            self.bought += line.tokens if line.action == _PURCHASED else 0
            return
        for sums in (
            self.total,
            self.days[line.day],
            self.providers[line.provider],
            self.styles[line.style],
        ):
            sums[place] += line.number
            if line.action == _COMPLETED:
                sums[_PICTURES] += line.pictures
                sums[_TOKENS] += line.tokens
                sums[_DURATION] += line.duration_ms


Each = tuple[float, float]
"""Milliseconds and tokens of one picture."""


class _Newest:
    """What each picture took and cost in the newest completed work, together and by group."""

    def __init__(self, records: list[usage.Timing]) -> None:
        self.all: list[Each] = []
        self.providers: dict[str, list[Each]] = defaultdict(list)
        self.styles: dict[str, list[Each]] = defaultdict(list)
        for one in records:
            if one.action == _COMPLETED and one.pictures:
                each = one.duration_ms / one.pictures, one.tokens / one.pictures
                for group in (self.all, self.providers[one.provider], self.styles[one.style]):
                    group.append(each)


def _work(sums: list[int], newest: list[Each] | None = None) -> Work:
    if not newest:
        return Work(*sums)
    took, cost = zip(*newest, strict=True)
    return replace(Work(*sums), median_ms=median(took), median_tokens=median(cost))


def _busiest(
    groups: dict[str, list[int]], newest: dict[str, list[Each]]
) -> tuple[tuple[str, Work], ...]:
    found = [(name, _work(sums, newest.get(name))) for name, sums in groups.items()]
    return tuple(sorted(found, key=lambda group: (-group[1].started, group[0])))


def by_service(studio: Studio, found: Insights) -> list[tuple[str, Work]]:
    """Return the work by service, each under the name that people know it by."""
    names = {one.card.id: one.card.name for one in studio.providers.values()}
    return [(names.get(name, name), work) for name, work in found.by_provider]
