"""Draws where a picture differs from its product photo, as a PNG to look at anywhere."""

import io
from pathlib import Path

from stylestudio_desktop.domain.fidelity import VEIL, Heat, tone
from stylestudio_desktop.files.scaling import render


def heat_map(picture: Path, heat: Heat) -> bytes:
    """Return the picture at `picture`, about 1,024 pixels long and dimmed, with `heat` glowing.

    Raises BadInput if the picture can't be read.
    """
    from PIL import Image

    with Image.open(io.BytesIO(render(picture).large)) as opened:
        shown = opened.convert("RGBA")
    dimmed = Image.alpha_composite(
        Image.alpha_composite(Image.new("RGBA", shown.size, "black"), shown),
        Image.new("RGBA", shown.size, (0, 0, 0, VEIL)),
    )
    glow = Image.new("RGBA", (heat.width, heat.height))
    glow.putdata([tone(level) for level in heat.levels])
    glow = glow.resize(shown.size, Image.Resampling.BILINEAR)
    out = io.BytesIO()
    Image.alpha_composite(dimmed, glow).convert("RGB").save(out, "PNG")
    return out.getvalue()
