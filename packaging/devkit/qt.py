"""Sees to it that Qt finds the system's libraries before a window is opened or tests are run."""

import os
import sys
from collections.abc import Mapping

from devkit import health, say, system
from devkit.places import Places
from devkit.say import Trouble


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be opened; a QT_QPA_PLATFORM that somebody set is taken at its word."""
    if platform != "linux":
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def provide(places: Places, *, window: bool) -> None:
    """Install or name the shared libraries that Qt lacks; `window` tells that one will be opened.

    Raises:
        Trouble: a window is wanted and can't be shown before a person has installed something.
    """
    if sys.platform != "linux":
        return
    answer = health.ask(places)
    if answer is None or not answer.lacks_system_library:
        return
    python = answer.python
    libraries = system.missing_libraries(health.site_packages(places, python) / "PySide6" / "Qt")
    linux = system.this_linux()
    packages = linux.names(libraries)
    say.line(f"Qt needs libraries that this system lacks: {', '.join(libraries)}")
    if linux.can_install and packages and system.apt_install(packages):
        answer = health.ask(places)
        if answer is not None and not answer.lacks_system_library:
            return
        libraries = system.missing_libraries(
            health.site_packages(places, python) / "PySide6" / "Qt"
        )
        packages = linux.names(libraries)
    advice = linux.advice(packages, libraries)
    if window and answer is not None and _blocks_window(answer):
        raise Trouble(f"The window can't be opened before they are there. {advice}")
    say.line(advice)


def _blocks_window(answer: health.Probe, environment: Mapping[str, str] = os.environ) -> bool:
    if answer.window:
        return True
    if environment.get("QT_QPA_PLATFORM"):
        return False
    x11 = bool(environment.get("DISPLAY")) and not answer.x11
    wayland = bool(environment.get("WAYLAND_DISPLAY")) and not answer.wayland
    return not (x11 or wayland)
