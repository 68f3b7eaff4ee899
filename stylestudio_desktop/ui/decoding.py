"""Decodes picture files for the screen with Qt's own reader, treating every byte as hostile.

The format is told by the first bytes and only that reader is asked. Left to find it out, Qt asks
its SVG reader as well, which connects signals while Python's lock is held; the UI thread, taking
a widget apart, holds the lock of such connections and waits for Python's: both for ever.
"""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader

ALLOCATION_MB = 512
THUMBNAIL_SIDE = 4096
_MAGIC_BYTES = 12
# Made here, on the UI thread: PySide makes two more classes for it (`qt_classes` tells why that
# must not happen on the threads that decode).
_SRGB = QColorSpace(QColorSpace.NamedColorSpace.SRgb)


def thumbnail(data: bytes, side: int) -> QImage | None:
    """Return the thumbnail in `data` fitted into `side` pixels square, None if it is damaged.

    The reader scales while it decodes; what comes out is in a format that is drawn without any
    further conversion. A "thumbnail" beyond 4096 pixels is refused: none of ours is.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    format = _format(data[:_MAGIC_BYTES])
    if format is None:
        return None
    # Not by `setDevice`: that makes PySide keep the buffer, with all its bytes, for ever.
    reader = _strict(QImageReader(buffer, QByteArray(format)))
    size = reader.size()
    longest = max(size.width(), size.height())
    if not 0 < longest <= THUMBNAIL_SIDE:
        return None
    if longest > side:
        fitted = size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted.expandedTo(QSize(1, 1)))
    return _drawable(reader.read())


def picture(path: Path, target: QColorSpace | None = None) -> QImage | None:
    """Return the whole picture in `path`, turned upright, or None if it is damaged.

    Its colours are brought into `target`, the screen's own space, or into sRGB; a picture that
    says nothing of its colours is taken for sRGB.
    """
    format = _format(_head(path))
    if format is None:
        return None
    reader = _strict(QImageReader(str(path), QByteArray(format)))
    reader.setAutoTransform(True)
    image = reader.read()
    wanted = _SRGB if target is None else target
    if not image.colorSpace().isValid():
        image.setColorSpace(_SRGB)
    if image.colorSpace() != wanted:
        image.convertToColorSpace(wanted)
    return _drawable(image)


def _strict(reader: QImageReader) -> QImageReader:
    QImageReader.setAllocationLimit(ALLOCATION_MB)
    reader.setAutoDetectImageFormat(False)
    return reader


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAGIC_BYTES)
    except OSError:
        return b""


def _format(head: bytes) -> bytes | None:
    if head.startswith(b"\xff\xd8\xff"):
        return b"jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"png"
    return b"webp" if head[:4] == b"RIFF" and head[8:] == b"WEBP" else None


def _drawable(image: QImage) -> QImage | None:
    if image.isNull():
        return None
    formats = QImage.Format
    wanted = (
        formats.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else formats.Format_RGB32
    )
    return image if image.format() == wanted else image.convertToFormat(wanted)
