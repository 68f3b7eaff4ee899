"""Decoding for the screen never stands still and is true in colour, whatever it is given."""

import gc
import io
import struct
import subprocess
import sys
import zlib
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QColorSpace, QImage

from stylestudio_desktop.files import colour
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


def _as_seen(path: Path, target: QColorSpace | None = None) -> "Image.Image":
    image = decoding.picture(path, target)
    assert image is not None
    whole = image.convertToFormat(QImage.Format.Format_RGB888)
    line, size = whole.bytesPerLine(), (whole.width(), whole.height())
    return Image.frombuffer("RGB", size, bytes(whole.constBits()), "raw", "RGB", line, 1)


def _sixteen_bits(path: Path, profile: bytes) -> None:
    """Write a colour PNG of 16 bits a channel, which Pillow can't."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", sum_)

    lines = b"".join(
        b"\0" + b"".join(struct.pack(">3H", x * 1024, y * 1024, 65535 - x * 512) for x in range(64))
        for y in range(64)
    )
    head = struct.pack(">IIBBBBB", 64, 64, 16, 2, 0, 0, 0)
    colours = chunk(b"iCCP", b"screen\0\0" + zlib.compress(profile))
    data = chunk(b"IHDR", head) + colours + chunk(b"IDAT", zlib.compress(lines))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    ("space", "kind"),
    [
        *product(["DisplayP3", "AdobeRgb", "ProPhotoRgb"], ["jpg", "png", "webp"]),
        ("DisplayP3", "sixteen bits"),  # the judge works with eight, too few for a wider space
    ],
)
def test_colours_are_those_that_littlecms_finds(tmp_path: Path, space: str, kind: str) -> None:
    named = QColorSpace(getattr(QColorSpace.NamedColorSpace, space))
    profile = bytes(named.iccProfile().data())
    path = tmp_path / f"photo.{kind if kind != 'sixteen bits' else 'png'}"
    if kind == "sixteen bits":
        _sixteen_bits(path, profile)
    else:
        ramp = Image.merge("RGB", [Image.linear_gradient("L").rotate(90 * n) for n in range(3)])
        ramp.save(path, quality=95, icc_profile=profile)
    with Image.open(path) as opened:
        wanted = colour.to_srgb(opened)
    seen = _as_seen(path)
    worst = max(high for _, high in ImageChops.difference(seen, wanted).getextrema())
    assert worst <= 2
    with Image.open(path) as opened:
        untouched = opened.convert("RGB")
    apart = ImageChops.difference(seen, untouched).getextrema()
    assert max(high for _, high in apart) > 20, "the profile counts"


@pytest.mark.qt_log_ignore("fromIccProfile|ICC|iCCP")
@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
@pytest.mark.parametrize("profile", [b"nonsense", bytes(200), b"\0\0\x01\0" + b"\xff" * 70_000])
def test_a_broken_profile_leaves_the_picture_as_it_is(
    tmp_path: Path, kind: str, profile: bytes
) -> None:
    path = tmp_path / f"photo.{kind}"
    ramp = Image.merge("RGB", [Image.linear_gradient("L").rotate(90 * n) for n in range(3)])
    ramp.save(path, quality=95, icc_profile=profile)
    with Image.open(path) as opened:
        plain = opened.convert("RGB")
    for target in (None, QColorSpace(QColorSpace.NamedColorSpace.SRgb)):
        difference = ImageChops.difference(_as_seen(path, target), plain).getextrema()
        assert max(high for _, high in difference) <= 1


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "I;16"])
def test_other_kinds_of_pixels_are_shown_in_their_colours(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("photo.jpg" if mode == "CMYK" else "photo.png")
    grey = Image.linear_gradient("L")
    if mode == "I;16":
        deep = Image.new("I;16", grey.size)
        deep.putdata([value * 257 for value in grey.tobytes()])
        deep.save(path)
    elif mode == "L":
        grey.save(path)
    else:
        Image.merge("RGB", [grey, grey.rotate(90), grey.rotate(180)]).convert(mode).save(path)
    with Image.open(path) as opened:
        wanted = colour.to_srgb(colour.to_eight_bits(opened))
    difference = ImageChops.difference(_as_seen(path), wanted).getextrema()
    assert max(high for _, high in difference) <= 2
