"""What the Wallet does when a purchase is asked for, cancelled, refunded, or wants a receipt."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.purchase import only_goes_back
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import till
from stylestudio_desktop.services.deciding import Held
from stylestudio_desktop.services.refunding import Offer
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.till import Standing
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.wallet.accept_dialog import AcceptDialog
from stylestudio_desktop.ui.wallet.cashier import cashier
from stylestudio_desktop.ui.wallet.packages import Purchases
from stylestudio_desktop.ui.wallet.waiting import WaitingCard
from stylestudio_desktop.ui.widgets.question import Answer, Question, ask
from stylestudio_desktop.ui.window import MainWindow


class PurchaseDesk(QObject):
    """Between the Wallet's widgets and the cashier; `changed()` when purchases moved."""

    changed = Signal()

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._parent = parent
        self._cashier = cashier(window, studio)
        self._cashier.changed.connect(self.changed)
        self._cashier.failed.connect(self._on_trouble)
        self.question: Question | None = None
        self.accepting: AcceptDialog | None = None

    def serve(self, purchases: Purchases) -> None:
        """Do what `purchases` asks for."""
        purchases.pay_asked.connect(self._cashier.pay)
        purchases.cancel_asked.connect(self._cancel)
        purchases.refund_asked.connect(self._refund)
        purchases.receipt_asked.connect(self._receipt)
        purchases.accept_asked.connect(self._accept)
        purchases.look_asked.connect(self._cashier.show_payment)

    def watch(self, card: WaitingCard) -> None:
        """Do what `card` asks for."""
        card.pay_asked.connect(self._cashier.pay)
        card.cancel_asked.connect(self._cancel)
        card.look_asked.connect(self._cashier.look)
        self._cashier.looked.connect(card.found)

    def buy(self, package_id: str) -> None:
        """Begin a purchase."""
        self._window.toast(self.tr("The payment page opens in your browser."))
        self._cashier.buy(package_id)

    def ask_standing(self, then: Callable[[Standing], None]) -> None:
        """Find out in the background whether tokens can be bought; the keyring may wait."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, partial(till.standing, studio)), then, self._on_failed, owner=self
        )

    def save_receipt(self, purchase_id: int, target: Path) -> None:
        """Write a receipt to `target`."""
        studio = self._studio

        def op() -> Path:
            from stylestudio_desktop.services import receipts

            return receipts.write(studio, purchase_id, target)

        self._window.tasks.run(attached(studio, op), self._on_saved, self._on_failed, owner=self)

    def _cancel(self, row: Purchase) -> None:
        self._cashier.cancel(row.id)

    def _accept(self, row: Purchase) -> None:
        self._cashier.hold(row.id, self._ask_reason)

    def _ask_reason(self, shown: Held) -> None:
        self.accepting = AcceptDialog(shown, partial(self._cashier.accept, shown), self._parent)
        self.accepting.open()

    def _refund(self, row: Purchase) -> None:
        self._cashier.offer(row.id, self._ask_refund)

    def _ask_refund(self, shown: Offer) -> None:
        money = wording.money(shown.amount, shown.currency)
        tokens = self.tr("%n unspent token(s) go back", "", shown.tokens)
        no = self.tr("Keep the tokens")
        if only_goes_back(shown.purchase):
            tokens, no = self.tr("Nothing was credited for it"), self.tr("Cancel")

        self.question = ask(
            self._parent,
            self.tr("Refund %1?").replace("%1", money),
            f"{tokens}. " + self.tr("The money returns to the card or account that paid."),
            Answer(
                self.tr("Refund %1").replace("%1", money),
                "primary",
                partial(self._cashier.refund, shown),
            ),
            no,
        )

    def _receipt(self, row: Purchase) -> None:
        usual = Path.home() / f"style-studio-receipt-{row.transaction_id[:8]}.pdf"
        name, _ = QFileDialog.getSaveFileName(
            self._parent, self.tr("Save the receipt"), str(usual), self.tr("PDF files (*.pdf)")
        )
        if name:
            self.save_receipt(row.id, Path(name))

    def _on_saved(self, target: Path) -> None:
        self._window.toast(self.tr("Saved as %1").replace("%1", target.name), "good")

    def _on_trouble(self, sentence: str) -> None:
        if self._parent.isVisible():
            self._window.toast(sentence, "warning")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)
