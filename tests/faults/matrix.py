"""Kills one generation at every write, flush, rename, unlink and open in turn, and resumes it.

`python -m tests.faults.matrix [--every N] [--bug NAME] [--json]` prints how many points were
tried and every violation found. It needs Linux with strace; each point is a run of its own:
the process gets SIGKILL at the K-th call of one kind, is started again without any fault, and
then the books, the files, the service's memory and the leftovers are looked at.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import health, history
from tests.factories import import_photo, open_test_studio
from tests.faults.service import LastingService

CALLS = ("pwrite64", "fdatasync", "fsync", "rename", "unlink", "ftruncate")
STRACE = ("strace", "-f", "-qq", "-o", "/dev/null", "-E", "PYTHONDONTWRITEBYTECODE=1")
KILLED = -9
MOST_POINTS = 400


@dataclass
class Report:
    """What a matrix found: points that killed, by call, and what was wrong afterwards."""

    points: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.points.values())


def can_trace() -> bool:
    """Say whether strace is there and may trace."""
    if not sys.platform.startswith("linux") or shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


def prepare(folder: Path) -> Path:
    """Make a workspace with one photo and return it; every point starts from a copy."""
    service = LastingService(folder / "unused")
    studio = open_test_studio(folder, {"local": service})
    import_photo(studio, folder)
    close_studio(studio)
    return folder / "workspace"


def run_victim(workspace: Path, service: Path, bug: str | None, fault: str | None) -> int:
    """Run the victim, under `fault` if one is given, and return its exit code."""
    command = [sys.executable, "-m", "tests.faults.victim", str(workspace), str(service)]
    if bug is not None:
        command.append(bug)
    if fault is not None:
        call = fault.split(":", 1)[0]
        command = [*STRACE, "-e", f"trace={call}", "-e", f"inject={fault}", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, KILLED, 137):
        raise AssertionError(f"the victim failed by itself: {done.stderr[-2000:]}")
    return done.returncode


def look(workspace: Path, service: Path) -> list[str]:
    """Return everything that is wrong after a resumed run."""
    found: list[str] = []
    studio = open_studio(Workspace(workspace), {"local": LastingService(service)})
    report = health.verify(studio, deep=True)
    found += [f"verify: {problem.sentence}" for problem in report.problems]
    ids = history.ids(studio, GenerationFilter())
    asked = list(service.glob("*.json"))
    if len(ids) > 1:
        found.append(f"{len(ids)} generations instead of one")
    for generation_id in ids:
        story = history.story(studio, generation_id)
        if story.generation.status != "completed":
            found.append(f"it ended as {story.generation.status}: {story.generation.error}")
        charged = sum(entry.settled for entry in story.entries)
        if charged != 2 or sum(entry.delta for entry in story.entries) != -2:
            found.append(f"charged {charged} tokens instead of 2")
        if len(story.results) != 2:
            found.append(f"{len(story.results)} pictures instead of 2")
    if len(asked) != len(ids):
        found.append(f"the service was asked {len(asked)} times for {len(ids)} generations")
    leftovers = [path for path in (workspace / "tmp").rglob("*") if path.is_file()]
    found += [f"left behind: {path.name}" for path in leftovers]
    close_studio(studio)
    return found


def kill_everywhere(
    every: int = 1, bug: str | None = None, calls: tuple[str, ...] = CALLS
) -> Report:
    """Try each `every`-th call of each kind until a run survives; stop early for a found bug."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="matrix") as name:
        base = prepare(Path(name))
        for call in calls:
            for point in range(1, MOST_POINTS, every):
                workspace = Path(name) / "work"
                service = Path(name) / "service"
                shutil.copytree(base, workspace)
                service.mkdir()
                code = run_victim(workspace, service, bug, f"{call}:signal=SIGKILL:when={point}")
                if code == 0:
                    shutil.rmtree(workspace)
                    shutil.rmtree(service)
                    break
                report.points[call] = report.points.get(call, 0) + 1
                run_victim(workspace, service, bug, None)
                wrong = look(workspace, service)
                report.violations += [f"{call} {point}: {one}" for one in wrong]
                shutil.rmtree(workspace)
                shutil.rmtree(service)
                if bug is not None and report.violations:
                    return report
    return report


def killed_right_after_sending(bug: str | None = None) -> list[str]:
    """Kill at the first write after the service accepted the job, and return what is wrong then.

    That write is found by halving: at earlier points the service has not been asked yet.
    """
    with tempfile.TemporaryDirectory(prefix="sending") as name:
        base = prepare(Path(name))
        workspace, service = Path(name) / "work", Path(name) / "service"

        def killed_at(point: int) -> bool:
            shutil.rmtree(workspace, ignore_errors=True)
            shutil.rmtree(service, ignore_errors=True)
            shutil.copytree(base, workspace)
            service.mkdir()
            run_victim(workspace, service, bug, f"pwrite64:signal=SIGKILL:when={point}")
            return any(service.iterdir())

        early, late = 1, MOST_POINTS
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (early, middle) if killed_at(middle) else (middle, late)
        killed_at(late)
        run_victim(workspace, service, bug, None)
        return look(workspace, service)


def main() -> int:
    """Run the matrix from the command line; exit code 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--bug", default=None)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = kill_everywhere(given.every, given.bug)
    if given.json:
        print(
            json.dumps(
                {"points": report.points, "total": report.total, "violations": report.violations}
            )
        )
    else:
        print(f"{report.total} kill points {report.points}, {len(report.violations)} violations")
        print("\n".join(report.violations[:40]))
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
