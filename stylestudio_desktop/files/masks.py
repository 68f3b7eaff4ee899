"""Reads masks that people bring, as hostile as any picture, and writes them as grey PNG."""

import io
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.masks import LEAST_SHARE, LONGEST
from stylestudio_desktop.domain.pieces import GRID, pieces
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
    # A colour profile of the picture it came from says nothing of grey levels, nor may it.
    grey.save(out, "PNG", optimize=True, icc_profile=None)
    return out.getvalue(), size[0], size[1]


def apart(data: bytes, name: str) -> list[bytes]:
    """Return a mask of its own (grey PNG) for each of several products that a mask holds.

    They come from left to right; the list is empty where there are fewer than two. Raises BadInput.
    """
    from PIL import Image, ImageChops, ImageFilter

    header = judge(data, name, STORED_LIMITS)
    grey: Image.Image = decoding(name, lambda: _grey(open_picture(data, header)))
    scale = min(1.0, GRID / max(grey.size))
    size = max(1, round(grey.width * scale)), max(1, round(grey.height * scale))
    found = pieces(grey.resize(size, Image.Resampling.BOX).tobytes(), size[0])
    alone = []
    for piece in found if len(found) > 1 else ():
        cells = Image.new("L", size)
        cells.putdata([255 * (cell in piece) for cell in range(size[0] * size[1])])
        # A cell more on every side: soft edges lie beyond what a coarse map counts as covered.
        wide = cells.filter(ImageFilter.MaxFilter(3)).resize(grey.size, Image.Resampling.NEAREST)
        out = io.BytesIO()
        ImageChops.darker(grey, wide).save(out, "PNG", icc_profile=None)
        alone.append(out.getvalue())
    return alone


def cloth(data: bytes) -> str:
    """Return what the engine told of the cloth in a cut-out of its own: a word, mostly "".

    "suspected" where the ground may show through it, "untold" where that can't be seen.
    """
    header = judge(data, "cut-out", STORED_LIMITS)
    with decoding("cut-out", lambda: open_picture(data, header)) as opened:
        return str(opened.info.get("sheer", ""))


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
