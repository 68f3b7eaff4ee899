"""Kills backups, restores, imports and purges at every step in turn, and looks what is left.

`python -m tests.faults.copies [ACTION...] [--every N] [--bug NAME]` prints how many points were
tried and every violation. Each point is a run of its own: the process gets SIGKILL at the K-th
call of one kind; what it left is looked at, then it is started again without any fault and
looked at once more. It needs Linux with strace.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import health, library
from stylestudio_desktop.services.backup import full, proving, reading, snapshots, swap
from tests.factories import FakeProvider, import_photo, open_test_studio, photo
from tests.faults.copies_victim import ACTIONS
from tests.faults.matrix import KILLED, MOST_POINTS, STRACE, Report

CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "link", "mkdir", "rmdir")
COLOURS = ("red", "blue")


def prepare(folder: Path) -> None:
    """Make a library, a full backup of it, something newer in it, and photos to import."""
    studio = open_test_studio(folder)
    import_photo(studio, folder, "teal")
    full.make(studio, folder / "outside" / "before")
    import_photo(studio, folder, "orange")
    close_studio(studio)
    (folder / "outside" / "photos").mkdir()
    for colour in COLOURS:
        photo(folder / "outside" / "photos", f"{colour}.jpg", colour)


def run(action: str, world: Path, bug: str | None, fault: str | None) -> int:
    """Run the victim, under `fault` if one is given, and return its exit code."""
    command = [sys.executable, "-m", "tests.faults.copies_victim", action]
    command += [str(world / "workspace"), str(world / "outside")]
    if bug is not None:
        command.append(bug)
    if fault is not None:
        call = fault.split(":", 1)[0]
        command = [*STRACE, "-e", f"trace={call}", "-e", f"inject={fault}", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, KILLED, 137):
        if fault is None:
            raise AssertionError(f"the victim failed by itself: {done.stderr[-2000:]}")
        return KILLED
    return done.returncode


def look(action: str, world: Path, finished: bool) -> list[str]:
    """Return everything that is wrong: after a kill, or once the work was `finished`."""
    place = Workspace(world / "workspace")
    studio = open_studio(place, {"local": FakeProvider()})
    try:
        found = [
            f"verify: {one.sentence}"
            for one in health.verify(studio, deep=True).problems
            if finished or not _awaits_a_sweep(one)
        ]
        pictures = len(library.ids(studio, FileFilter()))
    finally:
        close_studio(studio)
    for one in snapshots.listing(place):
        found += [f"snapshot: {fault}" for fault in proving.snapshot_faults(one.path)]
    for name in ("before", "place"):
        for version in reading.versions(world / "outside" / name):
            copy = reading.Backup(version, version.parent)
            found += [f"backup {name}: {fault}" for fault in proving.backup_faults(copy)]
    expected = {"restore": (1, 2), "import": (4, *range(2, 5)), "purge": (0, 1, 2)}
    after, *before = expected.get(action, (2, 2))
    if pictures != after and (finished or pictures not in before):
        found.append(f"{pictures} pictures in the library")
    if finished:
        found += _leftovers(action, world)
    return found


def _awaits_a_sweep(problem: health.Problem) -> bool:
    """Say whether a finding is what every crash may leave, until the next start sweeps it."""
    return problem.rule == "temporary files" or "No picture refers" in problem.sentence


def _leftovers(action: str, world: Path) -> list[str]:
    place = Workspace(world / "workspace")
    found = [f"left behind: {one.name}" for one in place.root.rglob("*.part")]
    found += [f"left behind: {one.name}" for one in place.tmp.rglob("*") if one.is_file()]
    found += [f"left behind: {one.name}" for one in place.restoring.rglob("*") if one.is_file()]
    if action == "snapshot" and not snapshots.listing(place):
        found.append("no snapshot was taken")
    if action == "backup" and not reading.versions(world / "outside" / "place"):
        found.append("no backup was made")
    if action == "restore":
        found += _kept(place)
    return found


def _kept(place: Workspace) -> list[str]:
    """Return what is wrong with the libraries that were replaced; one of them has it all."""
    most = 0
    found = []
    for folder in swap.kept(place):
        studio = open_studio(Workspace(folder), {"local": FakeProvider()})
        found += [one.sentence for one in health.verify(studio, deep=True).problems]
        most = max(most, len(library.ids(studio, FileFilter())))
        close_studio(studio)
    return found if most == 2 else [*found, f"the library that was replaced has {most} pictures"]


def kill_everywhere(
    action: str, every: int = 1, bug: str | None = None, calls: tuple[str, ...] = CALLS
) -> Report:
    """Try each `every`-th call of each kind until a run survives; stop early for a found bug."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="copies") as name:
        base, world = Path(name) / "base", Path(name) / "world"
        base.mkdir()
        prepare(base)
        for call in calls:
            for point in range(1, MOST_POINTS, every):
                shutil.copytree(base, world)
                code = run(action, world, bug, f"{call}:signal=SIGKILL:when={point}")
                if code != 0:
                    report.points[call] = report.points.get(call, 0) + 1
                    wrong = _judge(action, world, bug)
                    report.violations += [f"{action} {call} {point}: {one}" for one in wrong]
                shutil.rmtree(world)
                if code == 0:
                    break
                if bug is not None and report.violations:
                    return report
    return report


def _judge(action: str, world: Path, bug: str | None) -> list[str]:
    try:
        wrong = look(action, world, finished=False)
        run(action, world, bug, None)
        return wrong + look(action, world, finished=True)
    except Exception as error:  # what can't even be opened again is the worst violation
        return [f"{type(error).__name__}: {error}"]


def main() -> int:
    """Run the matrix from the command line; exit code 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("actions", nargs="*", metavar="ACTION", choices=[*ACTIONS, []])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--bug", default=None)
    given = parser.parse_args()
    code = 0
    for action in given.actions or ACTIONS:
        report = kill_everywhere(action, given.every, given.bug)
        print(
            f"{action}: {report.total} kill points {report.points}, "
            f"{len(report.violations)} violations",
            flush=True,
        )
        print("\n".join(report.violations[:20]))
        code |= bool(report.violations)
    return code


if __name__ == "__main__":
    sys.exit(main())
