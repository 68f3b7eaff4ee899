"""Answers what the recipe asks of packages and versions: what to leave out, what Windows shows."""

from collections.abc import Iterable
from importlib.metadata import distributions
from typing import Any


def modules_of(names: Iterable[str]) -> list[str]:
    """Return the top modules that only the installed packages called `names` bring."""
    left_out: set[str] = set()
    kept: set[str] = set()
    chosen = set(names)
    for owner in distributions():
        tops = {
            file.parts[0].removesuffix(".py")
            for file in owner.files or ()
            if file.suffix == ".py" and not file.parts[0].startswith(("..", "__"))
        }
        (left_out if owner.name in chosen else kept).update(tops)
    return sorted(name for name in left_out - kept if name.isidentifier())


def for_windows(version: str) -> Any:
    """Return what Windows shows of the program's file in its properties."""
    from PyInstaller.utils.win32 import versioninfo as shown

    numbers = tuple([*(int(part) for part in version.split(".")[:3]), 0, 0, 0][:4])
    words = {
        "FileDescription": "Style Studio Desktop",
        "FileVersion": version,
        "InternalName": "stylestudio",
        "OriginalFilename": "stylestudio.exe",
        "ProductName": "Style Studio Desktop",
        "ProductVersion": version,
    }
    strings = [shown.StringStruct(name, value) for name, value in words.items()]
    return shown.VSVersionInfo(
        ffi=shown.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            shown.StringFileInfo([shown.StringTable("040904B0", strings)]),
            shown.VarFileInfo([shown.VarStruct("Translation", [1033, 1200])]),
        ],
    )
