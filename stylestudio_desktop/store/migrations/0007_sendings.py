"""Keeps what left this computer for each generation: to whom, when, and the photos' digests."""

from typing import Any

SENDINGS = """
CREATE TABLE sendings (
  generation_id INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL DEFAULT '',
  photos TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(photos)),
  dropped TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(dropped)),
  PRIMARY KEY (generation_id, attempt)
) STRICT, WITHOUT ROWID"""


def up(_migrator: Any, db: Any) -> None:
    """Add the table."""
    db.execute_sql(SENDINGS)
