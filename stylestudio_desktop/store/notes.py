"""Queries on the notes that a person writes on pictures."""

from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.tables import PLACE, Files

_NOTE = Prepared(Files.select(Files.note).where((Files.id == PLACE) & (Files.user_id == PLACE)))


def of_file(db: Database, user_id: int, file_id: int) -> str:
    """Return the note on a picture, empty where there is none."""
    return str(db.value(_NOTE, (file_id, user_id)) or "")
