"""Seals on the ledger: each entry carries a MAC over itself and the seal before it."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE token_entries ADD COLUMN mac BLOB",
    """
CREATE TABLE ledger_anchors (
  id INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  last_entry INTEGER NOT NULL,
  mac BLOB NOT NULL
) STRICT""",
    """
CREATE TRIGGER ledger_anchors_stay BEFORE UPDATE ON ledger_anchors
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """
CREATE TRIGGER ledger_anchors_last BEFORE DELETE ON ledger_anchors
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    "DROP TRIGGER token_entries_stay",
    # The seal itself needs no guard: nobody can make another one that fits.
    """
CREATE TRIGGER token_entries_stay BEFORE UPDATE OF id, user_id, kind, delta, settled,
  balance_after, generation_id, purchase_id, idempotency_key, created_at ON token_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the place of the seals, and the list of anchors that their chain begins with."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
