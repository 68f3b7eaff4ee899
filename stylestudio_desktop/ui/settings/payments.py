"""The payment key: entered once, kept in the keyring, tried, and forgotten again."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.till import Standing
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

Seen = tuple[Standing, str]


class PaymentsSection(Section):
    """Stripe's restricted key of this workspace."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Payments"), parent=parent)
        self._window = window
        self._studio = studio
        self.state = label("", wrap=True)
        self.keeping = label("", "faint", wrap=True)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("rk_…")
        self.key.setMaxLength(300)
        self.key.returnPressed.connect(self._keep)
        hint = self.tr("A restricted Stripe key. Tokens are then bought with your own account.")
        self._row = FormRow(self.tr("Payment key"), self.key, hint)
        self.body.addWidget(self.state)
        self.body.addWidget(self._row)
        self.body.addWidget(self.keeping)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(button(self.tr("Keep the key"), self._keep, icon="key"))
        self.try_it = button(self.tr("Test it"), self._try, "quiet", "refresh-cw")
        self.remove = button(self.tr("Forget it"), self._forget, "quiet", "trash-2")
        foot.addWidget(self.try_it)
        foot.addWidget(self.remove)
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Ask the keyring, in the background."""
        self._run(partial(_seen, self._studio))

    def _keep(self) -> None:
        typed = self.key.text().strip()
        self.key.clear()  # it stays in no widget
        if typed:
            self._run(partial(_kept, self._studio, typed))

    def _forget(self) -> None:
        self._run(partial(_forgotten, self._studio))

    def _try(self) -> None:
        studio = self._studio
        self._window.tasks.run(
            attached(studio, partial(_tried, studio)), self._row.say, self._on_failed, owner=self
        )

    def _run(self, op: partial[Seen]) -> None:
        self._window.tasks.run(
            attached(self._studio, op), self._on_seen, self._on_failed, owner=self
        )

    def _on_seen(self, seen: Seen) -> None:
        standing, keeping = seen
        self.state.setText(f"{standing.sentence} {standing.key}".strip())
        self.keeping.setText(keeping)
        self._row.complain("")
        for one in (self.try_it, self.remove):
            one.setEnabled(standing.ready)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._row.complain(error.sentence)


def _seen(studio: Studio) -> Seen:
    return till.standing(studio), studio.secrets.keeping().sentence


def _kept(studio: Studio, typed: str) -> Seen:
    till.keep_key(studio, typed)
    return _seen(studio)


def _forgotten(studio: Studio) -> Seen:
    till.forget_key(studio)
    return _seen(studio)


def _tried(studio: Studio) -> str:
    gateway = till.gateway(studio)
    try:
        return gateway.check()
    finally:
        gateway.close()
