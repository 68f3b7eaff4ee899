"""Asks before an account is deleted: what is lost with it, and its passphrase, if it has one."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import leaving
from stylestudio_desktop.services.leaving import Loss
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.question import Answer, Question
from stylestudio_desktop.ui.window import MainWindow

translate = QCoreApplication.translate


class DeleteDialog(Question):
    """Says what is removed and lost for good; `deleted()` follows, after the right passphrase."""

    deleted = Signal()

    def __init__(
        self, window: MainWindow, studio: Studio, who: Profile, loss: Loss, parent: QWidget
    ) -> None:
        self._window = window
        self._studio = studio
        title = translate("DeleteDialog", "Delete the account “%1”?").replace("%1", who.name)
        text = translate(
            "DeleteDialog",
            "Every picture and generation of “%1” is removed for good. Purchases and the ledger "
            "stay without a name, as bookkeeping needs.",
        ).replace("%1", who.name)
        yes = Answer(translate("DeleteDialog", "Delete for good"), "danger", self._on_delete)
        super().__init__(parent, title, text, yes, translate("DeleteDialog", "Keep the account"))
        for said in _lost(loss):
            self.body.addWidget(label(said, "bad", wrap=True))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.textChanged.connect(self._on_typed)
        self._field = FormRow(translate("DeleteDialog", "Passphrase"), self.passphrase)
        self._field.setVisible(bool(who.guarded))
        self.body.addWidget(self._field)
        if who.guarded:
            self.yes.setEnabled(False)
            self.passphrase.setFocus()

    def _on_typed(self, text: str) -> None:
        self._field.complain("")
        self.yes.setEnabled(bool(text))

    def _on_delete(self) -> None:
        studio, typed = self._studio, self.passphrase.text()
        self.yes.setEnabled(False)
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
        self.yes.setEnabled(True)
        if self._field.isHidden():
            self._window.tell(error)
            self.reject()
            return
        self._field.complain(spoken(error.sentence))
        self.passphrase.selectAll()


def _lost(loss: Loss) -> list[str]:
    said = []
    if loss.tokens:
        unspent = translate("DeleteDialog", "Lost with it: %n unspent token(s).", "", loss.tokens)
        refund = translate(
            "DeleteDialog",
            "What you paid for them comes back only if you refund it first, in the Wallet.",
        )
        said.append(f"{unspent} {refund}" if loss.bought else unspent)
    if loss.waiting:
        said.append(
            translate(
                "DeleteDialog",
                "A purchase still waits for its payment. Cancel it first, or money that comes in "
                "later buys nothing.",
            )
        )
    return said
