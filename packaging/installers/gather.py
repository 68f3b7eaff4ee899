"""Lays the engine's networks ready for the installers: `gather.py FOLDER`, in the environment.

They are fetched as the program fetches them, kept for the user, and copied with their digests.
"""

import shutil
import sys
from pathlib import Path
from threading import Event

from stylestudio_desktop.engine import installed, weights


def gather(folder: Path) -> None:
    """Fetch what every installer brings along, and leave exactly that in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = weights.needed()
    weights.fetch(names, lambda *_: None, Event())
    files = {weights.file_name(name) for name in names}
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name in names:
        source = weights.place(name)
        target = folder / source.name
        if not target.is_file() or installed.digest(target) != installed.digest(source):
            shutil.copyfile(source, target)
        print(f"  {source.name}, {source.stat().st_size:,} bytes")


if __name__ == "__main__":
    try:
        gather(Path(sys.argv[1]))
    except weights.FetchFailed as error:
        sys.exit(error.sentence)
