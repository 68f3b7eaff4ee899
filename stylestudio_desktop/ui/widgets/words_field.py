"""A field for a few lines of words: what is pasted or dropped there may be of any kind and size."""

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from stylestudio_desktop.ui.widgets.dropped import names_files

_ROOM = 4


class WordsField(QPlainTextEdit):
    """Takes plain words only; photos that are dropped on it are for the pane around it."""

    def __init__(self, most: int, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        # More than fits is let in, as whoever shortens it wants to see it; a book is not.
        self._most = _ROOM * most
        self.setTabChangesFocus(True)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take words."""
        return not names_files(source) and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert the words, and of very many the first."""
        self.insertPlainText(source.text()[: self._most])
        self.ensureCursorVisible()
