"""Brings every picture to one footing: upright, eight bits a channel, in sRGB."""

import functools
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

# Larger profiles exist (printers' tables), but none that a photo for a screen carries.
_LARGEST_PROFILE = 4 * 1_048_576


def to_eight_bits(image: "Image.Image") -> "Image.Image":
    """Return `image` in a mode that can be scaled without harm: L, LA, RGB, RGBA or CMYK."""
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        if image.mode in ("L", "RGB") and "transparency" in image.info:
            return image.convert("RGBA")  # one colour stands for clear (PNG tRNS)
        return image
    if image.mode.startswith("I"):  # 16 bits of grey: keep the upper eight, do not clip
        return image.point(lambda value: value * (1 / 256), "L")
    if image.mode in ("P", "PA"):
        clear = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if clear else "RGB")
    return image.convert("L" if image.mode == "1" else "RGB")


def turn_upright(image: "Image.Image", orientation: int) -> "Image.Image":
    """Return `image` as its Exif orientation (1 to 8) means it to be seen."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(orientation)
    return image if turn is None else image.transpose(turn)


def to_srgb(image: "Image.Image", *, ours: bool = False) -> "Image.Image":
    """Return `image` as RGB, or RGBA where it has an alpha channel, in sRGB.

    An embedded ICC profile is honoured (relative colorimetric with black point compensation,
    as browsers do); one that is broken or belongs to another colour model is ignored, as the
    picture is still a picture. The result carries no profile and no other metadata. A picture
    that is `ours` may be changed itself, which saves a copy where nothing is to be done.
    """
    profile = image.info.get("icc_profile")
    target = "RGBA" if image.mode in ("LA", "RGBA") else "RGB"
    alpha = image.getchannel("A") if target == "RGBA" else None
    base = _without_alpha(image)
    turned = None
    if isinstance(profile, bytes) and 128 <= len(profile) <= _LARGEST_PROFILE:
        transform = _transform(profile, base.mode)
        if transform is not None:
            turned = transform.apply(base)
    result: Image.Image = turned if turned is not None else _in_mode(base, "RGB")
    if alpha is not None:  # `base` is another picture then, so `image` itself stays as it was
        result.putalpha(alpha)
    if result is image and not ours:
        result = image.copy()
    result.info = {}
    return result


def _without_alpha(image: "Image.Image") -> "Image.Image":
    return _in_mode(image, {"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))


def _in_mode(image: "Image.Image", mode: str) -> "Image.Image":
    """Return `image` in `mode`, itself if it has that: Pillow's own convert always copies."""
    return image if image.mode == mode else image.convert(mode)


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> Any:
    """Return the transform from `profile` to sRGB, None where there is nothing to do."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in str(source.profile.profile_description or "").lower() and mode == "RGB":
            return None
        return ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
