"""Runs a command beside a real Secret Service of its own: private bus, private folders."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
ROOT = Path(__file__).resolve().parents[2]

_UNLOCKED = (
    'printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets'
    ' --control-directory="$XDG_RUNTIME_DIR/keyring" >/dev/null 2>&1; exec "$@"'
)
_BARE = (
    "gnome-keyring-daemon --daemonize --start --components=secrets"
    ' --control-directory="$XDG_RUNTIME_DIR/keyring" >/dev/null 2>&1; exec "$@"'
)


def missing() -> str:
    """Return the reason why no keyring can be run here, empty if one can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (gnome-keyring, dbus)"
    try:  # it asks for a right over memory that some containers give nobody
        subprocess.run([NEEDED[1], "--version"], capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return f"the keyring does not start here: {error}"
    return ""


def run(home: Path, script: str, *, password: str = "let me in", bus: bool = True) -> str:
    """Run a Python script in a session with a keyring and return what it printed.

    An empty password leaves an existing keyring locked. `home` keeps the keyring's files.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "KEYRING_PASSWORD": password,
    }
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        folder = home / name.lower()
        folder.mkdir(mode=0o700, exist_ok=True, parents=True)
        environment[name] = str(folder)
    (home / "xdg_data_home" / "keyrings").mkdir(mode=0o700, exist_ok=True)
    command = [sys.executable, "-c", script]
    if bus:
        around = _UNLOCKED if password else _BARE
        command = ["dbus-run-session", "--", "sh", "-c", around, "sh", *command]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, cwd=home
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
