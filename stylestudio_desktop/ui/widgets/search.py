"""The search field: tells what is typed after a short pause, so that searching can be instant."""

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Duration


def clearable(field: QLineEdit) -> None:
    """Give `field` the button that empties it, with a name for those who don't see its cross."""
    field.setClearButtonEnabled(True)
    for one in field.findChildren(QAbstractButton):
        one.setAccessibleName(QCoreApplication.translate("SearchField", "Clear"))


class SearchField(QLineEdit):
    """`searched(text)` is emitted when typing pauses, at once on Enter, and on clearing.

    `left` asks to give the keyboard to what was found: by the down key, or Esc once it is empty.
    """

    searched = Signal(str)
    left = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        clearable(self)
        self._told = ""
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(Duration.TYPING)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(lambda _text: self._pause.start())
        self.returnPressed.connect(self._tell)
        dress(self, self._draw)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the field first, and leaves it then."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._tell()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self._tell()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def set_text(self, text: str) -> None:
        """Show `text` without telling, for a pane that is shown again."""
        self.blockSignals(True)
        self.setText(text)
        self.blockSignals(False)
        self._told = text.strip()

    def begin(self, text: str) -> None:
        """Take what was typed elsewhere as the beginning of another search, and the focus."""
        self.setFocus(Qt.FocusReason.PopupFocusReason)  # nothing is selected: typing goes on
        self.selectAll()
        self.insert(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select what is there, so that typing replaces it."""
        super().focusInEvent(event)
        reasons = Qt.FocusReason
        # A list of suggestions that opens or closes gives the focus back in the midst of typing.
        if event.reason() not in (reasons.PopupFocusReason, reasons.ActiveWindowFocusReason):
            QTimer.singleShot(0, self.selectAll)

    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.searched.emit(text)

    def _draw(self) -> None:
        self._glass.setIcon(theme().icon("search", "text_faint"))
