"""Reads masks that people bring, as hostile as any picture, and writes them as grey PNG."""

import io
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.masks import LEAST_SHARE, LONGEST
from stylestudio_desktop.files.bounds import STORED_LIMITS
from stylestudio_desktop.files.codec import decoding, open_picture
from stylestudio_desktop.files.probe import judge

if TYPE_CHECKING:
    from PIL import Image

SKEW = 0.015
"""How far a mask's ratio of sides may lie from its photo's (rounding of small copies)."""


def canonical(data: bytes, name: str, photo: tuple[int, int]) -> tuple[bytes, int, int]:
    """Return a mask as a grey PNG of at most LONGEST pixels a side, with its width and height.

    White belongs to the product, black does not, grey is its soft edge; a picture with a clear
    ground (a cut-out) says it by its alpha. `photo` is the width and height of the photo, upright.
    Raises BadInput for anything that is no mask of that photo.
    """
    header = judge(data, name, STORED_LIMITS)
    grey: Image.Image = decoding(name, lambda: _grey(open_picture(data, header)))
    if abs(grey.width * photo[1] / (grey.height * photo[0]) - 1) > SKEW:
        raise BadInput(
            f"“{name}” has {grey.width} × {grey.height} pixels and the photo {photo[0]} × "
            f"{photo[1]}: the sides do not match, so it is no mask of this photo. "
            "Nothing was changed."
        )
    scale = min(1.0, LONGEST / max(photo), LONGEST / max(grey.size))
    size = max(1, round(photo[0] * scale)), max(1, round(photo[1] * scale))
    if max(size) > max(grey.size):
        size = grey.size
    if grey.size != size:
        grey = grey.resize(size)
    levels = grey.histogram()
    if sum(levels[128:]) < LEAST_SHARE * size[0] * size[1]:
        raise BadInput(
            f"“{name}” marks nothing as the product: paint it white on black. Nothing was changed."
        )
    out = io.BytesIO()
    grey.save(out, "PNG", optimize=True)
    return out.getvalue(), size[0], size[1]


def _grey(opened: "Image.Image") -> "Image.Image":
    with opened:
        opened.load()
        if opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info:
            alpha = opened.convert("RGBA").getchannel("A")
            if any(alpha.histogram()[:250]):
                return alpha
        if opened.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip, not scale
            return opened.convert("I").point(lambda level: level / 257).convert("L")
        return opened.convert("L")
