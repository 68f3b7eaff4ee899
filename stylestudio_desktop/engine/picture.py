"""Writes finished pictures, whole or not at all, with an honest label inside.

JPEG at quality 95 without chroma subsampling: the coding error lies under what eight bits and
film grain show, and the file is a quarter of a PNG of the same picture, so a library of a million
stays affordable. Cut-outs need transparency and are PNG.
"""

import contextlib
import errno
import functools
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image as Picture
from stylestudio_desktop.engine.filters import Plane

ENGINE_VERSION = "1.0"
LABEL = "Made on this computer by compositing, no generative model"
DRAFT = (
    "Draft composite, made on this computer by compositing, no generative model. "
    "Placement preview, not a photograph and not a fit guarantee"
)
# IPTC NewsCodes, digital source type: a mix of several elements, at least one synthetic (here
# the backdrop, computed by hand-written rules, so not the term for trained models).
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"


@dataclass(frozen=True)
class Facts:
    """What is written into a picture's metadata."""

    label: str
    style: str
    mode: str
    seed: int


def save(path: Path, pixels: NDArray[Any], facts: Facts) -> None:
    """Write `pixels` (H x W x 3, sRGB) to the new JPEG or PNG `path` by way of a temporary file."""
    buffer = io.BytesIO()
    if path.suffix == ".png":
        marked = PngInfo()
        marked.add_itxt("XML:com.adobe.xmp", _xmp(facts).decode("utf-8"))
        Image.fromarray(pixels, "RGB").save(
            buffer,
            "PNG",
            compress_level=3,
            icc_profile=srgb_profile(),
            pnginfo=marked,
            exif=_exif(facts),
        )
        write_whole(path, buffer.getvalue())
        return
    Image.fromarray(pixels, "RGB").save(
        buffer,
        "JPEG",
        quality=95,
        subsampling=0,
        icc_profile=srgb_profile(),
        xmp=_xmp(facts),
        exif=_exif(facts),
    )
    write_whole(path, buffer.getvalue())


def save_cutout(path: Path, colour: Picture, alpha: Plane, sheer: str = "") -> None:
    """Write a cut-out to the new PNG `path`; pixels outside the product are fully clear.

    `sheer`, what was told of its cloth, is kept in it as a text of that name.
    """
    shown = np.dstack([colour, alpha * 255])
    pixels = np.clip(shown + 0.5, 0, 255).astype(np.uint8)
    pixels[pixels[..., 3] == 0] = 0
    buffer = io.BytesIO()
    told = PngInfo()
    if sheer:
        told.add_text("sheer", sheer)
    Image.fromarray(pixels, "RGBA").save(
        buffer, "PNG", compress_level=3, icc_profile=srgb_profile(), pnginfo=told
    )
    write_whole(path, buffer.getvalue())


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` beside `path` and rename, so that no half-written picture is ever seen."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        full = error.errno == errno.ENOSPC
        cure = "free some space" if full else "connect the workspace's disk, if it is gone,"
        raise EngineFault(
            "provider",
            f"The picture could not be written ({error.strerror}). Nothing was charged; "
            f"{cure} and try again.",
        ) from error


@functools.cache
def srgb_profile() -> bytes:
    """Return an sRGB profile with a fixed date, so that equal pictures are equal files.

    Bytes 24 to 35 of an ICC header hold the date it was made (ICC.1:2022, 7.2.8), bytes 84 to
    99 an optional digest over it.
    """
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes.fromhex("07e800010001000000000000")
    made[84:100] = bytes(16)
    return bytes(made)


def _exif(facts: Facts) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = facts.label  # ImageDescription
    exif[0x0131] = f"Style Studio, embedded engine {ENGINE_VERSION}"  # Software
    return bytes(exif.tobytes())


def _xmp(facts: Facts) -> bytes:
    """Return an XMP packet with the label, the source type, the engine and the seed."""
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:stylestudio="urn:stylestudio:engine"
    Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"
    xmp:CreatorTool="Style Studio, embedded engine {ENGINE_VERSION}"
    stylestudio:engine="{ENGINE_VERSION}"
    stylestudio:mode="{escape(facts.mode)}"
    stylestudio:style="{escape(facts.style)}"
    stylestudio:seed="{facts.seed}">
   <dc:description><rdf:Alt>
    <rdf:li xml:lang="x-default">{escape(facts.label)}</rdf:li>
   </rdf:Alt></dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
    return packet.encode("utf-8")
