"""Keeps what the shared stand-ins need apart from the program's own environment.

Stripe's comes as source only and brings a web framework that Stripe's library would look for at
every import, so neither fits into `.venv`; nor do the services' SDKs, whose types judge what we
send. The sign-in provider runs on Node. Tests that need them are skipped without them.
"""

import hashlib
import shutil
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
    """Make what the stand-ins beside the checkout need, where it is not there yet."""
    _provide_stripe(places)
    _provide_signin(places)


def signin_home(places: Places) -> Path:
    """Return the folder of the sign-in provider's packages."""
    return places.root / "build" / "signin"


def _provide_signin(places: Places) -> None:
    script = places.root.parent / "shared" / "tools" / "oidc_provider.mjs"
    lists = places.lock("signin").with_suffix("")
    pins = lists / "package-lock.json"
    npm = shutil.which("npm")
    if not script.is_file() or not pins.is_file():
        return
    target = signin_home(places)
    mark = target / "made-from"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return
    if npm is None or shutil.which("node") is None:
        say.line("Node is not installed; the test that signs in with a certified provider waits.")
        return
    say.line("Setting up the sign-in provider in build/signin")
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lists / name, target / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(target)]
    if not _ran(command):
        say.line("It could not be set up; the test that signs in there is skipped.")
        return
    mark.write_text(digest, encoding="utf-8")


def _provide_stripe(places: Places) -> None:
    script = places.root.parent / "shared" / "tools" / "stripe_standin.py"
    pins = places.lock("standins")
    if not script.is_file() or not pins.is_file():
        return
    mark = home(places) / "made-from"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return
    say.line("Setting up the stand-in for Stripe and the judges of requests in build/standins")
    python = home(places) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [
        str(python), "-I", "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
        "--requirement", str(pins),
    ]  # fmt: skip
    for command in ([sys.executable, "-m", "venv", "--clear", str(home(places))], install):
        if not _ran(command):
            say.line("It could not be set up; the tests that pay or judge there are skipped.")
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
