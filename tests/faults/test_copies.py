"""A backup, restore, import or purge that dies at any instant loses nothing and names nothing half.

This is a sample of the matrix; `python -m tests.faults.copies` tries every point.
"""

import pytest

from tests.faults.copies import kill_everywhere
from tests.faults.test_kill import pytestmark as pytestmark  # needs strace, as that does


@pytest.mark.parametrize(
    ("action", "call", "every"),
    [
        ("restore", "rename", 2),
        ("restore", "fsync", 9),
        ("backup", "rename", 2),
        ("purge", "unlink", 2),
    ],
)
def test_killed_at_any_instant_nothing_is_lost(action: str, call: str, every: int) -> None:
    report = kill_everywhere(action, every, calls=(call,))
    assert report.points[call] >= 1
    assert report.violations == []


def test_libraries_that_change_places_without_a_plan_are_found() -> None:
    assert kill_everywhere("restore", bug="swap_unwritten", calls=("rename",)).violations
