"""Eight processes race on one library, and every token is spent exactly once."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import finishing, generate
from stylestudio_desktop.services.studio import Studio
from tests.factories import brief_for, give
from tests.store.books import faults

ROOT = Path(__file__).parents[2]
PROCESSES = 8


def race(studio: Studio, name: str, product: FileId, tries: int = 0) -> list[str]:
    """Let the processes go at the same moment, and return all that they say."""
    command = [sys.executable, "-W", "error", "-m", "tests.store.racing", name]
    command += [str(studio.workspace.root), str(product), str(tries)]
    runners = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for runner in runners:
        assert runner.stdout is not None
        assert runner.stdout.readline() == "ready\n"
    for runner in runners:
        assert runner.stdin is not None
        runner.stdin.write("go\n")
        runner.stdin.flush()
    said: list[str] = []
    for runner in runners:
        out, _ = runner.communicate(timeout=120)
        assert runner.returncode == 0
        said += json.loads(out)
    assert [one for one in said if one.startswith("error")] == []
    return said


@pytest.mark.slow
def test_a_balance_is_spent_once_whoever_races_for_it(studio: Studio, product: FileId) -> None:
    give(studio, 90)
    said = Counter(race(studio, "starts", product, tries=5))
    assert said == {"started": 50, "not enough": PROCESSES * 2 * 5 - 50}
    user = studio.database.row("SELECT token_balance, total_tokens_used FROM users")
    assert user == (0, 0)
    assert studio.database.value("SELECT min(balance_after) FROM token_entries") == 0
    assert studio.database.value("SELECT count(*) FROM generations") == 50
    assert faults(studio.database) == []


@pytest.mark.slow
def test_a_job_is_claimed_once_whoever_races_for_it(studio: Studio, product: FileId) -> None:
    give(studio, 50)
    started = {generate.start(studio, brief_for(product)).id for _ in range(60)}
    said = race(studio, "claims", product)
    assert sorted(said) == sorted(f"claimed {row_id}" for row_id in started)


@pytest.mark.slow
def test_a_generation_is_ended_once_whoever_races_for_it(studio: Studio, product: FileId) -> None:
    give(studio, 20)
    rows = [generate.start(studio, brief_for(product)) for _ in range(15)]
    for row in rows[:5]:
        finishing.fail(studio, row.id, Code.SERVICE_FAILED, "It went wrong.")
    said = Counter(race(studio, "stops", product))
    assert said == Counter(
        [f"cancelled {row.id}" for row in rows] + [f"retried {row.id}" for row in rows[:5]]
    )
    assert studio.database.value("SELECT token_balance FROM users") == 30
    assert faults(studio.database) == []
