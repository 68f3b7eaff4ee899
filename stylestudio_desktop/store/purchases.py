"""Queries on purchases of tokens."""

from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.store.database import Database, prepared
from stylestudio_desktop.store.rows import columns
from stylestudio_desktop.store.tables import PLACE, TokenPurchases

_FIELDS = columns(TokenPurchases, Purchase)
_PAGE = prepared(
    TokenPurchases.select(*_FIELDS)
    .where((TokenPurchases.user_id == PLACE) & (TokenPurchases.id < PLACE))
    .order_by(TokenPurchases.id.desc())
    .limit(PLACE)
)


def page(db: Database, user_id: int, before: int, limit: int) -> list[Purchase]:
    """Return up to `limit` purchases with an id below `before`, newest first."""
    return [Purchase._make(row) for row in db.rows(_PAGE, (user_id, before, limit))]
