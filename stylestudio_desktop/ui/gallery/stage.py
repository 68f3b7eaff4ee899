"""Shows one picture large: zoom around the cursor, pan, and the slider against the photo before."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.ui.gallery.camera import Camera, Extent
from stylestudio_desktop.ui.gallery.mips import Mips
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius, Space, Type

WHEEL_STEP = 1.2
_PIXELS_FROM = 3.0
_GRIP = 14
_FRAME = 3


class Stage(QWidget):
    """`looked()` follows the camera, so that other stages do too; `pressed()` the pointer."""

    looked = Signal()
    pressed = Signal()

    def __init__(self, camera: Camera, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = camera
        self.split = 0.5
        self._mips: Mips | None = None
        self._before: Mips | None = None
        self._stand_in: QImage | None = None
        self._size: Extent = (1.0, 1.0)
        self._message = ""
        self._name = ""
        self._grabbed: QPoint | None = None
        self._sliding = False
        self._marked = False
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(120, 120))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        dress(self, self.update)

    def show_stand_in(self, image: QImage | None, size: Extent, name: str = "") -> None:
        """Show a thumbnail at once in the place of a picture of `size` that is being decoded."""
        self._mips, self._stand_in, self._message = None, image, ""
        self._size = size if min(size) > 0 else (1.0, 1.0)
        self._name = name
        self.setAccessibleName(name)
        self.update()

    def show_picture(self, mips: Mips) -> None:
        """Show the decoded picture; the camera stays."""
        self._mips, self._size, self._message = mips, mips.extent, ""
        self.update()

    def let_go(self) -> None:
        """Keep no picture while nobody looks: a large one takes eighty megabytes."""
        self._mips = self._before = self._stand_in = None

    def show_message(self, sentence: str) -> None:
        """Show a sentence in place of a picture that cannot be shown."""
        self._mips, self._message = None, sentence
        self.update()

    def set_marked(self, marked: bool) -> None:
        """Frame it as the one of several that is described."""
        if marked != self._marked:
            self._marked = marked
            self.update()

    def set_before(self, before: Mips | None) -> None:
        """Show `before` left of the slider; None takes the slider away."""
        self._before = before
        self.update()

    @property
    def has_before(self) -> bool:
        """Return whether the slider is shown."""
        return self._before is not None

    @property
    def extent(self) -> Extent:
        """Return the picture's size in pixels."""
        return self._size

    def percent(self) -> float:
        """Return screen pixels per picture pixel; 1.0 is 1:1."""
        return self.camera.scale(self._size, self._view()) * self.devicePixelRatioF()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by `factor` around `at`, or around the middle."""
        point = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        self.camera.zoom_at((point.x(), point.y()), factor, self._size, self._view())
        self._moved()

    def one_to_one(self, at: QPointF | None = None) -> None:
        """Show one picture pixel on one screen pixel, around `at` or the middle."""
        self.zoom(1.0 / max(1e-6, self.percent()), at)

    def fit(self) -> None:
        """Show the whole picture."""
        self.camera.reset()
        self._moved()

    def toggle(self, at: QPointF | None = None) -> None:
        """Change between the whole picture and 1:1."""
        if self.camera.zoom > 1.0:
            self.fit()
        else:
            self.one_to_one(at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, the photo before it, and the slider."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("stage"))
        if self._message:
            painter.setPen(theme().colour("text_muted"))
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(40, 0, -40, 0), centred, self._message)
            return
        if self._mips is not None:
            self._draw(painter, self._mips.level(self.percent()), self._size)
        elif self._stand_in is not None:
            self._draw(painter, self._stand_in, self._size)
        if self._before is not None:
            self._draw_before(painter, self._before)
        if self._marked:
            self._draw_frame(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture in the new view."""
        super().resizeEvent(event)
        self.camera.settle(self._size, self._view())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the cursor."""
        self.zoom(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the slider or of the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._sliding = self._near_slider(event.position())
            self._grabbed = event.position().toPoint()
            if not self._sliding:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Slide or pan."""
        point = event.position().toPoint()
        if self._grabbed is None:
            near = self._near_slider(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        elif self._sliding:
            self.split = max(0.0, min(1.0, point.x() / max(1, self.width())))
            self.update()
        else:
            moved = point - self._grabbed
            self._grabbed = point
            self.camera.pan(moved.x(), moved.y(), self._size, self._view())
            self._moved()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None
        self._sliding = False
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between the whole picture and 1:1 at the cursor."""
        self.toggle(event.position())

    def _place(self, extent: Extent) -> QRectF:
        """Return where a picture of `extent` is drawn: a photo before as high as the result.

        Whatever their sizes in pixels are, both are compared at one size, and move together.
        """
        scale = self.camera.scale(self._size, self._view())
        left, top = self.camera.origin(self._size, self._view())
        shown = QRectF(left, top, self._size[0] * scale, self._size[1] * scale)
        width = shown.height() * extent[0] / max(1.0, extent[1])
        return QRectF(shown.center().x() - width / 2, shown.top(), width, shown.height())

    def _draw(self, painter: QPainter, image: QImage, extent: Extent) -> None:
        target = self._place(extent)
        left, top, scale = target.left(), target.top(), target.width() / extent[0]
        smooth = scale * self.devicePixelRatioF() < _PIXELS_FROM or image is self._stand_in
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        seen = target.intersected(QRectF(self.rect()))
        if seen.isEmpty():
            return
        per_x, per_y = image.width() / target.width(), image.height() / target.height()
        source = QRectF(
            (seen.left() - left) * per_x, (seen.top() - top) * per_y,
            seen.width() * per_x, seen.height() * per_y,
        )  # fmt: skip
        painter.drawImage(seen, image, source)

    def _draw_frame(self, painter: QPainter) -> None:
        """Draw the accent's frame with a thin ground inside, seen on any picture."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, wide, inset in (("accent", _FRAME, _FRAME / 2), ("window", 1, _FRAME + 0.5)):
            pen = QPen(theme().colour(colour), wide)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))

    def _draw_before(self, painter: QPainter, before: Mips) -> None:
        line = self.split * self.width()
        painter.save()
        painter.setClipRect(QRectF(0, 0, line, self.height()))
        painter.fillRect(self.rect(), theme().colour("stage"))
        fit = self._place(before.extent).width() / before.extent[0] * self.devicePixelRatioF()
        self._draw(painter, before.level(fit), before.extent)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("on_scrim"), 2))
        painter.drawLine(QPointF(line, 0), QPointF(line, self.height()))
        painter.setBrush(theme().colour("scrim"))
        painter.drawEllipse(QPointF(line, self.height() / 2), _GRIP, _GRIP)
        middle = self.height() / 2
        for side in (-1, 1):
            tip = line + side * 8
            painter.drawLine(QPointF(tip, middle), QPointF(tip - side * 4, middle - 4))
            painter.drawLine(QPointF(tip, middle), QPointF(tip - side * 4, middle + 4))
        self._plate(painter, self.tr("Product photo"), line, before=True)
        self._plate(painter, self.tr("Result"), line, before=False)

    def _plate(self, painter: QPainter, text: str, line: float, *, before: bool) -> None:
        font = self.font()
        font.setPixelSize(Type.LABEL)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * Space.S
        left = line - width - _GRIP if before else line + _GRIP
        area = QRectF(left, Space.M, width, Space.XL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("scrim"))
        painter.drawRoundedRect(area, Radius.S, Radius.S)
        painter.setPen(theme().colour("on_scrim"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _near_slider(self, point: QPointF) -> bool:
        return self.has_before and abs(point.x() - self.split * self.width()) <= _GRIP

    def _view(self) -> Extent:
        return float(max(1, self.width())), float(max(1, self.height()))

    def _moved(self) -> None:
        self.update()
        self.looked.emit()
