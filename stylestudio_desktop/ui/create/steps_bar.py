"""The tabs over the pages: each says what is chosen there and whether something is missing."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from stylestudio_desktop.ui import icons
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius, Size, Space, Type

_HEIGHT = 56
_BALL = 24


class StepTab(QAbstractButton):
    """One page's tab: a number (or a sign) in a ring, the name, and what is chosen."""

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self._chosen = ""
        self._sign = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(words.step_name(step))
        self.setToolTip(f"{self.text()} (Alt+{int(step) + 1})")
        dress(self, self.update)

    def tell(self, chosen: str, sign: str = "") -> None:
        """Show what is chosen, and an icon in place of the number."""
        if (chosen, sign) == (self._chosen, self._sign):
            return
        self._chosen, self._sign = chosen, sign
        self.setAccessibleName(f"{self.text()}. {chosen}")
        self.update()

    @property
    def chosen(self) -> str:
        """Return what is shown beneath the name."""
        return self._chosen

    def sizeHint(self) -> QSize:
        """Return a modest width; the bar stretches it."""
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tab."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, area = theme(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(look.colour("raised" if self.isChecked() else "hover"))
            painter.drawRoundedRect(area, Radius.L, Radius.L)
        if self.hasFocus() or self.isChecked():
            tone = "accent" if self.hasFocus() else "line"
            painter.setPen(QPen(look.colour(tone), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, Radius.L, Radius.L)
        self._paint_ball(painter)
        self._paint_words(painter)

    def _paint_ball(self, painter: QPainter) -> None:
        look, on = theme(), self.isChecked()
        ball = QRectF(Space.M, (self.height() - _BALL) / 2, _BALL, _BALL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent" if on else "sunken"))
        painter.drawEllipse(ball)
        ink = "on_accent" if on else "text_muted"
        if self._sign:
            side = Size.ICON_SMALL - 2
            tone = getattr(look.palette, ink)
            drawing = icons.image(self._sign, tone, side, self.devicePixelRatioF())
            spot = QRectF(0, 0, side, side)
            spot.moveCenter(ball.center())
            painter.drawImage(spot, drawing)
            return
        font = self.font()
        font.setPixelSize(Type.LABEL)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(look.colour(ink))
        painter.drawText(ball, Qt.AlignmentFlag.AlignCenter, str(int(self.step) + 1))

    def _paint_words(self, painter: QPainter) -> None:
        left = Space.M + _BALL + Space.S
        wide, half = self.width() - left - Space.S, self.height() // 2
        font = self.font()
        font.setPixelSize(Type.BODY)
        font.setWeight(font.Weight.DemiBold)
        lines = ((self.text(), font, "text", QRect(left, half - 20, wide, 20)),)
        small = self.font()
        small.setPixelSize(Type.LABEL)
        for text, face, tone, area in (
            *lines,
            (self._chosen, small, "text_muted", QRect(left, half, wide, 20)),
        ):
            painter.setFont(face)
            painter.setPen(theme().colour(tone))
            cut = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, cut)


class StepsBar(QWidget):
    """All tabs; `chosen(step)` is emitted when the user asks for a page."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(words.tr("Steps"))
        self.tabs = {step: StepTab(step, self) for step in Step}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        layout.setSpacing(Space.XS)
        for step, tab in self.tabs.items():
            group.addButton(tab, int(step))
            layout.addWidget(tab, 1)
        group.idClicked.connect(lambda number: self.chosen.emit(Step(number)))

    def mark(self, step: Step) -> None:
        """Show which page is in front."""
        self.tabs[step].setChecked(True)
