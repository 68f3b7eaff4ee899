"""Queries on fidelity reports: what is due, what was found."""

from collections.abc import Sequence

from stylestudio_desktop.domain.fidelity import FidelityRow
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.rows import placeholders

_DUE = "INSERT OR IGNORE INTO fidelity_reports (file_id, user_id) VALUES (?, ?)"
_NEXT = (
    "SELECT file_id FROM fidelity_reports INDEXED BY fidelity_reports_due"
    " WHERE user_id = ? AND file_id > ? AND verdict IS NULL ORDER BY file_id LIMIT 1"
)
_KEEP = (
    "INSERT INTO fidelity_reports (file_id, user_id, verdict, made_at, report)"
    " SELECT id, user_id, ?, ?, ? FROM files WHERE id = ? AND user_id = ?"
    " ON CONFLICT (file_id) DO UPDATE SET verdict = excluded.verdict,"
    " made_at = excluded.made_at, report = excluded.report"
)
_GET = (
    "SELECT file_id, user_id, verdict, made_at, report FROM fidelity_reports"
    " WHERE file_id IN ({}) AND +user_id = ?"
)


def mark_due(db: Database, user_id: int, file_ids: Sequence[int]) -> None:
    """Note that pictures are to be compared with their product photos."""
    db.run_many(_DUE, [(one, user_id) for one in file_ids])


def next_due(db: Database, user_id: int, after: int) -> int | None:
    """Return the oldest picture above `after` that is still to be compared."""
    row = db.row(_NEXT, (user_id, after))
    return None if row is None else int(row[0])


def keep(db: Database, user_id: int, file_id: int, verdict: str, at: int, report: str) -> None:
    """Keep a report; nothing happens if the picture is gone meanwhile."""
    db.run(_KEEP, (verdict, at, report, file_id, user_id))


def of_files(db: Database, user_id: int, file_ids: Sequence[int]) -> dict[int, FidelityRow]:
    """Return the rows of some pictures (a generation's few) by picture."""
    if not file_ids:
        return {}
    rows = db.rows(_GET.format(placeholders(len(file_ids))), [*file_ids, user_id])
    return {row[0]: FidelityRow._make(row) for row in rows}
