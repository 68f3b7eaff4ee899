"""Decodes picture files for the screen with Qt's own reader, treating every byte as hostile."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader

FORMATS = frozenset({b"jpeg", b"png", b"webp"})
ALLOCATION_MB = 512
THUMBNAIL_SIDE = 4096


def thumbnail(data: bytes, side: int) -> QImage | None:
    """Return the thumbnail in `data` fitted into `side` pixels square, None if it is damaged.

    The reader scales while it decodes; what comes out is in a format that is drawn without any
    further conversion. A "thumbnail" beyond 4096 pixels is refused: none of ours is.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = _reader(buffer)
    size = reader.size()
    longest = max(size.width(), size.height())
    if reader.format().data() not in FORMATS or not 0 < longest <= THUMBNAIL_SIDE:
        return None
    if longest > side:
        fitted = size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted.expandedTo(QSize(1, 1)))
    return _drawable(reader.read())


def picture(path: Path) -> QImage | None:
    """Return the whole picture in `path`, turned upright and in sRGB, or None if it is damaged."""
    file = QFile(str(path))  # named, since the reader does not keep it alive
    reader = _reader(file)
    reader.setAutoTransform(True)
    if reader.format().data() not in FORMATS:
        return None
    image = reader.read()
    space = image.colorSpace()
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if space.isValid() and space != srgb:
        image.convertToColorSpace(srgb)
    return _drawable(image)


def _reader(source: QIODevice) -> QImageReader:
    QImageReader.setAllocationLimit(ALLOCATION_MB)
    reader = QImageReader(source)
    reader.setDecideFormatFromContent(True)
    return reader


def _drawable(image: QImage) -> QImage | None:
    if image.isNull():
        return None
    formats = QImage.Format
    wanted = (
        formats.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else formats.Format_RGB32
    )
    return image if image.format() == wanted else image.convertToFormat(wanted)
