"""Kills one generation over HTTP at every call to the disk and to the network, and resumes it.

`python -m tests.faults.http_matrix [--service NAME] [--call NAME] [--every N] [--bug NAME]` prints
how many points were tried and every violation. The service is a stand-in of the contract suite in
this process, which outlives the killed one and counts what it was asked to make: over every point
of submit, poll and download it was asked once and the picture charged once, or the job waits as
unknown for a person. Needs Linux with strace.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Category, Review
from stylestudio_desktop.services import health, history
from tests.contract.case import Case
from tests.contract.cases import all_cases
from tests.contract.test_whole_way import taken_in
from tests.factories import FakeProvider, open_test_studio
from tests.faults.matrix import KILLED, STRACE, Report

SERVICES = ("comfyui", "replicate", "fashn", "openai")
"""One for each way of being found again: our own id, a list, nothing but the id, nothing."""
CALLS = ("connect", "sendto", "recvfrom", "pwrite64", "fdatasync", "fsync", "rename", "unlink")
MOST_POINTS = 400


def prepare(folder: Path) -> Path:
    """Make a workspace with a product and a person and return it; points start from copies."""
    studio = open_test_studio(folder, {"local": FakeProvider()})
    for colour, category in (("teal", Category.PRODUCT), ("pink", Category.MODEL)):
        taken_in(studio, folder, colour, category)
    close_studio(studio)
    return folder / "workspace"


def run_victim(workspace: Path, case: Case, bug: str | None, fault: str | None) -> int:
    """Run the victim against `case`, under `fault` if one is given; return its exit code."""
    name, url = case.name, case.server.url
    command = [sys.executable, "-m", "tests.faults.http_victim", str(workspace), name, url]
    if bug is not None:
        command.append(bug)
    if fault is not None:
        call = fault.split(":", 1)[0]
        command = [*STRACE, "-e", f"trace={call}", "-e", f"inject={fault}", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, KILLED, 137):
        raise AssertionError(f"the victim failed by itself: {done.stderr[-2000:]}")
    return done.returncode


def look(workspace: Path, case: Case) -> list[str]:
    """Return everything that is wrong after a resumed run."""
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    report = health.verify(studio, deep=True)
    found = [f"verify: {problem.sentence}" for problem in report.problems]
    ids = history.ids(studio, GenerationFilter())
    if len(ids) != 1:
        found.append(f"{len(ids)} generations instead of one")
    if len(case.accepted) > 1:
        found.append(f"the service was asked {len(case.accepted)} times")
    for generation_id in ids:
        story = history.story(studio, generation_id)
        unknown = story.job is not None and story.job.review == Review.OUTCOME_UNKNOWN.value
        charged = sum(entry.settled for entry in story.entries)
        if unknown:
            if charged or (case.finds_lost and case.accepted and case.free):
                found.append(f"it is unknown, with {charged} tokens charged")
        elif story.generation.status != "completed":
            found.append(f"it ended as {story.generation.status}: {story.generation.error}")
        elif charged != 1 or len(story.results) != 1 or len(case.accepted) != 1:
            found.append(
                f"{charged} tokens for {len(story.results)} pictures, asked {len(case.accepted)}"
            )
    kept = {one.job.intent_id for one in _open(studio) if one.job is not None}
    for path in (workspace / "tmp").rglob("*"):
        if path.is_file() and path.parent.name not in kept:
            found.append(f"left behind: {path.name}")
    close_studio(studio)
    return found


def _open(studio: object) -> list[history.HistoryRow]:
    return history.rows(studio, GenerationFilter()).items  # type: ignore[arg-type]


def kill_everywhere(
    service: str, every: int = 1, bug: str | None = None, calls: tuple[str, ...] = CALLS
) -> Report:
    """Try each `every`-th call of each kind until a run survives; stop early for a found bug."""
    kind = next(one for one in all_cases() if one.name == service)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="http-matrix") as name:
        base = prepare(Path(name))
        workspace = Path(name) / "work"
        for call in calls:
            for point in range(1, MOST_POINTS, every):
                shutil.copytree(base, workspace)
                with closing(kind()) as case:
                    survived = _tried(workspace, case, f"{call}:signal=SIGKILL:when={point}", bug)
                    wrong = look(workspace, case)
                shutil.rmtree(workspace)
                if survived:
                    break
                report.points[call] = report.points.get(call, 0) + 1
                report.violations += [f"{service} {call} {point}: {one}" for one in wrong]
                if bug is not None and report.violations:
                    return report
    return report


def _tried(workspace: Path, case: Case, fault: str, bug: str | None) -> bool:
    """Run under a fault and then without one; True if the fault's point was never reached."""
    if run_victim(workspace, case, bug, fault) == 0:
        return True
    run_victim(workspace, case, bug, None)
    return False


def main() -> int:
    """Run the matrix from the command line; exit code 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--service", action="append", choices=SERVICES)
    parser.add_argument("--call", action="append", choices=CALLS)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--bug", default=None)
    given = parser.parse_args()
    wrong = 0
    for service in given.service or SERVICES:
        report = kill_everywhere(service, given.every, given.bug, tuple(given.call or CALLS))
        wrong += len(report.violations)
        print(
            f"{service}: {report.total} kill points {report.points}, "
            f"{len(report.violations)} violations",
            flush=True,
        )
        print("\n".join(report.violations[:40]), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
