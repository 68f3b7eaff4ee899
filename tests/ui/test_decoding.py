"""Decoding for the screen never stands still, whatever else reads pictures at the same time."""

import gc
import io
import subprocess
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer

from stylestudio_desktop.ui import decoding
from tests.ui import decoding_race


def test_threads_that_decode_at_once_never_wait_for_each_other_for_ever(tmp_path: Path) -> None:
    noise = Image.effect_noise((160, 120), 60).convert("RGB")
    noise.save(tmp_path / "thumbnail.webp")
    noise.save(tmp_path / "picture.jpg")
    told = subprocess.run(
        [
            sys.executable, "-m", decoding_race.__name__,
            str(tmp_path / "thumbnail.webp"), str(tmp_path / "picture.jpg"), "400",
        ],
        capture_output=True, text=True, check=False, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert told.stdout == "damaged: []\n", told.stderr


def test_nothing_stays_behind_of_a_thumbnail_that_is_gone(qapp: object) -> None:
    encoded = io.BytesIO()
    Image.effect_noise((60, 40), 60).convert("RGB").save(encoded, "WEBP")

    def buffers() -> int:
        gc.collect()
        return sum(type(one) is QBuffer for one in gc.get_objects())

    before = buffers()
    for _ in range(5):
        assert decoding.thumbnail(encoded.getvalue(), 48) is not None
    assert buffers() == before


def test_what_is_not_there_is_damaged(tmp_path: Path) -> None:
    assert decoding.picture(tmp_path / "gone.jpg") is None
    (tmp_path / "words.jpg").write_text("words")
    assert decoding.picture(tmp_path / "words.jpg") is None
