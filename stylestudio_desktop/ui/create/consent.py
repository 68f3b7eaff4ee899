"""Asks, before anything is sent, whether photos of people may go to a named third party."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from stylestudio_desktop.ui.create import words


def ask_consent(parent: QWidget, agree: Callable[[], object], service: str) -> QMessageBox:
    """Ask; `agree` is called if the answer is yes. Nothing has been started or sent by then."""
    text = words.tr(
        "The photos of people that you chose would be sent to %1. Do so only if these people have "
        "agreed. Your answer is kept with its date; Settings → Services takes it back."
    )
    question = words.tr("Send photos of people to %1?").replace("%1", service)
    box = QMessageBox(
        QMessageBox.Icon.Question, question, question, QMessageBox.StandardButton.Cancel, parent
    )
    box.setInformativeText(text.replace("%1", service))
    yes = box.addButton(words.tr("Agree and generate"), QMessageBox.ButtonRole.AcceptRole)
    yes.clicked.connect(agree)
    # A stray Enter must not send anybody's face anywhere.
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.open()
    return box
