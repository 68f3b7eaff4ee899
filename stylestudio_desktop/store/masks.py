"""Queries on the cut-outs that people mended."""

from collections.abc import Sequence

from stylestudio_desktop.domain.masks import Mask
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.rows import placeholders

_KEEP = (
    "INSERT INTO cutout_masks (file_id, user_id, made_at, width, height, digest, png)"
    " SELECT id, user_id, ?, ?, ?, ?, ? FROM files WHERE id = ? AND user_id = ?"
    " ON CONFLICT (file_id) DO UPDATE SET made_at = excluded.made_at, width = excluded.width,"
    " height = excluded.height, digest = excluded.digest, png = excluded.png"
)
_OF = (
    "SELECT file_id, made_at, width, height, digest FROM cutout_masks"
    " WHERE file_id IN ({}) AND +user_id = ?"
)
_BYTES = "SELECT png FROM cutout_masks WHERE file_id = ? AND +user_id = ?"
_DROP = "DELETE FROM cutout_masks WHERE file_id = ? AND +user_id = ?"


def keep(db: Database, user_id: int, mask: Mask, png: bytes) -> None:
    """Keep a photo's mask in place of the former one; nothing happens if the photo is gone."""
    facts = (mask.made_at, mask.width, mask.height, mask.digest, png)
    db.run(_KEEP, (*facts, mask.file_id, user_id))


def of_files(db: Database, user_id: int, file_ids: Sequence[int]) -> dict[int, Mask]:
    """Return what is known of the masks of some photos, by photo; without their bytes."""
    if not file_ids:
        return {}
    rows = db.rows(_OF.format(placeholders(len(file_ids))), [*file_ids, user_id])
    return {row[0]: Mask._make(row) for row in rows}


def png(db: Database, user_id: int, file_id: int) -> bytes | None:
    """Return the bytes of a photo's mask, None where nobody mended its cut-out."""
    row = db.row(_BYTES, (file_id, user_id))
    return None if row is None else bytes(row[0])


def drop(db: Database, user_id: int, file_id: int) -> None:
    """Forget a photo's mask."""
    db.run(_DROP, (file_id, user_id))
