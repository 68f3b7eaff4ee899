"""How fast the grid alone shows and scrolls 10,000, 100,000 and 1,000,000 pictures.

The same grid that the gallery uses, on a window of 1280 by 800, with JPEG thumbnails decoded for
real (64 pictures under 20,000 storage ids) and cards made by arithmetic, so that what is measured
is the window's own work. The floor of each row is the same figure at 10,000 pictures in the same
run. `--seconds` is the length of each scroll. Runs without a display, or under Xvfb with
QT_QPA_PLATFORM=xcb.
"""

import argparse
import json
import os
import random
import sys
import time
from array import array
from collections.abc import Callable, Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _steady import memory_mb, percentile, run_until
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio_desktop.domain.ids import id_at, made_at
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.widgets.grid import Card, Grid
from stylestudio_desktop.ui.widgets.grid.card import Parcel

SIZES = (10_000, 100_000, 1_000_000)
NEWEST = 1_763_812_800_000
SPEEDS = {"slow": 6, "fast": 120, "flung": 2400}
FRAME = 1 / 60
STORED = 20_000


class Made:
    """Cards by arithmetic and 64 real JPEGs."""

    def __init__(self) -> None:
        self.pictures = [_jpeg(number) for number in range(64)]

    def fetch_cards(self, ids: Sequence[int]) -> list[Card]:
        """Return cards."""
        return [self._card(row_id) for row_id in ids]

    def thumbnail(self, storage_id: str, _tier: int) -> bytes | None:
        """Return one of the JPEGs."""
        return self.pictures[int(storage_id, 16) % len(self.pictures)]

    def pack(self, _ids: Sequence[int]) -> Parcel:
        """Raise RuntimeError: no pointer drags anything out of a benchmark."""
        raise RuntimeError("A benchmark drags nothing out.")

    def _card(self, row_id: int) -> Card:
        number = made_at(row_id) // 60_000 % STORED
        return Card(
            row_id, f"{number:064x}", f"picture {number}.jpg", 1024, 768,
            favourite=number % 9 == 0, rating=number % 6,
        )  # fmt: skip


def _jpeg(number: int) -> bytes:
    image = QImage(256, 192, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    ground = QLinearGradient(0, 0, 256, 192)
    ground.setColorAt(0, QColor.fromHsv(number * 5 % 360, 90, 240))
    ground.setColorAt(1, QColor.fromHsv(number * 11 % 360, 120, 120))
    painter.fillRect(image.rect(), ground)
    dice = random.Random(number)  # noqa: S311 - the same pictures in every run
    for _ in range(300):
        spot = QColor.fromHsv(dice.randrange(360), 120, 200)
        painter.fillRect(dice.randrange(256), dice.randrange(192), 9, 7, spot)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The stubs ask for bytes, the call takes text.
    image.save(buffer, "JPEG", 85)  # type: ignore[call-overload]
    return bytes(data.data())


def make_ids(count: int) -> "array[int]":
    """Return ids of one picture every three minutes, newest first."""
    first, step = id_at(NEWEST), id_at(180_000)
    return array("q", range(first, first - count * step, -step))


def scroll(grid: Grid, seconds: float, move: Callable[[int], int]) -> list[float]:
    """Scroll for some seconds, one step a frame; return each frame's milliseconds of work."""
    frames: list[float] = []
    end = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < end:
        begin = time.perf_counter()
        QApplication.processEvents()
        grid.scroll_to(move(number))
        grid.viewport().repaint()
        spent = time.perf_counter() - begin
        frames.append(spent * 1000)
        number += 1
        time.sleep(max(0.0, FRAME - spent))
    return frames


def measure(source: Made, count: int, seconds: float) -> dict[str, float]:
    """Return every figure for one size, in milliseconds and MB."""
    ids = make_ids(count)
    tasks = Tasks()
    host = QWidget()
    host.resize(1280, 800)
    host.show()
    QApplication.processEvents()
    figures: dict[str, float] = {}
    begin = time.perf_counter()
    grid = Grid(source, tasks, host)
    grid.resize(1280, 800)
    grid.set_ids(ids)
    grid.show()
    grid.viewport().repaint()
    figures["first paint"] = (time.perf_counter() - begin) * 1000
    run_until(lambda: grid.settled() and not tasks.busy())
    figures["first full view"] = (time.perf_counter() - begin) * 1000
    for name, share in (("middle", 0.5), ("end", 1.0)):
        begin = time.perf_counter()
        grid.scroll_to(round(grid.layout_.height * share))
        run_until(lambda: grid.settled() and not tasks.busy())
        figures[f"jump to the {name}, full view"] = (time.perf_counter() - begin) * 1000
    height = grid.layout_.height - grid.viewport().height()
    for name, speed in SPEEDS.items():
        frames = scroll(grid, seconds, lambda n, speed=speed: n * speed % height)  # type: ignore[misc]
        figures[f"scroll {name} p50"] = percentile(frames, 0.5)
        figures[f"scroll {name} p99"] = percentile(frames, 0.99)
        figures[f"scroll {name} max"] = max(frames)
    dice = random.Random(7)  # noqa: S311 - the same jumps in every run
    frames = scroll(grid, seconds, lambda _n: dice.randrange(height))
    figures["random jumps p99"] = percentile(frames, 0.99)
    figures["random jumps max"] = max(frames)
    begin = time.perf_counter()
    grid.select_all()
    figures["select all"] = (time.perf_counter() - begin) * 1000
    begin = time.perf_counter()
    grid.insert_front([id_at(NEWEST + 60_000 * (n + 1)) for n in range(8)])
    figures["eight new in front"] = (time.perf_counter() - begin) * 1000
    begin = time.perf_counter()
    grid.resize(1000, 700)
    figures["resize"] = (time.perf_counter() - begin) * 1000
    figures["memory MB"] = memory_mb()
    grid.close_threads()
    tasks.close()
    host.deleteLater()
    QApplication.processEvents()
    return figures


TARGETS = {
    "first paint": 150.0, "first full view": 150.0, "p99": 16.0, "max": 50.0, "memory MB": 500.0,
    "full view": 150.0,
}  # fmt: skip


def report(results: dict[int, dict[str, float]]) -> list[dict[str, object]]:
    """Return one row for each figure and size, beside the smallest size."""
    base = results[min(results)]
    rows: list[dict[str, object]] = []
    for count, figures in results.items():
        for name, value in figures.items():
            limit = next((top for end, top in TARGETS.items() if name.endswith(end)), None)
            rows.append(
                {
                    "name": f"{name}, {count:,} pictures",
                    "floor": round(base[name], 3),
                    "ours": round(value, 3),
                    "ratio": round(value / max(base[name], 1e-9), 2),
                    "target": 1.3,
                    "limit": limit,
                    "unit": "MB" if name.endswith("MB") else "ms",
                    "floor_is": f"the same at {min(results):,}",
                }
            )
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each scroll")
    chosen = parser.parse_args()
    app = QApplication(sys.argv[:1])
    theme()
    collector = Collector(app)
    source = Made()
    measure(source, 1000, 0.2)  # warm: fonts, icons, decoder
    results = {count: measure(source, count, chosen.seconds) for count in SIZES}
    collector.close()
    rows = report(results)
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        print(f"{row['name']:55} {row['ours']:>10} {row['unit']}  {row['ratio']:>6} x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
