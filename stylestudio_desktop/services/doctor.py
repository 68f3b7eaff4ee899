"""Tells how the program and its surroundings are: versions, places, services, what is missing."""

import contextlib
import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stylestudio_desktop import __version__
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.providers.protocol import Readiness
from stylestudio_desktop.services import engine_weights
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import SQLITE
from stylestudio_desktop.store.schema import current_version

PACKAGES = (
    "PySide6_Essentials", "peewee", "pysqlite3", "pillow", "numpy", "opencv-python-headless",
    "openvino", "requests", "keyring",
)  # fmt: skip
_NO_KEYRING = ("fail", "null")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, in a sentence that says what to do."""

    name: str
    sentence: str


def examine(
    workspace: Workspace, studio: Studio | None, trouble: StudioError | None = None
) -> dict[str, Any]:
    """Return everything known, as plain JSON values; `findings` lists what needs a person.

    `studio` is None where the library could not be opened, and `trouble` says why. Nothing is
    changed and nothing is sent.
    """
    findings: list[Finding] = []
    if trouble is not None:
        findings.append(Finding("library", trouble.sentence))
    keyring = _keyring(findings)
    report: dict[str, Any] = {
        "versions": _versions(),
        "system": {
            "platform": platform.platform(),
            "machine": platform.machine(),
            "processors": os.cpu_count() or 1,
            "frozen": bool(getattr(sys, "frozen", False)),
        },
        "paths": workspace.paths(),
        "space": _space(workspace, findings),
        "schema": _schema(studio),
        "keyring": keyring,
        "providers": _providers(studio, findings),
        "engine_files": _engine_files(findings),
        "display": _display(),
        "settings": {"remark": _settings(studio, findings)},
    }
    report["findings"] = [{"name": one.name, "sentence": one.sentence} for one in findings]
    report["ok"] = not findings
    return report


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {
        "program": __version__,
        "python": platform.python_version(),
        "sqlite": str(SQLITE.sqlite_version),
    }
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    found["qt"] = found["PySide6_Essentials"]  # the binding carries the number of its Qt
    return found


def _keyring(findings: list[Finding]) -> dict[str, Any]:
    try:
        import keyring

        backend = keyring.get_keyring()
    except Exception as error:  # a broken desktop service may raise anything
        findings.append(
            Finding("keyring", f"The system's keyring can't be used ({type(error).__name__}).")
        )
        return {"backend": None, "usable": False}
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    usable = type(backend).__module__.split(".")[-1] not in _NO_KEYRING
    if not usable:
        findings.append(
            Finding(
                "keyring",
                "No keyring was found, so keys of services can't be kept. Everything on this "
                "computer works without one. Install a keyring (on Linux GNOME Keyring or "
                "KWallet) before you add a key.",
            )
        )
    return {"backend": name, "usable": usable}


def _space(workspace: Workspace, findings: list[Finding]) -> dict[str, int | None]:
    place = _nearest(workspace.root)
    free = shutil.disk_usage(place).free
    if free < 1 << 30:
        findings.append(
            Finding("space", "Less than 1 GB is free where the workspace lies. Free some space.")
        )
    size = None
    with contextlib.suppress(OSError):  # none there yet, or somebody else's
        size = workspace.database.stat().st_size
    return {"free": free, "database": size}


def _nearest(path: Path) -> Path:
    while not os.path.exists(path):  # noqa: PTH110 -- Path.exists() fails inside a private folder
        path = path.parent
    return path


def _schema(studio: Studio | None) -> dict[str, int | None]:
    version = None
    if studio is not None:
        version = int(studio.database.value("PRAGMA user_version"))
    return {"version": version, "newest": current_version()}


def _providers(studio: Studio | None, findings: list[Finding]) -> list[dict[str, Any]]:
    if studio is None:
        return []
    found = []
    for provider in studio.providers.values():
        card = provider.card
        # Another computer is asked by “stylestudio services test” alone.
        here = Readiness(True, "In use; not asked now.")
        readiness = provider.check() if card.originals else here
        if not readiness.ready and not card.remote:
            findings.append(Finding(card.id, readiness.sentence))
        found.append(
            {
                "id": card.id,
                "name": card.name,
                "remote": card.remote,
                "ready": readiness.ready,
                "sentence": readiness.sentence,
                "details": dict(readiness.details),
                "models": [model.id for model in card.models],
            }
        )
    return found


def _engine_files(findings: list[Finding]) -> list[dict[str, Any]]:
    found = engine_weights.listing()
    for one in found:
        if one.damaged:
            instead = (
                "The one that was fetched is used."
                if one.present
                else "The engine works without it; fetch it in Settings, Engine files, or install "
                "the program again."
            )
            findings.append(
                Finding(
                    "engine_files", f"The installed file of “{one.title}” is damaged. {instead}"
                )
            )
    return [
        {
            "name": one.name,
            "title": one.title,
            "present": one.present,
            "damaged": one.damaged,
            "size": one.size,
            "adds": one.adds,
            "optional": one.optional,
        }
        for one in found
    ]


def _display() -> dict[str, Any]:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    has = sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in names)
    return {
        "available": has,
        "terminal": sys.stdout.isatty(),
        **{name.lower(): os.environ.get(name) for name in names},
    }


def _settings(studio: Studio | None, findings: list[Finding]) -> str | None:
    if studio is None:
        return None
    _ = studio.settings.value
    remark = studio.settings.remark
    if remark:
        findings.append(Finding("settings", remark))
    return remark
