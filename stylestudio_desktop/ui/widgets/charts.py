"""Small charts drawn by hand, so that no plotting library is imported: bars, and a thin line."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Space, Type
from stylestudio_desktop.ui.wording import figure


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name below, its value, and the words that a tooltip says."""

    name: str
    value: float
    words: str


class _Chart(QWidget):
    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        dress(self, self.update)


class BarChart(_Chart):
    """Upright bars over a base line, with the largest value named at the top left."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._bars: tuple[Bar, ...] = ()
        self.height_asked = 140

    def ask_height(self, height: int) -> None:
        """Be as high as that from now on."""
        if height != self.height_asked:
            self.height_asked = height
            self.updateGeometry()

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show `bars`; values below nought are drawn as nought."""
        self._bars = tuple(bars)
        self.setAccessibleDescription("; ".join(bar.words for bar in self._bars[-31:]))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size that shows a month of days."""
        return QSize(320, self.height_asked)

    def event(self, event: QEvent) -> bool:
        """Say a bar's words where the pointer rests."""
        if isinstance(event, QHelpEvent) and self._bars:
            step = self.width() / len(self._bars)
            index = min(len(self._bars) - 1, max(0, int(event.pos().x() / step)))
            QToolTip.showText(event.globalPos(), self._bars[index].words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(Type.SMALL)
        painter.setFont(font)
        area = QRectF(self.rect()).adjusted(0, Space.L, 0, -(Type.SMALL + Space.S))
        painter.setPen(theme().colour("line_strong"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self._bars:
            self._draw(painter, area)

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        most = max(bar.value for bar in self._bars)
        top = most if most > 0 else 1.0
        step = area.width() / len(self._bars)
        gap = min(4.0, step * 0.25)
        every = max(1, ceil(72 / step))  # never closer than its words are wide
        for index, bar in enumerate(self._bars):
            height = area.height() * max(0.0, bar.value) / top
            left = area.left() + index * step + gap / 2
            painter.fillRect(
                QRectF(left, area.bottom() - height, step - gap, height), theme().colour("accent")
            )
            if (len(self._bars) - 1 - index) % every == 0:  # the last, today's, has its name
                painter.setPen(theme().colour("text_faint"))
                # Under the middle of its bar; at an edge it would reach beyond, so it ends there.
                wide = painter.fontMetrics().horizontalAdvance(bar.name)
                middle = left + (step - gap - wide) / 2
                at = max(area.left(), min(middle, area.right() - wide))
                below = QRectF(at, area.bottom() + 2, wide + 1, Type.SMALL + Space.XS)
                painter.drawText(below, Qt.AlignmentFlag.AlignLeft, bar.name)
        painter.setPen(theme().colour("text_faint"))
        if most > 0:
            painter.drawText(QRectF(0, 0, area.width(), Space.L), figure(top))


class Sparkline(_Chart):
    """A thin line without axes, for a trend beside a number."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._values: tuple[float, ...] = ()

    def set_values(self, values: Sequence[float]) -> None:
        """Show `values`, oldest first."""
        self._values = tuple(values)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size that fits into a card."""
        return QSize(120, Space.XXL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("accent"), 1.5))
        low, high = min(self._values), max(self._values)
        span = (high - low) or 1.0
        height, step = self.height() - 4, (self.width() - 2) / (len(self._values) - 1)
        points = [
            QPointF(1 + step * i, 2 + height * (1 - (value - low) / span))
            for i, value in enumerate(self._values)
        ]
        painter.drawPolyline(QPolygonF(points))
