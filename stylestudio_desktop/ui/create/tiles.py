"""Photos as tiles, and the place where photos are dropped."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.draft import Photo
from stylestudio_desktop.ui.create.kinds import KINDS
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius, Size, Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.chips import MenuChip
from stylestudio_desktop.ui.widgets.labels import label

TILE = 168


class PhotoView(QWidget):
    """A whole photo on a quiet ground, never cropped; height follows width by `ratio`."""

    def __init__(self, ratio: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ratio = ratio
        self.image = QImage()
        self._faded = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        dress(self, self.update)

    def set_image(self, image: QImage) -> None:
        """Show `image`; a null image shows the bare ground."""
        self.image = image
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Show the photo weakly, while the picture made of it is on its way."""
        self._faded = faded
        self.update()

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at `width`."""
        return round(width / self._ratio)

    def sizeHint(self) -> QSize:
        """Return a modest size; layouts stretch it."""
        return QSize(TILE, self.heightForWidth(TILE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the photo, fitted in."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), Radius.M, Radius.M)
        painter.setClipPath(path)
        painter.fillRect(self.rect(), theme().colour("sunken"))
        if self.image.isNull():
            return
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        painter.setOpacity(0.45 if self._faded else 1.0)
        painter.drawImage(area, self.image)


class PhotoTile(QFrame):
    """A chosen photo: picture, name, kind of garment, and a way to take it out.

    `removed()`, `mending()` and `kind_picked(kind)` tell what the user wants.
    """

    removed = Signal()
    mending = Signal()
    kind_picked = Signal(object)

    def __init__(self, photo: Photo, *, kinds: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo = photo
        self.photo_image = QImage()
        self.setProperty("role", "card")
        self.setAccessibleName(photo.name)
        self.view = PhotoView()
        self.remark = label("", "faint", wrap=True)
        self.remark.hide()
        self.look = button(words.tr("Look at the cut-out"), self.mending.emit, "quiet", "pencil")
        self.look.hide()
        self._name = label("", "label")
        self._name.setToolTip(photo.name)
        self._name.setMinimumWidth(1)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._name, 1)
        tip = words.tr("Mend the cut-out of %1").replace("%1", photo.name)
        self.mend = tool("pencil", tip, self.mending.emit)
        self.mend.hide()
        head.addWidget(self.mend)
        tip = words.tr("Take out %1").replace("%1", photo.name)
        self.remove = tool("x", tip, self.removed.emit)
        head.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        layout.setSpacing(Space.XS)
        layout.addWidget(self.view)
        layout.addLayout(head)
        layout.addWidget(self.remark)
        layout.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        if kinds:
            layout.addWidget(self._kinds(), 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, text: str, *, look: bool = False) -> None:
        """Show a remark under the name; with `look`, and a button that opens the cut-out."""
        self.remark.setText(text)
        self.remark.setVisible(bool(text))
        self.look.setVisible(look)

    def resizeEvent(self, event: object) -> None:
        """Cut the name to the room that there is."""
        tools = 1 if self.mend.isHidden() else 2
        room = max(1, self.width() - tools * Size.CONTROL - 3 * Space.S)
        metrics = QFontMetrics(self._name.font())
        middle = Qt.TextElideMode.ElideMiddle
        self._name.setText(metrics.elidedText(self.photo.name, middle, room))

    def _kinds(self) -> MenuChip[str]:
        choices = [(kind, words.kind_name(kind)) for kind in KINDS]
        chip = MenuChip(words.tr("Kind: automatic"), choices, "shirt")
        chip.set_value(self.photo.kind)
        chip.setToolTip(words.tr("What kind of product this is"))
        chip.picked.connect(self.kind_picked)
        return chip


class DropZone(QFrame):
    """A wide place with a dashed edge that says what may be dropped, and other ways to get there.

    `buttons` are (text, what it does, icon); the first is the primary one.
    """

    def __init__(
        self,
        title: str,
        text: str,
        buttons: list[tuple[str, Callable[[], object], str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._hot = False
        heading, words_ = label(title, "title"), label(text, "muted", wrap=True)
        for part in (heading, words_):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addStretch(1)
        self.buttons = []
        for position, (name, run, icon) in enumerate(buttons):
            made = button(name, run, "normal" if position else "primary", icon)
            self.buttons.append(made)
            row.addWidget(made)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XXL, Space.XL, Space.XXL)
        layout.setSpacing(Space.S)
        layout.addWidget(heading)
        layout.addWidget(words_)
        layout.addSpacing(Space.S)
        layout.addLayout(row)
        dress(self, self.update)

    def set_hot(self, hot: bool) -> None:
        """Show that what is dragged may be dropped here."""
        self._hot = hot
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dashed edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme()
        pen = QPen(look.colour("accent" if self._hot else "line_strong"), 1.5)
        pen.setDashPattern([5.0, 4.0])
        painter.setPen(pen)
        painter.setBrush(look.colour("accent_soft" if self._hot else "surface"))
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(area, Radius.L, Radius.L)
