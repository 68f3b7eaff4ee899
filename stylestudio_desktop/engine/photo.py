"""Reads photos as hostile bytes: format by content, limits before decoding, upright, in sRGB."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image as Picture
from stylestudio_desktop.engine.filters import Plane, resized

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 64_000_000
MAX_PIXELS = 60_000_000
MIN_SIDE = 64


@dataclass(frozen=True)
class Photo:
    """A decoded photo: sRGB values from 0 to 255, and its own transparency where it has one.

    `digest` is the SHA-256 of the file it was read from, in hexadecimal digits.
    """

    rgb: Picture
    alpha: Plane | None
    name: str
    digest: str = ""

    @property
    def long_side(self) -> int:
        """The longer side in pixels."""
        return max(self.rgb.shape[:2])

    def fitted(self, long_side: int) -> "Photo":
        """Return the photo shrunk to `long_side`; a smaller one is returned as it is."""
        if self.long_side <= long_side:
            return self
        height, width = self.rgb.shape[:2]
        scale = long_side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        alpha = None if self.alpha is None else resized(self.alpha, *size)
        return Photo(resized(self.rgb, *size), alpha, self.name, self.digest)


def read(path: Path, long_side: int) -> Photo:
    """Decode the photo at `path`, no larger than `long_side` needs; raise EngineFault if it can't.

    JPEG files are decoded at a reduced scale where that is enough (libjpeg's scaled transform).
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, "is larger than 64 MB")
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, "could not be opened") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(data, path.name, long_side)
    except EngineFault:
        raise
    except MemoryError as error:
        raise _unreadable(path, "needs more memory than the engine may use") from error
    except Exception as error:  # a hostile file can raise nearly anything from a decoder
        raise _unreadable(path, "is damaged or is not a JPEG, PNG or WebP photo") from error


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of the photo at `path` once it is upright; raise as `read` does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as opened:
                turned = opened.getexif().get(0x0112) in (5, 6, 7, 8)
                width, height = opened.size
    except Exception as error:  # a hostile file can raise nearly anything from a decoder
        raise _unreadable(path, "is damaged or is not a JPEG, PNG or WebP photo") from error
    return (height, width) if turned else (width, height)


def _decode(data: bytes, name: str, long_side: int) -> Photo:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise _unreadable(Path(name), "has more than 60 million pixels")
        if min(width, height) < MIN_SIDE:
            raise _unreadable(Path(name), "is smaller than 64 pixels")
        opened.draft("RGB", (long_side, long_side))
        profile = opened.info.get("icc_profile")
        upright = ImageOps.exif_transpose(opened)
        clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        alpha = upright.convert("RGBA").getchannel("A") if clear else None
        colour = _in_srgb(upright, profile)
    rgb = np.asarray(colour, dtype=np.float32)
    plane = None if alpha is None else np.asarray(alpha, dtype=np.float32) / 255
    if plane is not None and float(plane.min()) > 0.98:
        plane = None
    digest = hashlib.sha256(data).hexdigest()
    return Photo(rgb, plane, name, digest).fitted(long_side)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in ("RGB", "RGBA", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            flat = image.convert("RGB") if image.mode != "L" else image
            turned = ImageCms.profileToProfile(
                flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert("RGB")  # an unusable profile: read the values as sRGB
    return image.convert("RGB")


def _unreadable(path: Path, why: str) -> EngineFault:
    return EngineFault(
        "input", f"The photo {path.name} {why}. Nothing was charged; choose another photo."
    )
