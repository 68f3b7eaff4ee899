"""Asks for a passphrase: before a guarded profile's window opens, and where one is changed."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import ProfileLocked, StudioError
from stylestudio_desktop.services import profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label

WIDTH = 380


class UnlockDialog(QDialog):
    """Lets a person of the workspace sit down; `studio` is theirs once it is accepted."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._tasks = Tasks(self, threads=1)
        self.setWindowTitle(self.tr("Who is there?"))
        self.setFixedWidth(WIDTH)
        self.who = QComboBox()
        self._guarded = {one.id: bool(one.guarded) for one in profiles.listing(studio)}
        for one in profiles.listing(studio):
            self.who.addItem(one.name, one.id)
        self.who.setCurrentIndex(self.who.findData(studio.user_id))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        hint = self.tr("A passphrase locks the screen. It does not encrypt what is stored.")
        self._field = FormRow(self.tr("Passphrase"), self.passphrase, hint)
        self._free = label(self.tr("This profile opens without a passphrase."), "faint")
        self.open_button = button(self.tr("Open"), self._on_open, "primary")
        self.open_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addWidget(label(self.windowTitle(), "heading"))
        column.addWidget(FormRow(self.tr("Profile"), self.who))
        column.addWidget(self._field)
        column.addWidget(self._free)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Quit"), self.reject, "quiet"))
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.finished.connect(lambda _code: self._tasks.close())
        self.who.currentIndexChanged.connect(self._on_chosen)
        self._on_chosen()

    def _on_chosen(self) -> None:
        guarded = self._guarded[self.who.currentData()]
        self.passphrase.clear()
        self._field.complain("")
        self._field.setVisible(guarded)
        self._free.setVisible(not guarded)
        if guarded:
            self.passphrase.setFocus()

    def _on_open(self) -> None:
        chosen: int = self.who.currentData()
        guest = replace(self.studio, user_id=chosen)
        typed = self.passphrase.text() if self._guarded[chosen] else None
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
        self._field.complain(spoken(error.sentence))
        self.passphrase.setFocus()
        self.passphrase.selectAll()


def admitted(studio: Studio, parent: QWidget | None = None) -> Studio | None:
    """Ask who is there until somebody is admitted; None if nobody wants to be."""
    # The program must not end because this was the last window.
    QApplication.setQuitOnLastWindowClosed(False)
    asking = UnlockDialog(studio, parent)
    accepted = asking.exec() == QDialog.DialogCode.Accepted
    QApplication.setQuitOnLastWindowClosed(True)
    guest = asking.studio if accepted else None
    asking.deleteLater()
    return guest


class PassphraseDialog(QDialog):
    """Sets, changes or removes the passphrase of the profile at the desk.

    It stays open until that is done; `changed()` follows.
    """

    changed = Signal()

    def __init__(self, tasks: Tasks, studio: Studio, profile: Profile, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._studio = studio
        self._guarded = bool(profile.guarded)
        self.setWindowTitle(self.tr("Passphrase"))
        self.setFixedWidth(WIDTH)
        self.now, self.new, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        for field in (self.now, self.new, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._on_typed)
        self.save_button = button(self.tr("Save"), self._on_save, "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        title = self.tr("Passphrase of %1").replace("%1", profile.name)
        column.addWidget(label(title, "heading", wrap=True))
        self._field = FormRow(self.tr("Passphrase now"), self.now)
        if self._guarded:
            column.addWidget(self._field)
        hint = self.tr("A passphrase locks the screen. It does not encrypt what is stored.")
        if self._guarded:
            hint = self.tr("Left empty, the profile opens without one.")
        self._new = FormRow(self.tr("New passphrase"), self.new, hint)
        column.addWidget(self._new)
        self._repeat = FormRow(self.tr("The same again"), self.again)
        column.addWidget(self._repeat)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject, "quiet"))
        foot.addWidget(self.save_button)
        column.addLayout(foot)
        (self.now if self._guarded else self.new).setFocus()
        self._on_typed()

    def _on_typed(self) -> None:
        for row in (self._field, self._new, self._repeat):
            row.complain("")
        needed = self.now if self._guarded else self.new
        self.save_button.setEnabled(bool(needed.text()))

    def _on_save(self) -> None:
        if self.new.text() != self.again.text():
            self._repeat.complain(self.tr("The two are not the same."))
            return
        studio = self._studio
        now = self.now.text() if self._guarded else None
        new = self.new.text() or None
        self.save_button.setEnabled(False)
        self._tasks.run(
            attached(studio, lambda: profiles.set_passphrase(studio, now, new)),
            self._on_saved,
            self._on_refused,
            owner=self,
        )

    def _on_saved(self, _profile: Profile) -> None:
        for field in (self.now, self.new, self.again):
            field.clear()
        self.accept()
        self.changed.emit()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.save_button.setEnabled(True)
        wrong = self._field if isinstance(error, ProfileLocked) else self._new
        wrong.complain(spoken(error.sentence))
        wrong.field.setFocus()
