"""Accounts: a passphrase, a lock, and an end that leaves only what bookkeeping needs."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE users ADD COLUMN passphrase TEXT",
    "ALTER TABLE users ADD COLUMN locked_at INTEGER",
    "ALTER TABLE users ADD COLUMN deleted_at INTEGER",
    # Each person sees their own part of the queue, in its order.
    "CREATE INDEX jobs_by_rank ON jobs (rank)",
    "CREATE INDEX users_leaving ON users (deleted_at) WHERE deleted_at IS NOT NULL",
)


def up(_migrator: Any, db: Any) -> None:
    """Add what accounts need; everybody who is there stays as they are."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
