"""Signs the person at the desk in: through the system's browser, or by a code typed anywhere."""

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import signing_in
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Fold, FormRow
from stylestudio_desktop.ui.widgets.labels import label, plain_tip
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.vault.asking import Asked


class SignIn(Fold):
    """Folded away, as nobody needs it; `arrived(profile)` follows a sign-in."""

    arrived = Signal(object)
    _page = Signal(str)
    _code = Signal(object)

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Sign in"), parent=parent)
        self._window = window
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._stopped = threading.Event()
        self.issuer, self.client, self.secret = QLineEdit(), QLineEdit(), QLineEdit()
        self.issuer.setPlaceholderText("https://accounts.google.com, https://github.com, …")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText(self.tr("Only if the service gave one, as Google does"))
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        column.addWidget(FormRow(self.tr("Address of the sign-in service"), self.issuer))
        column.addWidget(FormRow(self.tr("Name of this program there (client id)"), self.client))
        column.addWidget(FormRow(self.tr("Secret of this program there"), self.secret))
        self._said = label("", "muted", wrap=True)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._said)
        row = QHBoxLayout()
        self.go_button = button(self.tr("Sign in with the browser"), self._go)
        self.code_button = button(self.tr("Sign in with a code"), self._go_by_code, "quiet")
        plain_tip(
            self.code_button,
            self.tr("A code is shown here and typed in any browser, on this or another device."),
        )
        self.stop_button = button(self.tr("Stop waiting"), self._stopped.set, "quiet")
        self.stop_button.setVisible(False)
        self.out_button = button(self.tr("Sign out"), self._sign_out, "quiet")
        plain_tip(self.out_button, self.tr("Your pictures and tokens stay on this computer."))
        self.out_button.setVisible(False)
        row.addWidget(self.go_button)
        row.addWidget(self.code_button)
        row.addWidget(self.stop_button)
        row.addWidget(self.out_button)
        row.addStretch(1)
        column.addLayout(row)
        self.body.addLayout(column)
        self._page.connect(self._on_page)
        self._code.connect(self._on_code)
        window.closing.connect(self._on_closing)

    def refresh(self) -> None:
        """Show what was used the last time."""
        value = self._studio.settings.value
        self.issuer.setText(value.sign_in_issuer)
        self.client.setText(value.sign_in_client)
        self._see(self._nothing)

    def _see(self, before: Callable[[], None]) -> None:
        """Do something, and look whether somebody is signed in; the keyring may wait."""
        studio = self._studio

        def op() -> bool:
            before()
            return signing_in.keeps_token(studio)

        self._tasks.run(attached(studio, op), self.out_button.setVisible, self._on_failed)

    @staticmethod
    def _nothing() -> None:
        """Look only."""

    def _sign_out(self) -> None:
        studio = self._studio
        self._said.setText(self.tr("Signed out. Everything here stays yours and open."))
        self._see(lambda: signing_in.leave(studio))

    def _go(self) -> None:
        self._begin(self.tr("Waiting for the browser. You can go on working."), by_code=False)

    def _go_by_code(self) -> None:
        self._begin(self.tr("Asking for a code."), by_code=True)

    def _begin(self, said: str, by_code: bool) -> None:
        studio = self._studio
        issuer, client_id = self.issuer.text(), self.client.text()
        secret = self.secret.text()
        self._stopped.clear()
        self._waits(True)
        self._said.setText(said)

        def op() -> Profile:
            asking = signing_in.client(studio, issuer, client_id, secret)
            if not by_code and not signing_in.needs_code(asking):
                return signing_in.with_browser(
                    studio, asking, self._page.emit, self._stopped.is_set
                )
            asked = signing_in.ask_code(studio, asking)
            self._code.emit(asked)
            return signing_in.with_code(studio, asking, asked, self._stopped.is_set)

        self._tasks.run(attached(studio, op), self._on_arrived, self._on_failed, owner=self)

    def _waits(self, waiting: bool) -> None:
        self.go_button.setEnabled(not waiting)
        self.code_button.setEnabled(not waiting)
        self.stop_button.setVisible(waiting)

    def _on_page(self, address: str) -> None:
        if not QDesktopServices.openUrl(QUrl(address)):
            self._said.setText(self.tr("No browser answered. Open %1").replace("%1", address))

    def _on_code(self, asked: Asked) -> None:
        text = self.tr("Type the code %1 at %2. This page goes on by itself.")
        self._said.setText(text.replace("%1", asked.code).replace("%2", asked.address))
        QGuiApplication.clipboard().setText(asked.code)
        QDesktopServices.openUrl(QUrl(asked.link))

    def _on_arrived(self, profile: Profile) -> None:
        self._waits(False)
        self.secret.clear()  # it lies in the keyring now
        who = profile.email or profile.name
        self._said.setText(self.tr("Signed in as %1.").replace("%1", who))
        self._see(self._nothing)
        self.arrived.emit(profile)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._waits(False)
        self._said.setText(spoken(error.sentence))

    def _on_closing(self) -> None:
        self._stopped.set()
        self._tasks.close()
