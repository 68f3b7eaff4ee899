"""A second process on a workspace: does what it reads, and says when it was committed."""

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import bulk, generate, history, library
from tests.factories import FakeProvider, brief_for

Ask = Callable[[str], float]


@contextmanager
def neighbour_of(root: Path) -> Iterator[Ask]:
    """Give what asks a second process to do something and returns when it was committed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.neighbour", str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    said: queue.Queue[str] = queue.Queue()
    assert child.stdin is not None
    assert child.stdout is not None
    lines = child.stdout
    threading.Thread(target=lambda: [said.put(line) for line in lines], daemon=True).start()
    assert said.get(timeout=60) == "ready\n"

    def ask(line: str) -> float:
        assert child.stdin is not None
        child.stdin.write(f"{line}\n")
        child.stdin.flush()
        return float(said.get(timeout=30))

    yield ask
    child.stdin.close()
    assert child.wait(30) == 0
    lines.close()


def main() -> None:
    """Read `rate ID STARS`, `trash ID`, `restore ID`, `start PRODUCT`, `import PATH` and others.

    `forsake GENERATION` moves one to the trash with its pictures. It goes on until the input ends.
    """
    studio = open_studio(Workspace(Path(sys.argv[1])), providers={"local": FakeProvider()})
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        verb, value, *rest = line.strip().split(" ")
        if verb == "rate":
            bulk.rate(studio, bulk.Selection(ids=[int(value)]), int(rest[0]))
        elif verb == "trash":
            bulk.trash(studio, bulk.Selection(ids=[int(value)]))
        elif verb == "restore":
            bulk.restore(studio, bulk.Selection(ids=[int(value)]))
        elif verb == "forsake":
            history.trash(studio, [int(value)])
        elif verb == "start":
            generate.start(studio, brief_for(FileId(int(value))))
        else:
            library.import_files(studio, [Path(value)], Category.PRODUCT)
        sys.stdout.write(f"{time.monotonic()}\n")
        sys.stdout.flush()
    close_studio(studio)


if __name__ == "__main__":
    main()
