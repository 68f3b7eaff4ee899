"""Cuts a product out as a person painted it, where somebody did, else by the engine's own means."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from stylestudio_desktop.engine.cutout import Cutout, cut
from stylestudio_desktop.engine.edges import freed
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Plane
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo
from stylestudio_desktop.engine.veils import unveiled

MAX_BYTES, MAX_SIDE = 8_388_608, 4096


def cut_as(
    photo: Photo,
    mask: Path | None,
    networks: Networks,
    check: Callable[[], None],
    *,
    swift: bool = False,
    sheer: str = "auto",
) -> Cutout:
    """Cut the product out of `photo` by its painted `mask`, or, without one, by looking at it.

    `sheer` is what `cut` takes: whether the cloth lets the ground through.
    What was found by looking is kept for the next picture of a photo that came from a file.
    """
    if mask is None:
        looked = partial(cut, photo, networks, check, swift=swift, sheer=sheer)
        key = "product", photo.digest, photo.rgb.shape, swift, sheer, networks.has("u2netp")
        return networks.kept.of(key, looked) if photo.digest else looked()
    alpha = read(mask, (photo.rgb.shape[1], photo.rgb.shape[0]))
    check()
    return Cutout(unveiled(photo.rgb, alpha, freed(photo.rgb, alpha, check)), alpha)


def read(path: Path, size: tuple[int, int]) -> Plane:
    """Return a mask from 0 to 1 at `size` (width, height); raise EngineFault if it is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        with Image.open(path, formats=("PNG",)) as opened:
            if max(opened.size) > MAX_SIDE:
                raise ValueError("too large")
            plane = np.asarray(opened.convert("L"), np.float32) / 255
    except Exception as error:  # a hostile file can raise nearly anything from a decoder
        raise EngineFault(
            "input",
            "The mended cut-out of a photo can't be read. Nothing was charged; reset the cut-out "
            "of the photo, or mend it anew.",
        ) from error
    if plane.shape[::-1] == size:
        return plane
    method = cv2.INTER_AREA if size[0] < plane.shape[1] else cv2.INTER_CUBIC
    return cv2.resize(plane, size, interpolation=method).clip(0, 1)
