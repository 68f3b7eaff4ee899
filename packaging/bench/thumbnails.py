"""How fast thumbnails are made and shown, beside libjpeg-turbo doing only the decode.

The floor is a scaled decode and nothing else; ours also judges the file, reads it from disk,
brings it to sRGB, makes both sizes and their JPEGs, and the perceptual hash.
"""

import argparse
import io
import tempfile
import time
from functools import partial
from pathlib import Path

from _photos import FLOOR, beside, decode_floor, photo, processor_time, report
from PIL import Image

from stylestudio_desktop.files.scaling import Tier, examine
from stylestudio_desktop.files.thumbnails import ThumbnailCache

SIZES = {"4 MP": (2400, 1600), "12 MP": (4000, 3000), "24 MP": (6000, 4000)}


def making(folder: Path, rounds: int) -> list[dict[str, object]]:
    """Measure processor time for making both sizes of photos of three sizes."""
    rows: list[dict[str, object]] = []
    for name, (width, height) in SIZES.items():
        data = photo(width, height)
        path = folder / "photo.jpg"
        path.write_bytes(data)
        for longest, target, what in (
            (896, 1.3, "decode that both sizes need"),
            (256, 1.3, "decode for 256 px alone"),
        ):
            floor, ours, ratio = beside(
                partial(decode_floor, data, longest), partial(examine, path), rounds, processor_time
            )
            rows.append(
                {
                    "name": f"make both thumbnails of {name}, beside the {what}",
                    "floor": floor * 1000,
                    "ours": ours * 1000,
                    "ratio": ratio,
                    "target": target,
                    "unit": "ms CPU",
                    "floor_is": FLOOR,
                }
            )
    return rows


def showing(folder: Path, rounds: int) -> dict[str, object]:
    """Measure reading a kept thumbnail and decoding it, beside decoding alone."""
    path = folder / "photo.jpg"
    path.write_bytes(photo(2400, 1600))
    _, rendered = examine(path)
    cache = ThumbnailCache(folder / "thumbnails.sqlite3")
    ids = [f"{number:064x}" for number in range(2000)]
    cache.put_many([(one, rendered) for one in ids])

    def decode(encoded: bytes | None) -> None:
        with Image.open(io.BytesIO(encoded or b"")) as opened:
            opened.load()

    # As many copies as ours reads, so that neither decodes from a warmer processor cache.
    copies = [bytes(bytearray(rendered.small)) for _ in range(100)]

    def floor() -> None:
        for one in copies:
            decode(one)

    def ours() -> None:
        for one in ids[: 100 * 17 : 17]:
            decode(cache.get(one, Tier.SMALL))

    base, mine, ratio = beside(floor, ours, rounds, time.perf_counter)
    cache.close()
    return {
        "name": "show a kept 256 px thumbnail",
        "floor": base * 10,
        "ours": mine * 10,
        "ratio": ratio,
        "target": 1.2,
        "unit": "ms",
        "floor_is": "decode by Pillow",
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = making(Path(folder), chosen.rounds)
        rows.append(showing(Path(folder), chosen.rounds))
    report(rows)


if __name__ == "__main__":
    main()
