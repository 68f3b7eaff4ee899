"""Measures a cold start: from launching the process to the window's first paint, and its pictures.

The floor is an empty QMainWindow's first paint with PySide6 as its wheel brings it, in the same run
and taking turns with ours; what our set-up does to make PySide6 start sooner counts as ours. Ours
is the program as people start it, from its command line on: its frame with the gallery's place is
painted before the library is opened, and `page_ms` later the gallery is there with its pictures.
The paints themselves tell when (an event filter would not do: it makes PySide find out the type of
every event, for 20 ms).
`python3 packaging/dev.py bench start [--generations N] [--library DIR] [--rounds N] [--json]`;
without a library one of N generations is made first. `page_ms` is what passes after the first
paint until the page of pictures and its thumbnails are drawn. Targets: speed notes of the design
(1.6 times the empty window; the page at most 150 ms later).
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import shiboken6

TARGET = 1.6
PAGE_TARGET_MS = 150.0

EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, done)
def done():
    print(time.time() - float(sys.argv[1]), flush=True)
    app.exit(0)
app = QApplication(sys.argv[:1])
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""

OURS = """
import importlib.util, os, sys, time
begun = float(sys.argv[1])

class After:
    # Does something once a module is loaded: by the program, when and how it always loads it.
    def __init__(self, name, then):
        self.name, self.then = name, then
        sys.meta_path.insert(0, self)
    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (load(module), self.then(module))
        return spec

seen = []

def watch_frame(opening):
    from PySide6.QtCore import QTimer
    paint = opening.Blank.paintEvent
    def paint_and_tell(blank, event):
        paint(blank, event)
        QTimer.singleShot(0, lambda: seen.append(time.time() - begun))
    opening.Blank.paintEvent = paint_and_tell

def watch_grid(view):
    from PySide6.QtCore import QTimer
    Grid = view.Grid
    paint = Grid.paintEvent
    def paint_and_tell(grid, event):
        paint(grid, event)
        if whole(grid):
            Grid.paintEvent = paint
            moment = time.time() - begun
            QTimer.singleShot(0, lambda: told(grid, moment))
    def whole(grid):
        # Every cell in view is drawn with its thumbnail, whatever is decoded beyond the view.
        bottom = grid.offset + grid.surface.height()
        seen = [grid.contents.ids[one] for one in grid.layout_.visible(grid.offset, bottom)]
        cards = [grid.cards.get(one) for one in seen]
        return bool(seen) and all(
            one is not None and grid.thumbnails.get(one.storage_id) is not None for one in cards
        )
    def told(grid, moment):
        print(seen[0], moment, flush=True)
        grid.window().close()
    Grid.paintEvent = paint_and_tell

After("stylestudio_desktop.ui.opening", watch_frame)
After("stylestudio_desktop.ui.widgets.grid.view", watch_grid)
os.environ["STYLESTUDIO_WORKSPACE"] = sys.argv[2]
from stylestudio_desktop.__main__ import main
sys.exit(main([]))
"""


def as_the_wheel_brings_it(folder: Path) -> Path:
    """Return a folder with PySide6 without the files that the set-up has unpacked beside it."""
    packages = Path(shiboken6.__file__).resolve().parents[1]
    unpacked = shutil.ignore_patterns("files.dir")
    shutil.copytree(packages / "shiboken6", folder / "shiboken6", ignore=unpacked)
    (folder / "PySide6").symlink_to(packages / "PySide6")
    return folder


def launch(program: str, *arguments: str, path: str = "") -> list[float]:
    """Run a program, telling it when it was launched, and return the seconds that it prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    # An installed program has its bytecode; the launches before the measured ones write it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPATH"] = path
    command = [sys.executable, "-c", program, str(time.time()), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise SystemExit(f"the measured program failed:\n{done.stderr[-3000:]}")
    return [float(one) for one in done.stdout.split()]


def measure(library: Path, rounds: int, wheel: str) -> dict[str, object]:
    """Return medians over `rounds` alternating launches, in milliseconds, and their ratio."""
    empty, first, page, ratios, unpacked = [], [], [], [], []
    launch(EMPTY, path=wheel)
    launch(OURS, str(library))
    for _ in range(rounds):
        floor = launch(EMPTY, path=wheel)[0]
        ours = launch(OURS, str(library))
        empty.append(floor * 1000)
        first.append(ours[0] * 1000)
        page.append((ours[1] - ours[0]) * 1000)
        ratios.append(ours[0] / floor)
        unpacked.append(ours[0] / launch(EMPTY)[0])
    return {
        "name": "start",
        "floor": round(statistics.median(empty), 1),
        "ours": round(statistics.median(first), 1),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_to_unpacked": round(statistics.median(unpacked), 3),
        "target": TARGET,
        "page_ms": round(statistics.median(page), 1),
        "page_target_ms": PAGE_TARGET_MS,
        "rounds": rounds,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--library", type=Path)
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-start") as name:
        library = given.library or Path(name) / "workspace"
        if not (library / "library.sqlite3").exists():
            subprocess.run(
                [
                    sys.executable, "-m", "stylestudio_desktop", "--workspace", str(library),
                    "sample", "--generations", str(given.generations),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        wheel = as_the_wheel_brings_it(Path(name) / "wheel")
        result = measure(library, given.rounds, str(wheel))
    if given.json:
        print(json.dumps(result))
    else:
        print(
            f"empty window {result['floor']} ms, gallery {result['ours']} ms: "
            f"{result['ratio']} times (target {TARGET}); the page {result['page_ms']} ms later "
            f"(target {PAGE_TARGET_MS:g})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
