"""The monthly budget: what this month has cost so far, and the stop when it would cost more."""

from dataclasses import dataclass
from datetime import UTC, datetime

from stylestudio_desktop.domain.errors import MonthReached
from stylestudio_desktop.domain.generation import OPEN, Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Action
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, usage

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Month:
    """This calendar month (UTC) in tokens; a `budget` of 0 is none."""

    spent: int
    held: int
    budget: int

    @property
    def left(self) -> int:
        """What may still be begun; meaningless without a budget."""
        return max(0, self.budget - self.spent - self.held)


def month(studio: Studio) -> Month:
    """Return what the month has cost and what is held, from the kept sums."""
    moment = now_ms()
    today = datetime.fromtimestamp(moment / 1000, UTC)
    last = moment // _DAY_MS
    spent = sum(
        line.tokens
        for line in usage.days(studio.database, studio.user_id, last - today.day + 1, last)
        if line.action == Action.GENERATION_COMPLETED.value
    )
    held = sum(
        one.total
        for one in counts.generations(studio.database, studio.user_id)
        if Status(one.key) in OPEN
    )
    return Month(spent, held, _budget(studio))


def set_budget(studio: Studio, tokens: int) -> None:
    """Let the person at the desk begin work for so many tokens a month; 0 is no budget."""
    mine = str(studio.user_id)
    studio.settings.alter(lambda now: {"monthly_budgets": {**now.monthly_budgets, mine: tokens}})


def _budget(studio: Studio) -> int:
    """Return the person's own budget; what was set before people had their own is everybody's."""
    found = studio.settings.value
    own = found.monthly_budgets.get(str(studio.user_id))
    return own if isinstance(own, int) and own >= 0 else found.monthly_budget


def keep_to_month(studio: Studio) -> None:
    """Refuse what was just added, inside its transaction, if it goes beyond the month's budget.

    Raises MonthReached. Without a budget nothing is read.
    """
    if not _budget(studio):
        return
    now = month(studio)
    if now.spent + now.held > now.budget:
        raise MonthReached(now.budget, now.spent)
