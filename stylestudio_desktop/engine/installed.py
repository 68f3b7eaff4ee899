"""The networks' files that an installer brought along: where they lie, and which are whole.

Each is proven by its digest when it is first met, as a fetched one is; that it was is remembered
among the user's own files until it changes, so that a start doesn't read 50 MB.
"""

import contextlib
import hashlib
import json
import os
import threading
from pathlib import Path

PROVEN = "proven.json"
_BLOCK = 1 << 20
_known: dict[tuple[str, int, int, str], bool] = {}


def data() -> Path:
    """Return the folder of the engine's data: the package's own, or the source tree's beside it."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "resources" / "engine"
    return packed if packed.is_dir() else package.parent / "resources" / "engine"


def folder() -> Path:
    """Return where an installer puts the files; there is no such folder in a checkout."""
    return data() / "weights"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def whole(path: Path, size: int, sha256: str, own: Path) -> bool:
    """Say whether the file at `path` is there with that size and digest.

    `own` is the folder where what was proven is remembered; where it can't be written, the file
    is read anew by the next process.
    """
    try:
        found = path.stat()
    except OSError:
        return False
    if found.st_size != size:
        return False
    mark = (str(path), size, found.st_mtime_ns, sha256)
    if mark not in _known:
        _known[mark] = _remembered(mark, own) or _proven(path, mark, own)
    return _known[mark]


def _remembered(mark: tuple[str, int, int, str], own: Path) -> bool:
    return list(mark) in _marks(own)


def _marks(own: Path) -> list[list[str | int]]:
    try:
        marks = json.loads((own / PROVEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in marks if isinstance(one, list)] if isinstance(marks, list) else []


def _proven(path: Path, mark: tuple[str, int, int, str], own: Path) -> bool:
    try:
        if digest(path) != mark[3]:
            return False
    except OSError:
        return False
    kept = [one for one in _marks(own) if one[:1] != [mark[0]]]
    fresh = own / f".{PROVEN}.{os.getpid()}.{threading.get_ident()}"
    with contextlib.suppress(OSError):
        own.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps([*kept, mark]), encoding="utf-8")
        fresh.replace(own / PROVEN)
    return True
