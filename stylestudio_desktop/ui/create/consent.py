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
    box = QMessageBox(
        QMessageBox.Icon.Question,
        words.tr("Send photos of people to %1?").replace("%1", service),
        text.replace("%1", service),
        QMessageBox.StandardButton.Cancel,
        parent,
    )
    yes = box.addButton(words.tr("Agree and generate"), QMessageBox.ButtonRole.AcceptRole)
    yes.clicked.connect(agree)
    box.open()
    return box
