"""Photos, floors and figures that the picture benchmarks share."""

import importlib
import io
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

try:  # libjpeg-turbo without anything around it, where it happens to be installed
    simplejpeg: Any = importlib.import_module("simplejpeg")
except ImportError:
    simplejpeg = None

FLOOR = (
    "libjpeg-turbo by simplejpeg" if simplejpeg is not None else "libjpeg-turbo by Pillow's draft"
)


def photo(width: int, height: int, seed: int = 1) -> bytes:
    """Return a JPEG of soft shapes and sensor-like noise, about 0.29 bytes a pixel."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (max(2, height // 40), max(2, width // 40), 3), dtype=np.uint8)
    soft = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    noisy = np.asarray(soft, dtype=np.float32) + rng.normal(0, 6, (height, width, 1))
    out = io.BytesIO()
    picture = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def decode_floor(data: bytes, longest: int) -> None:
    """Decode a JPEG at the smallest of 1/1, 1/2, 1/4, 1/8 whose long side is at least `longest`."""
    with Image.open(io.BytesIO(data)) as opened:
        width, height = opened.size
    scale = next((s for s in (8, 4, 2) if max(width, height) // s >= longest), 1)
    if simplejpeg is not None:
        # A ninth less than the wanted size, so that rounding never picks the larger scale.
        simplejpeg.decode_jpeg(
            data,
            min_width=width // scale - width // scale // 9,
            min_height=height // scale - height // scale // 9,
            min_factor=scale,
        )
        return
    with Image.open(io.BytesIO(data)) as opened:
        opened.draft(None, (max(1, width // scale), max(1, height // scale)))
        opened.load()


def beside(
    floor: Callable[[], Any], ours: Callable[[], Any], rounds: int, clock: Callable[[], float]
) -> tuple[float, float, float]:
    """Return median floor, median ours and the median of their ratios, taken in turns."""
    pairs = []
    for _ in range(rounds):
        started = clock()
        floor()
        between = clock()
        ours()
        pairs.append((between - started, clock() - between))
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[1] / pair[0] for pair in pairs),
    )


def report(rows: Sequence[dict[str, Any]]) -> None:
    """Print one JSON object a line: name, floor, ours, ratio, target, met, and what was meant."""
    for row in rows:
        row["met"] = row["ratio"] <= row["target"]
        print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}))


def library_of(folder: Path, count: int, width: int, height: int) -> list[Path]:
    """Write `count` different JPEGs into `folder`: few drawings, each with its own comment."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings = [photo(width, height, seed) for seed in range(min(count, 6))]
    paths = []
    for number in range(count):
        note = f"photo {number}".encode()
        comment = b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note
        base = drawings[number % len(drawings)]
        paths.append(folder / f"{number:05}.jpg")
        paths[-1].write_bytes(base[:2] + comment + base[2:])
    return paths


def processor_time() -> float:
    """Return the seconds of processor time that this thread has used."""
    return time.thread_time()
