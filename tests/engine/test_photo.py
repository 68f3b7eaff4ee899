"""Photos are hostile bytes: everything odd ends in a sentence, never in a crash."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.faults import EngineFault


def jpeg(size: tuple[int, int] = (200, 100), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def huge_png() -> bytes:
    """A PNG that says it holds 900 million pixels."""
    head = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        jpeg()[:300],
        huge_png(),
        b"GIF89a" + bytes(200),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        jpeg((10, 10)),
    ],
    ids=["empty", "text", "cut off", "bomb", "gif", "svg", "tiny"],
)
def test_hostile_bytes_end_in_a_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "evil.jpg"
    path.write_bytes(data)
    with pytest.raises(EngineFault) as caught:
        photo.read(path, 1024)
    assert caught.value.kind == "input"
    assert "evil.jpg" in caught.value.sentence


def test_missing_file_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineFault, match="could not be opened"):
        photo.read(tmp_path / "gone.jpg", 1024)


def test_exif_turn_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "turned.jpg").write_bytes(jpeg(exif=exif))
    assert photo.read(tmp_path / "turned.jpg", 1024).rgb.shape == (200, 100, 3)


def test_large_photo_is_decoded_no_larger_than_asked(tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(jpeg((3000, 1500)))
    shot = photo.read(tmp_path / "large.jpg", 640)
    assert shot.long_side == 640
    assert np.allclose(shot.rgb.mean(axis=(0, 1)), (200, 60, 40), atol=4)


def test_format_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    Image.new("RGB", (90, 90), (1, 2, 3)).save(tmp_path / "really.webp", "WEBP", lossless=True)
    (tmp_path / "named.png").write_bytes((tmp_path / "really.webp").read_bytes())
    assert photo.read(tmp_path / "named.png", 400).rgb[5, 5].tolist() == [1, 2, 3]
