"""Measures a cold start: from launching the process to the gallery's first paint.

The floor is an empty QMainWindow's first paint, in the same run and taking turns with ours. Ours
is the program as people start it, from its command line on; the grid's own paint tells when (an
event filter would not do: it makes PySide find out the type of every event, for 20 ms).
`python3 packaging/dev.py bench start [--generations N] [--library DIR] [--rounds N] [--json]`;
without a library one of N generations is made first. `page_ms` is what passes after the first
paint until the page of pictures and its thumbnails are drawn. Targets: speed notes of the design
(1.6 times the empty window; the page at most 150 ms later).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
import os, sys, time
begun = float(sys.argv[1])
import stylestudio_desktop.ui
from PySide6.QtCore import QTimer
from stylestudio_desktop.ui.widgets.grid.view import Grid

class Seen:
    first = None

def paint_and_tell(grid, event):
    paint(grid, event)
    QTimer.singleShot(0, lambda: painted(grid))

def painted(grid):
    moment = time.time() - begun
    if Seen.first is None:
        Seen.first = moment
    if len(grid.contents) and grid.settled():
        print(Seen.first, moment, flush=True)
        Grid.paintEvent = paint
        grid.window().close()

paint, Grid.paintEvent = Grid.paintEvent, paint_and_tell
os.environ["STYLESTUDIO_WORKSPACE"] = sys.argv[2]
from stylestudio_desktop.__main__ import main
sys.exit(main([]))
"""


def launch(program: str, *arguments: str) -> list[float]:
    """Run a program, telling it when it was launched, and return the seconds that it prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    # An installed program has its bytecode; the launches before the measured ones write it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", program, str(time.time()), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise SystemExit(f"the measured program failed:\n{done.stderr[-3000:]}")
    return [float(one) for one in done.stdout.split()]


def measure(library: Path, rounds: int) -> dict[str, object]:
    """Return medians over `rounds` alternating launches, in milliseconds, and their ratio."""
    empty, first, page, ratios = [], [], [], []
    launch(EMPTY)
    launch(OURS, str(library))
    for _ in range(rounds):
        floor = launch(EMPTY)[0]
        ours = launch(OURS, str(library))
        empty.append(floor * 1000)
        first.append(ours[0] * 1000)
        page.append((ours[1] - ours[0]) * 1000)
        ratios.append(ours[0] / floor)
    return {
        "name": "start",
        "floor": round(statistics.median(empty), 1),
        "ours": round(statistics.median(first), 1),
        "ratio": round(statistics.median(ratios), 3),
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
        result = measure(library, given.rounds)
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
