"""Draws one cell, one heading or the rubber band; knows colours and distances, nothing else."""

from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QLocale, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from stylestudio_desktop.ui import icons
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Radius, Size, Space, Type
from stylestudio_desktop.ui.widgets.grid.card import Card

_STARS = 5
_MARK = 18


class Look(NamedTuple):
    """How one cell is to be drawn: its area, the part that is the picture, and its state."""

    area: QRect
    side: int
    selected: bool
    current: bool
    hovered: bool


class CellPainter:
    """Made once for a paint; holds fonts and colours so that no cell looks them up again."""

    def __init__(self, painter: QPainter, font: QFont, scale: float) -> None:
        self._painter = painter
        self._scale = scale
        look = theme()
        self._tones = look.palette
        self._ground = look.colour("sunken")
        self._hover = look.colour("hover")
        self._text = look.colour("text")
        self._muted = look.colour("text_muted")
        self._scrim = look.colour("scrim")
        self._on_scrim = look.colour("on_scrim")
        self._accent = look.colour("accent")
        self._soft = look.colour("accent_soft")
        self._window = look.colour("window")
        self._small = _sized(font, Type.LABEL)
        self._metrics = QFontMetrics(self._small)
        self._heading = _sized(font, Type.BODY, QFont.Weight.DemiBold)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)

    def fill(self, area: QRect, colour: QColor) -> None:
        """Fill `area`; by `fillRect`, PySide would build five types of gradients at the start."""
        self._painter.setBackground(colour)
        self._painter.eraseRect(area)

    def cell(self, look: Look, card: Card | None, image: QImage | None) -> None:
        """Draw a cell; without a card or an image its place stays quietly grey."""
        frame = QRect(look.area.left(), look.area.top(), look.side, look.side)
        self.fill(frame, self._soft if look.selected else self._ground)
        if image is not None:
            self._picture(frame, image, card)
        if card is not None:
            self._marks(frame, card, look.hovered)
            if look.area.height() > look.side:
                self._caption(look, card)
        if look.selected:
            self._selected(frame)
        if look.current:
            self._painter.setPen(QPen(self._text if look.selected else self._accent, 2))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRect(frame.adjusted(1, 1, -1, -1))

    def heading(self, area: QRect, began: date, by: str, count: str) -> None:
        """Draw a date heading over `area`, which also covers what scrolls beneath it."""
        self.fill(area, self._window)
        self._painter.setFont(self._heading)
        self._painter.setPen(self._text)
        text = heading_text(began, by)
        inner = area.adjusted(Space.L, Space.XS, -Space.L, 0)
        drawn = self._painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)
        self._painter.setFont(self._small)
        self._painter.setPen(self._muted)
        beside = inner.adjusted(_width(drawn) + Space.S, 0, 0, 0)
        self._painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, count)

    def band(self, area: QRect) -> None:
        """Draw the rubber band."""
        self._painter.setPen(self._accent)
        tint = theme().colour("accent")
        self._painter.setOpacity(0.18)
        self.fill(area, tint)
        self._painter.setOpacity(1.0)
        self._painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _picture(self, frame: QRect, image: QImage, card: Card | None) -> None:
        ratio = image.width() / max(1, image.height())
        width = frame.width() if ratio >= 1 else round(frame.height() * ratio)
        height = frame.height() if ratio <= 1 else round(frame.width() / ratio)
        if card is not None and 0 < max(card.width, card.height) * 2 < frame.width():
            width, height = min(width, card.width * 2), min(height, card.height * 2)
        left = frame.left() + (frame.width() - width) // 2
        top = frame.top() + (frame.height() - height) // 2
        exact = image.width() == round(width * self._scale)
        if exact and self._scale == 1.0:
            self._painter.drawImage(QPointF(left, top), image)
        else:
            self._painter.drawImage(QRect(left, top, width, height), image)
        if card is not None and card.trashed:
            self._painter.setOpacity(0.55)
            self.fill(QRect(left, top, width, height), self._ground)
            self._painter.setOpacity(1.0)

    def _marks(self, frame: QRect, card: Card, hovered: bool) -> None:
        left, bottom = frame.left() + Space.XS, frame.bottom() - Space.XS - _MARK + 1
        if card.favourite:
            self._plate(QRectF(left, bottom, _MARK, _MARK))
            self._icon("heart-filled", self._tones.favourite, left + 3, bottom + 3, 12)
            left += _MARK + Space.XS
        if card.rating > 0 and frame.width() >= 96:
            stars = min(_STARS, card.rating)
            self._plate(QRectF(left, bottom, stars * 12 + 6, _MARK))
            for number in range(stars):
                self._icon(
                    "star-filled", self._tones.on_scrim, left + 4 + number * 12, bottom + 4, 10
                )
        if card.badge and frame.width() >= 96:
            width = min(self._metrics.horizontalAdvance(card.badge), frame.width() - 40) + 10
            plate = QRectF(frame.left() + Space.XS, frame.top() + Space.XS, width, _MARK)
            self._plate(plate)
            self._painter.setFont(self._small)
            self._painter.setPen(self._on_scrim)
            self._painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, card.badge)
        if hovered:
            self._painter.setPen(QPen(self._muted, 1))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRect(frame.adjusted(0, 0, -1, -1))

    def _caption(self, look: Look, card: Card) -> None:
        line = QRect(look.area.left() + 2, look.area.top() + look.side, look.side - 4,
                     look.area.height() - look.side)  # fmt: skip
        self._painter.setFont(self._small)
        self._painter.setPen(self._text if look.selected else self._muted)
        name = self._metrics.elidedText(card.name, Qt.TextElideMode.ElideMiddle, line.width())
        self._painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)

    def _selected(self, frame: QRect) -> None:
        self._painter.setPen(QPen(self._accent, 3))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(QRectF(frame).adjusted(1.5, 1.5, -1.5, -1.5))
        side = Size.ICON
        left, top = frame.right() - side - Space.XS, frame.top() + Space.XS + 1
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._accent)
        self._painter.drawEllipse(QRectF(left, top, side, side))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._icon("check", self._tones.on_accent, left + 3, top + 3, side - 6)

    def _plate(self, area: QRectF) -> None:
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._scrim)
        self._painter.drawRoundedRect(area, Radius.S, Radius.S)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _icon(self, name: str, colour: str, left: float, top: float, side: int) -> None:
        drawing = icons.image(name, colour, side, self._scale)
        self._painter.drawImage(QPointF(left, top), drawing)


def heading_text(began: date, by: str) -> str:
    """Return a heading's words in the user's language: "Sunday, 22 November 2026"."""
    locale = QLocale()
    if by == "month":
        return f"{locale.standaloneMonthName(began.month)} {began.year}"
    day = locale.standaloneDayName(began.isoweekday())
    month = locale.monthName(began.month)
    dotted = "." if locale.language() == QLocale.Language.German else ""
    return f"{day}, {began.day}{dotted} {month} {began.year}"


def _sized(font: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    return made


def _width(drawn: object) -> int:
    return drawn.width() if isinstance(drawn, QRect) else 0
