"""Cards: a choice shown as a picture with words, and a plain card that holds anything."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius, Space
from stylestudio_desktop.ui.widgets.labels import label

_FROM_TOP = 10  # of what must be cropped from a tall picture, a tenth goes at the top


class Card(QFrame):
    """A raised frame; put widgets into `body`."""

    def __init__(self, parent: QWidget | None = None, margin: int = Space.L) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(Space.S)


class MetricCard(Card):
    """A number with its name above and a remark below."""

    def __init__(
        self, name: str, value: str = "", remark: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._value = label("", "heading")
        self._remark = label("", "faint", wrap=True)
        self.body.setSpacing(Space.XS)
        for part in (label(name, "label"), self._value, self._remark):
            self.body.addWidget(part)
        self.set(value, remark)

    def set(self, value: str, remark: str = "") -> None:
        """Show another number and remark."""
        self._value.setText(value)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        self.setAccessibleName(f"{self._name}: {value} {remark}".strip())


class Picture(QWidget):
    """A picture that fills its area, cropped at the sides or mostly at the foot."""

    def __init__(self, ratio: float = 1.0, parent: QWidget | None = None) -> None:
        """`ratio` is width over height; the height follows the width."""
        super().__init__(parent)
        self._ratio = ratio
        self._image = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        dress(self, self.update)

    def set_image(self, image: QImage) -> None:
        """Show `image`, decoded elsewhere; a null image shows the bare ground."""
        self._image = image
        self.update()

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at `width`."""
        return round(width / self._ratio)

    def sizeHint(self) -> QSize:
        """Return a modest size; layouts stretch it."""
        return QSize(120, self.heightForWidth(120))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture or the bare ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), Radius.M, Radius.M)
        painter.setClipPath(path)
        painter.fillRect(self.rect(), theme().colour("sunken"))
        if not self._image.isNull():
            painter.drawImage(self.rect(), self._image, _shown_part(self._image, self.size()))


def _shown_part(image: QImage, target: QSize) -> QRect:
    size = target.scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left = (image.width() - size.width()) // 2
    # A picture taller than its frame is nearly always a standing person: the face stays.
    top = (image.height() - size.height()) // _FROM_TOP
    return QRect(left, top, size.width(), size.height())


class ChoiceCard(QPushButton):
    """One of several pictured choices; checked when chosen, disabled with a reason when not on.

    Put several into a `QButtonGroup` for a single choice.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        picture: QImage | None = None,
        ratio: float = 4 / 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._text = title, text
        self.setObjectName("choiceCard")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{title}. {text}".strip())
        self.picture = Picture(ratio, self)
        self.picture.setVisible(picture is not None)
        if picture is not None:
            self.picture.set_image(picture)
        self._words = label(text, "faint", wrap=True)
        self._head = QHBoxLayout()
        heading = label(title)
        heading.setProperty("role", "label")
        self._head.addWidget(heading, 1)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        layout.setSpacing(Space.XS)
        layout.addWidget(self.picture)
        layout.addLayout(self._head)
        layout.addWidget(self._words)
        self._words.setVisible(bool(text))  # not before it has a parent: it would be a window
        for part in self.findChildren(QLabel):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_picture(self, image: QImage) -> None:
        """Show `image` above the words."""
        self.picture.setVisible(True)
        self.picture.set_image(image)

    def add_remark(self, text: str) -> None:
        """Put a short remark (a price, "most popular") at the right of the title."""
        remark = label(text, "faint")
        remark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._head.addWidget(remark)
        self.setAccessibleName(f"{self._title}. {text}. {self._text}".strip())

    def refuse(self, reason: str) -> None:
        """Disable the choice and say why in its words; an empty reason offers it again."""
        self.setEnabled(not reason)
        self._words.setText(reason or self._text)
        self._words.setVisible(bool(reason or self._text))

    def sizeHint(self) -> QSize:
        """Return what the words and the picture need."""
        hint = self._column.sizeHint()
        return QSize(max(hint.width(), 120), hint.height())

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at `width`."""
        return self._column.heightForWidth(width)
