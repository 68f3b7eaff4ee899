"""Keeps what the comparison of each picture with its product photos found, and what is due."""

from typing import Any

STATEMENTS = (
    """
CREATE TABLE fidelity_reports (
  file_id INTEGER NOT NULL PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  verdict TEXT CHECK (verdict IN ('same', 'drifted', 'different', 'unknown')),
  made_at INTEGER,
  report TEXT CHECK (report IS NULL OR json_valid(report)),
  CHECK ((verdict IS NULL) = (report IS NULL) AND (verdict IS NULL) = (made_at IS NULL))
) STRICT""",
    """
CREATE INDEX fidelity_reports_due ON fidelity_reports (user_id, file_id)
  WHERE verdict IS NULL""",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the table."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
