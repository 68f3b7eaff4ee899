"""Takes away the folder in which a job had its unfinished files."""

import contextlib
from pathlib import Path


def remove(folder: Path) -> None:
    """Delete a job's own unfinished files and then its folder; nothing below or behind links."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies in it: it stays for a person to see
        folder.rmdir()
