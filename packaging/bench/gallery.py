"""How the real gallery behaves with 1,000,000 generations: first views, scrolling, memory, viewer.

The whole window on a synthetic library whose pictures have 20,000 different files and thumbnails
of their own, decoded for real, with every card read from the database; once with 10,000
generations and once with 1,000,000, each in a process of its own. The floor of each figure is the
same at 10,000 in the same run. Frames are told twice: by the clock, and by the UI thread's own
processor time, which other programs on a busy machine cannot lengthen (its host can: what it took
is told, and of the longest frames taken off once more).

Runs without a display, or under Xvfb with QT_QPA_PLATFORM=xcb. The libraries are kept in the
system's temp (or in --folder) for the next run.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("STYLESTUDIO_KEYRING", "off")

from _library import library, opened, usual_folder
from _steady import memory_mb, percentile, run_until, stolen_ms, system_ms
from _varied import vary
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.services.backup import schedule
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.ahead import ROOMS
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.widgets.grid.thumbnails import BUDGET
from stylestudio_desktop.ui.window import GALLERY, SETTINGS

SIZES = (10_000, 1_000_000)
SPEEDS = {"slow": 6, "fast": 120, "flung": 2400}
FRAME = 1 / 60
PICTURES = 20_000
CLICKS = 5
FIRST_VIEWS = 5
USUAL = 24
FIRST_VIEW = "click to the first full view"
SCREENS = 4
WARM_OPENINGS = 40
WARM_SECONDS = 10.0
FIRST_OPENING = "viewer, first opening of these, own time"
FULL = 0.95
LONG_MS = 50.0
PATIENCE_S = 120.0
_LAST = f"stylestudio_desktop.ui.{ROOMS[-1]}"
LIMITS = {
    "full view": 150.0, "p99, own time": 16.0, "max, own time": 50.0, "opening p50": 50.0,
    "opening max, own time": 50.0, "MB": 500.0, "%": 5.0,
}  # fmt: skip


class Bench:
    """One window on one library, and what is measured in it."""

    def __init__(self, studio: Studio, chosen: argparse.Namespace) -> None:
        self._chosen = chosen
        self._dice = random.Random(7)  # noqa: S311 - the same jumps in every run
        self.figures: dict[str, float] = {}
        studio.settings.change(engine_weights_offered=True, window={"pane": SETTINGS})
        self._session = session = Session(studio, lambda: None)
        self._window = session.window
        self._window.resize(1280, 800)
        session.start()
        # Somebody who has begun to work: what is loaded ahead is there.
        run_until(lambda: _LAST in sys.modules and not self._window.tasks.busy(), PATIENCE_S)

    def _touch(self) -> None:
        """Stand for the hand on mouse and keys, whose signs come past this program's own calls."""
        if self._session.besides is not None:
            self._session.besides.at_work.touch()

    def measure(self) -> dict[str, float]:
        """Return every figure, in milliseconds and MB."""
        self.first_view()
        run_until(lambda: self._pane.listing.complete, PATIENCE_S)
        self._jumps()
        self.figures["memory at the start, MB"] = memory_mb()
        self._warm_up()
        warm = self.figures["memory after the warm-up, MB"] = memory_mb()
        for name, speed in SPEEDS.items():
            self._scroll(name, speed, self._chosen.seconds)
        self.figures["memory after the first scrolling, MB"] = memory_mb()
        self._scroll("long", 120, self._chosen.minutes * 60)
        self.figures["memory after all scrolling, MB"] = memory_mb()
        self._view(self._chosen.openings)
        self.figures["memory after the viewer, MB"] = memory_mb()
        self.figures["memory, growth since the warm-up, %"] = (memory_mb() / warm - 1) * 100
        return self.figures

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    def _warm_up(self) -> None:
        """Fill what is kept of pictures to its bound, open the viewer, and scroll at each speed.

        Scrolling fills what else has a bound: the cards, Qt's own caches, what the allocator keeps
        for each thread that decodes.
        """
        top = 0
        while top < self._grid.layout_.height and self._grid.thumbnails.held < FULL * BUDGET:
            self._touch()
            self._grid.scroll_to(top)
            run_until(self._whole, PATIENCE_S)
            top += self._grid.viewport().height()
        self._view(WARM_OPENINGS)
        self.figures["viewer, first opening, own time"] = self.figures.pop(FIRST_OPENING)
        for name, speed in SPEEDS.items():
            self._scroll(name, speed, min(WARM_SECONDS, self._chosen.seconds))

    def first_view(self) -> dict[str, float]:
        """Click on the gallery: from there to every picture in view."""
        self._touch()
        begin = time.perf_counter()
        pane = self._window.open_pane(GALLERY)
        if not isinstance(pane, GalleryPane):
            raise TypeError("The gallery is not there.")
        self._pane, self._grid = pane, pane.grid
        run_until(self._whole, PATIENCE_S)
        self.figures[FIRST_VIEW] = (time.perf_counter() - begin) * 1000
        return self.figures

    def _jumps(self) -> None:
        """Click on the scrollbar; each time pictures that were not shown before."""
        bar = self._grid.verticalScrollBar()
        apart = max(0.004, SCREENS * self._grid.viewport().height() / self._grid.layout_.height)
        for name, share in (("top", 0.03), ("middle", 0.5), ("end", 0.97)):
            taken, seen = [], []
            for number in range(CLICKS):
                self._touch()
                # So many lie between two clicks that each has everything to load, in a short list
                # too: what is next to the view is loaded ahead.
                bar.setValue(self._alike(round(bar.maximum() * (share + (number - 2) * apart))))
                taken.append(run_until(self._whole, PATIENCE_S))
                seen.append(len(self._in_view()))
            self.figures[f"click to a full view at the {name}"] = percentile(taken, 0.5)
            self.figures[f"pictures in view after a click at the {name}"] = percentile(seen, 0.5)
            each = [ms / number for ms, number in zip(taken, seen, strict=True)]
            self.figures[f"ms for each picture after a click at the {name}"] = percentile(each, 0.5)

    def _alike(self, value: int) -> int:
        """Return where on the scrollbar, within a screen of `value`, a usual number is in view.

        A short list has more headings with fewer pictures below each: so the sizes have about the
        same to show, where that can be.
        """
        grid, bar = self._grid, self._grid.verticalScrollBar()
        height = grid.viewport().height()
        unit = max(1.0, (grid.layout_.height - height) / max(1, bar.maximum()))
        near = [round(value + part * height / unit / 8) for part in range(-8, 9)]
        held = [min(max(0, one), bar.maximum()) for one in near]
        return min(held, key=lambda one: abs(len(self._shown(round(one * unit))) - USUAL))

    def _shown(self, top: int) -> range:
        return self._grid.layout_.visible(top, top + self._grid.viewport().height())

    def _in_view(self) -> Sequence[int]:
        return self._grid.contents.ids[slice(*_ends(self._shown(self._grid.offset)))]

    def _whole(self) -> bool:
        """Say whether every cell in view has its picture."""
        grid = self._grid
        cards = [grid.cards.get(row_id) for row_id in self._in_view()]
        shown = [one is not None and grid.thumbnails.get(one.storage_id) for one in cards]
        return bool(shown) and None not in shown and False not in shown and grid.settled()

    def _scroll(self, name: str, speed: int, seconds: float) -> None:
        """Scroll from a quarter of the list on, one step a frame."""
        height = self._grid.layout_.height - self._grid.viewport().height()
        frames: list[float] = []
        own: list[float] = []
        without: list[float] = []
        most, kernel = 0.0, 0.0
        stolen = stolen_ms()
        end = time.perf_counter() + seconds
        top = height // 4
        while time.perf_counter() < end:
            before, system = stolen_ms(), system_ms()
            begin, spent = time.perf_counter(), time.thread_time()
            self._touch()
            QApplication.processEvents()
            self._grid.scroll_to(top % height)
            self._grid.viewport().repaint()
            own.append((time.thread_time() - spent) * 1000)
            frames.append((time.perf_counter() - begin) * 1000)
            if own[-1] > most:
                most, kernel = own[-1], system_ms() - system
            without.append(own[-1] - (stolen_ms() - before if own[-1] > LONG_MS else 0.0))
            top += speed
            time.sleep(max(0.0, FRAME - frames[-1] / 1000))
        for kind, values in ((", own time", own), (", by the clock", frames)):
            self.figures[f"scroll {name} p50{kind}"] = percentile(values, 0.5)
            self.figures[f"scroll {name} p99{kind}"] = percentile(values, 0.99)
            self.figures[f"scroll {name} max{kind}"] = max(values, default=0.0)
        self.figures[f"scroll {name} max, own time less the host's"] = max(without, default=0.0)
        self.figures[f"scroll {name}, of the longest frame in the kernel, ms"] = kernel
        over = sum(one > LONG_MS for one in own)
        self.figures[f"scroll {name}, frames over 50 ms own time"] = over
        self.figures[f"scroll {name}, taken by the machine's host, ms"] = stolen_ms() - stolen

    def _view(self, openings: int) -> None:
        """Open the viewer on pictures anywhere, and go back."""
        taken, own = [], []
        for _ in range(openings):
            index = self._dice.randrange(len(self._grid.contents))
            # Somebody who opens a picture has it in view.
            self._touch()
            self._grid.reveal(index)
            run_until(self._whole, PATIENCE_S)
            begin, spent = time.perf_counter(), time.thread_time()
            self._pane.show_pictures([self._grid.contents.ids[index]])
            self._pane.viewer.repaint()
            own.append((time.thread_time() - spent) * 1000)
            run_until(self._pane.viewer.ready, PATIENCE_S)
            taken.append((time.perf_counter() - begin) * 1000)
            self._pane.viewer.leave()
        if openings:
            self.figures[FIRST_OPENING] = own[0]
            self.figures["viewer, opening p50"] = percentile(taken, 0.5)
            self.figures["viewer, opening p99"] = percentile(taken, 0.99)
            self.figures["viewer, opening max, own time"] = max(own)


def _ends(places: range) -> tuple[int, int]:
    return places.start, places.stop


def folder_of(chosen: argparse.Namespace, number: int) -> Path:
    """Return where the library of that size is kept."""
    usual = usual_folder(number).with_name(f"stylestudio-bench-gallery-{number}")
    return (chosen.folder / str(number)) if chosen.folder is not None else usual


def one(chosen: argparse.Namespace, number: int) -> dict[str, float]:
    """Measure one size, in this process."""
    app = QApplication(sys.argv[:1])
    collector = Collector(app)
    with opened(folder_of(chosen, number)) as studio:
        bench = Bench(studio, chosen)
        figures = bench.first_view() if chosen.first_view else bench.measure()
        bench.close()
    collector.close()
    return figures


def report(results: dict[int, dict[str, float]]) -> list[dict[str, object]]:
    """Return one row for each figure and size, beside the smallest size."""
    base = results[min(results)]
    rows: list[dict[str, object]] = []
    for count, figures in results.items():
        for name, value in figures.items():
            limit = next((top for end, top in LIMITS.items() if name.endswith(end)), None)
            if limit is None and "full view" in name:
                limit = LIMITS["full view"]
            rows.append(
                {
                    "name": f"{name}, {count:,} generations",
                    "floor": round(base[name], 3),
                    "ours": round(value, 3),
                    "ratio": round(value / max(base[name], 1e-9), 2),
                    "target": 1.3,
                    "limit": limit,
                    "within_limit": limit is None or value <= limit,
                    "floor_is": f"the same at {min(results):,}",
                }
            )
    return rows


def apart(number: int, *given: str) -> dict[str, float]:
    """Measure one size in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, *sys.argv[1:], "--one", str(number), *given]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each scroll")
    parser.add_argument("--minutes", type=float, default=10.0, help="of scrolling for the memory")
    parser.add_argument("--openings", type=int, default=1000, help="of the viewer")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="different ones")
    parser.add_argument("--generations", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--folder", type=Path, help="where the libraries are, by their number")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--first-view", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        print(json.dumps(one(chosen, chosen.one)))
        return 0
    for number in chosen.generations:
        with library(folder_of(chosen, number), number) as studio:
            vary(studio, min(chosen.pictures, number))
            # A snapshot and a drill that fall due meanwhile leave 17 MB once, whenever it is.
            schedule.tend(studio, Event())
    # A process has one first view, and the sizes take turns: a busy minute is not one size's.
    seen: dict[int, list[float]] = {number: [] for number in chosen.generations}
    for number in [*chosen.generations] * FIRST_VIEWS:
        seen[number].append(apart(number, "--first-view")[FIRST_VIEW])
    results = {number: apart(number) for number in chosen.generations}
    for number, figures in results.items():
        figures[FIRST_VIEW] = percentile(seen[number], 0.5)
    say: Callable[[dict[str, object]], str] = json.dumps if chosen.json else _line
    for row in report(results):
        print(say(row))
    return 0


def _line(row: dict[str, object]) -> str:
    missed = "" if row["within_limit"] else f"  over {row['limit']}"
    return f"{row['name']:62} {row['ours']:>10} {row['ratio']:>6} x{missed}"


if __name__ == "__main__":
    sys.exit(main())
