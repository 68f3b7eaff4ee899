"""Finds generations of one style or one service without looking at all others.

The history is narrowed by either. Without an index of its own, the dozen that a service made years
ago were found by reading a million rows. With equalities on all three columns the rows come in the
order of their ids, so the newest are read from the index's end.
"""

from typing import Any

STATEMENTS = (
    "CREATE INDEX generations_by_style ON generations (user_id, style, trashed_at)",
    "CREATE INDEX generations_by_provider ON generations (user_id, provider, trashed_at)",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the two indexes."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
