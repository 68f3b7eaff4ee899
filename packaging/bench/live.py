"""How soon the gallery shows what another process did, in every kind of list of a large library.

A second process on the same library moves pictures to the trash, takes them back and rates them,
anywhere in the list, and tells when it has committed. What is measured is the time from there until
the window's list has it (`ui.md`: 300 ms), and how often a list was read again for it: never.
Beside it stands the floor: two looks at what others wrote are 150 ms apart.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("STYLESTUDIO_KEYRING", "off")

from _library import library, opened, usual_folder
from _steady import run_until
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.services import bulk
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.window import GALLERY

LIMIT_MS = 300.0
LOOKS_MS = 150.0
PATIENCE_S = 120.0
PAUSE_S = 0.4
FEWEST = 20
MADE_FROM = (
    "SELECT l.file_id FROM generation_files l JOIN files f ON f.id = l.file_id AND f.user_id = ?"
    " WHERE l.role = 'product' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
)
Ask = Callable[[str], float]


@dataclass(frozen=True)
class Listed:
    """One kind of list: its order, what is searched for, and whether stacks or a product's."""

    order: str
    search: str = ""
    stacked: bool = False
    product: bool = False

    @property
    def name(self) -> str:
        """Return what the row is called."""
        marks = [
            mark for mark, on in (("stacks", self.stacked), ("a product's", self.product)) if on
        ]
        return ", ".join([f"{self.order} first", *marks, *([self.search] if self.search else [])])


LISTS = (
    Listed("newest"), Listed("newest", "linen"), Listed("oldest"), Listed("rating"),
    Listed("oldest", "rating:>=4"), Listed("rating", "linen"), Listed("newest", stacked=True),
    Listed("rating", stacked=True), Listed("newest", product=True), Listed("rating", product=True),
)  # fmt: skip


def beside(root: Path) -> None:
    """Be the second process: do what is read, and say when it was committed."""
    with opened(root) as studio:
        print("ready", flush=True)
        for line in sys.stdin:
            verb, row_id, *stars = line.split()
            chosen = bulk.Selection(ids=[int(row_id)])
            if verb == "trash":
                bulk.trash(studio, chosen)
            elif verb == "restore":
                bulk.restore(studio, chosen)
            else:
                bulk.rate(studio, chosen, int(stars[0]))
            print(time.monotonic(), flush=True)


@contextmanager
def neighbour(root: Path) -> Iterator[Ask]:
    """Give what has a second process do something and returns when it was committed."""
    child = subprocess.Popen(
        [sys.executable, __file__, "--beside", str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told, said = child.stdin, child.stdout
    if told is None or said is None:
        raise RuntimeError("The second process can't be talked to.")
    lines: queue.Queue[str] = queue.Queue()

    def hear() -> None:
        for line in said:
            lines.put(line)

    threading.Thread(target=hear, daemon=True).start()
    lines.get(timeout=PATIENCE_S)

    def ask(line: str) -> float:
        told.write(f"{line}\n")
        told.flush()
        return float(lines.get(timeout=PATIENCE_S))

    try:
        yield ask
    finally:
        told.close()
        child.wait(PATIENCE_S)
        said.close()


class Bench:
    """One window on a library, and somebody else beside it."""

    def __init__(self, studio: Studio, ask: Ask, times: int) -> None:
        self._studio, self._ask, self._times = studio, ask, times
        self._one = 0
        studio.settings.change(engine_weights_offered=True)
        self._session = Session(studio, lambda: None)
        self._window = self._session.window
        self._window.resize(1400, 900)
        self._session.start()
        pane = self._window.open_pane(GALLERY)
        if not isinstance(pane, GalleryPane):
            raise TypeError("The gallery is not there.")
        self._pane = pane
        self._reads = 0
        reload = pane.listing.reload

        def counted() -> None:
            self._reads += 1
            reload()

        pane.listing.reload = counted  # type: ignore[method-assign]

    def close(self) -> None:
        """Close the window."""
        self._window.close()
        self._window.tasks.close()

    def measure(self, listed: Listed) -> Iterator[dict[str, object]]:
        """Show a list, and yield a row for what is seen of it: gone, back and moved."""
        self._show(listed)
        contents = self._pane.grid.contents
        if len(contents) < FEWEST:
            raise RuntimeError(f"Only {len(contents)} pictures: {listed.name}.")
        self._reads = 0
        taken: dict[str, list[float]] = {"gone": [], "back": []}
        for number in range(self._times):
            half = len(contents) // 2
            self._one = contents.ids[half + 7 * number % half]
            taken["gone"].append(self._until(f"trash {self._one}", lambda: self._place() is None))
            taken["back"].append(self._until(f"restore {self._one}", self._listed))
        self._pause(PAUSE_S)
        if listed.order == "rating" and not listed.search:
            taken["moved"] = [self._moved(stars) for stars in (5, 1)]
        for what, values in taken.items():
            yield {
                "name": f"{what}, {listed.name}",
                "pictures": len(contents),
                "floor": LOOKS_MS,
                "floor_is": "two looks apart",
                "ours": round(max(values), 1),
                "least": round(min(values), 1),
                "limit": LIMIT_MS,
                "within_limit": max(values) <= LIMIT_MS,
                "read again": self._reads,
            }

    def _show(self, listed: Listed) -> None:
        filters = self._pane.browser.filters
        filters.order.pick(listed.order)
        self._pane.search(listed.search)
        filters.stacks.setChecked(listed.stacked)
        filters.changed.emit()
        self._rest()
        if listed.product:
            of_user = self._studio.database.value(MADE_FROM, (self._studio.user_id,))
            self._pane.show_product(int(of_user), "a photo")
            self._rest()

    def _place(self) -> int | None:
        return self._pane.grid.contents.index_of(self._one)

    def _listed(self) -> bool:
        return self._place() is not None

    def _moved(self, stars: int) -> float:
        """Return how long it took until the picture stood among those with as many stars."""

        def there() -> bool:
            place = self._place()
            return place is not None and self._pane.grid.contents.runs.run_at(place) == 5 - stars

        return self._until(f"rate {self._one} {stars}", there)

    def _until(self, deed: str, seen: Callable[[], bool]) -> float:
        committed = self._ask(deed)
        run_until(seen, PATIENCE_S)
        ms = (time.monotonic() - committed) * 1000
        self._pause(PAUSE_S)
        return ms

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        run_until(lambda: time.monotonic() > end, PATIENCE_S)

    def _rest(self) -> None:
        """Wait until the whole list is there, and nothing is done behind."""
        for _ in range(3):
            self._pause(1.0)
            run_until(
                lambda: self._pane.listing.complete and not self._window.tasks.busy(), PATIENCE_S
            )


def main() -> int:
    """Measure and print, one JSON object a line; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--library", type=Path, help="an existing one (default: kept in temp)")
    parser.add_argument("--times", type=int, default=4, help="in each list")
    parser.add_argument("--beside", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.beside is not None:
        beside(chosen.beside)
        return 0
    app = QApplication(sys.argv[:1])
    collector = Collector(app)
    folder, number = chosen.library, chosen.generations
    if folder is None:
        folder = usual_folder(number)
    missed = 0
    with library(folder, 0 if chosen.library else number) as studio, neighbour(folder) as ask:
        bench = Bench(studio, ask, chosen.times)
        for listed in LISTS:
            for row in bench.measure(listed):
                missed += not row["within_limit"] or bool(row["read again"])
                print(json.dumps(row), flush=True)
        bench.close()
    collector.close()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
