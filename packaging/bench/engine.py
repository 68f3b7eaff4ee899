"""How long each stage of the embedded engine takes, and its memory, beside the bare networks.

Stages are told from the engine's own reports of progress, so what is measured is what runs. The
floor of a quality is the inference of the same networks alone, warm, on pictures of the size that
they get. Networks that are not installed are left out and named. Where other programs run, the
processor's seconds (of all threads together) say more than the clock's. `seconds` are those of
photos that the engine has not met; `again` those of the next picture of the same ones. A cold
child's start is that of a new process until its networks are ready to look at a photo.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.fidelity.report import examine
from stylestudio_desktop.engine.kept import Kept
from stylestudio_desktop.engine.networks import NEEDED, SALIENT, Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import render

SIDES = {"draft": 768, "standard": 1024, "high": 2048}
SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
PRODUCT = SAMPLES / "products" / "tee-print.jpg"
PEOPLE = {"mannequin": "mannequin-narrow.jpg", "person": "person-1.jpg"}
TARGETS_S = {"draft": (1.5, 5.0), "standard": (3.0, 10.0)}  # still life, on a person
MEGABYTE = 1_048_576
COLD_S = 2.0  # until a new child is ready
PRESERVE = "PRESERVE"
COLD = """
import os, sys, time
from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.networks import SALIENT, SALIENT_SIDES, Networks
limits.settle()
networks = Networks(weights.folder(), limits.threads())
wanted = [(name, SALIENT_SIDES[0] if name in SALIENT else 0) for name in sys.argv[1:]]
networks.begin(wanted)
from stylestudio_desktop.engine import render, worn
for key in wanted:
    networks.load(*key)
print(time.process_time(), flush=True)
networks.preserve(lambda: os.environ["PRESERVE"] == "yes")
"""


class Stages:
    """Adds up the time between the engine's reports, by the stage that was told last."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stage, self._since = "Starting", time.perf_counter()

    def __call__(self, stage: str, _progress: float) -> None:
        """Close the running stage and begin another."""
        moment = time.perf_counter()
        self.spent[self._stage] = self.spent.get(self._stage, 0.0) + moment - self._since
        self._stage, self._since = stage, moment

    def total(self) -> float:
        """Close the last stage and return the whole time in seconds."""
        self("", 1.0)
        return sum(self.spent.values())


def peak_mb() -> float:
    """Return the most memory that this process has held so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MEGABYTE if sys.platform == "darwin" else most / 1024


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def bare(networks: Networks, person: bool, swift: bool) -> float:
    """Return the seconds of inference alone, warm: the cut-out's network, and those for people."""
    rng = np.random.default_rng(1)
    picture = rng.uniform(0, 255, (768, 576, 3)).astype(np.float32)
    patch = rng.uniform(0, 255, (256, 256, 3)).astype(np.float32)
    runs: list[Callable[[], object]] = []
    if networks.has("u2netp"):
        runs.append(lambda: networks.salient(picture, swift=swift))
    if person and networks.has(*NEEDED):
        runs.append(lambda: networks.matte(picture, swift=swift))
        runs += 2 * [lambda: networks.parts(picture)]
        runs += 3 * [lambda: networks.landmarks(patch)]
    for run in runs:
        run()
    return sum(timed(run) for run in runs)


def measured(
    networks: Networks, quality: str, worn: str | None, folder: Path, rounds: int
) -> dict[str, object]:
    """Return the best of some warm rounds of one job, with its stages."""
    side = SIDES[quality]
    people = () if worn is None else (SAMPLES / "people" / PEOPLE[worn],)
    best: Stages | None = None
    seconds = processor = again = float("inf")
    for seed in range(rounds + 1):  # the first one loads the networks
        order = Order(
            (PRODUCT,), people, "realistic", quality, side, side, 1, seed, {"garment": "top"}
        )
        networks.kept = Kept()
        stages, before = Stages(), time.process_time()
        render(order, folder, networks, stages)
        total = stages.total()
        if seed:
            processor = min(processor, time.process_time() - before)
        if seed and total < seconds:
            best, seconds = stages, total
        if seed:
            again = min(again, timed(partial(render, order, folder, networks, Stages())))
    floor = bare(networks, worn == "person", quality == "draft")
    target = TARGETS_S.get(quality, (None, None))[worn is not None]
    return {
        "name": f"{'still life' if worn is None else f'on a {worn}'}, {quality}, {side} px",
        "seconds": round(seconds, 3),
        "processor_seconds": round(processor, 3),
        "again": round(again, 3),
        "networks_alone": round(floor, 3),
        "target": target,
        "met": None if target is None else seconds <= target,
        "stages": {} if best is None else {k: round(v, 3) for k, v in best.spent.items()},
        "peak_mb": round(peak_mb()),
    }


def cold(networks: Networks, person: bool, rounds: int) -> Iterator[dict[str, object]]:
    """Yield what a new process takes until it is ready: the first one ever, and those after it.

    The first one makes the networks ready for this processor, which is kept for the others.
    """
    names = [each for each in (*SALIENT, *(NEEDED if person else ())) if networks.has(each)]
    best = [(float("inf"), float("inf"))] * 2
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                (Path(folder) / weights.file_name(name)).symlink_to(weights.place(name))
            first = started(names, folder, "no"), started(names, folder, "yes")
            best = [min(best[0], *first), min(best[1], started(names, folder, "no"))]
    for told, (seconds, processor) in zip(("the first start", "later starts"), best, strict=True):
        yield {
            "name": f"a cold child, for {'a person' if person else 'still life'}, {told}",
            "networks": names,
            "seconds": round(seconds, 3),
            "processor_seconds": round(processor, 3),
            "target": COLD_S,
            "met": seconds <= COLD_S,
        }


def started(names: list[str], folder: str, preserve: str) -> tuple[float, float]:
    """Return seconds by the clock and of the processor of a new process until it is ready."""
    environment = {**os.environ, weights.ENGINE_DIR: folder, PRESERVE: preserve}
    command = [sys.executable, "-c", COLD, *names]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        told = child.stdout.readline() if child.stdout is not None else ""
        seconds = time.perf_counter() - began
    return seconds, float(told)


def main() -> None:
    """Run and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--quality", choices=SIDES, action="append", help="all, unless named")
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    limits.settle()
    networks = Networks(weights.folder(), limits.threads())
    missing = [name for name in ("u2netp", *NEEDED) if not networks.has(name)]
    print(json.dumps({"threads": limits.threads(), "missing": missing, "before_mb": peak_mb()}))
    for person in (False, True):
        if not person or networks.has(*NEEDED):
            for row in cold(networks, person, chosen.rounds):
                print(json.dumps(row), flush=True)
    kinds = [None, "mannequin", *(["person"] if networks.has(*NEEDED) else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for quality in chosen.quality or SIDES:
            for worn in kinds:
                row = measured(networks, quality, worn, folder, chosen.rounds)
                print(json.dumps(row), flush=True)
            made = folder / "picture-1.jpg"
            took = timed(partial(examine, [PRODUCT], made, networks, Stages()))
            row = {
                "name": f"compare, {quality}",
                "seconds": round(took, 3),
                "peak_mb": round(peak_mb()),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
