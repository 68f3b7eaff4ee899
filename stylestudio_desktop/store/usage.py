"""Queries on the log of what happened, and on its kept daily sums."""

from typing import NamedTuple

from peewee import SQL

from stylestudio_desktop.domain.ids import made_at
from stylestudio_desktop.domain.records import UsageDay, UsageRecord
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting
from stylestudio_desktop.store.tables import PLACE, Usage, UsageDays


class Timing(NamedTuple):
    """How long something took, what it cost, and how many pictures came of it."""

    action: str
    provider: str
    style: str
    pictures: int
    duration_ms: int
    tokens: int


_FIELDS = columns(Usage, UsageRecord)
_INSERT = inserting(Usage, _FIELDS)
_PAGE = Prepared(
    Usage.select(*_FIELDS)
    .where(
        (Usage.user_id == PLACE)
        & (Usage.timestamp <= PLACE)
        & SQL('("t1"."timestamp", "t1"."id") < (?, ?)')
    )
    .order_by(Usage.timestamp.desc(), Usage.id.desc())
    .limit(PLACE)
)
_STAMPED = Prepared(Usage.select(Usage.timestamp).where(Usage.id == PLACE))
_DAYS = Prepared(
    UsageDays.select(*columns(UsageDays, UsageDay))
    .where((UsageDays.user_id == PLACE) & UsageDays.day.between(PLACE, PLACE))
    .order_by(UsageDays.day)
)

_NEWEST = Prepared(
    Usage.select(*columns(Usage, Timing))
    .where((Usage.user_id == PLACE) & (Usage.timestamp >= PLACE))
    .order_by(Usage.timestamp.desc())
    .limit(PLACE)
)


def insert(db: Database, record: UsageRecord) -> None:
    """Add a record; the daily sums follow by trigger."""
    db.run(_INSERT, record)


def page(db: Database, user_id: int, before: int, limit: int) -> list[UsageRecord]:
    """Return up to `limit` records that come after the record `before` in the list, newest first.

    A record is stamped when its work began and gets its id when it is written, so the two need
    not be in the same order; the place in the list is told by both.
    """
    stamped = db.value(_STAMPED, (before,))
    moment = made_at(before) if stamped is None else stamped
    values = (user_id, moment, moment, before, limit)
    return [UsageRecord._make(row) for row in db.rows(_PAGE, values)]


def days(db: Database, user_id: int, first: int, last: int) -> list[UsageDay]:
    """Return the kept sums of the days `first` to `last` (days since 1970-01-01 UTC)."""
    return [UsageDay._make(row) for row in db.rows(_DAYS, (user_id, first, last))]


def newest(db: Database, user_id: int, since: int, limit: int) -> list[Timing]:
    """Return what the newest records since the moment `since` (ms) took, at most `limit`."""
    return [Timing._make(row) for row in db.rows(_NEWEST, (user_id, since, limit))]
