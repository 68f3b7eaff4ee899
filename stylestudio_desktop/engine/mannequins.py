"""Knows our own mannequins: outline and joints were drawn with them, so no network is needed."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from stylestudio_desktop.engine.filters import Plane, resized

TALL_M = 1.84  # height of the frame in metres, for the landmarks' metric positions
LANDMARKS = 33
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Anatomy:
    """`landmarks` are BlazePose's 33 and `chin` a height, all as shares of the photo's sides."""

    outline: Path
    chin: float
    landmarks: tuple[tuple[float, float], ...]


def known(digest: str) -> Anatomy | None:
    """Return the anatomy of the mannequin whose photo has this SHA-256; None if it is no such."""
    return _table().get(digest)


def is_one(path: Path) -> bool:
    """Say whether the file at `path` is one of our mannequins' photos."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() in _table()
    except OSError:
        return False


def outline(anatomy: Anatomy, width: int, height: int) -> Plane:
    """Return the figure's alpha, 0 to 1, in the given size."""
    with Image.open(anatomy.outline, formats=["PNG"]) as opened:
        mask = np.asarray(opened.convert("L"), np.float32) / 255
    return np.clip(resized(mask, width, height), 0, 1)


@cache
def _table() -> dict[str, Anatomy]:
    """Read the table that ships with the program; without it there are no mannequins."""
    here = Path(__file__).resolve()
    for root in (here.parents[1], here.parents[2]):
        folder = root / "resources" / "engine" / "mannequins"
        listed = folder / "mannequins.json"
        if listed.is_file():
            return {
                digest: Anatomy(
                    folder / str(one["outline"]),
                    float(one["chin"]),
                    tuple((float(x), float(y)) for x, y in one["landmarks"]),
                )
                for digest, one in json.loads(listed.read_text("utf-8")).items()
            }
    return {}
