"""A service over HTTP is asked once however the program dies, or the job waits as unknown.

This is a sample of the matrix; `python -m tests.faults.http_matrix` tries every point.
"""

import pytest

from tests.faults.http_matrix import kill_everywhere
from tests.faults.matrix import can_trace

pytestmark = [
    pytest.mark.linux,
    pytest.mark.slow,
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace here"),
]


@pytest.mark.parametrize(
    ("service", "call", "every"),
    [("fashn", "sendto", 4), ("comfyui", "recvfrom", 5), ("openai", "connect", 1)],
)
def test_killed_at_any_instant_the_service_was_asked_once(
    service: str, call: str, every: int
) -> None:
    report = kill_everywhere(service, every, calls=(call,))
    assert report.points[call] >= 1
    assert report.violations == []


@pytest.mark.parametrize("bug", ["sends_blindly", "forgets_the_id"])
def test_a_planted_bug_is_found(bug: str) -> None:
    found = kill_everywhere("fashn", bug=bug, calls=("recvfrom",)).violations
    assert any("asked 2 times" in one for one in found)
