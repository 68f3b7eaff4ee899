"""A process that dies at any instant of a purchase or refund loses nothing and books it once.

This is a sample; `python -m tests.faults.purchase_matrix` tries every point.
"""

import pytest

from tests.faults.purchase_matrix import kill_everywhere
from tests.faults.test_kill import pytestmark as needs_strace

pytestmark = needs_strace


@pytest.mark.parametrize(("call", "every"), [("fsync", 9), ("sendto", 9)])
def test_killed_at_any_instant_it_is_booked_once(call: str, every: int) -> None:
    report = kill_everywhere(every, calls=(call,))
    assert report.points[call] >= 1
    assert report.violations == []


def test_a_credit_of_its_own_is_found() -> None:
    assert kill_everywhere(bug="credit_apart", calls=("fsync",)).violations


def test_a_key_that_was_not_stored_is_found() -> None:
    assert kill_everywhere(bug="fresh_key", calls=("recvfrom",)).violations
