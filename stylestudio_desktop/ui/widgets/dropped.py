"""What was dropped or pasted, read with suspicion: any program or web page may have made it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

MOST = 10_000
"""Addresses that are looked at; whoever has more drops their folder."""


def local_files(data: "QMimeData") -> list[Path]:
    """Return the files of this computer that are named, by their whole paths.

    An address without a path is none: it would mean the folder that the program was started in.
    """
    if not data.hasUrls():
        return []
    named = [Path(url.toLocalFile()) for url in data.urls()[:MOST] if url.isLocalFile()]
    return [path for path in named if path.is_absolute()]
