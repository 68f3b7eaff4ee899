"""What was dropped or pasted, read with suspicion: any program or web page may have made it."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale, QSysInfo, QUrl

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

MOST = 5_000
"""Addresses that are taken at once; whoever has more drops their folder, and is told so."""

_GLANCE = 50
_LIST = "text/uri-list"
translate = QCoreApplication.translate


class Named(NamedTuple):
    """The whole paths that were handed over, each once, and what to say of those left out."""

    paths: list[str]
    left_out: str


def named_files(data: "QMimeData") -> Named:
    """Return the files of this computer that are named.

    An address without a path is none: it would mean the folder that the program was started in.
    """
    raw = _raw(data)
    named = (_name(line) for line in raw.split(b"\n", MOST)[:MOST])
    paths = list(dict.fromkeys(name for name in named if name))
    return Named(paths, _left_out(raw.count(b"\n")))


def local_files(data: "QMimeData") -> list[Path]:
    """Return the files of this computer that are named, by their whole paths."""
    return [Path(name) for name in named_files(data).paths]


def names_files(data: "QMimeData") -> bool:
    """Say whether the first few addresses name a file of this computer.

    Asked while something is dragged over the window, so a long list is not read for it.
    """
    if not data.hasFormat(_LIST):
        return False
    return any(_name(line) for line in _raw(data).split(b"\n", _GLANCE)[:_GLANCE])


def _raw(data: "QMimeData") -> bytes:
    return bytes(data.data(_LIST).data()) if data.hasFormat(_LIST) else b""


def _left_out(there: int) -> str:
    if there <= MOST:
        return ""
    text = translate(
        "Dropped", "These are %1 files, and %2 are taken at once. Drop their folder for the rest."
    )
    locale = QLocale()
    return text.replace("%1", locale.toString(there)).replace("%2", locale.toString(MOST))


def _name(line: bytes) -> str:
    """Return the path that a line names, or nothing where it is not one of this computer.

    A web page may have somebody drag an address with a computer's name in it; asking that
    computer would tell it who asks. Windows' own network folders have such addresses.
    """
    url = QUrl.fromEncoded(line.strip().rstrip(b"\0"))
    if not url.isLocalFile():
        return ""
    host = url.host().lower()
    if host and host in _own_names():
        url.setHost("")
    elif host and os.name != "nt":
        return ""
    name = url.toLocalFile()
    whole = os.path.isabs(name)  # noqa: PTH117 - a Path for each would take longer than all else
    if os.name == "nt":
        whole = whole and bool(os.path.splitdrive(name)[0])
    return name if whole else ""


@cache
def _own_names() -> frozenset[str]:
    return frozenset({"localhost", QSysInfo.machineHostName().lower()})
