"""Reads the counts that triggers keep, so that no list is ever counted."""

from stylestudio_desktop.domain.records import Count
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.tables import PLACE, FileCounts, GenerationCounts

_GENERATIONS = Prepared(
    GenerationCounts.select(
        GenerationCounts.status, GenerationCounts.number, GenerationCounts.tokens
    ).where(GenerationCounts.user_id == PLACE)
)
_FILES = Prepared(
    FileCounts.select(FileCounts.category, FileCounts.number, FileCounts.bytes).where(
        (FileCounts.user_id == PLACE) & (FileCounts.trashed == PLACE)
    )
)


def generations(db: Database, user_id: int) -> list[Count]:
    """Return how many generations stand in each status, and their tokens."""
    return [Count._make(row) for row in db.rows(_GENERATIONS, (user_id,))]


def files(db: Database, user_id: int, trashed: bool = False) -> list[Count]:
    """Return how many pictures each category holds, and their bytes."""
    return [Count._make(row) for row in db.rows(_FILES, (user_id, int(trashed)))]
