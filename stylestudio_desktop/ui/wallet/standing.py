"""Says in the wallet what the ledger's check found, and offers the way out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import LedgerChecked
from stylestudio_desktop.domain.seal import Standing, State
from stylestudio_desktop.services import ledger_proof
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached, listen
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label
from stylestudio_desktop.ui.window import SETTINGS, MainWindow

Seen = tuple[Standing, str]
"""What the ledger's check found, and why it can't be accepted, empty where it can."""


class LedgerNotice(Card):
    """Hidden while all is well; a broken ledger is told with what helps.

    `closed(bool)` tells whether the wallet is read-only, whenever that was looked up.
    """

    closed = Signal(bool)

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__()
        self._window = window
        self._studio = studio
        self.said = label("", wrap=True)
        self.body.addWidget(
            StatusBadge(Status(self.tr("The wallet is read-only"), "triangle-alert", "bad"))
        )
        self.body.addWidget(self.said)
        self.body.addWidget(
            label(
                self.tr(
                    "Nothing new is started or bought; what runs is finished. Restore a backup, or "
                    "accept the ledger as it stands: every balance becomes what its entries add up "
                    "to. Your reason is kept for ever."
                ),
                "muted",
                wrap=True,
            )
        )
        self._hindered = label("", "bad", wrap=True)
        self._hindered.hide()
        self.body.addWidget(self._hindered)
        self.body.addWidget(self._way_out())
        self.hide()
        listen(window, studio).happened.connect(self._on_happened)

    def refresh(self) -> None:
        """Read what is known, in the background."""
        studio = self._studio

        def op() -> Seen:
            found = ledger_proof.standing(studio)
            broken = found.state is State.BROKEN
            return found, ledger_proof.hindrance(studio) if broken else ""

        self._window.tasks.run(attached(studio, op), self._on_read, self._on_failed, owner=self)

    def _way_out(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("Why do you accept it as it stands?"))
        self.reason.setAccessibleName(self.tr("Why do you accept it as it stands?"))
        self.reason.setMaxLength(ledger_proof.LONGEST_REASON)
        self.accept_button = button(self.tr("Accept the ledger"), self._accept, "danger")
        self.accept_button.setEnabled(False)
        self.reason.textChanged.connect(self._on_typed)
        self.restore_button = button(self.tr("Restore a backup…"), self._restore)
        column.addWidget(self.reason)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.restore_button)
        row.addStretch(1)
        row.addWidget(self.accept_button)
        column.addLayout(row)
        return made

    def _restore(self) -> None:
        self._window.open_pane(SETTINGS, Part.BACKUPS)

    def _on_typed(self, text: str) -> None:
        self.accept_button.setEnabled(bool(text.strip()) and self._hindered.isHidden())

    def _accept(self) -> None:
        studio, reason = self._studio, self.reason.text()
        self.accept_button.setEnabled(False)

        def op() -> Seen:
            ledger_proof.anchor(studio, reason)
            found = ledger_proof.at_start(studio)
            return found, ledger_proof.hindrance(studio) if found.state is State.BROKEN else ""

        self._window.tasks.run(attached(studio, op), self._on_accepted, self._on_failed, owner=self)

    def _on_accepted(self, seen: Seen) -> None:
        self.reason.clear()
        self._on_read(seen)
        if seen[0].state is not State.BROKEN:
            self._window.toast(self.tr("The wallet is open again."), "good")

    def _on_read(self, seen: Seen) -> None:
        found, hindered = seen
        self._hindered.setText(spoken(hindered))
        self._hindered.setVisible(bool(hindered))
        self.reason.setEnabled(not hindered)
        self._on_typed(self.reason.text())
        self.said.setText(spoken(found.sentence))
        broken = found.state is State.BROKEN
        self.setVisible(broken)
        self.closed.emit(broken)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._on_typed(self.reason.text())
        self._window.tell(error)

    def _on_happened(self, event: object) -> None:
        if isinstance(event, LedgerChecked):
            self.refresh()
