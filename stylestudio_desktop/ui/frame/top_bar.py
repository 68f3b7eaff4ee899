"""The bar at the top: search, the token pill that opens the wallet, and the user."""

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QPushButton, QWidget

from stylestudio_desktop.ui.theme import dress, restyle, set_icon, theme
from stylestudio_desktop.ui.tokens import Size, Space, Type
from stylestudio_desktop.ui.widgets.labels import plain_tip
from stylestudio_desktop.ui.widgets.search import SearchField

_SEARCH_WIDTH = 480


class Avatar(QAbstractButton):
    """The user's picture in a circle, or the initials of the name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._image = QImage()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(Size.CONTROL, Size.CONTROL)
        dress(self, self.update)

    def set_user(self, name: str, image: QImage | None = None) -> None:
        """Show `image`, or the initials of `name` where there is none."""
        self._name, self._image = name, image or QImage()
        plain_tip(self, name)
        self.setAccessibleName(self.tr("Account: %1").replace("%1", name))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the circle's size."""
        return QSize(Size.CONTROL, Size.CONTROL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture or the initials."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        circle = QPainterPath()
        circle.addEllipse(area)
        painter.setClipPath(circle)
        painter.setBackground(theme().colour("sunken"))
        painter.eraseRect(self.rect())
        if self._image.isNull():
            font = self.font()
            font.setPixelSize(Type.LABEL)
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(theme().colour("text_muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, initials(self._name))
        else:
            painter.drawImage(area, self._image)
        painter.setClipping(False)
        painter.setPen(theme().colour("accent" if self.hasFocus() else "line_strong"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(area)


def initials(name: str) -> str:
    """Return one or two capitals for `name`, first and last word."""
    words = name.split()
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


class TopBar(QFrame):
    """`wallet_asked`, `account_asked` and the search field's own `searched` tell what is wanted."""

    wallet_asked = Signal()
    account_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(Size.TOP_BAR)
        self.search = SearchField(self.tr("Search prompts, file names and tags"), self)
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        self.pill = QPushButton(self)
        self.pill.setObjectName("tokenPill")
        self.pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pill.clicked.connect(lambda _checked=False: self.wallet_asked.emit())
        self.avatar = Avatar(self)
        self.avatar.clicked.connect(lambda _checked=False: self.account_asked.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.L, 0, Space.L, 0)
        layout.setSpacing(Space.M)
        layout.addWidget(self.search, 1)
        layout.addStretch(1)
        layout.addWidget(self.pill)
        layout.addWidget(self.avatar)
        set_icon(self.pill, "coins", Size.ICON_SMALL)
        self.pill.setAccessibleName(self.tr("Open the wallet"))
        self.pill.hide()  # until the balance is known

    def set_balance(self, tokens: int | None, *, low: bool = False) -> None:
        """Show the balance; `low` marks it as nearly used up. None: it does not add up."""
        if tokens is None:
            said = self.tr("The wallet is read-only")
            self.pill.setText("–")
            self.pill.setToolTip(said)
            self.pill.setAccessibleName(said)
        else:
            count = QLocale().toString(tokens)
            self.pill.setText(self.tr("%1 tokens").replace("%1", count))
            self.pill.setToolTip(self.tr("Open the wallet"))
            self.pill.setAccessibleName(self.tr("%1 tokens, open the wallet").replace("%1", count))
        if bool(self.pill.property("low")) != low:
            self.pill.setProperty("low", low)
            restyle(self.pill)
        self.pill.show()
