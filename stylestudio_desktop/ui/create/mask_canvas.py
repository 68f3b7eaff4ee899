"""The photo under the brush: what belongs to the product in full, the rest faint or gone."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.ui.create.strokes import Strokes
from stylestudio_desktop.ui.theme import dress, theme

SMALLEST, LARGEST = 3, 400
FARTHEST = 8.0
_FAINT, _TINT = 0.35, 0.22
_STEP = 1.18
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MaskCanvas(QWidget):
    """`changed()` tells that the mask changed, `sized(int)` the brush's width in mask pixels.

    The wheel changes the brush, with Ctrl the zoom around the cursor; the middle button, or the
    left one while Space is held, moves the photo. Arrows move the brush and Return dabs with it.
    """

    changed = Signal()
    sized = Signal(int)

    def __init__(self, photo: QImage, strokes: Strokes, parent: QWidget | None = None) -> None:
        """`photo` has the size of the mask."""
        super().__init__(parent)
        self.strokes = strokes
        self.adding = True
        self.alone = False
        self.brush = max(SMALLEST, round(max(photo.width(), photo.height()) / 24))
        self.zoom = 1.0
        self._photo = photo
        self._shown = QImage(photo.size(), QImage.Format.Format_ARGB32_Premultiplied)
        self._middle = QPointF(photo.width() / 2, photo.height() / 2)
        self._fitted = True
        self._at: QPointF | None = None
        self._painting = False
        self._moving: QPointF | None = None
        self._space = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(320, 240)
        dress(self, self.update)
        self.refresh(photo.rect())

    def refresh(self, area: QRect) -> None:
        """Show what the mask says within `area`, in mask pixels."""
        if area.isEmpty():
            return
        painter = QPainter(self._shown)
        modes = QPainter.CompositionMode
        painter.setCompositionMode(modes.CompositionMode_Source)
        painter.drawImage(area.topLeft(), self._photo, area)
        painter.setCompositionMode(modes.CompositionMode_DestinationIn)
        painter.drawImage(area.topLeft(), self.strokes.image, area)
        painter.end()
        self.update()

    def set_brush(self, width: float) -> None:
        """Take a brush `width` mask pixels wide."""
        self.brush = round(min(LARGEST, max(SMALLEST, width)))
        self.sized.emit(self.brush)
        self.update()

    def set_alone(self, alone: bool) -> None:
        """Show the product alone, or over its faint photo."""
        self.alone = alone
        self.update()

    def fit(self) -> None:
        """Show the whole photo."""
        self._fitted = True
        self._fit()

    def set_zoom(self, zoom: float, around: QPointF | None = None) -> None:
        """Show one mask pixel as `zoom` screen pixels, keeping the point `around` in its place."""
        self._fitted = False
        place = QPointF(self.rect().center()) if around is None else around
        before = self._to_mask(place)
        self.zoom = min(FARTHEST, max(self._least(), zoom))
        self._middle += before - self._to_mask(place)
        self.update()

    def hover(self, place: QPointF) -> None:
        """Show the brush at a place of the screen."""
        self._at = self._to_mask(place)
        self.update()

    def undo(self) -> None:
        """Take the last step back."""
        self.refresh(self.strokes.undo())
        self.changed.emit()

    def redo(self) -> None:
        """Do the last step taken back again."""
        self.refresh(self.strokes.redo())
        self.changed.emit()

    def replace(self, mask: QImage) -> None:
        """Put another mask in place of all."""
        self.strokes.replace(mask)
        self.refresh(self._photo.rect())
        self.changed.emit()

    # ---- where things are

    def _least(self) -> float:
        room = self.width() / self._photo.width(), self.height() / self._photo.height()
        return min(1.0, *room) * 0.96

    def _fit(self) -> None:
        room = self.width() / self._photo.width(), self.height() / self._photo.height()
        self.zoom = min(*room) * 0.96
        self._middle = QPointF(self._photo.width() / 2, self._photo.height() / 2)
        self.update()

    def _to_mask(self, place: QPointF) -> QPointF:
        return (place - QPointF(self.rect().center())) / self.zoom + self._middle

    def to_screen(self, point: QPointF) -> QPointF:
        """Return where a point of the mask is shown."""
        return (point - self._middle) * self.zoom + QPointF(self.rect().center())

    # ---- what people do

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the whole photo in sight while nobody has zoomed."""
        if self._fitted:
            self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or take hold of the photo."""
        hold = event.button() == Qt.MouseButton.MiddleButton
        if hold or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._moving = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._painting = True
            self._add = self._adds(event)
            self.strokes.begin()
            self._at = self._to_mask(event.position())
            self._paint(self._at, self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or move the photo."""
        if self._moving is not None:
            self._fitted = False
            self._middle -= (event.position() - self._moving) / self.zoom
            self._moving = event.position()
        now = self._to_mask(event.position())
        if self._painting and self._at is not None:
            self._paint(self._at, now)
        self._at = now
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the stroke."""
        self._moving = None
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.CrossCursor)
        if self._painting:
            self._painting = False
            self.strokes.end()
            self.changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the brush, or the zoom with Ctrl."""
        turns = event.angleDelta().y() / 120 or event.angleDelta().x() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * _STEP**turns, event.position())
        else:
            self.set_brush(_grown(self.brush, turns))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys of the brush; others go to the window."""
        key = event.key()
        if key in _ARROWS:
            across, down = _ARROWS[Qt.Key(key)]
            step = max(1.0, self.brush / 2)
            at = self._middle if self._at is None else self._at
            self._at = self._inside(at + QPointF(across * step, down * step))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._dab()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.set_brush(_grown(self.brush, 1 if key == Qt.Key.Key_BracketRight else -1))
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the photo."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.setCursor(Qt.CursorShape.CrossCursor)
        super().keyReleaseEvent(event)

    def leaveEvent(self, _event: object) -> None:
        """Hide the brush's ring."""
        if not self._painting:
            self._at = None
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw photo, product and brush."""
        painter = QPainter(self)
        look = theme()
        painter.fillRect(self.rect(), look.colour("stage"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 2.0)
        corner = self.to_screen(QPointF(0, 0))
        wide, tall = self._photo.width() * self.zoom, self._photo.height() * self.zoom
        area = QRectF(corner.x(), corner.y(), wide, tall)
        if not self.alone:
            painter.setOpacity(_FAINT)
            painter.drawImage(area, self._photo)
            painter.setOpacity(_TINT)  # as film was masked: what is left out lies under a colour
            painter.fillRect(area, look.colour("accent"))
            painter.setOpacity(1.0)
        painter.drawImage(area, self._shown)
        painter.setPen(QPen(look.colour("line_strong"), 1))
        painter.drawRect(area)
        if self._at is not None:
            self._paint_ring(painter, self.to_screen(self._at))

    def _paint_ring(self, painter: QPainter, place: QPointF) -> None:
        look = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self.brush * self.zoom / 2
        for colour, width in (("scrim", 3.0), ("good" if self.adding else "bad", 1.5)):
            painter.setPen(QPen(look.colour(colour), width))
            painter.drawEllipse(place, radius, radius)

    def _adds(self, event: QMouseEvent) -> bool:
        other = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        other = other or event.button() == Qt.MouseButton.RightButton
        return self.adding != other

    def _dab(self) -> None:
        at = self._middle if self._at is None else self._at
        self._add = self.adding
        self.strokes.begin()
        self._paint(at, at)
        self.strokes.end()
        self.changed.emit()

    def _paint(self, start: QPointF, end: QPointF) -> None:
        self.refresh(self.strokes.draw(start, end, self.brush, add=self._add))

    def _inside(self, point: QPointF) -> QPointF:
        return QPointF(
            min(max(point.x(), 0.0), self._photo.width() - 1.0),
            min(max(point.y(), 0.0), self._photo.height() - 1.0),
        )


def _grown(width: int, turns: float) -> float:
    """Return a brush some turns wider or narrower: never stuck at small whole widths."""
    wider = width * _STEP**turns
    return wider if abs(wider - width) >= 1 else width + (1 if turns > 0 else -1)
