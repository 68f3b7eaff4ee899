"""Draws small product-like pictures for synthetic libraries: a garment's outline on a ground."""

import io
import random
from collections.abc import Callable
from typing import Any

from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.store.bulk import Drawn

SIZES = ((320, 320), (256, 384), (384, 256), (288, 384))
_OUTLINES = (
    # Tee, dress, trousers, bag, bottle: corners as shares of width and height.
    ((.30, .20), (.42, .24), (.58, .24), (.70, .20), (.92, .36), (.80, .47), (.72, .42),
     (.72, .85), (.28, .85), (.28, .42), (.20, .47), (.08, .36)),
    ((.38, .10), (.46, .18), (.54, .18), (.62, .10), (.66, .40), (.84, .90), (.16, .90),
     (.34, .40)),
    ((.32, .10), (.68, .10), (.76, .92), (.58, .92), (.50, .38), (.42, .92), (.24, .92)),
    ((.22, .42), (.36, .42), (.40, .22), (.60, .22), (.64, .42), (.78, .42), (.84, .86),
     (.16, .86)),
    ((.44, .08), (.56, .08), (.56, .24), (.68, .36), (.68, .92), (.32, .92), (.32, .36),
     (.44, .24)),
)  # fmt: skip


def draw(
    files: FileStore, number: int, rng: random.Random, progress: Callable[[int], None]
) -> list[Drawn]:
    """Draw `number` distinct JPEGs into the file store; durable when this returns."""
    drawn: list[Drawn] = []
    for begin in range(0, number, 50):
        sizes = []
        with files.batch() as batch:
            for _ in range(min(50, number - begin)):
                size = rng.choice(SIZES)
                batch.add(io.BytesIO(_jpeg(size, rng)), 1 << 20)
                sizes.append(size)
        drawn += [
            Drawn(begin + place, stored.storage_id, stored.size, *size)
            for place, (stored, size) in enumerate(zip(batch.stored, sizes, strict=True))
        ]
        progress(len(drawn))
    return drawn


def _jpeg(size: tuple[int, int], rng: random.Random) -> bytes:
    from PIL import Image, ImageDraw, ImageFilter

    ground, cloth, shade = (_colour(rng, light) for light in (0.88, 0.5, 0.35))
    image = Image.linear_gradient("L").resize(size)
    picture = Image.composite(
        Image.new("RGB", size, ground), Image.new("RGB", size, _lighter(ground)), image
    )
    corners = [(x * size[0], y * size[1]) for x, y in rng.choice(_OUTLINES)]
    shadow = Image.new("L", size, 0)
    ImageDraw.Draw(shadow).ellipse(
        (size[0] * 0.2, size[1] * 0.82, size[0] * 0.8, size[1] * 0.95), fill=110
    )
    picture.paste((60, 60, 66), (0, 0), shadow.filter(ImageFilter.GaussianBlur(8)))
    pen: Any = ImageDraw.Draw(picture)
    pen.polygon(corners, fill=cloth, outline=shade, width=2)
    stripes = rng.randrange(4)
    for number in range(stripes):
        height = size[1] * (0.5 + number * 0.08)
        pen.line((size[0] * 0.34, height, size[0] * 0.66, height), fill=shade, width=4)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _colour(rng: random.Random, light: float) -> tuple[int, int, int]:
    red, green, blue = (
        min(255, max(0, round(255 * (light + rng.uniform(-0.18, 0.12))))) for _ in range(3)
    )
    return red, green, blue


def _lighter(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (min(255, one + 18) for one in colour)
    return red, green, blue
