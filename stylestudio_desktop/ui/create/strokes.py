"""The mask under the brush: strokes that add and take away, each undone and redone by itself."""

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPen

MOST_STEPS = 80
_SOFT = 2  # pixels beyond the brush that its soft edge may touch


@dataclass
class _Step:
    """What a stroke changed: the place, and its pixels before and after."""

    area: QRect
    before: QImage
    after: QImage


class Strokes:
    """A mask (one byte a pixel, 255 for the product) with everything that was done to it."""

    def __init__(self, mask: QImage) -> None:
        """Take over `mask`, a grey picture."""
        self.image = _as_alpha(mask)
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._stroke: QImage | None = None
        self._area = QRect()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._undone)

    def begin(self) -> None:
        """Begin a stroke."""
        self._stroke = self.image.copy()
        self._area = QRect()

    def draw(self, start: QPointF, end: QPointF, width: float, *, add: bool) -> QRect:
        """Draw one piece of the stroke and return the place that may have changed."""
        if self._stroke is None:
            self.begin()
        line = QLineF(start, end)
        if line.length() < 0.01:
            line.setP2(end + QPointF(0.01, 0))  # a dab: a line of no length draws nothing
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        modes = QPainter.CompositionMode
        mode = modes.CompositionMode_SourceOver if add else modes.CompositionMode_DestinationOut
        painter.setCompositionMode(mode)
        pen = QPen(QColor(Qt.GlobalColor.black), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(line)
        painter.end()
        reach = width / 2 + _SOFT
        touched = QRectF(start, end).normalized().adjusted(-reach, -reach, reach, reach)
        area = touched.toAlignedRect() & self.image.rect()
        self._area = self._area | area
        return area

    def end(self) -> None:
        """End the stroke: it becomes one step to take back."""
        if self._stroke is not None and not self._area.isEmpty():
            self._keep(self._area, self._stroke)
        self._stroke = None

    def replace(self, mask: QImage) -> None:
        """Put another mask in place of all, as one step."""
        before = self.image.copy()
        self.image = _as_alpha(mask.scaled(before.size()))
        self._keep(self.image.rect(), before)

    def undo(self) -> QRect:
        """Take the last step back and return the place that changed."""
        if not self._done:
            return QRect()
        step = self._done.pop()
        self._undone.append(step)
        return self._put(step.area, step.before)

    def redo(self) -> QRect:
        """Do the step taken back last again and return the place that changed."""
        if not self._undone:
            return QRect()
        step = self._undone.pop()
        self._done.append(step)
        return self._put(step.area, step.after)

    def png(self) -> bytes:
        """Return the mask as a grey PNG."""
        grey = self.image.copy()
        grey.reinterpretAsFormat(QImage.Format.Format_Grayscale8)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, b"png")
        writer.write(grey)
        return bytes(buffer.data().data())

    def _keep(self, area: QRect, before: QImage) -> None:
        self._done.append(_Step(area, before.copy(area), self.image.copy(area)))
        del self._done[:-MOST_STEPS]
        self._undone.clear()

    def _put(self, area: QRect, pixels: QImage) -> QRect:
        painter = QPainter(self.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(area.topLeft(), pixels)
        painter.end()
        return area


def _as_alpha(mask: QImage) -> QImage:
    grey = mask.convertToFormat(QImage.Format.Format_Grayscale8)
    grey.reinterpretAsFormat(QImage.Format.Format_Alpha8)
    return grey
