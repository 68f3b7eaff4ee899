"""A picture that was pasted or dropped as it is, kept as a file before anything decodes it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication

from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.files.bounds import Limits

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QImage

_QT = "application/x-qt-image"
_BITMAP = ".bmp"
_TAKEN = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/bmp": _BITMAP}
translate = QCoreApplication.translate


class Pasted(NamedTuple):
    """A picture that was handed over: its bytes as they came, or what Qt holds already."""

    suffix: str
    bytes: bytes
    image: "QImage | None" = None


def holds_picture(data: "QMimeData") -> bool:
    """Say whether a picture itself, not only a file's address, was handed over."""
    return _kind(data) is not None


def picture_in(data: "QMimeData") -> Pasted | None:
    """Return the picture that was handed over, not decoded yet; None if there is none.

    Qt would decode it here and now, with any reader it has. Only what is in memory already is
    taken as Qt's own.
    """
    from PySide6.QtGui import QImage

    kind = _kind(data)
    if kind is None:
        return None
    if kind != _QT:
        whole = bytes(data.data(kind).data())
        if whole:
            return Pasted(_TAKEN[kind], whole)
    found = data.imageData() if data.hasFormat(_QT) else None
    return Pasted("", b"", found) if isinstance(found, QImage) and not found.isNull() else None


def keep(pasted: Pasted, folder: Path, limits: Limits) -> Path:
    """Write the picture into `folder` and return its file, for the import to judge.

    Asked beside the window. Raises BadInput for one that is too large or no picture, and
    StorageError where the disk does not take it.
    """
    if len(pasted.bytes) > limits.max_bytes:
        text = translate(
            "Pasted",
            "The pasted picture is larger than %1 MB, the largest that is taken. Nothing was "
            "changed; paste it smaller, or raise the limit in the settings.",
        )
        raise BadInput(text.replace("%1", f"{limits.max_bytes / 1_048_576:.3g}"))
    image = pasted.image
    if pasted.suffix == _BITMAP:
        image = _bitmap(pasted.bytes, limits.max_pixels)
    if image is not None:
        _refuse_vast(image.width() * image.height(), limits.max_pixels)
    name = translate("Pasted", "Pasted picture")
    file = folder / f"{name}{'.png' if image is not None else pasted.suffix}"
    try:
        if image is None:
            file.write_bytes(pasted.bytes)
        # The stub lists only overloads with bytes for the format, yet takes text.
        elif not image.save(str(file)):
            raise StorageError(_not_kept())
    except OSError as error:
        raise StorageError(_not_kept()) from error
    return file


def _kind(data: "QMimeData") -> str | None:
    offered = [kind for kind in data.formats() if kind.startswith("image/")]
    ours = next((kind for kind in _TAKEN if kind in offered), None)
    if ours is not None:
        return ours
    # Systems that hand over pixels name no kind; a kind that is not ours is left alone.
    return _QT if not offered and data.hasFormat(_QT) else None


def _bitmap(data: bytes, most: int) -> "QImage":
    """Return a bitmap's pixels, read by the one reader that reads nothing else."""
    from PySide6.QtGui import QImage, QImageReader

    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer, QByteArray(b"bmp"))
    size = reader.size()
    _refuse_vast(size.width() * size.height(), most)
    image = reader.read()
    if image.isNull():
        text = translate(
            "Pasted", "The pasted picture is damaged. Nothing was changed; copy it anew."
        )
        raise BadInput(text)
    if image.colorCount():  # a palette may be shorter than what points into it
        image.convertTo(QImage.Format.Format_RGB32)
    return image


def _refuse_vast(pixels: int, most: int) -> None:
    if pixels > most:
        text = translate(
            "Pasted",
            "The pasted picture has more than %1 million pixels, the most that are taken. Nothing "
            "was changed; paste it smaller, or raise the limit in the settings.",
        )
        raise BadInput(text.replace("%1", f"{most / 1e6:.3g}"))


def _not_kept() -> str:
    return translate(
        "Pasted",
        "The pasted picture could not be kept. Nothing was changed. Check that the disk has room, "
        "and paste again.",
    )
