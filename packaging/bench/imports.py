"""How fast photos are imported, beside the least that any import must do, in the same run.

The floor does, on as many threads: read, SHA-256, scaled decode, copy to a temporary file, fsync,
rename, fsync of the folder; it judges nothing and makes and keeps no thumbnail. Ours is the whole
way up to the rows: judged, stored, both thumbnails and the perceptual hash made and committed.
"""

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from _photos import FLOOR, beside, decode_floor, library_of, report

from stylestudio_desktop.files.intake import Taken, take_in
from stylestudio_desktop.files.probe import Limits
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.files.thumbnails import ThumbnailCache

LIMITS = Limits(64 * 1_048_576, 100_000_000)


def floor_of(paths: Sequence[Path], folder: Path, threads: int, longest: int) -> None:
    """Do the least for each of `paths`, on `threads` threads, in a new folder."""
    folder = Path(tempfile.mkdtemp(dir=folder))

    def one(path: Path) -> None:
        data = path.read_bytes()
        name = hashlib.sha256(data).hexdigest()
        decode_floor(data, longest)
        temporary = folder / f"{name}.tmp"
        with temporary.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.rename(folder / name)
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, paths))


def ours_of(paths: Sequence[Path], folder: Path, threads: int) -> None:
    """Take `paths` into a new store below `folder`, the way the program does."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    store = FileStore(folder / "files", folder / "tmp")
    cache = ThumbnailCache(folder / "thumbnails.sqlite3")
    taken = sum(
        isinstance(one, Taken)
        for group in take_in(paths, store, cache, LIMITS, threads=threads)
        for one in group
    )
    cache.close()
    if taken != len(paths):
        raise SystemExit(f"only {taken} of {len(paths)} photos went in")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temp)")
    chosen = parser.parse_args()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        base = Path(name)
        for size, (width, height) in {"12 MP": (4000, 3000), "4 MP": (2400, 1600)}.items():
            paths = library_of(base / size, chosen.count, width, height)
            ours_of(paths[:8], base, chosen.threads)  # imports and first pages, once
            for longest, what in ((256, "decode for 256 px"), (896, "decode for both sizes")):
                least, mine, ratio = beside(
                    partial(floor_of, paths, base, chosen.threads, longest),
                    partial(ours_of, paths, base, chosen.threads),
                    chosen.rounds,
                    time.perf_counter,
                )
                rows.append(
                    {
                        "name": f"import {chosen.count} JPEGs of {size}, floor with the {what}",
                        "floor": least / chosen.count * 1000,
                        "ours": mine / chosen.count * 1000,
                        "ratio": ratio,
                        "target": 1.3,
                        "unit": "ms a photo",
                        "floor_is": FLOOR,
                    }
                )
    report(rows)


if __name__ == "__main__":
    main()
