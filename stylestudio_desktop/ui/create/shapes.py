"""Draws a picture's shape and size as an outline, so that ratios and qualities are seen."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from stylestudio_desktop.ui import icons
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius
from stylestudio_desktop.ui.widgets.cards import ChoiceCard

_HEIGHT = 44


class ShapeView(QWidget):
    """An outline of `width` to `height`, its longer side `share` of the room (0 to 1)."""

    def __init__(
        self, width: float, height: float, share: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shape, self._share = QSizeF(width, height), share
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        dress(self, self.update)

    def sizeHint(self) -> QSize:
        """Return a modest size; layouts stretch it."""
        return QSize(_HEIGHT, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the outline, in the accent's colour where its card is chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = self.parentWidget()
        on = isinstance(card, QAbstractButton) and card.isChecked()
        side = (_HEIGHT - 4) * self._share
        size = self._shape.scaled(QSizeF(side, side), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        ink = "accent" if on else "text_muted" if self.isEnabled() else "line_strong"
        painter.setPen(QPen(theme().colour(ink), 1.5))
        painter.setBrush(theme().colour("accent_soft" if on else "sunken"))
        painter.drawRoundedRect(area, Radius.S / 2, Radius.S / 2)


class SignView(QWidget):
    """An icon in the middle of a quiet ground; `ratio` is its width over its height."""

    def __init__(self, icon: str, ratio: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._ratio = icon, ratio
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        dress(self, self.update)

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at `width`."""
        return round(width / self._ratio)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground and the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), Radius.M, Radius.M)
        tone, scale = theme().palette.text_faint, self.devicePixelRatioF()
        area = QRectF(0, 0, _HEIGHT, _HEIGHT)
        area.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(area, icons.image(self._icon, tone, _HEIGHT, scale))


def pictured(title: str, text: str, ratio: float) -> ChoiceCard:
    """Return a choice card for a picture that comes later; `ratio` is its width over its height."""
    return _growing(ChoiceCard(title, text, QImage(), ratio))


def _growing(card: ChoiceCard) -> ChoiceCard:
    # A push button keeps to the height of its hint; a card's height follows its width.
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    card.setSizePolicy(policy)
    return card


def shaped(title: str, text: str, shape: QWidget | None = None) -> ChoiceCard:
    """Return a choice card with a drawing above its words."""
    card = _growing(ChoiceCard(title, text))
    if shape is None:
        return card
    shape.setParent(card)
    column = card.layout()
    if isinstance(column, QVBoxLayout):
        column.insertWidget(0, shape)
    card.toggled.connect(lambda _on: shape.update())
    return card
