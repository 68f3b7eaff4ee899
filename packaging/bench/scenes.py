"""A contact sheet of products in background photos, to be looked at one by one.

Twelve pairs in drawn rooms, whose plane and lamp are known (two of them with the plane left to be
found), and, with `--backgrounds DIR`, every photo of a folder with three products each, where
everything is found by the engine. The JSON counts what was made and refused, and tells seconds.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from stylestudio_desktop.domain.scene import Plane
from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import render

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.engine.drawn_rooms import Room, plaster, room

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = ROOT / "resources" / "samples" / "products"
SIDE = 1024
TILE = 500
# Product, kind, arrangement, room, whether its plane is told.
PAIRS: tuple[tuple[str, str, str, Room, bool], ...] = (
    ("boot-brown", "shoes", "standing", room("boards", seed=2), True),
    ("handbag-rust", "bag", "standing", room("table", lit_from="right", warm=1.12), True),
    ("sneaker-white", "shoes", "standing", room("sand", lit_from="right"), True),
    ("tote-canvas", "bag", "standing", room("tiles", blur=1.5), True),
    ("tee-print", "top", "laid", room("boards", lit_from="right"), True),
    ("jeans-blue", "trousers", "laid", room("tiles"), True),
    ("hoodie-grey", "top", "laid", room("table", grain=6.0), True),
    ("dress-evening", "dress", "hung", plaster(), True),
    ("jacket-denim", "jacket", "hung", plaster(lit_from="right"), True),
    ("shirt-striped", "top", "hung", plaster(grain=6.0), True),
    ("handbag-rust", "bag", "standing", room("boards"), False),
    ("boot-brown", "shoes", "standing", room("tiles", warm=0.9), False),
)
OWN = (("handbag-rust", "bag"), ("boot-brown", "shoes"), ("tee-print", "top"))


@dataclass(frozen=True)
class Job:
    """One picture to make."""

    product: str
    kind: str
    background: Path
    options: dict[str, str]


def jobs(folder: Path, own: Path | None) -> Iterator[Job]:
    """Yield the pairs of the sheet; drawn rooms are written into `folder`."""
    for number, (product, kind, how, drawn, told) in enumerate(PAIRS):
        path = folder / f"room-{number}.png"
        Image.fromarray(drawn.rgb).save(path)
        options = {"garment": kind, "arrangement": how}
        if told:
            options["plane"] = Plane(drawn.corners).text()  # type: ignore[arg-type]
        yield Job(product, kind, path, options)
    for path in sorted(own.glob("*.jpg")) if own is not None else ():
        for product, kind in OWN:
            yield Job(product, kind, path, {"garment": kind})


def made(job: Job, folder: Path, networks: Networks, style: str) -> tuple[NDArray[Any] | None, str]:
    """Return one picture and its notes, or None and why there is none."""
    with Image.open(job.background) as opened:
        wide, high = opened.size
    scale = SIDE / max(wide, high)
    size = round(wide * scale), round(high * scale)
    order = Order(
        (PRODUCTS / f"{job.product}.jpg",), (), style, "standard", *size, 1, 7, job.options, (),
        job.background,
    )  # fmt: skip
    try:
        (one,) = render(order, folder, networks, lambda stage, part: None)
    except EngineFault as fault:
        return None, str(fault)
    return np.asarray(Image.open(one.path).convert("RGB")), "!" * len(one.warnings)


def tile(picture: NDArray[Any] | None, words: str) -> NDArray[Any]:
    """Return one cell of the sheet."""
    cell = Image.new("RGB", (TILE, TILE), (236, 235, 232))
    if picture is not None:
        shown = Image.fromarray(picture)
        shown.thumbnail((TILE, TILE - 18), Image.Resampling.LANCZOS)
        cell.paste(shown, ((TILE - shown.width) // 2, 0))
    lines = "\n".join(words[at : at + 76] for at in range(0, len(words), 76))
    ImageDraw.Draw(cell).text((4, TILE - 16 if picture is not None else 40), lines, (70, 20, 20))
    return np.asarray(cell)


def main() -> int:
    """Make the sheet and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/scenes"))
    parser.add_argument("--backgrounds", type=Path)
    parser.add_argument("--style", default="realistic")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    limits.settle()
    networks = Networks(weights.folder(), limits.threads())
    cells, spent, refused = [], [], 0
    with tempfile.TemporaryDirectory() as name:
        for job in jobs(Path(name), chosen.backgrounds):
            began = time.perf_counter()
            picture, words = made(job, Path(name), networks, chosen.style)
            spent.append(time.perf_counter() - began)
            refused += picture is None
            cells.append(tile(picture, f"{job.product} {job.background.stem} {words}"))
    cells += [tile(None, "")] * (-len(cells) % 4)
    rows = [np.concatenate(cells[at : at + 4], axis=1) for at in range(0, len(cells), 4)]
    for number in range(0, len(rows), 3):
        sheet = cv2.cvtColor(np.concatenate(rows[number : number + 3]), cv2.COLOR_RGB2BGR)
        target = chosen.out / f"scenes-{number // 3 + 1}.jpg"
        cv2.imwrite(str(target), sheet, [cv2.IMWRITE_JPEG_QUALITY, 92])
    told = {"name": "scenes", "pictures": len(spent) - refused, "refused": refused}
    print(
        json.dumps({**told, "median_s": round(float(np.median(spent)), 2), "out": str(chosen.out)})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
