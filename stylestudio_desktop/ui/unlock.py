"""Asks for a passphrase: before a guarded profile's window opens, and where one is changed."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label

WIDTH = 360


class UnlockDialog(QDialog):
    """Lets a person of the workspace sit down; `studio` is theirs once it is accepted."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self._tasks = Tasks(self, threads=1)
        self.setWindowTitle(self.tr("Who is there?"))
        self.setFixedWidth(WIDTH)
        self.who = QComboBox()
        for one in profiles.listing(studio):
            self.who.addItem(one.name, one.id)
        self.who.setCurrentIndex(self.who.findData(studio.user_id))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._field = FormRow(self.tr("Passphrase"), self.passphrase)
        self.open_button = button(self.tr("Open"), self._on_open, "primary")
        self.open_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addWidget(FormRow(self.tr("Profile"), self.who))
        column.addWidget(self._field)
        column.addWidget(
            label(
                self.tr("A passphrase locks the screen. It does not encrypt what is stored."),
                "faint",
                wrap=True,
            )
        )
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Quit"), self.reject, "quiet"))
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.finished.connect(lambda _code: self._tasks.close())
        self.passphrase.setFocus()

    def _on_open(self) -> None:
        chosen: int = self.who.currentData()
        guest, typed = replace(self.studio, user_id=chosen), self.passphrase.text()
        self.open_button.setEnabled(False)
        self._tasks.run(
            attached(guest, lambda: profiles.switch(guest, chosen, typed)),
            lambda _found: self._on_admitted(guest),
            self._on_refused,
            owner=self,
        )

    def _on_admitted(self, guest: Studio) -> None:
        self.studio = guest
        self.passphrase.clear()
        self.accept()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.open_button.setEnabled(True)
        self._field.complain(error.sentence)
        self.passphrase.selectAll()


def admitted(studio: Studio) -> Studio | None:
    """Ask who is there until somebody is admitted; None if nobody wants to be."""
    # The program must not end because this was the last window.
    QApplication.setQuitOnLastWindowClosed(False)
    asking = UnlockDialog(studio)
    accepted = asking.exec() == QDialog.DialogCode.Accepted
    QApplication.setQuitOnLastWindowClosed(True)
    return asking.studio if accepted else None


class PassphraseDialog(QDialog):
    """Sets, changes or removes the passphrase of a profile; calls `wanted(now, new)`."""

    def __init__(self, profile: Profile, wanted: Callable[[str | None, str | None], None]) -> None:
        super().__init__()
        self._wanted = wanted
        self.setWindowTitle(self.tr("Passphrase"))
        self.setFixedWidth(WIDTH)
        self.now, self.new, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        for field in (self.now, self.new, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        self._guarded = bool(profile.guarded)
        if self._guarded:
            column.addWidget(FormRow(self.tr("Passphrase now"), self.now))
        hint = self.tr("Left empty, the profile opens without one.") if self._guarded else ""
        column.addWidget(FormRow(self.tr("New passphrase"), self.new, hint))
        self._repeat = FormRow(self.tr("The same again"), self.again)
        column.addWidget(self._repeat)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject, "quiet"))
        self.save_button = button(self.tr("Save"), self._on_save, "primary")
        foot.addWidget(self.save_button)
        column.addLayout(foot)

    def _on_save(self) -> None:
        if self.new.text() != self.again.text():
            self._repeat.complain(self.tr("The two are not the same."))
            return
        if not self.new.text() and not self._guarded:
            self.reject()
            return
        self._wanted(self.now.text() if self._guarded else None, self.new.text() or None)
        self.accept()
