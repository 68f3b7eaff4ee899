"""Makes the two sizes of thumbnail that every pane shows, in one decode of the picture."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio_desktop.files.bounds import STORED_LIMITS, Limits
from stylestudio_desktop.files.bounds import Tier as Tier
from stylestudio_desktop.files.codec import decoding, open_picture
from stylestudio_desktop.files.colour import to_eight_bits, to_srgb, turn_upright
from stylestudio_desktop.files.headers import Header
from stylestudio_desktop.files.phash import perceptual_hash
from stylestudio_desktop.files.probe import Probe, check_whole, described, judge, read_whole

if TYPE_CHECKING:
    from PIL import Image


# Measured per 12-megapixel photo, ms: JPEG 2.5 and 0.3 for the two sizes, WebP 25 and 3 at its
# fastest for a tenth fewer bytes; JPEG also decodes faster. WebP only where there is alpha.
_JPEG_QUALITY = {Tier.SMALL: 85, Tier.LARGE: 80}
_WEBP_QUALITY = 85
# A JPEG can be decoded at 1/2, 1/4 or 1/8 for almost nothing. If that lands between these it is
# the large thumbnail as it is: scaling 1200 to 1024 costs half a decode more (8 beside 16 ms).
_NEAR_ENOUGH = (896, 1280)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both thumbnails of one picture as encoded bytes, and its perceptual hash (signed 64 bit)."""

    small: bytes
    large: bytes
    phash: int

    def tier(self, tier: Tier) -> bytes:
        """Return the bytes of one size."""
        return self.small if tier is Tier.SMALL else self.large


def render(source: Path, limits: Limits = STORED_LIMITS, name: str | None = None) -> Rendered:
    """Return the thumbnails of the picture at `source`, or raise BadInput if it is none.

    Upright, sRGB, never enlarged; JPEG, or WebP where the picture has clear parts. The large
    one's longest side is 896 to 1280 pixels. Reads and decodes once; safe on any thread.
    """
    return examine(source, limits, name)[1]


def examine(
    source: Path,
    limits: Limits = STORED_LIMITS,
    name: str | None = None,
    *,
    decode: bool = False,
) -> tuple[Probe, Rendered]:
    """Return what `probe` (with `decode` or without) and `render` return, for one decode."""
    called = name or source.name
    data = read_whole(source, limits, called)
    header = judge(data, called, limits)
    rendered: Rendered = decoding(called, lambda: _render(data, header, decode))
    return described(header, len(data)), rendered


def _render(data: bytes, header: Header, every_pixel: bool) -> Rendered:
    if every_pixel:
        check_whole(data, header)
    with open_picture(data, header) as opened:
        if not every_pixel:
            _draft(opened)
        opened.load()
        base = to_eight_bits(opened)
        # What `to_srgb` needs survives scaling only if it is carried along.
        profile = opened.info.get("icc_profile")
        large = base if max(base.size) <= _NEAR_ENOUGH[1] else _shrink(base, Tier.LARGE)
    large.info = {"icc_profile": profile} if profile else {}
    large = _drop_idle_alpha(turn_upright(to_srgb(large, ours=True), header.orientation))
    small = _shrink(large, Tier.SMALL)
    return Rendered(_encode(small, Tier.SMALL), _encode(large, Tier.LARGE), perceptual_hash(small))


def _draft(image: "Image.Image") -> None:
    """Ask the JPEG decoder for the smallest scale that still serves the large thumbnail."""
    longest = max(image.size)
    for scale in (8, 4, 2):
        if longest // scale >= _NEAR_ENOUGH[0]:
            size = (max(1, image.width // scale), max(1, image.height // scale))
            image.draft(None, size)
            return


def _shrink(image: "Image.Image", tier: Tier) -> "Image.Image":
    """Return `image` with its longest side at most `tier`, itself if it is within already."""
    from PIL import Image

    longest = max(image.size)
    if longest <= tier:
        return image.copy()
    width = max(1, round(image.width * tier / longest))
    height = max(1, round(image.height * tier / longest))
    # Whole-number averaging first, then a short filter: the look of the filter alone, at a
    # fraction of its time (1.3 against 4 ms from 1200 to 256 pixels).
    return image.resize((width, height), Image.Resampling.HAMMING, reducing_gap=1.0)


def _drop_idle_alpha(image: "Image.Image") -> "Image.Image":
    """Return RGB if nothing of the picture is clear, so that it need not be WebP."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        return image.convert("RGB")
    return image


def _encode(image: "Image.Image", tier: Tier) -> bytes:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "WEBP", quality=_WEBP_QUALITY, method=1)
    else:
        image.save(out, "JPEG", quality=_JPEG_QUALITY[tier])
    return out.getvalue()
