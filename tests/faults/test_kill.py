"""A process that dies at any instant of a generation loses nothing and is charged once.

This is a sample of the matrix; `python -m tests.faults.matrix` tries every point.
"""

import pytest

from tests.faults.matrix import can_trace, kill_everywhere, killed_right_after_sending

pytestmark = [
    pytest.mark.linux,
    pytest.mark.slow,
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace here"),
]


@pytest.mark.parametrize(
    ("call", "every"), [("pwrite64", 29), ("fsync", 4), ("rename", 1), ("unlink", 2)]
)
def test_killed_at_any_instant_it_is_charged_once_and_nothing_is_left(
    call: str, every: int
) -> None:
    report = kill_everywhere(every, calls=(call,))
    assert report.points[call] >= 1
    assert report.violations == []


@pytest.mark.parametrize("bug", ["row_before_file", "charge_apart"])
def test_a_planted_bug_is_found(bug: str) -> None:
    assert kill_everywhere(bug=bug, calls=("fsync",)).violations


def test_killed_right_after_sending_it_is_found_again_and_not_sent_twice() -> None:
    assert killed_right_after_sending() == []


def test_a_fresh_key_for_each_attempt_is_found() -> None:
    assert any("asked 2 times" in one for one in killed_right_after_sending("fresh_key"))
