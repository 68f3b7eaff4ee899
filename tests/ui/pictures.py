"""Pictures drawn for tests and screenshots, so that no test needs a file or a network."""

from functools import cache
from random import Random

from PySide6.QtCore import QBuffer, QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QRadialGradient

RATIOS = ((1, 1), (2, 3), (3, 4), (4, 3), (16, 9), (9, 16))


def _garment(kind: int, side: float) -> QPainterPath:
    """Return a shirt, dress, trousers or bag inside a square of `side`."""
    outlines = (
        [(.34, .2), (.44, .25), (.56, .25), (.66, .2), (.86, .34), (.76, .46), (.68, .42),
         (.69, .82), (.31, .82), (.32, .42), (.24, .46), (.14, .34)],
        [(.4, .16), (.46, .24), (.54, .24), (.6, .16), (.64, .2), (.6, .42), (.76, .86),
         (.24, .86), (.4, .42), (.36, .2)],
        [(.34, .14), (.66, .14), (.72, .88), (.56, .88), (.5, .4), (.44, .88), (.28, .88)],
        [(.24, .42), (.76, .42), (.82, .82), (.18, .82)],
    )  # fmt: skip
    path = QPainterPath()
    points = [QPointF(x * side, y * side) for x, y in outlines[kind % 4]]
    path.moveTo(points[0])
    for point in points[1:]:
        path.lineTo(point)
    path.closeSubpath()
    if kind % 4 == 3:
        handle = QPainterPath()
        handle.addEllipse(QRectF(0.34 * side, 0.2 * side, 0.32 * side, 0.44 * side))
        inner = QPainterPath()
        inner.addEllipse(QRectF(0.39 * side, 0.25 * side, 0.22 * side, 0.4 * side))
        path = path.united(handle.subtracted(inner))
    return path


@cache
def picture(number: int, side: int = 256, *, product: bool = False) -> QImage:
    """Return picture `number`, always the same, its longest side `side` pixels."""
    dice = Random(number)
    wide, high = RATIOS[0] if product else RATIOS[dice.randrange(len(RATIOS))]
    size = (side, side * high // wide) if wide >= high else (side * wide // high, side)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hue, tone = dice.random(), dice.uniform(0.15, 0.55)
    if product:
        painter.fillRect(image.rect(), QColor(Qt.GlobalColor.white))
    else:
        ground = QLinearGradient(0, 0, size[0] * 0.4, size[1])
        ground.setColorAt(0, QColor.fromHsvF(hue, tone * 0.5, 0.95))
        ground.setColorAt(0.72, QColor.fromHsvF(hue, tone * 0.8, 0.8))
        ground.setColorAt(1, QColor.fromHsvF(hue, tone, 0.55))
        painter.fillRect(image.rect(), ground)
    smaller = min(size)
    painter.translate((size[0] - smaller) / 2, (size[1] - smaller) / 2)
    shadow = QRadialGradient(smaller * 0.5, smaller * 0.88, smaller * 0.36)
    shadow.setColorAt(0, QColor(0, 0, 0, 110))
    shadow.setColorAt(1, QColor(0, 0, 0, 0))
    painter.fillRect(QRectF(0, smaller * 0.8, smaller, smaller * 0.14), shadow)
    cloth = QLinearGradient(smaller * 0.2, 0, smaller * 0.8, smaller)
    shade = (hue + dice.uniform(0.35, 0.65)) % 1.0
    strength = dice.uniform(0.2, 0.85)
    cloth.setColorAt(0, QColor.fromHsvF(shade, strength, 0.9))
    cloth.setColorAt(1, QColor.fromHsvF(shade, strength, 0.55))
    painter.fillPath(_garment(number, smaller), cloth)
    painter.end()
    return image


@cache
def encoded(number: int, side: int = 256, *, product: bool = False) -> bytes:
    """Return the picture as JPEG bytes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture(number, side, product=product).save(buffer, "JPEG", 88)  # type: ignore[call-overload]
    return bytes(data.data())
