"""A strip of thumbnails below the viewer: where one is, and one press from its neighbours."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Space

CELL = 64
_STEP = CELL + Space.XS


class Filmstrip(QWidget):
    """`chosen(index)` is emitted when a picture is pressed. Nothing but what is seen is asked for.

    `thumbnail(index)` returns an image that is at hand, or None; the strip is updated by its owner.
    `looked(positions)` tells which are in view now, so that they can be brought to hand.
    """

    chosen = Signal(int)
    looked = Signal(object)

    def __init__(
        self, thumbnail: Callable[[int], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._total = 0
        self._current = 0
        self._framed = True
        self._told = range(0)
        self.setAccessibleName(self.tr("Neighbouring pictures"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        dress(self, self.update)

    def show_at(self, current: int, total: int, *, framed: bool = True) -> None:
        """Centre the strip on picture `current` of `total`, as far as there are others around.

        It is `framed`, unless what is looked at is not among them any more.
        """
        self._current, self._total, self._framed = current, total, framed
        self.update()

    def let_go(self) -> None:
        """Show nothing for a while: nobody looks."""
        self._told = range(0)
        self.looked.emit(self._told)

    def seen(self) -> range:
        """Return the positions in view."""
        left = self._left()
        return range(
            max(0, -left // _STEP), max(0, min(self._total, (self.width() - left) // _STEP + 1))
        )

    def sizeHint(self) -> QSize:
        """Return one row."""
        return QSize(CELL * 5, CELL + 2 * Space.S)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        seen = self.seen()
        if seen != self._told:
            self._told = seen
            self.looked.emit(seen)
        for index in seen:
            area = self._area(index)
            painter.fillRect(area, theme().colour("sunken"))
            image = self._thumbnail(index)
            if image is not None:
                size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRect(area.topLeft(), size)
                place.moveCenter(area.center())
                painter.drawImage(place, image)
            if self._framed and index == self._current:
                painter.setPen(QPen(theme().colour("accent"), 3))
                painter.drawRect(QRectF(area).adjusted(1.5, 1.5, -1.5, -1.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the picture under the cursor."""
        for index in self.seen():
            if self._area(index).contains(event.position().toPoint()):
                self.chosen.emit(index)
                return

    def _left(self) -> int:
        """Return where the first picture of all begins; far outside the view for a long list."""
        centred = (self.width() - CELL) // 2 - self._current * _STEP
        # With this, the last of all ends where the first could begin.
        last = self.width() - Space.S - self._total * _STEP + Space.XS
        if last >= Space.S:
            return (Space.S + last) // 2
        return max(last, min(Space.S, centred))

    def _area(self, index: int) -> QRect:
        return QRect(self._left() + index * _STEP, Space.S, CELL, CELL)
