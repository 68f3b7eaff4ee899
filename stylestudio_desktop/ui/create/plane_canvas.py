"""The background photo with the plane on it: four corners to pull, a grid in perspective."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.theme import dress, theme

LINES = 6
_REACH, _HANDLE = 22.0, 8.0
_STEP, _STRIDE = 0.004, 0.025
_MARGIN = 14.0
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_UNIT = QPolygonF([QPointF(0, 1), QPointF(1, 1), QPointF(1, 0), QPointF(0, 0)])
"""Far left, far right, near right, near left of a plane, as `scene.Plane` orders them."""


def corner_names() -> tuple[str, ...]:
    """Return the corners' names in their order."""
    return (
        words.tr("Far left corner"),
        words.tr("Far right corner"),
        words.tr("Near right corner"),
        words.tr("Near left corner"),
    )


class PlaneCanvas(QWidget):
    """`changed()` tells that a corner moved.

    The mouse pulls a corner, or the whole field by its inside. Tab goes from corner to corner,
    1 to 4 choose one, arrows move it (with Shift further).
    """

    changed = Signal()

    def __init__(self, photo: QImage, hint: str, parent: QWidget | None = None) -> None:
        """`hint` is the arrangement of which the outline is drawn: standing, laid or hung."""
        super().__init__(parent)
        self._photo, self._hint = photo, hint
        self.size_ = scene.USUAL_SIZE
        self.points: list[QPointF] = []
        self.active = 0
        self._pulled: int | None = None
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(360, 260)
        dress(self, self.update)

    def set_plane(self, plane: scene.Plane) -> None:
        """Put the corners where `plane` has them."""
        self.points = [QPointF(x, y) for x, y in plane.corners]
        self._moved()

    def plane(self) -> scene.Plane:
        """Return the plane. Raises BadInput with what is wrong with it."""
        return scene.plane_of([(one.x(), one.y()) for one in self.points])

    def area(self) -> QRectF:
        """Return where the photo is shown."""
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        size = QSizeF(self._photo.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(QPointF(0, 0), size)
        area.moveCenter(room.center())
        return area

    def to_screen(self, point: QPointF) -> QPointF:
        """Return where a point, in shares of the photo, is shown."""
        area = self.area()
        return QPointF(
            area.left() + point.x() * area.width(), area.top() + point.y() * area.height()
        )

    def move_corner(self, corner: int, to: QPointF) -> None:
        """Move a corner to `to`, in shares of the photo; it stays on the photo."""
        self.points[corner] = _inside(to)
        self.active = corner
        self._moved()

    # ---- what people do

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a corner, or of the whole field."""
        if event.button() != Qt.MouseButton.LeftButton or not self.points:
            return
        self._pulled = self._corner_at(event.position())
        self._held = self._to_photo(event.position())
        if self._pulled is not None:
            self.active = self._pulled
        elif not self._field().containsPoint(event.position(), Qt.FillRule.WindingFill):
            self._held = None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull what is held."""
        at = self._to_photo(event.position())
        if self._held is None:
            near = self.points and self._corner_at(event.position()) is not None
            shape = Qt.CursorShape.SizeAllCursor if near else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
        elif self._pulled is not None:
            self.move_corner(self._pulled, at)
        else:
            self._shift(at - self._held)
            self._held = at

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._pulled = self._held = None

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Go from corner to corner, and on to the buttons after the last one."""
        to = self.active + (1 if next_ else -1)
        if self.points and self.hasFocus() and 0 <= to < len(self.points):
            self._choose(to)
            return True
        return super().focusNextPrevChild(next_)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the chosen corner, or choose another."""
        key, names = event.key(), (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
        if not self.points:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            across, down = _ARROWS[Qt.Key(key)]
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            step = _STRIDE if far else _STEP
            now = self.points[self.active]
            self.move_corner(self.active, now + QPointF(across * step, down * step))
        elif key in names:
            self._choose(names.index(Qt.Key(key)))
        else:
            super().keyPressEvent(event)

    # ---- drawn

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw photo, grid, outline of the product, corners."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme().colour("stage"))
        painter.drawImage(self.area(), self._photo)
        if self.points:
            good = self._sound()
            paint_grid(painter, self._field(), bad=not good)
            if good:
                self._paint_hint(painter)
            self._paint_corners(painter, good)

    def _paint_corners(self, painter: QPainter, good: bool) -> None:
        look = theme()
        for number, point in enumerate(self.points):
            chosen = number == self.active and self.hasFocus()
            radius = _HANDLE + (3.0 if chosen else 0.0)
            painter.setPen(QPen(look.colour("scrim"), 4.0))
            painter.setBrush(look.colour("accent" if good else "bad"))
            painter.drawEllipse(self.to_screen(point), radius, radius)
            painter.setPen(QPen(look.colour("on_scrim"), 2.0))
            painter.drawEllipse(self.to_screen(point), radius, radius)

    def _paint_hint(self, painter: QPainter) -> None:
        """Draw about where the product comes to be, and how large."""
        onto = _transform(self._field())
        if onto is None:
            return
        share = self.size_ / 100
        painter.setBrush(theme().colour("scrim"))
        painter.setOpacity(0.35)
        painter.setPen(QPen(theme().colour("on_scrim"), 2.0, Qt.PenStyle.DashLine))
        if self._hint == "standing":
            half = 0.31 * share
            left, right = onto.map(QPointF(0.5 - half, 0.36)), onto.map(QPointF(0.5 + half, 0.36))
            side = right.x() - left.x()
            foot = (left.y() + right.y()) / 2
            top = max(self.area().top(), foot - side)
            painter.drawRoundedRect(QRectF(left.x(), top, side, foot - top), 6, 6)
        else:
            half = min(0.5, 0.42 * share)
            low, high = 0.5 - half, 0.5 + half
            corners = [QPointF(low, high), QPointF(high, high), QPointF(high, low)]
            painter.drawPolygon(QPolygonF([onto.map(p) for p in (*corners, QPointF(low, low))]))
        painter.setOpacity(1.0)

    # ---- parts

    def _moved(self) -> None:
        self._tell()
        self.update()
        self.changed.emit()

    def _choose(self, corner: int) -> None:
        self.active = corner
        self._tell()
        self.update()

    def _tell(self) -> None:
        point = self.points[self.active]
        across, down = wording.percent(point.x()), wording.percent(point.y())
        text = f"{corner_names()[self.active]}: {across}, {down}"
        self.setAccessibleDescription(text)

    def _sound(self) -> bool:
        try:
            self.plane()
        except BadInput:
            return False
        return True

    def _field(self) -> QPolygonF:
        try:
            corners: Sequence[QPointF] = [QPointF(x, y) for x, y in self.plane().corners]
        except BadInput:
            corners = self.points
        return QPolygonF([self.to_screen(one) for one in corners])

    def _corner_at(self, place: QPointF) -> int | None:
        apart = [(self.to_screen(one) - place).manhattanLength() for one in self.points]
        nearest = min(range(len(apart)), key=apart.__getitem__)
        return nearest if apart[nearest] <= _REACH else None

    def _to_photo(self, place: QPointF) -> QPointF:
        area = self.area()
        return QPointF(
            (place.x() - area.left()) / max(1.0, area.width()),
            (place.y() - area.top()) / max(1.0, area.height()),
        )

    def _shift(self, by: QPointF) -> None:
        moved = [one + by for one in self.points]
        if all(0 <= one.x() <= 1 and 0 <= one.y() <= 1 for one in moved):
            self.points = moved
            self._moved()


def paint_grid(
    painter: QPainter, field: QPolygonF, *, bad: bool = False, lines: int = LINES
) -> None:
    """Draw a grid in perspective into the four-sided `field` of the screen."""
    fine = lines / LINES
    look = theme()
    colour = look.colour("bad" if bad else "accent")
    onto = None if bad else _transform(field)
    for pen in (QPen(look.colour("scrim"), 3.0 * fine), QPen(colour, 0.5 + 0.9 * fine)):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(field)
        if onto is None:
            continue
        painter.setOpacity(0.75)
        for line in range(1, lines):
            at = line / lines
            painter.drawLine(onto.map(QPointF(at, 0)), onto.map(QPointF(at, 1)))
            painter.drawLine(onto.map(QPointF(0, at)), onto.map(QPointF(1, at)))
        painter.setOpacity(1.0)


def _transform(field: QPolygonF) -> QTransform | None:
    found = QTransform.quadToQuad(_UNIT, field)
    return found if isinstance(found, QTransform) else None


def _inside(point: QPointF) -> QPointF:
    return QPointF(min(max(point.x(), 0.0), 1.0), min(max(point.y(), 0.0), 1.0))
