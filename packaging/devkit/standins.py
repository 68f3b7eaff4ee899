"""Keeps what the shared stand-in for Stripe needs apart from the program's own environment.

Its package comes as source only and brings a web framework that Stripe's library would look for
at every import, so neither fits into `.venv`. Tests that pay there are skipped without it.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from devkit import building, say
from devkit.places import Places

_PATIENCE_S = 300


def home(places: Places) -> Path:
    """Return the folder of the environment."""
    return places.root / "build" / "standins"


def provide(places: Places) -> None:
    """Make the environment if the stand-in is beside the checkout and it is not there yet."""
    script = places.root.parent / "shared" / "tools" / "stripe_standin.py"
    pins = places.lock("standins")
    if not script.is_file() or not pins.is_file():
        return
    mark = home(places) / "made-from"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return
    say.line("Setting up the stand-in for Stripe in build/standins")
    python = home(places) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [
        str(python), "-I", "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
        "--requirement", str(pins),
    ]  # fmt: skip
    for command in ([sys.executable, "-m", "venv", "--clear", str(home(places))], install):
        if not _ran(command):
            say.line("It could not be set up; the tests that pay there are skipped.")
            return
    mark.write_text(digest, encoding="utf-8")


def _ran(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env=building.clean_environment(),
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
