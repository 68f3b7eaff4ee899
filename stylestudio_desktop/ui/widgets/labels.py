"""Text in its few roles, rules between things, and the badge that says a state three ways."""

import re
from typing import Literal, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from stylestudio_desktop.ui import icons
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Size, Space, Type

Role = Literal["body", "muted", "faint", "label", "title", "heading", "display", "bad"]
Tone = Literal["neutral", "accent", "good", "warning", "bad"]
_LONG = re.compile(r"\S{10}(?=\S)")


def label(
    text: str = "", role: Role = "body", *, wrap: bool = False, parent: QWidget | None = None
) -> QLabel:
    """Return a text label; the text is never read as markup, as it may come from a file."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def breakable(text: str) -> str:
    """Return `text` so that a wrapping label can break its long words, as names from a file have.

    A label is never narrower than its longest word.
    """
    return _LONG.sub("\\g<0>\u200b", text)


def plain_tip(widget: QWidget, text: str) -> None:
    """Give `widget` a tooltip that is never read as markup, as it may come from a file."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")  # `html` would load every entity
    widget.setToolTip(f"<qt>{plain}</qt>" if text else "")


def rule() -> QFrame:
    """Return a thin horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


class Status(NamedTuple):
    """A state as the user reads it: a word, an icon and a tone, never colour alone."""

    word: str
    icon: str
    tone: Tone = "neutral"


class StatusBadge(QWidget):
    """A pill with icon and word on a soft ground of its tone."""

    def __init__(self, status: Status, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = status
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(status)
        dress(self, self.update)

    def set_status(self, status: Status) -> None:
        """Show another state; nothing is drawn anew for the one that stands there."""
        if status == self._status and self.accessibleName():
            return
        self._status = status
        self.setAccessibleName(status.word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the pill's size in device-independent pixels."""
        width = QFontMetrics(self._font()).horizontalAdvance(self._status.word)
        return QSize(width + Size.ICON_SMALL + 2 * Space.S + Space.XS, Space.XL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_status(painter, QRectF(self.rect()), self._status, self.devicePixelRatioF())

    def _font(self) -> QFont:
        font = self.font()
        font.setPixelSize(Type.LABEL)
        font.setWeight(font.Weight.Medium)
        return font


def paint_status(painter: QPainter, area: QRectF, status: Status, scale: float) -> None:
    """Draw `status` as a pill that fills `area`; for rows that are painted, not built."""
    look, tones = (
        theme(),
        {"neutral": ("text_muted", "sunken"), "accent": ("accent", "accent_soft")},
    )
    ink, ground = tones.get(status.tone, (status.tone, f"{status.tone}_soft"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(ground))
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    side = Size.ICON_SMALL - 2
    drawing = icons.image(status.icon, getattr(look.palette, ink), side, scale)
    top = area.top() + (area.height() - side) / 2
    painter.drawImage(QRectF(area.left() + Space.S, top, side, side), drawing)
    font = painter.font()
    font.setPixelSize(Type.LABEL)
    font.setWeight(font.Weight.Medium)
    painter.setFont(font)
    painter.setPen(look.colour(ink))
    words = area.adjusted(Space.S + side + Space.XS, 0, -Space.XS, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, status.word)
