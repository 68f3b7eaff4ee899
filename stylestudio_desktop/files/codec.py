"""The one door to Pillow: opens only what was judged, as one of three formats, never as a bomb."""

import io
import threading
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.headers import Header

if TYPE_CHECKING:
    from PIL import Image

_lock = threading.Lock()
_ready = False


def pillow() -> Any:
    """Return `PIL.Image`, imported on first use, with bombs made errors for the whole process."""
    global _ready
    from PIL import Image

    if not _ready:
        with _lock:
            if not _ready:
                # Python's filter list belongs to the process: set once, never by
                # catch_warnings, which is not safe beside other threads.
                warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
                _ready = True
    return Image


def allow_pixels(pixels: int) -> None:
    """Raise Pillow's own bomb limit where the user's limit is higher (pixels of one picture)."""
    image = pillow()
    if image.MAX_IMAGE_PIXELS is not None and pixels > image.MAX_IMAGE_PIXELS:
        image.MAX_IMAGE_PIXELS = pixels


def open_picture(data: bytes, header: Header) -> "Image.Image":
    """Open the bytes that `header` was read from, lazily and as that format only.

    A JPEG with further pictures behind the first (MPO, from phones) is opened as its first.
    The caller closes what it gets; a ValueError says that the header lied about the size.
    """
    image = pillow()
    formats = ("JPEG", "MPO") if header.format == "JPEG" else (header.format,)
    opened: Image.Image = image.open(io.BytesIO(data), formats=formats)
    if opened.size != (header.width, header.height):
        opened.close()
        raise ValueError("its parts disagree about its size")
    return opened


def decoding(name: str, work: Callable[[], Any]) -> Any:
    """Return `work()`, turning whatever a hostile picture provokes in a decoder into BadInput.

    Decoders raise nearly every type there is on broken input, so all are caught here, and only
    here; MemoryError included, since the picture asked for it.
    """
    try:
        return work()
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(
            f"“{name}” is damaged or incomplete: its pixels cannot be read. Nothing was changed; "
            "save or download it again."
        ) from error
