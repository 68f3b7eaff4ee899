"""The ways a picture can leave the library: as it is, for the web, or as a marketplace asks."""

import functools
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.codec import decoding
from stylestudio_desktop.files.metadata import Description, described
from stylestudio_desktop.files.probe import STORED_LIMITS, SUFFIXES, judge, read_whole
from stylestudio_desktop.files.sending import load_upright

if TYPE_CHECKING:
    from PIL import Image

# Alpha below this is matting haze, not product, when the product's extent is measured.
_SOLID = 24


@dataclass(frozen=True, slots=True)
class Original:
    """The stored bytes; a description is inserted without decoding the picture."""


@dataclass(frozen=True, slots=True)
class Web:
    """A JPEG in sRGB with its longest side at most `max_side` pixels; clear parts turn white."""

    max_side: int = 2048
    quality: int = 85


@dataclass(frozen=True, slots=True)
class Marketplace:
    """A square main image: pure white ground, the product's longest side at `fill` of the edge.

    `pixels` is the edge. Amazon's sellers' rules ask for exactly (255, 255, 255), at least 85 %
    and at least 1,000 pixels. `mask` is a grey picture of the same shape, white where the product
    is, or a cut-out of it, for pictures that have no clear background themselves.
    """

    pixels: int = 2000
    fill: float = 0.88
    quality: int = 92
    mask: Path | None = None


Preset = Original | Web | Marketplace


def encode(
    source: Path, preset: Preset, description: Description | None = None
) -> tuple[bytes, str]:
    """Return the exported bytes and the suffix that fits them (".jpg", ".png", ".webp").

    `description` is embedded where given. Raises BadInput for a picture that cannot be read, a
    preset with impossible numbers, or a marketplace image whose product cannot be told.
    """
    match preset:
        case Original():
            data = read_whole(source, STORED_LIMITS, source.name)
            suffix = SUFFIXES[judge(data, source.name, STORED_LIMITS).format]
        case Web():
            data, suffix = _web(source, preset), ".jpg"
        case Marketplace():
            data, suffix = _marketplace(source, preset), ".jpg"
    return (described(data, description) if description else data), suffix


def _web(source: Path, preset: Web) -> bytes:
    if not 16 <= preset.max_side <= 16_000 or not 30 <= preset.quality <= 100:
        raise BadInput(
            "For the web choose a side of 16 to 16000 pixels and a quality of 30 to 100."
        )
    image = load_upright(source, STORED_LIMITS, preset.max_side)
    return _jpeg(_on_white(image), preset.quality)


def _marketplace(source: Path, preset: Marketplace) -> bytes:
    from PIL import Image

    if not 500 <= preset.pixels <= 10_000 or not 0.5 <= preset.fill <= 1.0:
        raise BadInput("Choose an edge of 500 to 10000 pixels, and a fill of 50 to 100 per cent.")
    image = load_upright(source, STORED_LIMITS)
    cut = _with_mask(image, preset.mask) if preset.mask is not None else image
    if cut.mode != "RGBA":
        raise BadInput(
            "This picture has no clear background, so its product cannot be told from it. "
            "Nothing was written. Export the product photo for a white ground instead, or cut it "
            "out first."
        )
    extent = cut.getchannel("A").point(lambda alpha: 255 if alpha >= _SOLID else 0).getbbox()
    if extent is None:
        raise BadInput("This picture is clear all over: there is no product to show.")
    cut = cut.crop(extent)
    scale = preset.pixels * preset.fill / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    product = cut.resize(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", (preset.pixels, preset.pixels), "white")
    ground.paste(
        product,
        ((preset.pixels - size[0]) // 2, (preset.pixels - size[1]) // 2),
        product.getchannel("A"),
    )
    return _jpeg(ground, preset.quality)


def _with_mask(image: "Image.Image", mask: Path) -> "Image.Image":
    cut = image.convert("RGBA")
    outline = load_upright(mask, STORED_LIMITS)
    grey = outline.getchannel("A") if outline.mode == "RGBA" else outline.convert("L")
    if _same_shape(grey.size, cut.size):
        grey = grey.resize(cut.size)
    else:
        raise BadInput(
            f"The mask has {grey.width} × {grey.height} pixels and the picture "
            f"{cut.width} × {cut.height}. Nothing was written; make the mask anew."
        )
    cut.putalpha(grey)
    return cut


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Say whether two sizes differ only in scale, give or take a rounded pixel."""
    scale = max(one) / max(other)
    return all(abs(mine - theirs * scale) <= 1 for mine, theirs in zip(one, other, strict=True))


def _on_white(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, (0, 0), image.getchannel("A"))
    return ground


def _jpeg(image: "Image.Image", quality: int) -> bytes:
    """Encode without colour subsampling, naming the colours' space for programs that ask."""

    def work() -> bytes:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, subsampling=0, icc_profile=_srgb())
        return out.getvalue()

    encoded: bytes = decoding("the picture", work)
    return encoded


@functools.cache
def _srgb() -> Any:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
