"""Signs the person at the desk in with an OpenID provider, through the system's browser."""

import threading

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import signing_in
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Fold, FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow


class SignIn(Fold):
    """Folded away, as nobody needs it; `arrived(profile)` follows a sign-in."""

    arrived = Signal(object)
    _page = Signal(str)

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Sign in"), parent=parent)
        self._window = window
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._stopped = threading.Event()
        self.issuer, self.client = QLineEdit(), QLineEdit()
        self.issuer.setPlaceholderText("https://")
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        column.addWidget(FormRow(self.tr("Address of the sign-in service"), self.issuer))
        column.addWidget(FormRow(self.tr("Name of this program there (client id)"), self.client))
        self._said = label("", "muted", wrap=True)
        column.addWidget(self._said)
        row = QHBoxLayout()
        self.go_button = button(self.tr("Sign in with the browser"), self._go)
        self.stop_button = button(self.tr("Stop waiting"), self._stopped.set, "quiet")
        self.stop_button.setEnabled(False)
        row.addWidget(self.go_button)
        row.addWidget(self.stop_button)
        row.addStretch(1)
        column.addLayout(row)
        self.body.addLayout(column)
        self._page.connect(self._on_page)
        window.closing.connect(self._on_closing)

    def refresh(self) -> None:
        """Show what was used the last time."""
        value = self._studio.settings.value
        self.issuer.setText(value.sign_in_issuer)
        self.client.setText(value.sign_in_client)

    def _go(self) -> None:
        studio = self._studio
        issuer, client_id = self.issuer.text().strip(), self.client.text().strip()
        self._stopped.clear()
        self._waits(True)
        self._said.setText(self.tr("Waiting for the browser. You can go on working."))

        def op() -> Profile:
            from stylestudio_desktop.vault import openid

            signing_in.require_network(studio)
            client = openid.Client(issuer, client_id)
            person = openid.by_browser(client, self._page.emit, self._stopped.is_set)
            studio.settings.change(sign_in_issuer=issuer, sign_in_client=client_id)
            return signing_in.arrive(studio, person)

        self._tasks.run(attached(studio, op), self._on_arrived, self._on_failed, owner=self)

    def _waits(self, waiting: bool) -> None:
        self.go_button.setEnabled(not waiting)
        self.stop_button.setEnabled(waiting)

    def _on_page(self, address: str) -> None:
        if not QDesktopServices.openUrl(QUrl(address)):
            self._said.setText(self.tr("No browser answered. Open %1").replace("%1", address))

    def _on_arrived(self, profile: Profile) -> None:
        self._waits(False)
        self._said.setText(self.tr("Signed in as %1.").replace("%1", profile.name))
        self.arrived.emit(profile)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._waits(False)
        self._said.setText(error.sentence)

    def _on_closing(self) -> None:
        self._stopped.set()
        self._tasks.close()
