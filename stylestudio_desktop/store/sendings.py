"""Queries on what was sent to services."""

from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns
from stylestudio_desktop.store.sending_tables import Sendings
from stylestudio_desktop.store.tables import PLACE

_KEEP = (
    "INSERT INTO sendings (generation_id, attempt, sent_at, provider, model, photos, dropped)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET sent_at = excluded.sent_at,"
    " model = excluded.model, photos = excluded.photos, dropped = excluded.dropped"
)
_OF_GENERATION = Prepared(
    Sendings.select(*columns(Sendings, Sending))
    .where(Sendings.generation_id == PLACE)
    .order_by(Sendings.attempt)
)


def keep(db: Database, row: Sending) -> None:
    """Remember what an attempt sends; the last sending of an attempt counts."""
    db.run(_KEEP, row)


def of_generation(db: Database, generation_id: int) -> list[Sending]:
    """Return what was sent for a generation, attempt by attempt."""
    return [Sending._make(row) for row in db.rows(_OF_GENERATION, (generation_id,))]
