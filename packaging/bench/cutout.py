"""How well products are cut out, on photos drawn with exact masks, beside a public tool.

The photos are `packaging/samples/proof.py`'s. For each the soft intersection over union is told,
the boundary F-score (Csurka et al. 2013, within 0.3 % of the long side) and the mean error of the
edge's alpha (per cent, in a band around the exact outline). The public tool is rembg, in an
environment of its own that is made at the first run, with the same weights; where it can't be had
the program says so and goes on. Exit code 1 when a target is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import over
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from samples import proof

Plane = NDArray[Any]
TARGETS = {"plain": 0.97, "busy": 0.93}
PUBLIC = "rembg"
PUBLIC_VERSION = "2.0.86"
NEEDS = (f"{PUBLIC}=={PUBLIC_VERSION}", "onnxruntime")
STUDIO_BLUE = (43.0, 84.0, 126.0)
SHEET_SIDE = 220
ASKED = """
import json, sys, time
from PIL import Image
from rembg import new_session, remove
session = new_session("u2netp")
for line in sys.stdin:
    source, target = json.loads(line)
    began = time.perf_counter()
    remove(Image.open(source), session=session, only_mask=True).save(target)
    print(json.dumps(time.perf_counter() - began), flush=True)
"""


def overlap(alpha: Plane, truth: Plane) -> float:
    """Return the soft intersection over union."""
    return float(np.minimum(alpha, truth).sum() / max(1e-6, float(np.maximum(alpha, truth).sum())))


def boundary(alpha: Plane, truth: Plane) -> float:
    """Return the F-score of outline pixels that lie within 0.3 % of the long side."""
    reach = max(2.0, 0.003 * max(truth.shape))
    lines = [_outline(plane > 0.5) for plane in (alpha, truth)]
    away = [cv2.distanceTransform(1 - line, cv2.DIST_L2, 5) for line in lines]
    hits = [
        float((away[1 - n][lines[n] > 0] <= reach).mean()) if lines[n].any() else 0.0
        for n in (0, 1)
    ]
    return 2 * hits[0] * hits[1] / max(1e-6, hits[0] + hits[1])


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    solid = mask.astype(np.uint8)
    inner = cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=0)
    return np.asarray(solid - inner, np.uint8)


def edge_error(alpha: Plane, truth: Plane) -> float:
    """Return the mean error of alpha, in per cent, within a band around the exact outline."""
    line = _outline(truth > 0.5)
    band = cv2.dilate(line, np.ones((13, 13), np.uint8)) > 0
    return 100 * float(np.abs(alpha - truth)[band].mean())


def ours(networks: Networks) -> Callable[[proof.Taken], tuple[Plane, Plane]]:
    """Return a function that cuts out with the embedded engine: alpha and clean colours."""

    def work(shot: proof.Taken) -> tuple[Plane, Plane]:
        pixels = shot.pixels.astype(np.float32)
        try:
            found = cut(Photo(pixels, None, "proof"), networks, lambda: None)
        except EngineFault:
            return np.zeros(shot.alpha.shape, np.float32), pixels
        return found.alpha, found.colour

    return work


class Public:
    """The public tool in a process of its own; `why` says what is the matter if it can't run."""

    def __init__(self, home: Path, weight: Path) -> None:
        self.why = ""
        self._process: subprocess.Popen[str] | None = None
        if not weight.is_file():
            self.why = "The weights of the cut-out are not installed."
            return
        python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        try:
            if not python.exists():
                venv.create(home, with_pip=True)
                asked = [str(python), "-m", "pip", "install", "--quiet", *NEEDS]
                subprocess.run(asked, check=True, timeout=900)
        except (OSError, subprocess.SubprocessError) as error:
            self.why = f"{PUBLIC} could not be installed: {type(error).__name__}."
            return
        models = home / "models"
        models.mkdir(exist_ok=True)
        (models / "u2netp.onnx").write_bytes(weight.read_bytes())
        self._process = subprocess.Popen(
            [python, "-c", ASKED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, U2NET_HOME=str(models)),
        )

    def __call__(self, shot: proof.Taken) -> tuple[Plane, float] | None:
        """Return its alpha and the seconds it took, or None where it does not run."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        with tempfile.TemporaryDirectory() as name:
            source, target = Path(name) / "photo.png", Path(name) / "mask.png"
            Image.fromarray(shot.pixels).save(source)
            try:
                self._process.stdin.write(json.dumps([str(source), str(target)]) + "\n")
                self._process.stdin.flush()
                said = self._process.stdout.readline()
            except OSError:
                said = ""
            if not said:
                self.why = f"{PUBLIC} stopped."
                self._process = None
                return None
            return np.asarray(Image.open(target).convert("L"), np.float32) / 255, json.loads(said)

    def close(self) -> None:
        """End its process."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=20)


def judged(alpha: Plane, truth: Plane, seconds: float) -> dict[str, float]:
    """Return the figures of one cut-out."""
    return {
        "iou": overlap(alpha, truth),
        "boundary_f": boundary(alpha, truth),
        "edge_error": edge_error(alpha, truth),
        "seconds": seconds,
    }


def tile(shot: proof.Taken, alpha: Plane, colour: Plane) -> NDArray[np.uint8]:
    """Return photo, cut-out on blue, and where it is wrong (red: kept too much, blue: lost)."""
    pixels = shot.pixels.astype(np.float32)
    cut_out = over(np.zeros_like(pixels) + np.array(STUDIO_BLUE, np.float32), colour, alpha)
    wrong = np.zeros_like(pixels) + 235 - 120 * shot.alpha[..., None]
    wrong[..., 1:] *= (1 - np.clip(alpha - shot.alpha, 0, 1))[..., None]
    wrong[..., :2] *= (1 - np.clip(shot.alpha - alpha, 0, 1))[..., None]
    row = np.hstack([pixels, cut_out, wrong])
    scale = SHEET_SIDE * 3 / row.shape[1]
    return cv2.resize(row, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)


def sheet(tiles: list[NDArray[np.uint8]], columns: int) -> Image.Image:
    """Lay tiles out in rows."""
    tall = max(one.shape[0] for one in tiles)
    padded = [np.pad(one, ((0, tall - one.shape[0]), (0, 4), (0, 0))) for one in tiles]
    while len(padded) % columns:
        padded.append(np.zeros_like(padded[0]))
    rows = [np.hstack(padded[n : n + columns]) for n in range(0, len(padded), columns)]
    return Image.fromarray(np.vstack(rows))


def summary(rows: dict[str, list[tuple[str, dict[str, float]]]]) -> bool:
    """Print the means by sort of ground, for each tool; say whether the targets are met."""
    met = True
    for tool, found in rows.items():
        sorts = defaultdict(list)
        for sort, figures in found:
            sorts[sort].append(figures)
            if sort == "textured" or sort == "busy":
                sorts["busy, textured ones too"].append(figures)
            sorts["all"].append(figures)
        for sort, each in sorts.items():
            means = {key: round(float(np.mean([one[key] for one in each])), 4) for key in each[0]}
            line: dict[str, Any] = {"tool": tool, "ground": sort, "photos": len(each), **means}
            line["worst_iou"] = round(min(one["iou"] for one in each), 4)
            if tool == "engine" and sort in TARGETS:
                line["target"] = TARGETS[sort]
                line["met"] = means["iou"] >= TARGETS[sort]
                met = met and bool(line["met"])
            print(json.dumps(line))
    return met


def main() -> int:
    """Run and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="scenes; all, unless named")
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--sheet", type=Path, help="write contact sheets into this folder")
    parser.add_argument("--no-public", action="store_true", help="leave the public tool out")
    home = Path(tempfile.gettempdir()) / f"stylestudio-bench-{PUBLIC}-{PUBLIC_VERSION}"
    parser.add_argument("--public-home", type=Path, default=home)
    chosen = parser.parse_args()
    limits.settle()
    networks = Networks(weights.folder(), limits.threads())
    engine = ours(networks)
    public = None
    if not chosen.no_public:
        public = Public(chosen.public_home, weights.folder() / weights.file_name("u2netp"))
    rows: dict[str, list[tuple[str, dict[str, float]]]] = defaultdict(list)
    tiles = []
    for scene, shot in proof.all_taken(chosen.names):
        began = time.perf_counter()
        alpha, colour = engine(shot)
        figures = judged(alpha, shot.alpha, time.perf_counter() - began)
        rows["engine"].append((scene.sort, figures))
        line: dict[str, Any] = {"photo": scene.name, "ground": scene.sort}
        line |= {key: round(value, 4) for key, value in figures.items()}
        beside = public(shot) if public is not None else None
        if beside is not None:
            other = judged(beside[0], shot.alpha, beside[1])
            rows[PUBLIC].append((scene.sort, other))
            line[f"{PUBLIC}_iou"] = round(other["iou"], 4)
        print(json.dumps(line), flush=True)
        if chosen.sheet is not None:
            tiles.append(tile(shot, alpha, colour))
    if public is not None:
        public.close()
        if public.why:
            print(json.dumps({"skipped": PUBLIC, "why": public.why}))
    if chosen.sheet is not None and tiles:
        chosen.sheet.mkdir(parents=True, exist_ok=True)
        for first in range(0, len(tiles), 16):
            name = f"cutouts-{first // 16 + 1}.jpg"
            sheet(tiles[first : first + 16], 2).save(chosen.sheet / name, quality=90)
    return 0 if summary(rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
