"""Whatever fails in the middle, nothing is lost, charged twice or left half-done.

This is a sample; `python -m tests.faults` strikes every way at every point and prints JSON.
"""

from collections.abc import Iterator

import pytest

from tests.faults.copies import OLD
from tests.faults.paths import WAYS, named
from tests.faults.points import Ground, ground, strike_everywhere
from tests.faults.victims import why_not

pytestmark = [
    pytest.mark.linux,
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
]


@pytest.fixture(scope="module")
def here() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.mark.parametrize(
    ("way", "mode", "kind", "most"),
    [
        ("generate", "kill", "rename", 2),
        ("generate", "power", "fsync", 2),
        ("purchase", "kill", "send", 2),
        ("restore", "kill", "rename", 2),
        ("restore", "power", "fsync", 2),
        ("backup", "enospc", "write", 2),
        ("pack", "kill", "unlink", 2),
        ("import", "power", "rename", 2),
        ("purge", "kill", "unlink", 2),
        ("trash", "eio", "write", 2),
        ("snapshot", "eio", "create", 4),
        ("migrate", "kill", "write", 2),
        ("http-fashn", "kill", "receive", 2),
        ("sync", "kill", "fsync", 2),
        ("copy", "power", "mkdir", 2),
        ("accept", "kill", "fsync", 2),
    ],
)
def test_struck_at_any_instant_nothing_is_lost(
    here: Ground, way: str, mode: str, kind: str, most: int
) -> None:
    report = strike_everywhere(named(way), (mode,), (kind,), most, on=here)
    assert report.total >= 1
    assert report.violations == []


@pytest.mark.parametrize(
    ("way", "bug", "mode", "kind"),
    [
        ("generate", "charge_apart", "kill", "fsync"),
        ("restore", "swap_unwritten", "kill", "rename"),
        ("pack", "left_for_ever", "kill", "fsync"),
        ("purge", "row_before_bytes", "kill", "unlink"),
        ("copy", "kind_later", "kill", "write"),
    ],
)
def test_a_planted_bug_is_found(here: Ground, way: str, bug: str, mode: str, kind: str) -> None:
    assert strike_everywhere(named(way), (mode,), (kind,), bug=bug, on=here).violations


def test_every_way_has_three_bugs_to_be_found() -> None:
    """But for the upgrade of the newest library, which has nothing to do."""
    found = {way.name: len(way.bugs) for way in WAYS if len(way.bugs) < 3}
    assert found == {f"migrate-{OLD[-1].stem}": 0}
