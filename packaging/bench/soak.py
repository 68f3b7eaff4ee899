"""Whether a window that works for hours stays as small and as quick as it was at the beginning.

One real window on a real workspace, with its queue and the embedded engine, does at random what
people do: import, generate, scroll, search, rate, trash, restore, undo, look at pictures, go to
another pane. The run is cut into slices. Each slice tells the least and the most resident memory,
how long each deed took until its outcome was shown, and the UI thread's turns: what it worked
between two looks of a clock that ticks every five milliseconds, in its own processor time, so
that a busy machine does not count. A first part warms up (it scrolls until the memory for pictures
is full to its bound, which takes half an hour by chance alone; the engine loads its networks); then
the line through the slices must stay flat. At the end the library is proven, every byte of it.

One JSON object a line: each slice when it is over, and the verdict at the end. Exit code 1 if
memory or turns grew, a deed failed, or the library is not in order.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("STYLESTUDIO_KEYRING", "off")

from _hands import Hands, Script
from _library import opened
from _steady import Tally, helpers_mb, memory_mb, open_files, percentile, slope, spread
from _varied import vary
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.ids import GenerationId
from stylestudio_desktop.services import health, history, samples, steering, synthetic
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.session import Session

TICK_MS = 5
MEMORY_EVERY_S = 0.5
PATIENCE_S = 120.0
FILLING_S = 1800.0
"""The warm-up scrolls until the memory for pictures is full, however busy the machine is."""
PICTURES = 4000
"""Different ones: several times as many as the memory for pictures holds, so that it fills."""

GROWTH = 0.05
"""How much more memory than after the warm-up is still called flat."""

SLOWER = 1.3
"""How much longer a turn may be in the second half than in the first."""


class Slice:
    """What was seen in one stretch of the run."""

    def __init__(self) -> None:
        self.memory: list[float] = []
        self.turns = Tally()
        self.frames: list[float] = []
        self.deeds: dict[str, list[float]] = defaultdict(list)
        self.longest: dict[str, float] = defaultdict(float)

    def told(self, number: int, minutes: float) -> dict[str, object]:
        """Return it as plain values; memory in MB, times in milliseconds."""
        return {
            "slice": number,
            "minutes": round(minutes, 2),
            "memory_least": round(min(self.memory, default=0.0), 1),
            "memory_most": round(max(self.memory, default=0.0), 1),
            "engine_memory": round(helpers_mb(), 1),
            "threads": threading.active_count(),
            "open_files": open_files(),
            "turns": self.turns.spread(),
            "longest_turns": {name: round(ms, 1) for name, ms in sorted(self.longest.items())},
            "frames": spread(self.frames),
            "deeds": {name: spread(taken) for name, taken in sorted(self.deeds.items())},
        }


class Soak:
    """Runs one deed after the other, and looks at the clock meanwhile."""

    def __init__(self, session: Session, hands: Hands, chosen: argparse.Namespace) -> None:
        self._session, self._hands, self._chosen = session, hands, chosen
        self.slices: list[Slice] = [Slice()]
        self.failures: list[str] = []
        self._script: Script | None = hands.fill()
        self._waits: Callable[[], bool] = lambda: True
        self._name = "fill"
        self._began = self._cut = self._since = time.monotonic()
        self._measured = 0.0
        self._rest_until = 0.0
        self._spent = time.thread_time()
        self._clock = QTimer()
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin."""
        self._clock.start(TICK_MS)

    def failed(
        self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """Take down what went wrong in the window."""
        self.failures.append(f"{self._name}: {kind.__name__}: {error}")
        self._script = None

    def _tick(self) -> None:
        moment = time.thread_time()
        # What the scripts themselves do in their ticks is what somebody's hand would have done:
        # it belongs to the turn, but the measuring does not.
        turn = (moment - self._spent) * 1000
        self.slices[-1].turns.add([turn])
        longest = self.slices[-1].longest
        longest[self._name] = max(longest[self._name], turn)
        now = time.monotonic()
        if now - self._measured >= MEMORY_EVERY_S:
            self._measured = now
            self.slices[-1].memory.append(memory_mb())
        if now - self._cut >= self._chosen.seconds / self._chosen.slices and self._more():
            self._close_slice(now)
        self._spent = time.thread_time()
        if self._script is not None or now >= self._rest_until:
            self._go_on(now)

    def _go_on(self, now: float) -> None:
        if self._script is None:
            if now - self._began >= self._chosen.seconds:
                self._clock.stop()
                self._close_slice(now)
                self.slices.pop()
                self._session.window.close()
                return
            self._name, self._script = self._hands.next()
            self._since, self._waits = now, lambda: True
        patience = FILLING_S if self._name == "fill" else PATIENCE_S
        if now - self._since > patience:
            self.failures.append(f"{self._name}: not done after {patience:.0f} s")
            self._script = None
        elif self._waits():
            try:
                self._waits = next(self._script)
            except StopIteration:
                taken = (time.monotonic() - self._since) * 1000
                self.slices[-1].deeds[self._name].append(taken)
                self._script = None
                self._rest_until = now + self._chosen.pause
            except RuntimeError as error:
                self.failures.append(f"{self._name}: {error}")
                self._script = None

    def _close_slice(self, now: float) -> None:
        done = self.slices[-1]
        done.frames += self._hands.frames
        done.deeds["picture made"] += self._hands.made
        self.failures += self._hands.refused
        for heard in (self._hands.frames, self._hands.made, self._hands.refused):
            heard.clear()
        told = done.told(len(self.slices), (now - self._began) / 60)
        say({**told, "pictures_held": round(self._hands.pictures_mb(), 1)})
        self._cut = now
        self.slices.append(Slice())

    def _more(self) -> bool:
        return len(self.slices) < int(self._chosen.slices)


def say(line: dict[str, object]) -> None:
    """Print one line at once: whoever reads along sees it while the run goes on."""
    print(json.dumps(line), flush=True)


def verdict(slices: Sequence[Slice], slice_s: float, warm: int) -> dict[str, object]:
    """Return how memory and times went on after the `warm` first slices, and whether flat."""
    steady = [one for one in slices[warm:] if one.memory and one.turns.number]
    level = min(steady[0].memory) if steady else 0.0
    hours = [number * slice_s / 3600 for number in range(len(steady))]
    rise = slope([(at, min(one.memory)) for at, one in zip(hours, steady, strict=True)])
    growth = rise * hours[-1] / level if steady and level else 0.0
    half = len(steady) // 2
    early, late = steady[:half], steady[half:]
    before, after = (Tally.of(one.turns for one in part) for part in (early, late))
    slower = {}
    for share in (0.5, 0.99):
        first, second = before.percentile(share), after.percentile(share)
        slower[f"p{share * 100:.0f}"] = round(second / first, 3) if first else 1.0
    deeds = {
        name: [
            round(percentile([t for one in part for t in one.deeds.get(name, [])], 0.5), 1)
            for part in (early, late)
        ]
        for name in sorted({name for one in steady for name in one.deeds})
    }
    return {
        "memory_after_warm_up": round(level, 1),
        "memory_slope_mb_an_hour": round(rise, 2),
        "memory_growth": round(growth, 4),
        "turns_late_to_early": slower,
        "deeds_p50_early_and_late": deeds,
        "flat": growth <= GROWTH and slower["p99"] <= SLOWER,
    }


def furnish(studio: Studio, number: int) -> None:
    """Fill a new library: the sample photos, and synthetic generations to scroll over."""
    studio.settings.change(engine_weights_offered=True)
    samples.load(studio)
    if number:
        synthetic.fill(studio, number)
        vary(studio, min(PICTURES, number))
    # What the synthetic stories left waiting would keep the engine from the soak's own pictures.
    for status in ("pending", "uploading", "processing"):
        for row_id in history.ids(studio, GenerationFilter(status=status)):
            steering.cancel(studio, GenerationId(row_id))


def run(studio: Studio, folder: Path, chosen: argparse.Namespace) -> bool:
    """Work in the window, then prove the library; return whether all was well."""
    session = Session(studio, lambda: None)
    session.window.resize(1280, 800)
    session.start()
    hands = Hands(session, studio, folder, chosen.seed)
    soak = Soak(session, hands, chosen)
    usual, sys.excepthook = sys.excepthook, soak.failed
    soak.start()
    QApplication.exec()
    sys.excepthook = usual
    found = verdict(soak.slices, chosen.seconds / chosen.slices, chosen.slices // 4)
    proof = health.verify(studio, deep=True)
    problems = [problem.sentence for problem in proof.problems]
    deeds = sum(len(taken) for one in soak.slices for taken in one.deeds.values())
    say({**found, "deeds": deeds, "failures": soak.failures, "verify_deep": problems})
    return bool(found["flat"]) and not soak.failures and not problems


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--seconds", type=float, default=7200.0)
    parser.add_argument("--slices", type=int, default=24, help="a quarter of them warms up")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two deeds")
    parser.add_argument("--generations", type=int, default=20_000, help="in the library at first")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))  # noqa: S311
    parser.add_argument("--folder", type=Path, help="where to work (default: the system's temp)")
    chosen = parser.parse_args()
    say({"seed": chosen.seed, "seconds": chosen.seconds, "generations": chosen.generations})
    app = QApplication(sys.argv[:1])
    collector = Collector(app)
    with (
        tempfile.TemporaryDirectory(dir=chosen.folder, prefix="soak-") as name,
        opened(Path(name) / "workspace") as studio,
    ):
        furnish(studio, chosen.generations)
        well = run(studio, Path(name), chosen)
    collector.close()
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
