"""Queries on the log of what happened, and on its kept daily sums."""

from stylestudio_desktop.domain.records import UsageDay, UsageRecord
from stylestudio_desktop.store.database import Database, prepared
from stylestudio_desktop.store.rows import columns, inserting
from stylestudio_desktop.store.tables import PLACE, Usage, UsageDays

_FIELDS = columns(Usage, UsageRecord)
_INSERT = inserting(Usage, _FIELDS)
_PAGE = prepared(
    Usage.select(*_FIELDS)
    .where((Usage.user_id == PLACE) & (Usage.timestamp <= PLACE) & (Usage.id < PLACE))
    .order_by(Usage.timestamp.desc(), Usage.id.desc())
    .limit(PLACE)
)
_DAYS = prepared(
    UsageDays.select(*columns(UsageDays, UsageDay))
    .where((UsageDays.user_id == PLACE) & UsageDays.day.between(PLACE, PLACE))
    .order_by(UsageDays.day)
)


def insert(db: Database, record: UsageRecord) -> None:
    """Add a record; the daily sums follow by trigger."""
    db.run(_INSERT, record)


def page(db: Database, user_id: int, before: int, limit: int) -> list[UsageRecord]:
    """Return up to `limit` records with an id below `before`, newest first."""
    moment = before >> 21
    return [UsageRecord._make(row) for row in db.rows(_PAGE, (user_id, moment, before, limit))]


def days(db: Database, user_id: int, first: int, last: int) -> list[UsageDay]:
    """Return the kept sums of the days `first` to `last` (days since 1970-01-01 UTC)."""
    return [UsageDay._make(row) for row in db.rows(_DAYS, (user_id, first, last))]
