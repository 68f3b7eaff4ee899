"""Prepares the copy of a photo that leaves this computer: no place, no camera, no more pixels."""

import hashlib
import io
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.codec import decoding, open_picture
from stylestudio_desktop.files.colour import to_eight_bits, to_srgb, turn_upright
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.files.headers import Header
from stylestudio_desktop.files.probe import STORED_LIMITS, Limits, judge, read_whole

if TYPE_CHECKING:
    from PIL import Image

# 95 keeps weave and print; lower steps are taken only if a service's byte limit asks for it.
_QUALITIES = (95, 90, 85, 75)
_SHRINK = 0.85
_SMALLEST_SIDE = 64


@dataclass(frozen=True, slots=True)
class Sent:
    """What a prepared copy is: pixels, bytes, and the SHA-256 that is kept with the job."""

    content_type: str
    width: int
    height: int
    size: int
    sha256: str


def prepare_for_sending(
    source: Path,
    out: Path,
    max_side: int,
    max_bytes: int,
    limits: Limits = STORED_LIMITS,
    *,
    trimmed: bool = False,
) -> Sent:
    """Write a private copy of the photo at `source` to `out` and say what it became.

    Upright, sRGB, longest side at most `max_side` pixels, at most `max_bytes`; JPEG, or PNG where
    the photo has clear parts. Exif, GPS, XMP, comments and profiles are gone, since only pixels
    are carried over. With `trimmed`, what is clear around a product that was cut out is left away.
    Raises BadInput for a photo that cannot be read or made small enough.
    """
    image = load_upright(source, limits, max_side)
    if trimmed and image.mode == "RGBA":
        image = image.crop(image.getchannel("A").getbbox())
    while True:
        encoded, content_type = _smallest_fitting(image, max_bytes)
        if len(encoded) <= max_bytes:
            break
        side = int(max(image.size) * _SHRINK)
        if side < _SMALLEST_SIDE:
            raise BadInput(
                f"“{source.name}” cannot be made smaller than {max_bytes} bytes, which the service "
                "asks for. Nothing was sent; choose another photo or another service."
            )
        image = fit(image, side)
    with storing("preparing a photo for sending"):
        part = out.with_name(f"{out.name}.{secrets.token_hex(4)}.tmp")
        try:
            part.write_bytes(encoded)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    digest = hashlib.sha256(encoded).hexdigest()
    return Sent(content_type, image.width, image.height, len(encoded), digest)


def load_upright(source: Path, limits: Limits, max_side: int | None = None) -> "Image.Image":
    """Return the picture at `source` upright, in sRGB (RGB or RGBA), without any metadata.

    With `max_side` no side is longer than that many pixels. Raises BadInput.
    """
    data = read_whole(source, limits, source.name)
    header = judge(data, source.name, limits)
    image: Image.Image = decoding(source.name, lambda: _load(data, header, max_side))
    return image


def fit(image: "Image.Image", max_side: int) -> "Image.Image":
    """Return `image` with its longest side at most `max_side` pixels; never enlarged."""
    from PIL import Image

    longest = max(image.size)
    if longest <= max_side:
        return image
    size = (
        max(1, round(image.width * max_side / longest)),
        max(1, round(image.height * max_side / longest)),
    )
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _load(data: bytes, header: Header, max_side: int | None) -> "Image.Image":
    with open_picture(data, header) as opened:
        if max_side is not None:
            scale = max(1, max(opened.size) // max_side)
            size = (max(1, opened.width // scale), max(1, opened.height // scale))
            opened.draft(None, size)
        opened.load()
        profile = opened.info.get("icc_profile")
        base = to_eight_bits(opened)
        image = fit(base, max_side) if max_side is not None else base
        image = image.copy() if image is opened else image
    image.info = {"icc_profile": profile} if profile else {}
    return turn_upright(to_srgb(image), header.orientation)


def _smallest_fitting(image: "Image.Image", max_bytes: int) -> tuple[bytes, str]:
    """Return the first encoding that fits, else the last tried."""
    if image.mode == "RGBA":
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue(), "image/png"
    encoded = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        # 4:4:4, since thin coloured threads are what a product photo is about.
        image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
        encoded = out.getvalue()
        if len(encoded) <= max_bytes:
            break
    return encoded, "image/jpeg"
