"""Runs every check of the project, each with a headline and its time, and sums them up."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devkit import building, environment, qt, say, standins, system
from devkit.places import Places

# Commands that tests use where they are there -> the Debian package that brings each.
TOOLS = {
    "dbus-run-session": "dbus",
    "exiftool": "libimage-exiftool-perl",
    "gnome-keyring-daemon": "gnome-keyring",
    "strace": "strace",
}
SOURCES = ("stylestudio_desktop", "packaging", "tests")
QUICK = ("format", "lint", "import contracts")
# All tests, shared out over the processors; who is idle takes from the other. (By file would make
# what a file shares only once, but waits for ever after a worker died: pytest-xdist issue 1378.)
WHOLE = ("--numprocesses=auto", "--dist=worksteal", "--cov", "--cov-report=")
COVERED = ("stylestudio_desktop/domain/*", "stylestudio_desktop/services/*")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what people call it, and the command (run in the checkout's top folder)."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended: its exit code and how many seconds it took."""

    name: str
    code: int
    seconds: float


def plan(places: Places, pytest_arguments: Sequence[str]) -> list[Check]:
    """Return the checks in their order.

    The coverage of `domain` and `services` is only asked for when all tests run.
    """
    python = (str(places.python), "-m")
    tests = (*python, "pytest", *(pytest_arguments or WHOLE))
    checks = [
        Check("format", (*python, "ruff", "format", "--check", *SOURCES)),
        Check("lint", (*python, "ruff", "check", *SOURCES)),
        Check("types", (*python, "mypy")),
        Check("import contracts", (str(places.script("lint-imports")), "--no-logo")),
        Check("tests", tests),
    ]
    if not pytest_arguments:
        include = f"--include={','.join(COVERED)}"
        report = (*python, "coverage", "report", include, "--fail-under=100")
        checks.append(Check("coverage of domain and services", report))
    return checks


def carry_out(
    places: Places, checks: Sequence[Check], run: Callable[..., object] = subprocess.run
) -> list[Outcome]:
    """Run all `checks`, also after one failed, with their output shown as it comes."""
    outcomes = []
    for check in checks:
        say.headline(check.name)
        start = time.monotonic()
        done = run(check.command, cwd=places.root, env=_quiet_environment(), check=False)
        code = getattr(done, "returncode", 1)
        outcomes.append(Outcome(check.name, code, time.monotonic() - start))
    return outcomes


def _quiet_environment() -> dict[str, str]:
    kept = {**building.clean_environment(), "QT_QPA_PLATFORM": "offscreen"}
    # The tests start the program many hundred times; without bytecode each start would compile
    # every module anew. What is written lies in folders that git ignores.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def closing_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the summary: one line per check, and whether all passed."""
    lines = [
        f"{'passed' if outcome.code == 0 else 'FAILED'}  {outcome.seconds:7.1f} s  {outcome.name}"
        for outcome in outcomes
    ]
    failed = [outcome.name for outcome in outcomes if outcome.code != 0]
    return [*lines, f"Failed: {', '.join(failed)}" if failed else "All checks passed."]


def provide_tools() -> None:
    """Install the commands that tests use, as root on Debian; elsewhere name them and go on."""
    if sys.platform != "linux":
        return
    packages = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if not packages:
        return
    linux = system.this_linux()
    if not linux.can_install or not system.apt_install(packages):
        say.line(f"Tests that use {', '.join(packages)} are skipped. {linux.advice(packages)}")


def quick(places: Places, _arguments: Sequence[str]) -> int:
    """Run the checks that take seconds: format, lint, import contracts."""
    environment.ensure(places, environment.CHECKS)
    chosen = [check for check in plan(places, []) if check.name in QUICK]
    return _told(carry_out(places, chosen))


def test(places: Places, pytest_arguments: Sequence[str]) -> int:
    """Set up what the checks need and run them all; return 1 when any failed."""
    environment.ensure(places, environment.CHECKS)
    qt.provide(places, window=False)
    provide_tools()
    standins.provide(places)
    return _told(carry_out(places, plan(places, pytest_arguments)))


def _told(outcomes: Sequence[Outcome]) -> int:
    say.headline("summary")
    for text in closing_lines(outcomes):
        say.line(text)
    return 1 if any(outcome.code != 0 for outcome in outcomes) else 0
