"""Reads how long recent work took, so that a new wish can be told how long it will."""

from typing import NamedTuple

from peewee import SQL

from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.tables import PLACE, Generations


class Run(NamedTuple):
    """One finished generation: who made it with what, at which quality, how many, and its time."""

    provider: str
    model: str | None
    quality: str
    pictures: int
    milliseconds: int | None


# Equalities on all columns of generations_by_user_and_status leave the rows in order of their
# ids, so the newest are read from the index's end without a sort.
_RECENT = Prepared(
    Generations.select(
        Generations.provider,
        Generations.model,
        Generations.quality,
        Generations.count,
        Generations.processing_time_ms,
    )
    .where(
        (Generations.user_id == PLACE)
        & (Generations.status == PLACE)
        & Generations.trashed_at.is_null()
    )
    .order_by(SQL('"t1"."id" DESC'))
    .limit(PLACE)
)


def recent_runs(db: Database, user_id: int, limit: int) -> list[Run]:
    """Return the newest finished generations of a user, at most `limit`, newest first."""
    values = (user_id, Status.COMPLETED.value, limit)
    return [Run._make(row) for row in db.rows(_RECENT, values)]
