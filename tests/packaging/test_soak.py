"""The soak in its short form, and that it would notice what it is there to notice."""

import json
import subprocess
import sys

import pytest
from devkit.places import this_checkout

BENCH = this_checkout().benches


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import soak

    def judge(memory: list[float], turn: list[float]) -> dict[str, object]:
        slices = []
        for mb, longest in zip(memory, turn, strict=True):
            slices.append(soak.Slice())
            slices[-1].memory += [mb, mb + 300]
            slices[-1].turns.add([0.1] * 95 + [longest] * 5)
        return soak.verdict(slices, 300.0, 2)

    return judge


def test_a_window_that_keeps_its_size_and_pace_is_flat(verdict) -> None:
    found = verdict([100, 180, 200, 201, 199, 200, 201, 200], [40, 9, 9, 8, 9, 8, 9, 9])
    assert found["flat"] is True
    assert found["memory_after_warm_up"] == 200


def test_memory_that_grows_is_told_with_its_slope(verdict) -> None:
    found = verdict([100, 180, 200, 205, 210, 215, 220, 225], [9] * 8)
    assert found["flat"] is False
    assert found["memory_slope_mb_an_hour"] == pytest.approx(60.0)


def test_the_record_of_turns_tells_their_spread(verdict) -> None:
    import _steady

    turns = _steady.Tally()
    turns.add(number / 10 for number in range(1000))
    turns.add([900.0])
    assert turns.spread() == {"number": 1001, "p50": 50.0, "p99": 99.0, "max": 900.0}
    assert turns.percentile(1.0) == pytest.approx(turns.STEP * (turns.STEPS - 1))
    assert _steady.Tally().percentile(0.5) == 0.0


def test_turns_that_become_longer_are_told(verdict) -> None:
    found = verdict([200] * 8, [9, 9, 9, 9, 9, 14, 15, 16])
    assert found["flat"] is False


def test_the_window_works_at_random_and_the_library_stays_in_order() -> None:
    told = subprocess.run(
        [
            sys.executable, "-X", "faulthandler", str(BENCH / "soak.py"), "--seconds", "12",
            "--slices", "4", "--generations", "200", "--seed", "5",
        ],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(lines) == 6, (told.returncode, told.stderr)
    assert lines[-1]["failures"] == []
    assert lines[-1]["verify_deep"] == []
    # Two hundred different ones, where the drawings of so small a library are twenty.
    assert lines[1]["pictures_held"] > 10
    assert lines[-1]["deeds"] >= 10
