"""How tokens are paid: with a Stripe key of one's own, or through the relay of a seller."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.till import Standing
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Fold, FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

_LONGEST_RELAY = 2000
Seen = tuple[Standing, str]


class PaymentsSection(Section):
    """Stripe's restricted key of this workspace, or the relay it buys through."""

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
        self.body.addWidget(self._seller())

    def _seller(self) -> Fold:
        made = Fold(self.tr("Buy from a seller"))
        self.relay = QLineEdit()
        self.relay.setPlaceholderText("live https://pay.example.com …")
        self.relay.setMaxLength(_LONGEST_RELAY)
        self.relay.returnPressed.connect(self._use)
        hint = self.tr("The line that the seller of your tokens gave you. No key is needed then.")
        self._relay_row = FormRow(self.tr("Seller's relay"), self.relay, hint)
        self.use = button(self.tr("Buy through it"), self._use)
        self.leave = button(self.tr("Leave it"), self._leave, "quiet")
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.use)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        made.body.addWidget(self._relay_row)
        made.body.addLayout(foot)
        return made

    def refresh(self) -> None:
        """Ask the keyring, in the background."""
        self._run(partial(_seen, self._studio))

    def _keep(self) -> None:
        typed = self.key.text().strip()
        self.key.clear()  # it stays in no widget
        if typed:
            self._run(partial(_kept, self._studio, typed))

    def _use(self) -> None:
        typed = self.relay.text().strip()
        if typed:
            self._run(partial(_relayed, self._studio, typed), self._on_relay_failed)

    def _leave(self) -> None:
        self._run(partial(_relayed, self._studio, ""), self._on_relay_failed)

    def _forget(self) -> None:
        self._run(partial(_forgotten, self._studio))

    def _try(self) -> None:
        studio = self._studio
        self._window.tasks.run(
            attached(studio, partial(_tried, studio)), self._row.say, self._on_failed, owner=self
        )

    def _run(self, op: partial[Seen], failed: Callable[[Exception], None] | None = None) -> None:
        self._window.tasks.run(
            attached(self._studio, op), self._on_seen, failed or self._on_failed, owner=self
        )

    def _on_seen(self, seen: Seen) -> None:
        standing, keeping = seen
        ends = self.tr("The key ends in %1.").replace("%1", standing.key) if standing.key else ""
        self.state.setText(f"{spoken(standing.sentence)} {ends}".strip())
        self.keeping.setText(keeping)
        self._row.complain("")
        self._relay_row.complain("")
        relay = self._studio.settings.value.payment_relay
        self.relay.setText(relay)
        self.leave.setEnabled(bool(relay))
        self.try_it.setEnabled(standing.ready)
        self.remove.setEnabled(bool(standing.key))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._row.complain(spoken(error.sentence))

    def _on_relay_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._relay_row.complain(spoken(error.sentence))


def _seen(studio: Studio) -> Seen:
    return till.standing(studio), spoken(studio.secrets.keeping().sentence)


def _kept(studio: Studio, typed: str) -> Seen:
    till.keep_key(studio, typed)
    return _seen(studio)


def _forgotten(studio: Studio) -> Seen:
    till.forget_key(studio)
    return _seen(studio)


def _relayed(studio: Studio, typed: str) -> Seen:
    till.use_relay(studio, typed)
    return _seen(studio)


def _tried(studio: Studio) -> str:
    gateway = till.gateway(studio)
    try:
        return gateway.check()
    finally:
        gateway.close()
