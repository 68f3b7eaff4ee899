"""Keeps the cut-outs that people mended by hand, each with its photo.

The bytes lie in the row: written, backed up, restored and deleted with the photo in the same
transactions, and a mask of some ten kilobytes is read faster from here than from a file of its own.
"""

from typing import Any

STATEMENTS = (
    """
CREATE TABLE cutout_masks (
  file_id INTEGER NOT NULL PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  made_at INTEGER NOT NULL,
  width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 2048),
  height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 2048),
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  png BLOB NOT NULL CHECK (length(png) BETWEEN 1 AND 8388608)
) STRICT""",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the table."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
