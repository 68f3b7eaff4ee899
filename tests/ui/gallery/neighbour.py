"""A second process on a workspace: does what it reads, and says when it was committed."""

import sys
import time
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import bulk, library


def main() -> None:
    """Read lines `rate ID STARS`, `trash ID`, `import PATH` until the input ends."""
    studio = open_studio(Workspace(Path(sys.argv[1])), providers={})
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        verb, value, *rest = line.strip().split(" ")
        if verb == "rate":
            bulk.rate(studio, bulk.Selection(ids=[int(value)]), int(rest[0]))
        elif verb == "trash":
            bulk.trash(studio, bulk.Selection(ids=[int(value)]))
        else:
            library.import_files(studio, [Path(value)], Category.PRODUCT)
        sys.stdout.write(f"{time.monotonic()}\n")
        sys.stdout.flush()
    close_studio(studio)


if __name__ == "__main__":
    main()
