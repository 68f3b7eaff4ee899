"""Settings of the person at the desk: name, picture, passphrase, and who else is here."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import leaving, profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.portrait import show_portrait
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.delete_dialog import DeleteDialog
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.settings.sign_in import SignIn
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.unlock import PassphraseDialog
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

Seen = tuple[Profile, list[Profile]]


class AccountSection(Section):
    """One profile is at the desk; the others are a click away."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Account"), parent=parent)
        self._window = window
        self._studio = studio
        self._inside: QWidget | None = None
        self.name = QLineEdit()
        self.name.editingFinished.connect(self._on_named)
        self.body.addWidget(FormRow(self.tr("Name"), self.name))
        self._address = label("", "muted")
        self.body.addWidget(self._address)
        self._guard = label("", "muted", wrap=True)
        self.body.addWidget(self._guard)
        self.lock_button = button(self.tr("Lock"), self._lock, icon="lock")
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(button(self.tr("Picture…"), self._choose_picture, "quiet", "image"))
        row.addWidget(button(self.tr("Passphrase…"), self._change_passphrase, "quiet"))
        row.addWidget(self.lock_button)
        row.addStretch(1)
        self.body.addLayout(row)
        self._others = QVBoxLayout()
        self.body.addLayout(self._others)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(self.tr("Name of somebody else"))
        self.new_name.setAccessibleName(self.tr("Name of somebody else"))
        self.add_button = button(self.tr("Add profile"), self._add, icon="plus")
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.new_name, 1)
        foot.addWidget(self.add_button)
        self.body.addLayout(foot)
        self.sign_in = SignIn(window, studio)
        self.sign_in.arrived.connect(self._on_arrived)
        self.body.addWidget(self.sign_in)
        self.delete_button = button(self.tr("Delete this account…"), self._delete, "danger")
        last = QHBoxLayout()
        last.addWidget(self.delete_button)
        last.addStretch(1)
        self.body.addLayout(last)
        self._profile: Profile | None = None
        self.leaving: DeleteDialog | None = None
        self.guarding: PassphraseDialog | None = None

    def refresh(self) -> None:
        """Read who is here, in the background."""
        self.sign_in.refresh()
        self._do(lambda: None, self._on_unread)

    def _do(
        self,
        change: Callable[[], object],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        studio = self._studio

        def op() -> Seen:
            change()
            return profiles.current(studio), profiles.listing(studio)

        self._window.tasks.run(
            attached(studio, op), self._on_read, failed or self._on_failed, owner=self
        )

    def _on_read(self, seen: Seen) -> None:
        mine, everybody = seen
        self._profile = mine
        self.name.setText(mine.name)
        show_portrait(self._window, self._studio)
        self._address.setText(mine.email or "")
        self._address.setVisible(mine.email is not None)
        guarded = bool(mine.guarded)
        self.lock_button.setEnabled(guarded)
        self._guard.setText(
            self.tr("Opens with a passphrase. That locks the screen and encrypts nothing.")
            if guarded
            else self.tr("Opens without a passphrase.")
        )
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = self._listed([one for one in everybody if one.id != mine.id])
        self._others.addWidget(self._inside)

    def _listed(self, others: list[Profile]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for one in others:
            row = QHBoxLayout()
            row.addWidget(label(one.name))
            row.addStretch(1)
            if one.guarded:
                row.addWidget(label(self.tr("Passphrase"), "faint"))
            row.addWidget(button(self.tr("Switch"), partial(self._switch, one), "quiet"))
            column.addLayout(row)
        return made

    def _on_named(self) -> None:
        name, mine = self.name.text(), self._profile
        if mine is not None and name.strip() != mine.name:
            self._do(lambda: profiles.rename(self._studio, name))

    def _add(self) -> None:
        name = self.new_name.text()
        self.new_name.clear()
        self._do(lambda: profiles.add(self._studio, name))

    def _choose_picture(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a picture"))
        if chosen:
            self._do(lambda: profiles.set_picture(self._studio, Path(chosen)))

    def _change_passphrase(self) -> None:
        if self._profile is not None:
            asking = PassphraseDialog(self._window.tasks, self._studio, self._profile, self)
            asking.changed.connect(self.refresh)
            asking.open()
            self.guarding = asking

    def _switch(self, who: Profile) -> None:
        studio = self._studio
        # Somebody with a passphrase is asked for it before their window opens.
        go = profiles.leave_to if who.guarded else profiles.switch
        self._window.tasks.run(
            attached(studio, lambda: go(studio, who.id)),
            lambda _found: self._reopen(),
            self._on_failed,
            owner=self,
        )

    def _on_arrived(self, found: Profile) -> None:
        if found.id == self._studio.user_id:
            self.refresh()
        else:
            self._reopen()

    def _lock(self) -> None:
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: profiles.lock(studio)),
            lambda _found: self._reopen(),
            self._on_failed,
            owner=self,
        )

    def _delete(self) -> None:
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: leaving.loss(studio, studio.user_id)),
            self._ask_to_delete,
            self._on_failed,
            owner=self,
        )

    def _ask_to_delete(self, loss: leaving.Loss) -> None:
        if self._profile is None:
            return
        self.leaving = DeleteDialog(self._window, self._studio, self._profile, loss, self)
        self.leaving.deleted.connect(self._reopen)
        self.leaving.finished.connect(self.leaving.deleteLater)
        self.leaving.open()

    def _reopen(self) -> None:
        self._window.open_again()

    def _on_unread(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_failed(self, error: Exception) -> None:
        self._on_unread(error)
        self.refresh()
