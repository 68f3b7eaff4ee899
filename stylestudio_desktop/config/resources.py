"""Finds the data that ships with the program, in a checkout and in an installed copy alike."""

from functools import cache
from pathlib import Path

from stylestudio_desktop.domain.errors import StorageError


@cache
def resources() -> Path:
    """Return the folder of icons, samples, catalogue and engine data. Raises StorageError."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "resources", package.parent / "resources"):
        if (folder / "catalogue" / "catalogue.json").is_file():
            return folder
    raise StorageError(
        "The program's own data files are missing, so it can't start. Your library is not "
        "touched. Install the program again."
    )
