"""Asks for an account's passphrase before it is deleted, so that it is surely theirs."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import leaving
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

WIDTH = 400


class DeleteDialog(QDialog):
    """Says what is removed and for good; `deleted()` follows the right passphrase."""

    deleted = Signal()

    def __init__(self, window: MainWindow, studio: Studio, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self.setWindowTitle(self.tr("Delete this account"))
        self.setFixedWidth(WIDTH)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.textChanged.connect(self._on_typed)
        self._field = FormRow(self.tr("Passphrase"), self.passphrase)
        self.delete_button = button(self.tr("Delete for good"), self._on_delete, "danger")
        self.delete_button.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addWidget(label(text, wrap=True))
        column.addWidget(self._field)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Keep the account"), self.reject, "quiet"))
        foot.addWidget(self.delete_button)
        column.addLayout(foot)
        self.passphrase.setFocus()

    def _on_typed(self, text: str) -> None:
        self._field.complain("")
        self.delete_button.setEnabled(bool(text))

    def _on_delete(self) -> None:
        studio, typed = self._studio, self.passphrase.text()
        self.delete_button.setEnabled(False)
        self._window.tasks.run(
            attached(studio, lambda: leaving.delete(studio, studio.user_id, typed)),
            self._on_deleted,
            self._on_refused,
            owner=self,
        )

    def _on_deleted(self, _nothing: object) -> None:
        self.passphrase.clear()
        self.accept()
        self.deleted.emit()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.delete_button.setEnabled(True)
        self._field.complain(error.sentence)
        self.passphrase.selectAll()
