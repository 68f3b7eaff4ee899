"""Whether the window stays awake while two hundred pictures are made behind it.

The service of `pace` makes them over loopback; the real window shows the queue, its strip,
its batches and toasts meanwhile. A turn is what the UI thread works between two looks of a clock
that ticks every five milliseconds, counted in the thread's own processor time, so that a busy
machine does not count; a turn longer than a frame (16 ms) would be felt.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pace import a_picture, begin, memory, results, serving, studio_of
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.ui import heap
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.window import HISTORY
from stylestudio_desktop.ui.wishes import ShowQueue

TICK_MS = 5
SETTLE_S = 2.0
PARTS = 10
"""The memory is told after the first picture, when all is loaded, and after each tenth of them."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--places", type=int, default=4)
    given = parser.parse_args()
    heap.keep_flat()  # before this program's own server begins its threads
    app = QApplication([])
    collector = Collector(app)  # as in the program: Qt objects die on the UI thread only
    http = Http()
    turns: list[float] = []
    held: list[float] = []
    with (
        tempfile.TemporaryDirectory() as name,
        serving(given.seconds, given.places, a_picture()) as service,
        studio_of(Path(name), service, given.places + 2, http) as studio,
    ):
        studio.settings.change(engine_weights_offered=True)
        begin(studio, Path(name), given.jobs)
        session = Session(studio, lambda: None)
        session.start()
        session.window.open_pane(HISTORY, ShowQueue())
        settled = time.monotonic() + SETTLE_S
        spent = time.thread_time()

        def tick() -> None:
            nonlocal spent
            moment = time.thread_time()
            if time.monotonic() > settled:
                turns.append((moment - spent) * 1000)
            spent = moment

        def look() -> None:
            made = results(studio)
            if made > given.jobs * len(held) / PARTS:
                held.append(memory())
            if made >= given.jobs:
                session.window.close()

        clock, looking = QTimer(), QTimer()
        clock.setTimerType(Qt.TimerType.PreciseTimer)
        clock.timeout.connect(tick)
        clock.start(TICK_MS)
        looking.timeout.connect(look)
        looking.start(1000)
        app.exec()
        done = results(studio)
    collector.close()
    http.close()
    turns.sort()
    over, felt = sum(turn > 16 for turn in turns), sum(turn > 50 for turn in turns)
    figures = {
        "pictures": done,
        "turns": len(turns),
        "turn_p50_ms": round(at(turns, 0.5), 2),
        "turn_p99_ms": round(at(turns, 0.99), 2),
        "turn_longest_ms": round(turns[-1], 1),
        "turns_above_16_ms": over,
        "turns_above_50_ms": felt,
        "memory_mb_by_tenth": [round(one) for one in held],
    }
    print(json.dumps(figures, indent=1))


def at(ordered: list[float], share: float) -> float:
    """Return the value below which `share` of them lie."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
