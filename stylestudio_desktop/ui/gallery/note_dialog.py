"""Asks for the note that is to stand on the chosen pictures."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.services.bulk import LONGEST_NOTE
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.words_field import WordsField

_WIDTH, _HEIGHT = 460, 280


class NoteDialog(QDialog):
    """`written(text)` is emitted when the user keeps the note; an empty one takes notes away."""

    written = Signal(str)

    def __init__(self, number: int, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Note on %n picture(s)", "", number))
        self.resize(_WIDTH, _HEIGHT)
        self.text = WordsField(LONGEST_NOTE, text)
        self.text.setAccessibleName(self.windowTitle())
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        foot.addWidget(button(self.tr("Keep"), self._keep, "primary"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(self.text, 1)
        if number > 1:
            hint = self.tr("It replaces the notes that these pictures have.")
            layout.addWidget(label(hint, "faint", wrap=True))
        layout.addLayout(foot)

    def _keep(self) -> None:
        self.written.emit(self.text.toPlainText())
        self.accept()
