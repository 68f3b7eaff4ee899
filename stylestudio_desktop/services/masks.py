"""The cut-outs that people mended: kept with their photo, used by every later picture of it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.masks import Mask
from stylestudio_desktop.files.bounds import STORED_LIMITS
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.files.masks import canonical
from stylestudio_desktop.files.probe import read_whole
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import masks


def of_files(studio: Studio, file_ids: Sequence[int]) -> dict[int, Mask]:
    """Return what is known of the masks of some photos; one nobody mended has none."""
    return masks.of_files(studio.database, studio.user_id, file_ids)


def png(studio: Studio, file_id: int) -> bytes | None:
    """Return the mended mask of a photo, None where there is none."""
    return masks.png(studio.database, studio.user_id, file_id)


def keep(studio: Studio, file_id: int, data: bytes, name: str) -> Mask:
    """Keep `data`, a picture of the mask, with a photo; every later picture uses it.

    Raises NotFound, or BadInput for what is no mask of this photo.
    """
    row = library.picture(studio, file_id)
    grey, width, height = canonical(data, name, (row.width, row.height))
    mask = Mask(row.id, now_ms(), width, height, hashlib.sha256(grey).hexdigest())
    with studio.database.write():
        masks.keep(studio.database, studio.user_id, mask, grey)
        studio.tell(FilesChanged((row.id,)))
    return mask


def keep_file(studio: Studio, file_id: int, source: Path) -> Mask:
    """Keep a mask that lies in the file `source`. Raises NotFound or BadInput."""
    return keep(studio, file_id, read_whole(source, STORED_LIMITS, source.name), source.name)


def reset(studio: Studio, file_id: int) -> bool:
    """Forget a photo's mended mask and say whether there was one; the engine's own holds again."""
    row = library.picture(studio, file_id)
    known = bool(of_files(studio, [row.id]))
    if known:
        with studio.database.write():
            masks.drop(studio.database, studio.user_id, row.id)
            studio.tell(FilesChanged((row.id,)))
    return known


def for_job(studio: Studio, products: Sequence[int], folder: Path) -> tuple[Path | None, ...]:
    """Write the masks of some product photos into `folder`; None where nobody mended one.

    Raises StorageError.
    """
    known = of_files(studio, products)
    written: list[Path | None] = []
    for file_id in products:
        mask = known.get(file_id)
        data = None if mask is None else png(studio, file_id)
        if mask is None or data is None:
            written.append(None)
            continue
        path = folder / f"mask-{mask.digest}.png"
        with storing("writing the mask of a photo"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(data)
        written.append(path)
    return tuple(written)
