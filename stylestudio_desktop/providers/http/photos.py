"""How a prepared photo goes along inside of a request; the services differ only in the field."""

import base64
from pathlib import Path


def suffix_of(path: Path) -> str:
    """Return “png” or “jpeg”, what photos are prepared as, by the file's first bytes."""
    with path.open("rb") as file:
        return "png" if file.read(4) == b"\x89PNG" else "jpeg"


def media_type_of(path: Path) -> str:
    """Return a photo's content type."""
    return f"image/{suffix_of(path)}"


def encoded(path: Path) -> str:
    """Return a photo as base64."""
    return base64.b64encode(path.read_bytes()).decode("ascii")


def data_url(path: Path) -> str:
    """Return a photo as a data: URL."""
    return f"data:{media_type_of(path)};base64,{encoded(path)}"


def size_of(path: Path) -> tuple[int, int]:
    """Return the pixels of a photo that we have prepared ourselves."""
    from PIL import Image

    with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
        return image.size
