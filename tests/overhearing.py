"""Overhears what is asked of a library, and says which questions grow with it."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.store.database import Database, Sql

SMALL = {
    "users", "jobs", "pauses", "meta", "generation_counts", "file_counts", "sqlite_schema",
}  # fmt: skip
"""Tables that stay short however large a library grows: the queue holds open work alone."""

WHOLE = {
    ("audit.py", None), ("checks.py", None), ("copying.py", None), ("restored.py", None),
    ("seals.py", None), ("facets.py", "faulty"), ("restore.py", "_pictures"),
    ("table_reading.py", None),
}  # fmt: skip
"""Modules (or one function) that prove or copy all of a library, on a thread of their own."""

_ALIAS = re.compile(r'"?(\w+)"? AS "?(\w+)"?|(?:FROM|JOIN) (\w+) (\w+)\b')
_HERE = Path(__file__).parent
_STEP = re.compile(r"^(SCAN|SEARCH) (\S+)")


def complaints(database: Database, sql: str, values: Any) -> list[str]:
    """Return the steps of a query's plan that grow with the library, or sort in memory."""
    if not sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return []
    aliases = {(one[1] or one[3]): (one[0] or one[2]) for one in _ALIAS.findall(sql)}
    steps = [
        row[3]
        for row in database.engine.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    ]
    found = []
    large = False
    for step in steps:
        seen = _STEP.match(step)
        if seen and "VIRTUAL TABLE" not in step:
            table = aliases.get(seen[2], seen[2])
            if table.startswith("(subquery"):
                continue  # what it holds has steps of its own
            large |= table not in SMALL
            if seen[1] == "SCAN" and table not in SMALL:
                found.append(f"{step} ({table})")
    if large:
        found += [step for step in steps if "TEMP B-TREE" in step]
    return found


def _meant() -> bool:
    """Say whether what is asked now is a question that must not grow with the library."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.endswith("store/database.py"):
        frame = frame.f_back
    asker = Path(frame.f_code.co_filename)
    whole = {(asker.name, None), (asker.name, frame.f_code.co_name)} & WHOLE
    return not whole and not asker.is_relative_to(_HERE)


def overhear(monkeypatch: pytest.MonkeyPatch, told: Callable[[Database, str, Any], object]) -> None:
    """Have `told` called with every text of the program's that is run from now on, before it runs.

    What a test writes down itself, to look or to meddle, is not the program's; nor is what reads
    a library from end to end because that is its purpose.
    """
    # `row`, `rows`, `value`, `stream` and `run` all end here, inside the engine.
    for name in ("rows", "row", "stream", "run"):
        genuine = getattr(Database, name)

        def listened(
            self: Database, sql: Sql, values: Any = (), *rest: Any, _genuine: Any = genuine,
            **named: Any,
        ) -> Any:  # fmt: skip
            if _meant():
                told(self, str(sql), values)
            return _genuine(self, sql, values, *rest, **named)

        monkeypatch.setattr(Database, name, listened)
