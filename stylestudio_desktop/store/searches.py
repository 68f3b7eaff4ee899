"""Queries on searches kept under a name."""

from stylestudio_desktop.domain.finding import fold
from stylestudio_desktop.domain.records import SavedQuery
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import SavedQueries
from stylestudio_desktop.store.rows import columns, inserting
from stylestudio_desktop.store.tables import PLACE

_FIELDS = columns(SavedQueries, SavedQuery)
_INSERT = inserting(
    SavedQueries,
    [
        SavedQueries.id,
        SavedQueries.user_id,
        SavedQueries.name,
        SavedQueries.folded,
        SavedQueries.query,
        SavedQueries.created_at,
        SavedQueries.position,
    ],
)
_BY_NAME = (SavedQueries.user_id == PLACE) & (SavedQueries.folded == PLACE)
_DROP = Prepared(SavedQueries.delete().where(_BY_NAME))
_DELETE = Prepared(
    SavedQueries.delete().where((SavedQueries.id == PLACE) & (SavedQueries.user_id == PLACE))
)
_LIST = Prepared(SavedQueries.select(*_FIELDS).where(SavedQueries.user_id == PLACE))


def keep(db: Database, user_id: int, row: SavedQuery) -> None:
    """Keep a search; one of the same name is replaced."""
    db.run(_DROP, (user_id, fold(row.name)))
    values = (row.query, row.created_at, row.position)
    db.run(_INSERT, (row.id, user_id, row.name, fold(row.name), *values))


def delete(db: Database, user_id: int, saved_id: int) -> bool:
    """Forget a search; False if it is not there."""
    return db.run(_DELETE, (saved_id, user_id)) > 0


def listing(db: Database, user_id: int) -> list[SavedQuery]:
    """Return the user's searches in their order."""
    found = [SavedQuery._make(row) for row in db.rows(_LIST, (user_id,))]
    return sorted(found, key=lambda one: (one.position, one.id))
