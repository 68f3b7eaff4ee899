"""Tells a whole environment from a broken one, in a fraction of a second."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devkit.places import Places
from devkit.stamp import Stamp

_PROBE_SECONDS = 60.0

# Runs inside the environment. The platform plug-ins are loaded as Qt itself would load them, so
# a system library that is missing shows here and not when the window should open.
_PROBE = """
import ctypes, json, pathlib, sys
answer = {"python": ".".join(map(str, sys.version_info[:3]))}
def attempt(name, action):
    try:
        action()
    except (ImportError, OSError) as error:
        answer[name] = str(error)
def database():
    import pysqlite3
def window():
    import PySide6.QtWidgets
def plugin(stem):
    import PySide6
    name = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / stem
    if name.exists():
        ctypes.CDLL(str(name))
attempt("database", database)
attempt("window", window)
if sys.platform == "linux":
    attempt("x11", lambda: plugin("libqxcb.so"))
    attempt("wayland", lambda: plugin("libqwayland.so"))
print(json.dumps(answer))
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """What the environment's interpreter answered; a text is the error, empty means it works."""

    python: str
    database: str = ""
    window: str = ""
    x11: str = ""
    wayland: str = ""

    @property
    def lacks_system_library(self) -> bool:
        """Whether Qt misses a shared library of the system."""
        return any("shared object" in error for error in (self.window, self.x11, self.wayland))


def ask(places: Places) -> Probe | None:
    """Run the environment's interpreter and return its answers; None when it doesn't run."""
    try:
        done = subprocess.run(
            [places.python, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
        return Probe(**json.loads(done.stdout)) if done.returncode == 0 else None
    except (OSError, ValueError, TypeError, subprocess.TimeoutExpired):
        return None


def site_packages(places: Places, python: str) -> Path:
    """Return the folder of the environment's packages for the Python version `python`."""
    if sys.platform == "win32":
        return places.venv / "Lib" / "site-packages"
    major, minor = python.split(".")[:2]
    return places.venv / "lib" / f"python{major}.{minor}" / "site-packages"


def installed(places: Places, python: str) -> list[str]:
    """Return the names of the `.dist-info` folders that are there, sorted."""
    return sorted(entry.name for entry in site_packages(places, python).glob("*.dist-info"))


def damage(places: Places, stamp: Stamp) -> str:
    """Compare every installed file's presence and size with the packages' own lists.

    Returns a short description of the first difference, or an empty text. Byte-code and the
    lists themselves are left out: Python and pip write them anew.
    """
    site = site_packages(places, stamp.python)
    for name in stamp.distributions:
        try:
            with (site / name / "RECORD").open(encoding="utf-8", newline="") as record:
                rows = list(csv.reader(record))
        except (OSError, ValueError, csv.Error):
            return f"{name} is not wholly installed"
        for path, _digest, size in (row for row in rows if len(row) == 3):
            if path.endswith(".pyc") or not size:
                continue
            try:
                found = os.stat(os.path.join(site, path)).st_size  # noqa: PTH116,PTH118 (4x faster)
            except OSError:
                return f"{path} is missing"
            if found != int(size):
                return f"{path} has changed"
    return ""
